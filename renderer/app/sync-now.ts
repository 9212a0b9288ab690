import type { Backend } from '../link/backend.ts';

/** How it goes is told by the sync state, also when it cannot begin. */
export function syncNow(backend: Backend): void {
  backend.call('command.sync.run', {}).catch(() => undefined);
}
