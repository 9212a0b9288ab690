import { useEffect } from 'react';
import type { WorkspaceInfo } from '../../../shared/rpc/methods.ts';
import { formatCount } from '../../../shared/format/numbers.ts';
import { AddressNotice } from '../../app/AddressNotice.tsx';
import { FilterBar } from '../../app/filters/FilterBar.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { useAddress } from '../../state/address-store.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { BuilderView } from './builder/BuilderView.tsx';
import { FunnelMenu } from './FunnelMenu.tsx';
import { GroupsTile } from './GroupsTile.tsx';
import { StepPanel } from './StepPanel.tsx';
import { StepsTile } from './StepsTile.tsx';
import { TimeTile } from './TimeTile.tsx';
import { useFunnel } from './use-funnel.ts';
import './funnels-view.css';

interface FunnelsViewProps {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
}

export function FunnelsView({ workspace, environment }: FunnelsViewProps) {
  const address = useAddress((state) => state.address);
  const { draft } = address.funnels;
  if (draft === null) return <OpenFunnel workspace={workspace} environment={environment} />;
  return <BuilderView workspace={workspace} environment={environment} address={address} draft={draft} />;
}

function OpenFunnel({ workspace, environment }: FunnelsViewProps) {
  const address = useAddress((state) => state.address);
  const go = useAddress((state) => state.go);
  const funnel = useFunnel(workspace, environment, address);
  const { calendar, unfit, steps, finding, isFound, units, definition } = funnel;
  const { step } = address.funnels;
  const openStep = step !== null && step < definition.steps.length ? step : null;
  useEffect(() => {
    document.title = `Funnels · ${workspace.name} · Tidemark`;
  }, [workspace.name]);
  return (
    <div className="view-with-panel">
      <div className="view-column">
        <FilterBar
          calendar={calendar}
          environment={environment}
          unfit={unfit}
          tightTo={openStep === null ? null : 2}
          matched={
            steps !== null && (
              <>
                <strong>{formatCount(steps[0]?.count ?? 0)}</strong> {units.many}
              </>
            )
          }
        />
        <AddressNotice />
        <header className="page-head page-head-row">
          <div className="page-head-text">
            <div className="page-crumb">
              Funnels / <FunnelMenu address={address} />
            </div>
            <h1 className="page-finding" aria-busy={!isFound}>
              {finding === null ? (
                <span>Reading…</span>
              ) : (
                <>
                  <strong>{finding.lead}</strong>
                  <span>{finding.rest}</span>
                </>
              )}
            </h1>
          </div>
          <div className="page-head-actions">
            <button
              type="button"
              className="button"
              onClick={() => {
                go({ funnels: { ...address.funnels, draft: definition } });
              }}
            >
              <Icon name="edit" />
              Edit
            </button>
          </div>
        </header>
        <div className="page-sheet">
          <div className="funnel-tiles">
            <StepsTile funnel={funnel} />
            <TimeTile funnel={funnel} />
            <GroupsTile funnel={funnel} />
          </div>
        </div>
      </div>
      {openStep !== null && <StepPanel funnel={funnel} index={openStep} />}
    </div>
  );
}
