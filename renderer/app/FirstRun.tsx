import { useState } from 'react';
import { AppError } from '../../shared/errors.ts';
import { formatCount } from '../../shared/format/numbers.ts';
import { toLocalTime } from '../../shared/format/local-time.ts';
import type { SyncState, WorkspaceInfo } from '../../shared/rpc/methods.ts';
import { Icon } from '../parts/Icon.tsx';
import { useSession } from '../state/session-store.ts';
import { useServices } from './services.ts';
import './first-run.css';

/** Until the first events are there: how far the sync is, with rows that add up. */
export function FirstRun({ workspace }: { workspace: WorkspaceInfo }) {
  const sync = useSession((state) => state.sync);
  if (sync?.state === 'running') return <Opening workspace={workspace} sync={sync} />;
  return <NoEvents workspace={workspace} sync={sync} />;
}

function Opening({ workspace, sync }: { workspace: WorkspaceInfo; sync: SyncState }) {
  const { filesDone, filesTotal, counts, sourceName, startedAt } = sync;
  const share = filesTotal === 0 ? 0 : filesDone / filesTotal;
  return (
    <div className="first-run">
      <div className="first-run-head">
        <h1>Opening {workspace.name}</h1>
        {startedAt !== null && <span>since {toLocalTime(startedAt, workspace.zone).time}</span>}
      </div>
      <p className="first-run-share">
        <strong>{Math.floor(share * 100)}%</strong> {formatCount(filesDone)} of {formatCount(filesTotal)}{' '}
        files
        {sourceName === null ? '' : `, reading ${sourceName}`}
      </p>
      <progress value={filesDone} max={Math.max(1, filesTotal)} aria-label="Files read" />
      <h2>
        Rows so far <span>always add up</span>
      </h2>
      <dl className="first-run-sum">
        <Figure label="read" value={counts.read} />
        <span aria-hidden="true">=</span>
        <Figure label="kept" value={counts.kept} />
        <span aria-hidden="true">+</span>
        <Figure label="duplicate" value={counts.duplicate} />
        <span aria-hidden="true">+</span>
        <Figure label="set aside" value={counts.quarantined} />
      </dl>
      {counts.scrubbed > 0 && (
        <p className="first-run-scrubbed">
          <Icon name="info" />
          {formatCount(counts.scrubbed)} personal values were replaced before anything was written.
        </p>
      )}
    </div>
  );
}

function Figure({ label, value }: { label: string; value: number }) {
  return (
    <div>
      <dd>{formatCount(value)}</dd>
      <dt>{label}</dt>
    </div>
  );
}

function NoEvents({ workspace, sync }: { workspace: WorkspaceInfo; sync: SyncState | null }) {
  const { backend } = useServices();
  const [problem, setProblem] = useState<string | null>(null);
  const hasSources = workspace.sources.length > 0;
  const start = async () => {
    if (!hasSources) await backend.call('command.sample.create', {});
    await backend.call('command.sync.run', {});
  };
  const said = problem ?? (sync?.state === 'failed' ? sync.message : null);
  return (
    <div className="first-run">
      <h1>No events yet</h1>
      <p>
        {hasSources
          ? 'The sources of this workspace have not been read, or hold nothing.'
          : 'Bring your own with tidemark import, or look around in the sample workspace first.'}
      </p>
      {said !== null && (
        <pre className="first-run-problem" role="alert">
          {said}
        </pre>
      )}
      <button
        type="button"
        className="button-primary"
        onClick={() => {
          setProblem(null);
          start().catch((error: unknown) => {
            setProblem(error instanceof AppError ? error.message : 'The sync could not be started');
          });
        }}
      >
        {hasSources ? 'Sync now' : 'Open the sample workspace'}
      </button>
    </div>
  );
}
