import { AppError, toErrorShape } from '../../shared/errors.ts';
import type { Backend } from '../link/backend.ts';
import type { Coordinator } from '../link/coordinator.ts';
import { useSession } from './session-store.ts';

const SETTLE_MS = 150; // commits come in bursts during a sync; one look at the catalogue serves several
const CLOCK_MS = 60_000; // a real workspace grows older by the minute: lags and "today" move

/** Keeps the session store in step with what is behind the link; returns how to stop. */
export function followSession(backend: Backend, coordinator: Coordinator): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const readSoon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void readWorkspace(backend, coordinator);
    }, SETTLE_MS);
  };
  const stops = [
    backend.onTopic('store.revision', readSoon),
    backend.onTopic('sync.state', (sync) => {
      useSession.setState({ sync });
      if (sync.state !== 'running') readSoon();
    }),
    backend.onMissed(() => {
      void readAll(backend, coordinator);
    }),
    backend.onLinkState((link) => {
      const wasOffline = useSession.getState().link !== 'online';
      useSession.setState(({ offlineSinceMs }) => ({
        link,
        offlineSinceMs: link === 'offline' ? (offlineSinceMs ?? Date.now()) : null,
      }));
      if (link !== 'online' || !wasOffline) return;
      void readAll(backend, coordinator);
      coordinator.retryFailed();
    }),
  ];
  const clock = setInterval(() => {
    if (useSession.getState().workspace?.asOf === null) void readWorkspace(backend, coordinator);
  }, CLOCK_MS);
  void readAll(backend, coordinator);
  return () => {
    clearTimeout(timer);
    clearInterval(clock);
    for (const stop of stops) stop();
  };
}

async function readAll(backend: Backend, coordinator: Coordinator): Promise<void> {
  await Promise.all([readWorkspace(backend, coordinator), readSync(backend)]);
}

export async function readWorkspace(backend: Backend, coordinator: Coordinator): Promise<void> {
  try {
    const workspace = await backend.call('query.workspace', {});
    useSession.setState({ workspace, workspaceFailure: null });
    coordinator.setRevision(workspace.revision);
  } catch (error) {
    useSession.setState({ workspaceFailure: error instanceof AppError ? error : toErrorShape(error) });
  }
}

/** The state of the sync is told by events; asking is only for what was missed, so a failure is not worth a word. */
async function readSync(backend: Backend): Promise<void> {
  const sync = await backend.call('query.sync.state', {}).catch(() => null);
  if (sync !== null) useSession.setState({ sync });
}
