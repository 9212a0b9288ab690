import type { BreakdownValue, Expanded } from '../../../shared/query/answer.ts';
import type { Breakdown, Compare, Range } from '../../../shared/query/common-spec.ts';
import { type GroupValue, keyOf, toBreakdownValue } from '../plan/grouping.ts';
import { comparedPeriod, type Period, type PeriodOptions, periodOf } from '../plan/period.ts';
import type { Question } from '../plan/question.ts';
import { intervalsBefore } from '../plan/whole-intervals.ts';
import { bySize } from './order.ts';
import type { PartStepName } from '../plan/part-steps.ts';

/**
 * The answer for the range, and for the compared one under `previous`. `widen` takes whole intervals: then the previous
 * ones are as many whole intervals directly before. `range`: where the period comes from, if not the question's.
 */
export async function comparePeriods<Content>(
  spec: { range: Range; compare: Compare | null },
  options: PeriodOptions,
  answer: (period: Period) => Promise<Expanded<Content>>,
  { widen, range = spec.range }: { widen?: (period: Period) => Period; range?: Range } = {},
): Promise<Expanded<Content>> {
  const plain = periodOf(range, options);
  const period = widen?.(plain) ?? plain;
  const current = await answer(period);
  if (spec.compare === null) return current;
  const shifted = comparedPeriod(spec.compare, spec.range, options); // also refuses what has no range before it
  const isBefore = widen !== undefined && spec.compare === 'previous';
  const compared = isBefore ? intervalsBefore(period) : (widen?.(shifted) ?? shifted);
  return { ...current, previous: await answer(compared) };
}

/**
 * One pass over the units: everything and each breakdown value by itself, or only some values, taken as one.
 * A slot of a part's result whose value is null is everything, or those values.
 */
export interface ValuePass {
  asOne: GroupValue[] | null;
}

export interface SlotPart {
  value: GroupValue | null;
}

interface PartedKind<Slot, Content> {
  /** Name of the part step that counts it. */
  step: PartStepName;
  contentOf: (slots: readonly Slot[]) => Content;
  /** How large a value is; those without any unit are not listed. */
  unitsOf: (slots: readonly Slot[]) => number;
}

/**
 * Counts a kind part by part and puts its values together: everything, each breakdown value, and over the limit the rest
 * counted anew as if it were one value.
 */
export async function expandParts<Slot extends SlotPart, Content extends object>(
  question: Question,
  breakdown: Breakdown | null,
  period: Period,
  { step, contentOf, unitsOf }: PartedKind<Slot, Content>,
): Promise<Expanded<Content>> {
  const run = async (pass: ValuePass): Promise<Slot[]> =>
    (await question.runParts<Slot[]>(step, pass, period)).flat();
  const slots = await run({ asOne: null });
  const whole = contentOf(slots.filter(({ value }) => value === null));
  if (breakdown === null) return whole;
  const sized = sizeValues(slots, unitsOf);
  const drawn = sized.slice(0, breakdown.limit);
  const breakdowns = drawn.map(({ value, own }): { value: BreakdownValue } & Content => ({
    value: toBreakdownValue(value),
    ...contentOf(own),
  }));
  const others = sized.slice(breakdown.limit).map(({ value }) => value);
  if (others.length === 0) return { ...whole, breakdowns };
  const rest = await run({ asOne: others });
  return {
    ...whole,
    breakdowns,
    rest: { values: others.length, units: unitsOf(rest), ...contentOf(rest) },
  };
}

/** Values with their slots of all parts, largest first. */
function sizeValues<Slot extends SlotPart>(
  slots: readonly Slot[],
  unitsOf: (slots: readonly Slot[]) => number,
): { value: GroupValue; own: Slot[]; size: number }[] {
  const byKey = new Map<string, { value: GroupValue; own: Slot[] }>();
  for (const slot of slots) {
    if (slot.value === null) continue;
    const key = keyOf(slot.value);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { value: slot.value, own: [slot] });
    else known.own.push(slot);
  }
  return [...byKey.values()]
    .map((entry) => ({ ...entry, size: unitsOf(entry.own) }))
    .filter(({ size }) => size > 0)
    .sort(bySize);
}
