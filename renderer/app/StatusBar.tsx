import { formatDuration, formatElapsed } from '../../shared/format/durations.ts';
import { formatZoneOffset, toLocalTime } from '../../shared/format/local-time.ts';
import { formatSpacedCompact } from '../../shared/format/numbers.ts';
import { NotesStatus } from '../notes/NotesStatus.tsx';
import { Icon } from '../parts/Icon.tsx';
import { useSession } from '../state/session-store.ts';
import { useQueryCost } from '../state/query-cost-store.ts';
import { formatMomentNear } from './FreshnessPopover.tsx';
import './status-bar.css';

export function StatusBar() {
  const workspace = useSession((state) => state.workspace);
  return (
    <footer className="status-bar">
      <LinkStatus />
      <SyncStatus />
      <LateStatus />
      <NotesStatus />
      <span className="status-bar-space" />
      <QueryCost />
      {workspace !== null && (
        <span className="status-bar-zone" title={workspace.zone}>
          {formatZoneOffset(workspace.now, workspace.zone)}
        </span>
      )}
    </footer>
  );
}

/** Offline is a state, not an error: what is on screen stays, with its age. */
function LinkStatus() {
  const link = useSession((state) => state.link);
  const sinceMs = useSession((state) => state.offlineSinceMs);
  const zone = useSession((state) => state.workspace?.zone ?? 'UTC');
  if (link === 'online') {
    return (
      <span role="status">
        <Icon name="cloud" />
        Online
      </span>
    );
  }
  const text =
    link === 'connecting'
      ? 'Connecting'
      : link === 'offline'
        ? `Offline${sinceMs === null ? '' : ` since ${toLocalTime(sinceMs, zone).time}`}, reconnecting`
        : link === 'login-needed'
          ? 'Signed out'
          : 'Reload needed';
  return (
    <span role="status" className="status-bar-offline">
      <Icon name="cloud-off" />
      {text}
    </span>
  );
}

function SyncStatus() {
  const workspace = useSession((state) => state.workspace);
  const sync = useSession((state) => state.sync);
  if (workspace === null) return null;
  if (sync?.state === 'running') {
    return (
      <span>
        <Icon name="sync" />
        Syncing {sync.sourceName ?? ''} {sync.filesDone} of {sync.filesTotal} files
      </span>
    );
  }
  if (sync?.state === 'failed') {
    return (
      <span className="status-bar-failed" title={sync.message ?? undefined}>
        <Icon name="alert" />
        Sync failed{sync.message === null ? '' : `: ${sync.message}`}
      </span>
    );
  }
  const last = workspace.sources
    .map(({ lastSyncAt }) => lastSyncAt ?? '')
    .reduce((a, b) => (a > b ? a : b), '');
  if (last === '') return null;
  return (
    <span>
      <Icon name="sync" />
      Last sync {formatMomentNear(last, workspace.now, workspace.zone)}
    </span>
  );
}

function LateStatus() {
  const workspace = useSession((state) => state.workspace);
  const late = workspace?.sources.filter((source) => source.late) ?? [];
  if (late.length === 0) return null;
  const worst = late.reduce((a, b) => ((b.lagMs ?? 0) > (a.lagMs ?? 0) ? b : a));
  const others = late.length - 1;
  return (
    <span className="status-bar-late">
      <Icon name="clock" />
      {worst.name} {formatDuration(worst.lagMs ?? 0)} late{others === 0 ? '' : `, ${others} more`}
    </span>
  );
}

function QueryCost() {
  const elapsedMs = useQueryCost((state) => state.elapsedMs);
  const rowsRead = useQueryCost((state) => state.rowsRead);
  if (elapsedMs === null || rowsRead === null) return null;
  return (
    <>
      <span title="The slowest question of this view, in the query process">
        Query {formatElapsed(elapsedMs)}
      </span>
      <span title="Rows that the questions of this view read">{formatSpacedCompact(rowsRead)} rows read</span>
    </>
  );
}
