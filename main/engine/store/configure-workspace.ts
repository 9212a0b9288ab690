import type { EngineStore } from './engine-store.ts';
import { checkedZone } from './create-workspace.ts';
import { keepWorkspaceFile } from './workspace-file.ts';

export interface WorkspaceChange {
  name?: string | undefined;
  /** IANA zone in which days begin. */
  zone?: string | undefined;
  weekStart?: 'monday' | 'sunday' | undefined;
}

/** Another name, zone or first day of the week. Answers that were kept are of another revision then. */
export function configureWorkspace(store: EngineStore, change: WorkspaceChange): void {
  const { workspace } = store;
  const next = {
    name: change.name ?? workspace.name,
    zone: change.zone === undefined ? workspace.zone : checkedZone(change.zone),
    weekStart: change.weekStart ?? workspace.weekStart,
  };
  const row = store.db
    .prepare<[typeof next], { revision: number }>(
      `UPDATE workspace SET name = @name, zone = @zone, week_start = @weekStart, revision = revision + 1
       RETURNING revision`,
    )
    .get(next);
  if (row === undefined) return;
  Object.assign(workspace, next);
  store.revision = row.revision;
  keepWorkspaceFile(store.dataDir, workspace);
  store.onRevision(store.revision);
}
