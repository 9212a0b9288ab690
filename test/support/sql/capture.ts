import { type Asking, type Slice, WHOLE, takenStage, withinSql } from './asking.ts';
import type { SqlRow, Stage } from './database.ts';
import type { Filter, TrendQuestion } from './question.ts';

const DAY_MS = 86_400_000;
const WAITS_MS = DAY_MS; // so long after a completion a reaction still captures it

interface Practices {
  asking: Asking;
  slice: Slice;
  /** Of a series, beside those of the question. */
  filters?: readonly Filter[] | undefined;
  /** What goes into the column `group_value`. */
  group?: string;
}

/**
 * `completions` and `reactions` with their `run`. Of completions, which are those of the range, `captured_run` is the run
 * again, if a reaction captures it: one that comes before the completion or soon enough after, whatever its own breakdown
 * value and group are.
 */
export function practiceStages({ asking, slice, filters = [], group = "''" }: Practices): Stage[] {
  const takenOf = (eventType: string, name: string, own: Slice): Stage => {
    const kept = filtersOn(eventType, [...asking.question.filters, ...filters], asking);
    const { sql } = takenStage(asking, own, { filters: kept });
    return {
      name,
      sql: `SELECT ts_ms, value, state, NULLIF(practice_session_id, '') AS run, ${group} AS group_value
        FROM (${sql}) AS taken WHERE event_type = '${eventType}'`,
    };
  };
  return [
    takenOf('session_completed', 'completed', slice),
    takenOf('reaction_captured', 'reactions', slice),
    takenOf('reaction_captured', 'any_reactions', WHOLE),
    {
      name: 'firsts',
      sql: `SELECT run AS first_run, MIN(ts_ms) AS first_ms FROM any_reactions WHERE run IS NOT NULL GROUP BY run`,
    },
    {
      name: 'completions',
      sql: `SELECT ts_ms, value, group_value, run,
          CASE WHEN first_ms <= ts_ms + ${WAITS_MS} THEN run END AS captured_run
        FROM completed LEFT JOIN firsts ON first_run = run WHERE ${withinSql(asking.range)}`,
    },
  ];
}

/** A filter on what the other type of practice event alone can have leaves an event untouched. */
function filtersOn(eventType: string, filters: readonly Filter[], { database }: Asking): readonly Filter[] {
  const isOfOther = (filter: Filter): boolean =>
    'any' in filter
      ? filter.any.some(isOfOther)
      : (database.dataset.onlyOf[filter.property] ?? eventType) !== eventType;
  return filters.filter((filter) => !isOfOther(filter));
}

/** Rows of a trend of the capture rate. */
export function captureRows({ database }: Asking<TrendQuestion>, bucket: string): Promise<SqlRow[]> {
  const [completed, captured] = ['COUNT(DISTINCT run)', 'COUNT(DISTINCT captured_run)'];
  return database.select(`SELECT value, ${bucket} AS bucket_ms,
      1.0 * ${captured} / NULLIF(${completed}, 0) AS number,
      ${captured} AS numerator, ${completed} AS denominator, ${completed} AS units
    FROM completions GROUP BY value, bucket_ms`);
}
