import type { DeletionRequest } from '../../../shared/rpc/contract/freshness.ts';
import type { ReadDb } from '../../catalogue/open-db.ts';

const TARGET_MS = 72 * 60 * 60 * 1000; // DATA §7*

/** Requests of the feed by the time that is left. Carrying them out is not built yet, so each of them waits. */
export const deletionRequests = (
  db: Pick<ReadDb, 'prepare'>,
  environment: string | null,
): DeletionRequest[] =>
  db
    .prepare<[{ environment: string | null }], { row: string }>(
      `SELECT row FROM dimension_rows
       WHERE dataset = 'deletion_requests' AND (@environment IS NULL OR environment = @environment)`,
    )
    .all({ environment })
    .flatMap(({ row }) => {
      const { request_id: requestId, requested_at: requestedAt } = JSON.parse(row) as Record<string, unknown>;
      const receivedMs = typeof requestedAt === 'number' ? requestedAt : Date.parse(String(requestedAt));
      if (typeof requestId !== 'string' || Number.isNaN(receivedMs)) return [];
      return [
        {
          requestId,
          receivedAt: new Date(receivedMs).toISOString(),
          dueAt: new Date(receivedMs + TARGET_MS).toISOString(),
          stage: 'waiting',
          rowsRemoved: null,
        },
      ];
    })
    .sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
