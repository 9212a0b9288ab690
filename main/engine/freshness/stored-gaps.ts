import type { Gap } from '../../../shared/rpc/contract/freshness.ts';
import type { ReadDb } from '../../catalogue/open-db.ts';

interface StoredGap extends Pick<
  Gap,
  'gapId' | 'sourceName' | 'environment' | 'expected' | 'state' | 'asked' | 'outcome' | 'recovered'
> {
  /** JSON. */
  eventTypes: string | null;
  fromMs: number;
  toMs: number;
  foundAtMs: number;
  askAtMs: number | null;
  replayedAtMs: number | null;
}

/** Gaps that are still there, and all that end after `sinceMs`. */
export const storedGaps = (db: Pick<ReadDb, 'prepare'>, environment: string | null, sinceMs: number): Gap[] =>
  db
    .prepare<[{ environment: string | null; sinceMs: number }], StoredGap>(
      `SELECT gap_id AS gapId, name AS sourceName, gaps.environment, event_types AS eventTypes, from_ms AS fromMs,
         to_ms AS toMs, expected, state, found_at_ms AS foundAtMs, asked, ask_at_ms AS askAtMs, outcome,
         replayed_at_ms AS replayedAtMs, recovered
       FROM gaps JOIN sources USING (source_id)
       WHERE removed_at_ms IS NULL AND (@environment IS NULL OR gaps.environment = @environment)
         AND (state <> 'replayed' OR to_ms > @sinceMs)
       ORDER BY source_id, from_ms, gap_id`,
    )
    .all({ environment, sinceMs })
    .map(({ eventTypes, fromMs, toMs, foundAtMs, askAtMs, replayedAtMs, ...gap }) => ({
      ...gap,
      eventTypes: eventTypes === null ? null : (JSON.parse(eventTypes) as string[]),
      from: instant(fromMs),
      to: instant(toMs),
      foundAt: instant(foundAtMs),
      askAt: askAtMs === null ? null : instant(askAtMs),
      replayedAt: replayedAtMs === null ? null : instant(replayedAtMs),
    }));

const instant = (ms: number): string => new Date(ms).toISOString();
