import { type BreakdownValue, type Sized, bySize, limitOf, sizesOf, valueOf } from './breakdown.ts';
import type { Question } from './question.ts';
import type { Row } from './rows.ts';
import type { Breakdown } from './types.ts';
import type { Bucket } from './zone.ts';

/** `breakdowns`, `rest` and `previous` around an answer of any kind but a trend. */
export interface Content<Unit> {
  /** What is counted: a unit belongs to the value of its row. */
  units: (range: Bucket) => readonly Unit[];
  rowOf: (unit: Unit) => Row;
  /** The answer for the events that `has` lets through. */
  answer: (range: Bucket, has: (row: Row) => boolean) => object;
}

export function expanded<Unit>(
  { units, rowOf, answer }: Content<Unit>,
  breakdown: Breakdown | null | undefined,
  question: Question,
): object {
  const inRange = (range: Bucket): object => {
    const whole = answer(range, () => true);
    if (!breakdown) return whole;
    const keyed = (row: Row) => JSON.stringify(valueOf(breakdown, row, question));
    const sizes = sizesOf(units(range), (unit) => valueOf(breakdown, rowOf(unit), question)).sort(bySize);
    const of = (values: readonly BreakdownValue[]) => {
      const keys = new Set(values.map((value) => JSON.stringify(value)));
      return answer(range, (row) => keys.has(keyed(row)));
    };
    const drawn = sizes.slice(0, limitOf(breakdown));
    const others = sizes.slice(limitOf(breakdown));
    return {
      ...whole,
      breakdowns: drawn.map(({ value }) => ({ value, ...of([value]) })),
      ...(others.length > 0
        ? { rest: { ...totalsOf(others), ...of(others.map(({ value }) => value)) } }
        : {}),
    };
  };
  const result = inRange(question.current);
  return question.previous ? { ...result, previous: inRange(question.previous) } : result;
}

const totalsOf = (others: readonly Sized[]) => ({
  values: others.length,
  units: others.reduce((sum, { units }) => sum + units, 0),
});
