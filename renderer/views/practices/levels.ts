import { type ChangePoint, type Levels, levelsOf } from '../../../shared/stats/change-points.ts';
import type { AnswerOf } from '../../../shared/query/answer.ts';
import type { CaptureColumns, StateBuckets } from './columns.ts';

/** The 90-day lens: the capture rate and every state as levels, and where they changed. */

export interface StateLevels {
  id: string;
  label: string;
  slot: number;
  levels: Levels;
}

/** Only complete buckets are judged: those still filling come last. */
export function captureLevels({ buckets }: CaptureColumns): Levels {
  const end = endOf(buckets.map(({ isPartial }) => isPartial));
  return levelsOf(buckets.slice(0, end).map(({ captured, completed }) => ({ k: captured, n: completed })));
}

export const stateLevels = ({ states, n, isOpen }: StateBuckets): StateLevels[] =>
  states.map(({ id, label, slot, counts }) => ({
    id,
    label,
    slot,
    levels: countLevels({ counts, n, isOpen, series: states.length }),
  }));

interface Counted {
  counts: readonly number[];
  n: readonly number[];
  isOpen: readonly boolean[];
  series: number;
}

export const countLevels = ({ counts, n, isOpen, series }: Counted): Levels =>
  levelsOf(
    n.slice(0, endOf(isOpen)).map((all, index) => ({ k: counts[index] ?? 0, n: all })),
    { series },
  );

export interface PracticeLevels {
  id: string;
  /** Completed sessions, and those of them with a reaction. */
  n: number[];
  captured: number[];
  levels: Levels;
}

/** The capture rate of each practice, those first that changed most. */
export function practiceLevels(
  answer: AnswerOf<'states'>,
  { isPartial }: { isPartial: readonly boolean[] },
): PracticeLevels[] {
  const { result } = answer;
  if (!('buckets' in result)) return [];
  const end = endOf(isPartial);
  const found = result.rows.flatMap(({ value, captured, completed }) => {
    if (value === null) return [];
    const trials = completed.slice(0, end).map((n, index) => ({ k: captured[index] ?? 0, n }));
    return [{ id: value, n: completed, captured, levels: levelsOf(trials, { series: result.rows.length }) }];
  });
  const reach = ({ levels }: PracticeLevels): number =>
    Math.abs(largestChange(levels.changes)?.difference ?? 0);
  return found.toSorted((a, b) => reach(b) - reach(a));
}

const endOf = (isOpen: readonly boolean[]): number => {
  const first = isOpen.indexOf(true);
  return first < 0 ? isOpen.length : first;
};

/** The largest first. */
export const largestChange = (changes: readonly ChangePoint[]): ChangePoint | null =>
  changes.toSorted((a, b) => Math.abs(b.difference) - Math.abs(a.difference))[0] ?? null;

/** The level of each bucket; null after the last judged one. */
export const steppedValues = ({ stretches }: Levels, count: number): (number | null)[] => {
  const values = Array.from({ length: count }, (): number | null => null);
  for (const { first, last, value } of stretches)
    for (let index = first; index <= last; index += 1) values[index] = value;
  return values;
};
