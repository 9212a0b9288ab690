import type { Taxonomy } from '../../../shared/domain/taxonomy.ts';
import { toLocalTime } from '../../../shared/format/local-time.ts';
import type { AnswerOf, StatesSeriesRow } from '../../../shared/query/answer.ts';
import { wilsonInterval } from '../../../shared/stats/wilson.ts';
import { type Difference, differenceOf } from '../../state/difference.ts';
import { firstOpenBucket } from '../../state/open-bucket.ts';
import { type StateName, stateNames } from '../../state/state-names.ts';
import { bucketNames } from '../../state/trend-columns.ts';
import type { StatesGroup, StatesGroups } from '../practices/columns.ts';

/** Answers as what the tiles of a page draw: the subject, and everything that is not it. */

export const rateOf = (count: number, n: number) => {
  if (n === 0) return { value: null, low: null, high: null };
  const [low, high] = wilsonInterval(count, n);
  return { value: count / n, low, high };
};

/** All of `whole` that is not in `part`; exact, as both are counts of the same sessions and reactions. */
export function groupWithout(whole: StatesGroup, part: StatesGroup): StatesGroup {
  const n = whole.n - part.n;
  const captured = whole.captured - part.captured;
  const completed = whole.completed - part.completed;
  return {
    id: null,
    n,
    captured,
    completed,
    rate: rateOf(captured, completed),
    states: whole.states.map(({ name, count }, index) => {
      const rest = count - (part.states[index]?.count ?? 0);
      return { name, count: rest, share: rateOf(rest, n) };
    }),
  };
}

export const emptyGroup = (names: readonly StateName[], id: string): StatesGroup => ({
  id,
  n: 0,
  captured: 0,
  completed: 0,
  rate: rateOf(0, 0),
  states: names.map((name) => ({ name, count: 0, share: rateOf(0, 0) })),
});

export interface Peers {
  own: StatesGroup;
  others: StatesGroup;
  all: StatesGroup;
  /** Of those that completed anything: 1 is the highest capture rate. */
  rank: number | null;
  count: number;
}

export function peersOf({ rows, total, names }: StatesGroups, id: string): Peers {
  const own = rows.find((row) => row.id === id) ?? emptyGroup(names, id);
  const named = rows.filter((row) => row.id !== null && row.completed > 0);
  const above = named.filter(({ rate }) => (rate.value ?? 0) > (own.rate.value ?? 0)).length;
  return {
    own,
    others: groupWithout(total, own),
    all: total,
    rank: own.completed === 0 ? null : above + 1,
    count: named.length,
  };
}

export interface PartnerRow {
  id: string | null;
  completed: number;
  captured: number;
  rate: { value: number | null; low: number | null; high: number | null };
  /** The same practice with other masters. */
  elsewhere: { completed: number; captured: number; value: number | null };
  difference: Difference | null;
}

/** Masters of a practice, or practices of a master, each against the same practice with the other masters. */
export function partnerRows(partners: StatesGroups, ofAll: StatesGroups | null): PartnerRow[] {
  return partners.rows
    .filter(({ completed }) => completed > 0)
    .map(({ id, completed, captured, rate }) => {
      const whole = ofAll === null ? partners.total : ofAll.rows.find((row) => row.id === id);
      const rest = {
        completed: (whole?.completed ?? completed) - completed,
        captured: (whole?.captured ?? captured) - captured,
      };
      return {
        id,
        completed,
        captured,
        rate,
        elsewhere: { ...rest, value: rest.completed === 0 ? null : rest.captured / rest.completed },
        difference: differenceOf(
          { count: captured, n: completed },
          { count: rest.captured, n: rest.completed },
        ),
      };
    });
}

export interface StateOverTime {
  id: string;
  label: string;
  slot: number;
  counts: number[];
  shares: (number | null)[];
  others: (number | null)[];
}

export interface StatesOverTime {
  dates: string[];
  isOpen: boolean[];
  n: number[];
  states: StateOverTime[];
}

