import { create } from 'zustand';
import type { SyncState, WorkspaceInfo } from '../../shared/rpc/methods.ts';
import type { Failure, LinkState } from '../link/backend.ts';

export type EnvironmentInfo = WorkspaceInfo['environments'][number];

/** What the frame knows of the workspace, the link and the sync; answers to questions live in the coordinator. */
interface SessionState {
  workspace: WorkspaceInfo | null;
  workspaceFailure: Failure | null;
  link: LinkState;
  /** When the link was lost; null while it is there. */
  offlineSinceMs: number | null;
  sync: SyncState | null;
}

export const useSession = create<SessionState>()(() => ({
  workspace: null,
  workspaceFailure: null,
  link: 'connecting',
  offlineSinceMs: null,
  sync: null,
}));

/** The environment that an address names; else the one with most events. null without any. */
export function environmentOf(
  workspace: WorkspaceInfo | null,
  wanted: string | null,
): EnvironmentInfo | null {
  const { environments = [] } = workspace ?? {};
  const named = environments.find(({ environment }) => environment === wanted);
  return named ?? environments.toSorted((a, b) => b.events - a.events)[0] ?? null;
}
