import type { Taxonomy } from '../../../shared/domain/taxonomy.ts';
import type {
  AnswerOf,
  RateWithInterval,
  StatesContent,
  StatesRow,
  StatesSeriesTable,
  StatesTable,
  TrendLine,
} from '../../../shared/query/answer.ts';
import { firstOpenBucket } from '../../state/open-bucket.ts';
import { bucketNames, partialFlags } from '../../state/trend-columns.ts';
import { type StateName, stateNames } from '../../state/state-names.ts';
import { SERIES } from './questions.ts';

/** Answers as the columns that charts, tables and the finding read. */

export interface CaptureBucket extends RateWithInterval {
  date: string;
  isPartial: boolean;
  /** Sessions with a reaction, and completed sessions: numerator and denominator of the rate. */
  captured: number;
  completed: number;
  reactions: number;
  previous: {
    date: string;
    value: number | null;
    captured: number;
    completed: number;
    reactions: number;
  } | null;
}

export interface CaptureColumns {
  buckets: CaptureBucket[];
  total: CaptureTotal;
  hasPrevious: boolean;
}

export interface CaptureTotal extends RateWithInterval {
  captured: number;
  completed: number;
  reactions: number;
}

export function captureColumns(answer: AnswerOf<'trend'>): CaptureColumns {
  const { buckets, previousBuckets = [], series } = answer.result;
  const line = (name: string, compare: 'current' | 'previous') =>
    series.find((each) => each.name === name && each.compare === compare);
  const rate = line(SERIES.rate, 'current');
  const reactions = line(SERIES.reactions, 'current');
  const before = line(SERIES.rate, 'previous');
  const reactionsBefore = line(SERIES.reactions, 'previous');
  const isPartial = partialFlags(buckets, answer);
  const datesBefore = bucketNames(previousBuckets, answer.zone);
  return {
    hasPrevious: before !== undefined,
    total: {
      ...intervalOfTotal(rate),
      captured: rate?.totalNumerator ?? 0,
      completed: rate?.totalDenominator ?? 0,
      reactions: reactions?.total ?? 0,
    },
    buckets: bucketNames(buckets, answer.zone).map((date, index) => ({
      date,
      isPartial: isPartial[index] ?? false,
      value: rate?.data[index] ?? null,
      low: rate?.low?.[index] ?? null,
      high: rate?.high?.[index] ?? null,
      captured: rate?.numerator?.[index] ?? 0,
      completed: rate?.denominator?.[index] ?? 0,
      reactions: reactions?.data[index] ?? 0,
      previous: previousOf(index, datesBefore, before, reactionsBefore),
    })),
  };
}

function previousOf(
  index: number,
  dates: readonly string[],
  rate: TrendLine | undefined,
  reactions: TrendLine | undefined,
): CaptureBucket['previous'] {
  const date = dates[index];
  if (date === undefined || rate === undefined) return null;
  return {
    date,
    value: rate.data[index] ?? null,
    captured: rate.numerator?.[index] ?? 0,
    completed: rate.denominator?.[index] ?? 0,
    reactions: reactions?.data[index] ?? 0,
  };
}

const intervalOfTotal = (line: TrendLine | undefined): RateWithInterval => ({
  value: line?.total ?? null,
  low: line?.totalLow ?? null,
  high: line?.totalHigh ?? null,
});

export interface StateColumn extends StateName {
  counts: number[];
  shares: (number | null)[];
  total: number;
  previousTotal: number | null;
}

export interface StateBuckets {
  dates: string[];
  /** Still filling: reactions may arrive. Unlike a capture rate, shares need not wait for the day after. */
  isOpen: boolean[];
  /** Reactions per bucket. */
  n: number[];
  states: StateColumn[];
  total: number;
  previousTotal: number | null;
  /** First bucket that lies wholly or partly after the watermark; null when all are complete. */
  openFrom: number | null;
}

