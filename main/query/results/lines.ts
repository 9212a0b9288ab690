import type { TrendLine } from '../../../shared/query/answer.ts';
import { ExactSum } from '../../../shared/stats/exact-sum.ts';
import type { Point } from '../plan/series.ts';

/** Points of one line: one per bucket, and one for the whole range. */
export interface LinePoints {
  buckets: Point[];
  total: Point;
}

export type LineNumbers = Omit<TrendLine, 'name' | 'breakdown' | 'compare'>;

const finite = (value: number | null | undefined): number | null =>
  value === null || value === undefined || !Number.isFinite(value) ? null : value;

/** The numbers of a line as answers hold them; sides and bounds only where the measure has them. */
export function toLine({ buckets, total }: LinePoints): LineNumbers {
  const list = (key: keyof Point): (number | null)[] => buckets.map((point) => finite(point[key]));
  return {
    data: list('value'),
    total: finite(total.value),
    ...(total.denominator === undefined
      ? {}
      : {
          numerator: list('numerator'),
          denominator: list('denominator'),
          totalNumerator: finite(total.numerator),
          totalDenominator: finite(total.denominator),
        }),
    ...(total.low === undefined
      ? {}
      : { low: list('low'), high: list('high'), totalLow: finite(total.low), totalHigh: finite(total.high) }),
    ...(total.comparable === undefined ? {} : { comparable: finite(total.comparable) }),
  };
}

/** A cumulative line starts at 0 and adds what is defined; sides and bounds of single buckets mean nothing in it. */
export function accumulate(line: LineNumbers): LineNumbers {
  const sum = new ExactSum();
  const data = line.data.map((value) => {
    sum.add(value ?? 0);
    return finite(sum.value);
  });
  const { numerator: _n, denominator: _d, low: _l, high: _h, ...kept } = line;
  return { ...kept, data };
}
