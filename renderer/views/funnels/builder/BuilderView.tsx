import { useEffect } from 'react';
import { formatPercentNumber, formatRate } from '../../../../shared/format/numbers.ts';
import type { WorkspaceInfo } from '../../../../shared/rpc/methods.ts';
import { AddressNotice } from '../../../app/AddressNotice.tsx';
import type { ViewAddress } from '../../../state/address.ts';
import { useAddress } from '../../../state/address-store.ts';
import { type FunnelDefinition, isSameDefinition } from '../../../state/funnel-definition.ts';
import type { FunnelChoice } from '../../../state/funnels-address.ts';
import type { EnvironmentInfo } from '../../../state/session-store.ts';
import { STANDARD_FUNNEL_IDS, standardFunnel } from '../../../state/standard-funnels.ts';
import { ChangesTile } from './ChangesTile.tsx';
import { ConversionTile } from './ConversionTile.tsx';
import { PreviewTile } from './PreviewTile.tsx';
import { RulesForm } from './RulesForm.tsx';
import { StepsForm } from './StepsForm.tsx';
import { type Builder, useBuilder } from './use-builder.ts';
import './builder.css';

interface BuilderViewProps {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
  address: ViewAddress;
  draft: FunnelDefinition;
}

/** A funnel put together: the form left, its live result right. Every change is a step of the history. */
export function BuilderView({ workspace, environment, address, draft }: BuilderViewProps) {
  const builder = useBuilder(workspace, environment, address, draft);
  const go = useAddress((state) => state.go);
  const change = (next: FunnelDefinition) => {
    go({ funnels: { ...address.funnels, draft: next } });
  };
  const isChanged = !isSameDefinition(builder.base, draft);
  useEffect(() => {
    document.title = `Edit a funnel · ${workspace.name} · Tidemark`;
  }, [workspace.name]);
  const { lead, rest, isFound } = findingOf(builder, isChanged);
  return (
    <>
      <AddressNotice />
      <header className="page-head page-head-row">
        <div className="page-head-text">
          <div className="page-crumb">Funnels / {builder.baseName} / Edit</div>
          <h1 className="page-finding" aria-busy={!isFound}>
            <strong>{lead}</strong>
            <span>{rest}</span>
          </h1>
        </div>
        <div className="page-head-actions">
          <button
            type="button"
            className="button-quiet"
            onClick={() => {
              go({ funnels: { ...address.funnels, draft: null } });
            }}
          >
            Discard
          </button>
          <button
            type="button"
            className="button-primary"
            disabled={!isChanged}
            onClick={() => {
              go({
                funnels: {
                  ...address.funnels,
                  funnel: chosenFrom(draft),
                  draft: null,
                  step: null,
                  time: null,
                },
              });
            }}
          >
            Use this funnel
          </button>
        </div>
      </header>
      <div className="builder">
        <div className="builder-form">
          <StepsForm draft={draft} environment={environment.environment} onChange={change} />
          <RulesForm draft={draft} onChange={change} />
        </div>
        <div className="builder-result">
          <PreviewTile builder={builder} />
          <ConversionTile builder={builder} />
          <ChangesTile builder={builder} />
        </div>
      </div>
    </>
  );
}

/** A draft that equals a standard funnel is that funnel. */
function chosenFrom(draft: FunnelDefinition): FunnelChoice {
  return STANDARD_FUNNEL_IDS.find((id) => isSameDefinition(standardFunnel(id).definition, draft)) ?? draft;
}

function findingOf(
  { draftSteps, baseSteps, questions, baseName }: Builder,
  isChanged: boolean,
): { lead: string; rest: string; isFound: boolean } {
  const isFound = [questions.draft, questions.base].every(({ state }) => state.fetching === null);
  const now = draftSteps?.at(-1)?.fromFirst ?? null;
  const before = baseSteps?.at(-1)?.fromFirst ?? null;
  if (draftSteps === null) return { lead: 'Reading…', rest: '', isFound };
  if (now === null) return { lead: 'Nobody would enter.', rest: '', isFound };
  const rate = formatRate(now);
  if (!isChanged) return { lead: `${rate} convert.`, rest: ' Nothing is changed yet.', isFound };
  if (before === null) return { lead: `${rate} would convert.`, rest: ' Nothing is saved yet.', isFound };
  const points = formatPercentNumber(Math.abs(now - before), 1);
  const verb =
    Number(points) === 0 ? 'as many as' : `${points} points ${now > before ? 'more' : 'fewer'} than`;
  return { lead: `${rate} would convert, ${verb} ${baseName}.`, rest: ' Nothing is saved yet.', isFound };
}
