import { formatCount, formatPoints, formatRate } from '../../../shared/format/numbers.ts';
import type { Filter } from '../../../shared/query/filter.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { type Difference, differenceOf } from '../../state/difference.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { type Asked, type BarField, commonParts } from '../../state/question-parts.ts';
import type { StatesGroup } from './columns.ts';

/** Two sets of sessions side by side: the capture rate and every state, with the difference and its interval. */

export interface ShiftSide {
  count: number;
  n: number;
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface ShiftRow {
  /** `capture` or a state. */
  id: string;
  name: string;
  slot?: number;
  one: ShiftSide;
  other: ShiftSide;
  /** one − other. */
  difference: Difference | null;
  isSmall: boolean;
}

/** States and capture of new, or of returning people; the filter on them is this question's own. */
export const cohortQuestion = (
  asked: Asked,
  isNew: boolean,
  {
    skipped,
    own,
    groupBy = 'practice_id',
  }: { skipped: readonly BarField[]; own: readonly Filter[]; groupBy?: string },
): QuerySpecInput => {
  const common = commonParts(asked, [...skipped, 'cohort', 'state']);
  return {
    kind: 'states',
    ...common,
    filters: [...common.filters, ...own],
    cohort: { new: isNew },
    groupBy,
  };
};

export function shiftRows(one: StatesGroup, other: StatesGroup): ShiftRow[] {
  const states = one.states.map(({ name, count, share }, index): ShiftRow => {
    const opposite = other.states[index];
    return rowOf(
      { id: name.id, name: name.label, slot: name.slot },
      { count, n: one.n, ...share },
      { count: opposite?.count ?? 0, n: other.n, ...(opposite?.share ?? NOTHING) },
    );
  });
  const capture = rowOf(
    { id: CAPTURE, name: 'Capture rate' },
    { count: one.captured, n: one.completed, ...one.rate },
    { count: other.captured, n: other.completed, ...other.rate },
  );
  return [...states, capture];
}

export const CAPTURE = 'capture';
const NOTHING = { value: null, low: null, high: null };

function rowOf(head: Pick<ShiftRow, 'id' | 'name' | 'slot'>, one: ShiftSide, other: ShiftSide): ShiftRow {
  return {
    ...head,
    one,
    other,
    difference: differenceOf(one, other),
    isSmall: Math.min(one.n, other.n) < SMALL_SAMPLE,
  };
}

/** "+8.8 pp, +6.1 to +11.5". */
export const differenceInterval = (difference: Difference | null): string =>
  difference === null
    ? '–'
    : `${formatPoints(difference.low).replace(' pp', '')} to ${formatPoints(difference.high)}`;

export const sideText = ({ count, n }: ShiftSide): string => `${formatCount(count)} of ${formatCount(n)}`;

/** The rows whose difference is beyond chance, the largest first. */
export const clearRows = (rows: readonly ShiftRow[]): ShiftRow[] =>
  rows
    .filter(
      ({ difference, isSmall }) =>
        !isSmall && difference !== null && (difference.low > 0 || difference.high < 0),
    )
    .toSorted((a, b) => Math.abs(b.difference?.points ?? 0) - Math.abs(a.difference?.points ?? 0));

export const inWords = (row: ShiftRow): string =>
  `${row.name} ${formatRate(row.one.value)} against ${formatRate(row.other.value)}`;
