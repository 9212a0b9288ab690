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
  /** Whether a value without units is left out. */
  omitsEmpty?: boolean;
}

export const expanded = (
  { answer, values, units, omitsEmpty = false }: Content,
  breakdown: Breakdown | null | undefined,
  question: Question,
): object =>
  expandedParts<Line>(
    {
      answer,
      whole: EVERYTHING,
      part: lineOf,
      values,
      units: (line, range) => units(line, range),
      omitsEmpty,
    },
    breakdown,
    question,
  );

/** The same where a breakdown does not choose events but, for instance, people: by parts of any kind. */
export interface PartContent<Part> {
  whole: Part;
  part: (naming: Naming, values: readonly BreakdownValue[]) => Part;
  answer: (range: Bucket, part: Part) => object;
  values: (naming: Naming, range: Bucket) => BreakdownValue[];
  units: (part: Part, range: Bucket) => number;
  omitsEmpty: boolean;
}

export function expandedParts<Part>(
  { whole, part, answer, values, units, omitsEmpty }: PartContent<Part>,
  breakdown: Breakdown | null | undefined,
  question: Question,
): object {
  const naming = breakdown ? namingOf(breakdown, question) : null;
  const inRange = (range: Bucket): object => {
    const all = answer(range, whole);
    if (!breakdown || !naming) return all;
    const sizes = distinctValues(values(naming, range))
      .map((value) => ({ value, units: units(part(naming, [value]), range) }))
      .filter((size) => size.units > 0 || !omitsEmpty)
      .sort(bySize);
    const drawn = sizes.slice(0, limitOf(breakdown));
    const others = sizes.slice(limitOf(breakdown)).map(({ value }) => value);
    const breakdowns = drawn.map(({ value }) => ({
      value,
      ...answer(range, part(naming, [value])),
    }));
    if (others.length === 0) return { ...all, breakdowns };
    const rest = part(naming, others);
    return {
      ...all,
      breakdowns,
      rest: { values: others.length, units: units(rest, range), ...answer(range, rest) },
    };
  };
  const result = inRange(question.current);
  return question.previous ? { ...result, previous: inRange(question.previous) } : result;
}
