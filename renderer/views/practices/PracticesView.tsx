import { useEffect } from 'react';
import type { WorkspaceInfo } from '../../../shared/rpc/methods.ts';
import { formatCount } from '../../../shared/format/numbers.ts';
import { AddressNotice } from '../../app/AddressNotice.tsx';
import { FilterBar } from '../../app/filters/FilterBar.tsx';
import { KeyFigures } from '../../parts/KeyFigures.tsx';
import { useAddress } from '../../state/address-store.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { CaptureRateTile } from './CaptureRateTile.tsx';
import { EmptySessions } from './EmptySessions.tsx';
import { keyFigures } from './key-figures.ts';
import { LensControl } from './LensControl.tsx';
import { LensTiles } from './LensTiles.tsx';
import { MasterImpactTile } from './MasterImpactTile.tsx';
import { PageControl } from './PageControl.tsx';
import { PeopleTiles } from './PeopleTiles.tsx';
import { ReactionStatesTile } from './ReactionStatesTile.tsx';
import { StatesByPracticeTile } from './StatesByPracticeTile.tsx';
import { type Practices, usePractices } from './use-practices.ts';
import './practices-view.css';

interface PracticesViewProps {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
}

export function PracticesView({ workspace, environment }: PracticesViewProps) {
  const address = useAddress((state) => state.address);
  const practices = usePractices(workspace, environment, address);
  const { capture, states, finding, calendar } = practices;
  useEffect(() => {
    document.title = `Practices · ${workspace.name} · Tidemark`;
  }, [workspace.name]);
  return (
    <>
      <FilterBar
        calendar={calendar}
        environment={environment}
        matched={
          capture !== null && (
            <>
              <strong>{formatCount(capture.total.completed)}</strong> sessions
            </>
          )
        }
      />
      <AddressNotice />
      <header className="page-head page-head-row">
        <div className="page-head-text">
          <div className="page-crumb">Practices</div>
          <h1 className="page-finding">
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
          <LensControl />
          <PageControl />
        </div>
      </header>
      <div className="page-sheet">
        <KeyFigures
          figures={keyFigures({ capture, states, finding, chosenStates: practices.chosenStates })}
          questions={[practices.questions.captureRate, practices.questions.reactionStates]}
        />
        {address.practices.page === 'people' ? (
          <PeopleTiles practices={practices} />
        ) : (
          <OverviewTiles practices={practices} />
        )}
      </div>
    </>
  );
}

function OverviewTiles({ practices }: { practices: Practices }) {
  if (practices.address.practices.lens === 'changes') return <LensTiles practices={practices} />;
  return (
    <div className="tiles">
      <CaptureRateTile
        practices={practices}
        empty={<EmptySessions practices={practices} what="sessions" />}
      />
      <MasterImpactTile practices={practices} />
      <ReactionStatesTile practices={practices} />
      <StatesByPracticeTile practices={practices} />
    </div>
  );
}