export function statesOverTime(
  answer: AnswerOf<'states'>,
  id: string,
  taxonomy: Taxonomy | null,
): StatesOverTime | null {
  const { result } = answer;
  if (!('buckets' in result)) return null;
  const own = result.rows.find(({ value }) => value === id);
  const openFrom = firstOpenBucket(result.buckets, answer.completeTo);
  const zeros = result.buckets.map(() => 0);
  const n = own?.n ?? zeros;
  const names = stateNames(
    taxonomy,
    result.total.states.map(({ state }) => state),
  );
  return {
    dates: bucketNames(result.buckets, answer.zone),
    isOpen: result.buckets.map((_, index) => openFrom !== null && index >= openFrom),
    n,
    states: names.map((name) => {
      const counts = countsOf(own, name.id) ?? zeros;
      const all = countsOf(result.total, name.id) ?? zeros;
      return {
        ...name,
        counts,
        shares: counts.map((count, index) => ratio(count, n[index] ?? 0)),
        others: all.map((count, index) =>
          ratio(count - (counts[index] ?? 0), (result.total.n[index] ?? 0) - (n[index] ?? 0)),
        ),
      };
    }),
  };
}

const countsOf = (row: StatesSeriesRow | undefined, id: string): number[] | undefined =>
  row?.states.find(({ state }) => state === id)?.count;

const ratio = (count: number, n: number): number | null => (n === 0 ? null : count / n);

/** What one hour, or a stretch of hours on one weekday, adds up to. */
export interface HourSums {
  completed: number;
  captured: number;
  n: number;
  byState: Record<string, number>;
}

export interface HourCell extends HourSums {
  /** 0 is the first day of the week. */
  weekday: number;
  /** First hour of the cell. */
  hour: number;
}

const HOURS_A_DAY = 24;
const DAYS_A_WEEK = 7;

/** The hours of the dates by weekday and local hour; `hoursPerCell` divides the day. Monday is weekday 1, as in dates. */
export function hourCells(
  answer: AnswerOf<'states'>,
  hoursPerCell: number,
  weekStart: 'monday' | 'sunday',
): HourCell[] | null {
  const { result } = answer;
  if (!('buckets' in result)) return null;
  const perDay = HOURS_A_DAY / hoursPerCell;
  const cells = Array.from({ length: DAYS_A_WEEK * perDay }, (_, index): HourCell => ({
    weekday: Math.floor(index / perDay),
    hour: (index % perDay) * hoursPerCell,
    completed: 0,
    captured: 0,
    n: 0,
    byState: {},
  }));
  result.buckets.forEach((bucket, index) => {
    const { date, time } = toLocalTime(bucket, answer.zone);
    const sinceSunday = new Date(`${date}T00:00:00Z`).getUTCDay();
    const weekday = (sinceSunday + (weekStart === 'monday' ? 6 : 0)) % DAYS_A_WEEK;
    const cell = cells[weekday * perDay + Math.floor(Number(time.slice(0, 2)) / hoursPerCell)];
    if (cell !== undefined) addHour(cell, result.total, index);
  });
  return cells;
}

function addHour(cell: HourSums, total: StatesSeriesRow, index: number): void {
  cell.completed += total.completed[index] ?? 0;
  cell.captured += total.captured[index] ?? 0;
  cell.n += total.n[index] ?? 0;
  for (const { state, count } of total.states)
    cell.byState[state] = (cell.byState[state] ?? 0) + (count[index] ?? 0);
}

/** Cells of all weekdays together, by hour. */
export function hoursOfDay(cells: readonly HourCell[]): HourCell[] {
  const byHour = new Map<number, HourCell>();
  for (const cell of cells) {
    const known = byHour.get(cell.hour) ?? { ...EMPTY, byState: {}, hour: cell.hour };
    byHour.set(cell.hour, known);
    known.completed += cell.completed;
    known.captured += cell.captured;
    known.n += cell.n;
    for (const [state, count] of Object.entries(cell.byState))
      known.byState[state] = (known.byState[state] ?? 0) + count;
  }
  return [...byHour.values()];
}

const EMPTY = { weekday: -1, completed: 0, captured: 0, n: 0 };

export interface NextRow {
  id: string;
  count: number;
  share: number;
  meanSeconds: number;
}

/** The practice completed after this one, of the paths that went on. */
export function nextRows({ result }: AnswerOf<'paths'>, id: string): { rows: NextRow[]; n: number } {
  const links = result.links.filter(({ source, step }) => source === id && step === 0);
  const n = links.reduce((sum, { count }) => sum + count, 0);
  return {
    n,
    rows: links.map(({ target, count, meanSeconds }) => ({
      id: target,
      count,
      share: count / n,
      meanSeconds,
    })),
  };
}
