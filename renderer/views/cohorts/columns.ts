import { addDays, type CalendarDate, startOfMonth, startOfWeek } from '../../../shared/format/calendar.ts';
import { toLocalDate } from '../../../shared/format/local-time.ts';
import type { AnswerOf, BreakdownValue, RateWithInterval } from '../../../shared/query/answer.ts';
import type { RetentionContent } from '../../../shared/query/kind-answers.ts';
import { wilsonInterval } from '../../../shared/stats/wilson.ts';
import type { CohortInterval } from '../../state/cohorts-address.ts';
import type { DateSpan } from '../../state/date-presets.ts';
import { bucketEndsMs } from '../../state/open-bucket.ts';

/** Answers as the columns that the tiles, their twins and the finding read. */

export interface RetentionCell extends RateWithInterval {
  count: number;
  isPartial: boolean;
}

export interface CohortRow {
  /** First day of the cohort's period. */
  start: string;
  size: number;
  cells: RetentionCell[];
}

export interface RetentionTable {
  rows: CohortRow[];
  /** As many as the longest row has cells. */
  columns: number;
}

export function retentionTable(answer: AnswerOf<'retention'>): RetentionTable {
  return tableOf(answer.result, answer.zone);
}

/** Which cohorts there will be is known before the numbers are. */
export function placeholderTable(
  { from, to }: DateSpan,
  interval: CohortInterval,
  weekStart: 'monday' | 'sunday',
): RetentionTable {
  const rows: CohortRow[] = [];
  let start = startOf(from, interval, weekStart);
  while (start <= to && rows.length < MOST_PLACEHOLDERS) {
    rows.push({ start, size: 0, cells: [] });
    start = startOf(addDays(start, PERIOD_DAYS[interval]), interval, weekStart);
  }
  return { rows, columns: rows.length };
}

const MOST_PLACEHOLDERS = 24;
/** At least one period further, less than two. */
const PERIOD_DAYS = { day: 1, week: 7, month: 31 } as const;

function startOf(date: CalendarDate, interval: CohortInterval, weekStart: 'monday' | 'sunday'): CalendarDate {
  if (interval === 'day') return date;
  return interval === 'week' ? startOfWeek(date, weekStart) : startOfMonth(date);
}

export const previousTable = ({ result, zone }: AnswerOf<'retention'>): RetentionTable | null =>
  result.previous === undefined ? null : tableOf(result.previous, zone);

function tableOf({ cohorts }: RetentionContent, zone: string): RetentionTable {
  const rows = cohorts.map(({ start, size, cells }) => ({
    start: toLocalDate(start, zone),
    size,
    cells: cells.map(({ count, partial }) => ({ count, isPartial: partial, ...rateOf(count, size) })),
  }));
  return { rows, columns: Math.max(0, ...rows.map(({ cells }) => cells.length)) };
}

export function rateOf(count: number, n: number): RateWithInterval {
  if (n === 0) return { value: null, low: null, high: null };
  const [low, high] = wilsonInterval(count, n);
  return { value: count / n, low, high };
}

/** Those of `every` that are not in `part`, cell by cell: people who had been there before. Both tables are of the same
 *  periods, and everybody of `part` is in the same cohort of `every`. */
export function tableWithout(every: RetentionTable, part: RetentionTable): RetentionTable {
  return {
    columns: every.columns,
    rows: every.rows.map((row, index) => {
      const other = part.rows[index];
      const size = row.size - (other?.size ?? 0);
      return {
        start: row.start,
        size,
        cells: row.cells.map(({ count, isPartial }, column) => {
          const rest = count - (other?.cells[column]?.count ?? 0);
          return { count: rest, isPartial, ...rateOf(rest, size) };
        }),
      };
    }),
  };
}

/** All cohorts of a column together. */
export interface ColumnTotal extends RateWithInterval {
  count: number;
  n: number;
  /** Only cohorts whose cell is not over: there is no other. */
  isPartial: boolean;
}

/** Cells whose period is not over stay out of it, unless a column has no other. */
export function columnTotals({ rows, columns }: RetentionTable): ColumnTotal[] {
  return Array.from({ length: columns }, (_, column) => {
    const cells = rows.flatMap(({ cells: all, size }) => {
      const cell = all[column];
      return cell === undefined ? [] : [{ ...cell, size }];
    });
    const complete = cells.filter(({ isPartial }) => !isPartial);
    const counted = complete.length > 0 ? complete : cells;
    const count = counted.reduce((sum, cell) => sum + cell.count, 0);
    const n = counted.reduce((sum, cell) => sum + cell.size, 0);
    return { count, n, isPartial: complete.length === 0 && cells.length > 0, ...rateOf(count, n) };
  });
}

export interface RetentionGroup {
  value: BreakdownValue;
  table: RetentionTable;
}

export function retentionGroups(answer: AnswerOf<'retention'>): RetentionGroup[] {
  return (answer.result.breakdowns ?? []).map((content) => ({
    value: content.value,
    table: tableOf(content, answer.zone),
  }));
}

export interface LifecycleBucket {
  date: string;
  isPartial: boolean;
  new: number;
  returning: number;
  resurrected: number;
  dormant: number;
}

export function lifecycleBuckets(answer: AnswerOf<'lifecycle'>, now: string): LifecycleBucket[] {
  const { buckets, new: fresh, returning, resurrected, dormant } = answer.result;
  const ends = bucketEndsMs(buckets);
  const nowMs = Date.parse(now);
  return buckets.map((bucket, index) => ({
    date: toLocalDate(bucket, answer.zone),
    isPartial: (ends[index] ?? 0) > nowMs,
    new: fresh[index] ?? 0,
    returning: returning[index] ?? 0,
    resurrected: resurrected[index] ?? 0,
    dormant: dormant[index] ?? 0,
  }));
}

export interface StickinessColumn extends RateWithInterval {
  /** Active in exactly so many periods. */
  periods: number;
  count: number;
  /** In at least so many. */
  atLeast: number;
  previous: number | null;
}

export interface Stickiness {
  columns: StickinessColumn[];
  users: number;
  hasPrevious: boolean;
}

export function stickinessColumns({ result }: AnswerOf<'stickiness'>): Stickiness {
  const { counts, users, previous } = result;
  return {
    users,
    hasPrevious: previous !== undefined,
    columns: counts.map((count, index) => ({
      periods: index + 1,
      count,
      atLeast: counts.slice(index).reduce((sum, each) => sum + each, 0),
      ...rateOf(count, users),
      previous:
        previous === undefined || previous.users === 0
          ? null
          : (previous.counts[index] ?? 0) / previous.users,
    })),
  };
}
