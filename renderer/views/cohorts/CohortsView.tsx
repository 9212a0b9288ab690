import type { WorkspaceInfo } from '../../../shared/rpc/methods.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';

export function CohortsView(_: { workspace: WorkspaceInfo; environment: EnvironmentInfo }) {
  return <div />;
}
