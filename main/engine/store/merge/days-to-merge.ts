import type { ReadDb, WriteDb } from '../../../catalogue/open-db.ts';
import { SEGMENT_COLUMNS, type StoredSegment, segmentRowOf } from '../../../catalogue/segment-rows.ts';
import type { ArrivedSegment } from '../replace-segments.ts';
import type { DayToMerge } from './merge-day.ts';
import { type DaySegment, type MergeLimits, planMerge } from './plan-merge.ts';

/** Environments in which segments came since their last merge, all of them swept: who came first no longer matters. */
export const environmentsToMerge = (db: ReadDb | WriteDb): string[] =>
  db
    .prepare<[], { environment: string }>(
      `SELECT segments.environment FROM segments
         LEFT JOIN merges USING (environment) LEFT JOIN sweeps USING (environment)
       WHERE dead_revision IS NULL AND dataset = 'events'
       GROUP BY segments.environment HAVING max(created_revision) > coalesce(merged_revision, 0)
         AND max(arrival_revision) <= coalesce(swept_revision, 0)`,
    )
    .all()
    .map(({ environment }) => environment);

/** The days on which segments came since the last merge and which need one, oldest first. */
export function daysToMerge(db: ReadDb | WriteDb, environment: string, limits: MergeLimits): string[] {
  const segments = db
    .prepare<[{ environment: string }], StoredDaySegment>(
      `SELECT day, segment_id AS segmentId, event_type AS eventType, event_rows AS eventRows
       FROM segments
       WHERE environment = @environment AND dataset = 'events' AND dead_revision IS NULL
         AND day IN (SELECT day FROM segments LEFT JOIN merges USING (environment)
           WHERE environment = @environment AND dataset = 'events' AND dead_revision IS NULL
             AND created_revision > coalesce(merged_revision, 0))
       ORDER BY day, segment_id`,
    )
    .all({ environment });
  const byDay = Map.groupBy(segments, ({ day }) => day);
  return [...byDay]
    .filter(([, ofDay]) => planMerge(ofDay.map(daySegmentOf), limits) !== null)
    .map(([day]) => day);
}

/** What is to be done on a day as it is now; null where nothing is any more. */
export function dayToMerge(
  db: WriteDb,
  environment: string,
  day: string,
  limits: MergeLimits,
): DayToMerge | null {
  const segments = db
    .prepare<[string, string], StoredSegment & { arrivalRevision: number }>(
      `SELECT ${SEGMENT_COLUMNS}, arrival_revision AS arrivalRevision FROM segments
       WHERE environment = ? AND dataset = 'events' AND day = ? AND dead_revision IS NULL
       ORDER BY arrival_revision, segment_id`,
    )
    .all(environment, day)
    .map((row): ArrivedSegment => ({ ...segmentRowOf(row), arrivalRevision: row.arrivalRevision }));
  const plan = planMerge(
    segments.map((segment) => ({ ...segment, eventRows: new Map(Object.entries(segment.eventRows)) })),
    limits,
  );
  if (plan === null) return null;
  const ids = new Set(plan.consumed);
  return { environment, day, plan, consumed: segments.filter(({ segmentId }) => ids.has(segmentId)) };
}

interface StoredDaySegment {
  day: string;
  segmentId: number;
  eventType: string | null;
  /** JSON. */
  eventRows: string;
}

const daySegmentOf = ({ segmentId, eventType, eventRows }: StoredDaySegment): DaySegment => ({
  segmentId,
  eventType,
  eventRows: new Map(Object.entries(JSON.parse(eventRows) as Record<string, number>)),
});
