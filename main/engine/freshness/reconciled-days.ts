import type { ReconciledDay } from '../../../shared/rpc/contract/jobs.ts';
import type { ReadDb } from '../../catalogue/open-db.ts';

interface StoredDay extends Omit<ReconciledDay, 'eventType' | 'checkedAt' | 'pulledAt'> {
  /** '': all of them together. */
  eventType: string;
  checkedAtMs: number;
  pulledAtMs: number | null;
}

/** What the last comparison of each day said; newest day first. */
export const reconciledDays = (
  db: Pick<ReadDb, 'prepare'>,
  { sourceName, differingOnly }: { sourceName: string | null; differingOnly: boolean },
): ReconciledDay[] =>
  db
    .prepare<[{ sourceName: string | null; differingOnly: number }], StoredDay>(
      `SELECT name AS sourceName, day, event_type AS eventType, at_source AS atSource, at_home AS atHome, ratio, state,
         checked_at_ms AS checkedAtMs, pulled_at_ms AS pulledAtMs
       FROM reconciled_days JOIN sources USING (source_id)
       WHERE removed_at_ms IS NULL AND (@sourceName IS NULL OR name = @sourceName)
         AND (@differingOnly = 0 OR state = 'differs')
       ORDER BY source_id, day DESC, event_type`,
    )
    .all({ sourceName, differingOnly: differingOnly ? 1 : 0 })
    .map(({ eventType, checkedAtMs, pulledAtMs, ...day }) => ({
      ...day,
      eventType: eventType === '' ? null : eventType,
      checkedAt: new Date(checkedAtMs).toISOString(),
      pulledAt: pulledAtMs === null ? null : new Date(pulledAtMs).toISOString(),
    }));
