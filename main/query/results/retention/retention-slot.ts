import { ExactSum } from '../../../../shared/stats/exact-sum.ts';
import type { GroupValue } from '../../plan/grouping.ts';
import type { NameMembers } from '../members.ts';

/** Counts of one breakdown value: cell (cohort, column) at cohort × columns + column. */
export class RetentionSlot {
  readonly counts: Float64Array;
  /** Users with a number, and the exact sum of their numbers; empty without an aggregate. */
  readonly holders: Float64Array;
  readonly sums: ExactSum[];
  /** User numbers; empty unless asked for. */
  readonly members: number[][];

  constructor(cells: number, { hasAggregate, hasMembers }: { hasAggregate: boolean; hasMembers: boolean }) {
    this.counts = new Float64Array(cells);
    this.holders = new Float64Array(hasAggregate ? cells : 0);
    this.sums = Array.from({ length: hasAggregate ? cells : 0 }, () => new ExactSum());
    this.members = Array.from({ length: hasMembers ? cells : 0 }, () => []);
  }

  count(cell: number, user: number): void {
    this.counts[cell] = (this.counts[cell] as number) + 1;
    this.members[cell]?.push(user);
  }

  addNumbers(cell: number, numbers: readonly number[]): void {
    for (const number of numbers) this.sums[cell]?.add(number);
    if (numbers.length > 0) this.holders[cell] = (this.holders[cell] as number) + 1;
  }

  toPart(value: GroupValue | null, nameMembers: NameMembers): RetentionSlotPart {
    return {
      value,
      counts: this.counts,
      holders: this.holders,
      sums: this.sums.map((sum) => sum.partials()),
      members: this.members.map(nameMembers),
    };
  }
}

export interface RetentionSlotPart {
  value: GroupValue | null;
  counts: Float64Array;
  holders: Float64Array;
  /** Partials of exact sums, so that parts add up exactly. */
  sums: number[][];
  members: string[][];
}
