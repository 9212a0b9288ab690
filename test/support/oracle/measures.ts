import { exactSum, quantile } from './exact.ts';
import { fits } from './filter.ts';
import { metricOf } from './metrics.ts';
import {
  type Counted,
  type Outcome,
  partOf,
  pick,
  ratioOf,
  trailingUsers,
  usersOf,
  valuesOf,
} from './outcome.ts';
import type { Question } from './question.ts';
import { type Row, numberOf } from './rows.ts';
import type { Series } from './types.ts';

export function countedOf(series: Series, question: Question): Counted {
  const { measure = 'events' } = series;
  const metric = metricOf(measure, series, question);
  if (metric) return metric;
  const taken = question.rows.filter(question.takes);
  const part = partOf(taken.filter((row) => fits(series, row)));
  if (measure === 'ratio') {
    const { of = { event: null } } = series;
    const divisor = partOf(taken.filter((row) => fits(of, row)));
    return {
      values: valuesOf(part, divisor),
      units: (line, slot) => pick(divisor, line, slot).length,
      measure: (line, slot) => ratioOf(pick(part, line, slot).length, pick(divisor, line, slot).length),
    };
  }
  if (measure === 'weekly_active' || measure === 'monthly_active') {
    return trailingUsers(part, measure === 'weekly_active' ? 7 : 30, question);
  }
  return {
    values: valuesOf(part),
    units: (line, slot) => sizeOf(measure, pick(part, line, slot), series, question),
    measure: (line, slot) => simple(measure, pick(part, line, slot), series, question),
  };
}

const numbersOf = (rows: readonly Row[], { property = '' }: Series): number[] =>
  rows.map((row) => numberOf(row, property)).filter((number) => number !== null);

const sessionsOf = (rows: readonly Row[], { sessionOf }: Question) =>
  new Set(rows.map(sessionOf).filter((session) => session !== undefined));

function simple(measure: string, rows: readonly Row[], series: Series, question: Question): Outcome {
  const numbers = numbersOf(rows, series);
  switch (measure) {
    case 'events':
      return { value: rows.length };
    case 'users':
      return { value: usersOf(rows).size };
    case 'sessions':
      return { value: sessionsOf(rows, question).size };
    case 'sum':
      return { value: exactSum(numbers) };
    case 'mean':
      return ratioOf(exactSum(numbers), numbers.length);
    case 'min':
      return { value: numbers.length === 0 ? null : numbers.reduce((a, b) => Math.min(a, b)) };
    case 'max':
      return { value: numbers.length === 0 ? null : numbers.reduce((a, b) => Math.max(a, b)) };
    case 'quantile':
      return { value: quantile(numbers, series.q ?? 0.5) };
    default:
      throw new Error(`unknown measure ${measure}`);
  }
}

/** What a measure counts; of measures of numbers, how many there are. */
function sizeOf(measure: string, rows: readonly Row[], series: Series, question: Question): number {
  if (measure === 'events') return rows.length;
  if (measure === 'users') return usersOf(rows).size;
  if (measure === 'sessions') return sessionsOf(rows, question).size;
  return numbersOf(rows, series).length;
}
