import type { DeletionRequest } from '../../../shared/rpc/contract/freshness.ts';
import { DELETION_DEADLINE_MS, type DeletionRow, listDeletions } from '../privacy/deletion-requests.ts';
import type { EngineStore } from '../store/engine-store.ts';

const STAGES: Readonly<Record<DeletionRow['state'], string>> = {
  pending: 'waiting',
  applied: 'removed',
  done: 'done',
};

/** Requests to be forgotten by the time that is left, done ones behind. They reach every environment. */
export const deletionRequests = (store: Pick<EngineStore, 'db'>): DeletionRequest[] =>
  listDeletions(store).map(({ requestId, requestedAtMs, state, receipt }) => ({
    requestId,
    receivedAt: new Date(requestedAtMs).toISOString(),
    dueAt: new Date(requestedAtMs + DELETION_DEADLINE_MS).toISOString(),
    stage: STAGES[state],
    rowsRemoved: receipt?.rows ?? null,
  }));