export function stateBuckets(answer: AnswerOf<'states'>, taxonomy: Taxonomy | null): StateBuckets | null {
  const { result } = answer;
  if (!isSeries(result)) return null;
  const previous = result.previous !== undefined && isSeries(result.previous) ? result.previous.total : null;
  const names = stateNames(
    taxonomy,
    result.total.states.map(({ state }) => state),
  );
  const openFrom = firstOpenBucket(result.buckets, answer.completeTo);
  const dates = bucketNames(result.buckets, answer.zone);
  return {
    dates,
    isOpen: dates.map((_, index) => openFrom !== null && index >= openFrom),
    n: result.total.n,
    total: sum(result.total.n),
    previousTotal: previous === null ? null : sum(previous.n),
    openFrom,
    states: names.map((name) => {
      const found = result.total.states.find(({ state }) => state === name.id);
      const before = previous?.states.find(({ state }) => state === name.id);
      return {
        ...name,
        counts: found?.count ?? dates.map(() => 0),
        shares: found?.value ?? dates.map(() => null),
        total: sum(found?.count ?? []),
        previousTotal: previous === null ? null : sum(before?.count ?? []),
      };
    }),
  };
}

export interface StatesGroup {
  id: string | null;
  n: number;
  captured: number;
  completed: number;
  rate: RateWithInterval;
  states: { name: StateName; count: number; share: RateWithInterval }[];
}

export interface StatesGroups {
  names: StateName[];
  rows: StatesGroup[];
  total: StatesGroup;
}

export function statesGroups(answer: AnswerOf<'states'>, taxonomy: Taxonomy | null): StatesGroups | null {
  const { result } = answer;
  if (isSeries(result)) return null;
  const names = stateNames(
    taxonomy,
    result.total.states.map(({ state }) => state),
  );
  return {
    names,
    rows: result.rows.map((row) => groupOf(row, names)),
    total: groupOf(result.total, names),
  };
}

function groupOf(row: StatesRow, names: StateName[]): StatesGroup {
  return {
    id: row.value,
    n: row.n,
    captured: row.captured,
    completed: row.completed,
    rate: row.captureRate,
    states: names.map((name) => {
      const found = row.states.find(({ state }) => state === name.id);
      return {
        name,
        count: found?.count ?? 0,
        share: { value: found?.value ?? null, low: found?.low ?? null, high: found?.high ?? null },
      };
    }),
  };
}

export interface MasterRow {
  id: string | null;
  impact: RateWithInterval;
  comparable: number | null;
  completed: number;
  captured: number;
  mix: StatesGroup | null;
}

/** Masters by impact, highest first; "no master" and masters without an impact close the list. */
export function masterRows(impact: AnswerOf<'trend'>, groups: StatesGroups | null): MasterRow[] {
  const rows = impact.result.series
    .filter(({ compare }) => compare === 'current')
    .map((line): MasterRow => {
      const id = typeof line.breakdown === 'string' ? line.breakdown : null;
      const mix = groups?.rows.find((row) => row.id === id) ?? null;
      return {
        id,
        impact: intervalOfTotal(line),
        comparable: line.comparable ?? null,
        completed: mix?.completed ?? line.totalDenominator ?? 0,
        captured: mix?.captured ?? 0,
        mix,
      };
    });
  const rank = ({ id, impact: { value } }: MasterRow): number => (id === null ? -Infinity : (value ?? -1e9));
  return rows.toSorted((a, b) => rank(b) - rank(a));
}

const isSeries = (content: StatesContent | StatesTable): content is StatesSeriesTable => 'buckets' in content;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** The state with most reactions; ties go to the lower order of the taxonomy. null without reactions. */
export function strongestOf({ states }: StatesGroup): StatesGroup['states'][number] | null {
  return states.reduce<StatesGroup['states'][number] | null>(
    (found, state) => (state.count > (found?.count ?? 0) ? state : found),
    null,
  );
}
