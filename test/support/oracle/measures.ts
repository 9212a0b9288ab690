import { exactSum, quantile } from './exact.ts';
import { fits } from './filter.ts';
import { metricOf } from './metrics.ts';
import { type Counted, type Outcome, ratioOf, trailing, usersOf } from './outcome.ts';
import { type Question, inSpan } from './question.ts';
import { type Row, numberOf } from './rows.ts';
import type { Series } from './types.ts';

export function countedOf(series: Series, question: Question): Counted {
  const { measure = 'events' } = series;
  const metric = metricOf(measure, series, question);
  if (metric) return metric;
  const taken = question.rows.filter(question.takes);
  const rows = taken.filter((row) => fits(series, row));
  const other = measure === 'ratio' && series.of ? series.of : null;
  const divisors = other ? taken.filter((row) => fits(other, row)) : [];
  return {
    lineRows: [...new Set([...rows, ...divisors])],
    measure: (line, slot) => {
      const own = rows.filter(line.has);
      if (measure === 'weekly_active') return { value: usersOf(trailing(own, 7, slot, question)).size };
      if (measure === 'monthly_active') return { value: usersOf(trailing(own, 30, slot, question)).size };
      const inside = own.filter((row) => inSpan(row, slot.inside));
      if (measure === 'ratio') {
        return ratioOf(
          inside.length,
          divisors.filter((row) => line.has(row) && inSpan(row, slot.inside)).length,
        );
      }
      return simple(measure, inside, series, question);
    },
  };
}

function simple(measure: string, rows: readonly Row[], series: Series, question: Question): Outcome {
  const numbers = rows.map((row) => numberOf(row, series.property ?? '')).filter((number) => number !== null);
  switch (measure) {
    case 'events':
      return { value: rows.length };
    case 'users':
      return { value: usersOf(rows).size };
    case 'sessions':
      return { value: new Set(rows.map(question.sessionOf).filter((session) => session !== undefined)).size };
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
