import type { RetentionSpec } from '../../../../shared/query/kinds/retention.ts';
import type { Period } from '../../plan/period.ts';

/** Columns of a retention table: column 0 is the cohort itself, column j the intervals [from, to) after it. */
export interface RetentionColumns {
  from: readonly number[];
  to: readonly number[];
}

/** As many columns as periods are asked for, by default as there are cohorts; those that no cohort reaches never show. */
export function columnsOf(spec: RetentionSpec, { axis }: Period): RetentionColumns {
  if (spec.brackets !== undefined) return bracketColumns(spec.brackets);
  return periodColumns(Math.min(spec.periods ?? axis.buckets, axis.buckets));
}

function periodColumns(periods: number): RetentionColumns {
  const from = Array.from({ length: periods }, (_, interval) => interval);
  return { from, to: from.map((interval) => interval + 1) };
}

/** Column 0, then one column per bracket; brackets count from interval 1. */
function bracketColumns(brackets: readonly number[]): RetentionColumns {
  const from = [0];
  const to = [1];
  for (const length of brackets) {
    from.push(to.at(-1) ?? 1);
    to.push((from.at(-1) ?? 1) + length);
  }
  return { from, to };
}
