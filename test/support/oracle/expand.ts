import { type BreakdownValue, type Naming, bySize, distinctValues, limitOf, namingOf } from './breakdown.ts';
import { EVERYTHING, lineOf } from './line.ts';
import type { Line } from './outcome.ts';
import type { Question } from './question.ts';
import type { Breakdown } from './types.ts';
import type { Bucket } from './zone.ts';

/** `breakdowns`, `rest` and `previous` around an answer of any kind but a trend. */
export interface Content {
  answer: (range: Bucket, line: Line) => object;
  /** Breakdown values that occur, each at least once. */
  values: (naming: Naming, range: Bucket) => BreakdownValue[];
  units: (line: Line, range: Bucket) => number;
}

export function expanded(
  { answer, values, units }: Content,
  breakdown: Breakdown | null | undefined,
  question: Question,
): object {
  const naming = breakdown ? namingOf(breakdown, question) : null;
  const inRange = (range: Bucket): object => {
    const whole = answer(range, EVERYTHING);
    if (!breakdown || !naming) return whole;
    const sizes = distinctValues(values(naming, range))
      .map((value) => ({ value, units: units(lineOf(naming, [value]), range) }))
      .sort(bySize);
    const drawn = sizes.slice(0, limitOf(breakdown));
    const others = sizes.slice(limitOf(breakdown)).map(({ value }) => value);
    const breakdowns = drawn.map(({ value }) => ({
      value,
      ...answer(range, lineOf(naming, [value])),
    }));
    if (others.length === 0) return { ...whole, breakdowns };
    const rest = lineOf(naming, others);
    return {
      ...whole,
      breakdowns,
      rest: { values: others.length, units: units(rest, range), ...answer(range, rest) },
    };
  };
  const result = inRange(question.current);
  return question.previous ? { ...result, previous: inRange(question.previous) } : result;
}
