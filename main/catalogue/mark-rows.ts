import type { GapRow } from './types.ts';

/** From so much on a difference to the source marks what reads it; DATA §3*. */
export const MARKED_RATIO = 0.01;

/** A gap as SQLite holds it. */
export type StoredGap = Omit<GapRow, 'eventTypes'> & {
  /** JSON. */
  eventTypes: string | null;
};

/** Of one environment. */
export const SELECT_GAPS = `SELECT sources.source_id AS sourceId, name AS source, event_types AS eventTypes,
    from_ms AS fromMs, to_ms AS toMs, state
  FROM gaps JOIN sources USING (source_id)
  WHERE gaps.environment = ? AND state <> 'replayed' AND removed_at_ms IS NULL
  ORDER BY sources.source_id, from_ms, gap_id`;

export const SELECT_MISMATCHES = `SELECT sources.source_id AS sourceId, name AS source, day, max(ratio) AS ratio
  FROM reconciled_days JOIN sources USING (source_id)
  WHERE environment = ? AND state = 'differs' AND ratio > ${MARKED_RATIO} AND removed_at_ms IS NULL
  GROUP BY sources.source_id, day ORDER BY sources.source_id, day`;

export const gapRowOf = ({ eventTypes, ...row }: StoredGap): GapRow => ({
  ...row,
  eventTypes: eventTypes === null ? null : (JSON.parse(eventTypes) as string[]),
});
