import { fits, isOfType } from './filter.ts';
import type { Question } from './question.ts';
import type { Row } from './rows.ts';
import type { EventRef } from './types.ts';

/**
 * Whether an event is its user's first one over all time. `ever`: no event of the type came before it, and it matches;
 * `matching`: no matching event did. Of several at that one instant each is the first.
 */
export function isFirstTime(
  ref: EventRef,
  first: 'ever' | 'matching',
  { rows, takes }: Question,
): (row: Row) => boolean {
  const matches = (row: Row) => fits(ref, row) && takes(row);
  const candidates = rows.filter((row) => (first === 'ever' ? isOfType(ref, row) : matches(row)));
  const firstMs = new Map<string, number>();
  for (const { user, tsMs } of candidates) {
    if (user !== null) firstMs.set(user, Math.min(tsMs, firstMs.get(user) ?? Infinity));
  }
  return (row) => matches(row) && row.user !== null && row.tsMs === firstMs.get(row.user);
}
