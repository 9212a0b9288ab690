import type { BreakdownValue } from '../../../shared/query/answer.ts';
import type { FunnelGroups } from './columns.ts';
import { differenceOf } from '../../state/difference.ts';

export interface Concentration {
  value: BreakdownValue;
  /** Of those lost before the step, and of those who came to the step before it. */
  shareOfLost: number;
  shareOfAll: number;
}

/** One false alarm in a hundred over all values (Bonferroni). */
const FALSE_ALARM = 0.01;

/** The value that holds clearly more of the lost than of all: the one whose surplus is largest. null: there is none. */
export function concentrationOf(groups: FunnelGroups | null, index: number): Concentration | null {
  const all = groups?.all[index];
  if (groups === null || all?.left == null || all.base === null || all.left === 0) return null;
  const [lost, base] = [all.left, all.base];
  const found = groups.groups.flatMap(({ value, steps }): (Concentration & { surplus: number })[] => {
    const step = steps[index];
    if (step?.left == null || step.base === null) return [];
    const difference = differenceOf(
      { count: step.left, n: step.base },
      { count: lost - step.left, n: base - step.base },
    );
    const isClear = (difference?.pValue ?? 1) < FALSE_ALARM / groups.groups.length;
    if (difference === null || difference.points <= 0 || !isClear) return [];
    const surplus = step.left - (lost * step.base) / base;
    return [{ value, shareOfLost: step.left / lost, shareOfAll: step.base / base, surplus }];
  });
  const [most] = found.toSorted((a, b) => b.surplus - a.surplus);
  return most === undefined
    ? null
    : { value: most.value, shareOfLost: most.shareOfLost, shareOfAll: most.shareOfAll };
}
