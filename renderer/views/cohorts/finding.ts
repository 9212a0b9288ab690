import { formatSpanInWords } from '../../../shared/format/calendar.ts';
import {
  formatCount,
  formatPercentNumber,
  formatQuantity,
  formatRate,
} from '../../../shared/format/numbers.ts';
import type { CohortInterval, CohortsState } from '../../state/cohorts-address.ts';
import { differenceOf, isSignificant } from '../../state/difference.ts';
import type { CohortRow, ColumnTotal, LifecycleBucket, RetentionTable } from './columns.ts';
import { columnName, inColumn, lowerEvent } from './words.ts';

/** The sentence that the page opens with, computed from the columns of its charts. */

export interface CohortsFinding {
  lead: string;
  /** May be empty. */
  rest: string;
  /** Where the column changed; null: nowhere clearly. */
  change: CohortChange | null;
}

export interface CohortsFindingInput {
  state: CohortsState;
  table: RetentionTable;
  /** Of the looked-at column: all cohorts together, new people, people who had been there before; null: not known. */
  total: ColumnTotal | null;
  fresh: ColumnTotal | null;
  returning: ColumnTotal | null;
  hasFilters: boolean;
}

export function describeCohorts(input: CohortsFindingInput): CohortsFinding {
  const { state, table, total, hasFilters } = input;
  const people = table.rows.reduce((sum, { size }) => sum + size, 0);
  if (people === 0) {
    const where = hasFilters ? 'under these filters' : 'in these dates';
    return { lead: `Nobody has ${lowerEvent(state.anchor)} ${where}.`, rest: '', change: null };
  }
  const name = inColumn(state, state.column);
  if (total === null || total.n === 0) {
    return { lead: `No cohort has come to ${columnName(state, state.column)} yet.`, rest: '', change: null };
  }
  if (total.isPartial) {
    const later = state.mode === 'rolling' ? ' or later' : '';
    return {
      lead: `So far ${formatRate(total.value)} have come back ${name}${later}.`,
      rest: ' It is not over for any cohort.',
      change: null,
    };
  }
  const change = changeIn(table, state.column);
  const usual = `${formatRate(total.value)} come back ${name}`;
  if (change === null)
    return { lead: `${usual}.`, rest: ` No cohort stands out.${kindsInWords(input)}`, change };
  const points = formatPercentNumber(Math.abs(change.points), 1);
  const verb = change.points > 0 ? 'more' : 'fewer';
  return {
    lead: `Cohorts since ${formatSpanInWords(change.from, change.from)} keep ${points} points ${verb} of their people ${name}.`,
    rest: ` ${formatRate(change.after)} after ${formatRate(change.before)}.`,
    change,
  };
}

export interface LifecycleFindingInput {
  buckets: readonly LifecycleBucket[];
  interval: CohortInterval;
  event: string;
}

/** Of the last period that is over: how many were there, how many came and how many stopped. */
export function describeLifecycle({ buckets, interval, event }: LifecycleFindingInput): CohortsFinding {
  const latest = buckets.findLast(({ isPartial }) => !isPartial);
  if (latest === undefined) return { lead: `No ${interval} of these dates is over.`, rest: '', change: null };
  const { date, returning, resurrected, dormant } = latest;
  const active = latest.new + returning + resurrected;
  const day = formatSpanInWords(date, date);
  const when = interval === 'day' ? `On ${day}` : `In the ${interval} of ${day}`;
  if (active === 0) return { lead: `${when} nobody had ${event}.`, rest: '', change: null };
  return {
    lead: `${when} ${formatQuantity(active, 'person', 'people')} had ${event}.`,
    rest: ` ${formatCount(latest.new + resurrected)} came, ${formatCount(dormant)} stopped.`,
    change: null,
  };
}

function kindsInWords({ fresh, returning }: CohortsFindingInput): string {
  if (fresh?.value == null || returning?.value == null) return '';
  return ` New people ${formatRate(fresh.value, 0)}, returning ${formatRate(returning.value, 0)}.`;
}

export interface CohortChange {
  /** First cohort after the change. */
  from: string;
  before: number;
  after: number;
  points: number;
}

/** One false alarm in a hundred over all places where the cohorts could be cut (Bonferroni). */
const FALSE_ALARM = 0.01;
const LEAST_COHORTS = 2; // on each side: one cohort alone is no change

/** The cut after which the cohorts keep clearly more or fewer people in this column than before: the clearest one that
 *  does not hang on a single cohort. Only cohorts whose period is over count. */
export function changeIn({ rows }: RetentionTable, column: number): CohortChange | null {
  const complete = rows.flatMap((row) => {
    const cell = row.cells[column];
    return cell === undefined || cell.isPartial || row.size === 0 ? [] : [{ row, count: cell.count }];
  });
  const cuts = complete.slice(LEAST_COHORTS, complete.length - LEAST_COHORTS + 1).map((_, index) => {
    const at = index + LEAST_COHORTS;
    return { at, difference: differenceOf(sumOf(complete.slice(at)), sumOf(complete.slice(0, at))) };
  });
  const clear = cuts
    .filter(({ difference }) => (difference?.pValue ?? 1) < FALSE_ALARM / cuts.length)
    .filter(({ at, difference }) =>
      holdsWithoutAny(complete.slice(0, at), complete.slice(at), difference?.points ?? 0),
    )
    .toSorted((a, b) => (a.difference?.pValue ?? 1) - (b.difference?.pValue ?? 1))[0];
  if (clear?.difference == null) return null;
  const [before, after] = [sumOf(complete.slice(0, clear.at)), sumOf(complete.slice(clear.at))];
  return {
    from: complete[clear.at]?.row.start ?? '',
    before: before.count / before.n,
    after: after.count / after.n,
    points: clear.difference.points,
  };
}

interface CompleteCell {
  row: CohortRow;
  count: number;
}

/** Whichever cohort after the cut is left out, the others still differ in the same direction. */
function holdsWithoutAny(
  before: readonly CompleteCell[],
  after: readonly CompleteCell[],
  points: number,
): boolean {
  return after.every((left) => {
    const others = after.filter((each) => each !== left);
    const difference = differenceOf(sumOf(others), sumOf(before));
    return isSignificant(difference) && Math.sign(difference?.points ?? 0) === Math.sign(points);
  });
}

const sumOf = (parts: readonly CompleteCell[]): { count: number; n: number } =>
  parts.reduce((sum, { row, count }) => ({ count: sum.count + count, n: sum.n + row.size }), {
    count: 0,
    n: 0,
  });
