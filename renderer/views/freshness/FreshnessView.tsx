import { useEffect } from 'react';
import type { WorkspaceInfo } from '../../../shared/rpc/methods.ts';
import { AddressNotice } from '../../app/AddressNotice.tsx';
import { useServices } from '../../app/services.ts';
import { useAct } from '../../link/use-act.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Refusal } from '../../parts/Refusal.tsx';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { DeletionTile } from './DeletionTile.tsx';
import { MarkedTile } from './MarkedTile.tsx';
import { markedTiles } from './marked-tiles.ts';
import { QueueTile } from './QueueTile.tsx';
import { SourcesTile } from './SourcesTile.tsx';
import { SyncTile } from './SyncTile.tsx';
import { useFreshness } from './use-freshness.ts';
import { WatermarksTile } from './WatermarksTile.tsx';
import { freshnessFinding } from './words.ts';
import './freshness-view.css';

interface FreshnessViewProps {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo | null;
}

/** How complete each source is, what is missing, and what is done about it. */
export function FreshnessView({ workspace, environment }: FreshnessViewProps) {
  const { backend } = useServices();
  const { report, jobs } = useFreshness(environment?.environment ?? null);
  const act = useAct();
  useEffect(() => {
    document.title = `Freshness · ${workspace.name} · Tidemark`;
  }, [workspace.name]);
  const known = report.value;
  const tiles = known === null ? [] : markedTiles(known.marked);
  const finding = known === null ? null : freshnessFinding(known, tiles);
  const isPaused = jobs?.paused === true;
  const isRunning = jobs?.sources.some(({ state }) => state === 'running' || state === 'queued') === true;
  return (
    <>
      <AddressNotice />
      <header className="page-head page-head-row">
        <div className="page-head-text">
          <div className="page-crumb">Freshness</div>
          <h1 className="page-finding" aria-busy={finding === null && report.failure === null}>
            {finding === null ? (
              <span>{report.failure === null ? 'Reading…' : 'What the engine knows cannot be read.'}</span>
            ) : (
              <>
                <strong>{finding.lead}</strong>
                <span>{finding.rest}</span>
              </>
            )}
          </h1>
        </div>
        <div className="page-head-actions">
          {isRunning && (
            <button
              type="button"
              className="button"
              onClick={() => void act.run('cancel', () => backend.call('command.jobs.cancel', {}))}
            >
              Stop
            </button>
          )}
          <button
            type="button"
            className="button"
            aria-pressed={isPaused}
            onClick={() =>
              void act.run('pause', () =>
                backend.call(isPaused ? 'command.jobs.resume' : 'command.jobs.pause', {}),
              )
            }
          >
            <Icon name={isPaused ? 'play' : 'pause'} />
            {isPaused ? 'Resume sync' : 'Pause sync'}
          </button>
          <button
            type="button"
            className="button-primary"
            disabled={isRunning}
            aria-keyshortcuts="R"
            onClick={() => void act.run('sync', () => backend.call('command.jobs.run', {}))}
          >
            <Icon name="sync" />
            Sync now <kbd className="freshness-key">R</kbd>
          </button>
        </div>
      </header>
      <Refusal failure={act.failure} what="That was refused" onDismiss={act.clear} />
      <Refusal failure={report.failure} what="The report cannot be read" onRetry={report.again} />
      <div className="page-sheet">
        {known !== null && (
          <div className="freshness-grid">
            <div className="freshness-main">
              <SourcesTile report={known} jobs={jobs} zone={workspace.zone} />
              <WatermarksTile report={known} zone={workspace.zone} />
              <DeletionTile report={known} zone={workspace.zone} />
            </div>
            <div className="freshness-side">
              <SyncTile report={known} jobs={jobs} zone={workspace.zone} />
              <QueueTile report={known} />
              <MarkedTile tiles={tiles} />
            </div>
          </div>
        )}
      </div>
    </>
  );
}
