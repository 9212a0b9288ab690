import type { RetentionSpec } from '../../../../shared/query/kinds/retention.ts';
import { matchEvents } from '../../plan/event-match.ts';
import type { Part } from '../../plan/part.ts';
import type { Period } from '../../plan/period.ts';
import type { Question } from '../../plan/question.ts';
import { userUnit } from '../../plan/units.ts';
import { cellsBuffer, cellsOf, fitsPresence, type Presence, readPresence } from '../../timeline/presence.ts';
import { createNameMembers } from '../members.ts';
import { columnsOf, type RetentionColumns } from './retention-columns.ts';
import { RetentionSlot, type RetentionSlotPart } from './retention-slot.ts';

/**
 * Whether it is enough to know in which periods each user did something: not where returns are counted, elapsed time or
 * numbers are asked for, or values are told apart.
 */
export function asksPresence(question: Question, spec: RetentionSpec, period: Period): boolean {
  const { type, mode, minimumReturns, aggregate } = spec;
  return (
    type !== 'first_ever' &&
    mode !== '24h' &&
    minimumReturns === 1 &&
    aggregate === undefined &&
    question.breakdown.length === 0 &&
    period.axis.buckets > 0 &&
    fitsPresence(question, edgesOf(spec, period))
  );
}

/** One cell per period; of first times one more in front, for all of the time before. */
const edgesOf = ({ type }: RetentionSpec, { axis }: Period): number[] =>
  type === 'recurring' ? [...axis.boundaries] : [-Infinity, ...axis.boundaries];

/** Counts the retention of a share of the users, all values together. */
export async function countPresent(
  question: Question,
  spec: RetentionSpec,
  period: Period,
  part: Part,
): Promise<RetentionSlotPart> {
  const columns = columnsOf(spec, period);
  const slot = new RetentionSlot(period.axis.buckets * columns.from.length, {
    hasAggregate: false,
    hasMembers: spec.members,
  });
  const [anchors, returns] = await readBoth(question, spec, period, part);
  const counter = new UserCounter(spec, period, columns, slot);
  const lists = { anchors: cellsBuffer(anchors), returns: cellsBuffer(returns) };
  for (let user = 1; user <= anchors.users; user++) {
    const begun = cellsOf(anchors, user, lists.anchors);
    if (begun > 0) {
      const back = cellsOf(returns, user, lists.returns);
      counter.count(user, lists.anchors.subarray(0, begun), lists.returns.subarray(0, back));
    }
    if (user % USERS_PER_BREATH === 0) await question.pace.breathe();
  }
  return slot.toPart(null, createNameMembers(userUnit(question.view), question.mostMembers));
}

const USERS_PER_BREATH = 4096;

/** Anchors and returns; where one reference means both they are the same. */
async function readBoth(
  question: Question,
  spec: RetentionSpec,
  period: Period,
  part: Part,
): Promise<[Presence, Presence]> {
  const { filters } = spec;
  const edges = edgesOf(spec, period);
  const read = (ref: RetentionSpec['anchor']): Promise<Presence> =>
    readPresence(question, {
      match: matchEvents(ref, { compiler: question.compiler, filters }),
      edges,
      part,
    });
  const anchors = await read(spec.anchor);
  const isSame = JSON.stringify(spec.anchor) === JSON.stringify(spec.return);
  return [anchors, isSame ? anchors : await read(spec.return)];
}

/** Counts users into cells (cohort, column). */
class UserCounter {
  readonly #isFirstOnly: boolean;
  readonly #isRolling: boolean;
  readonly #hasBrackets: boolean;
  readonly #buckets: number;
  readonly #columns: RetentionColumns;
  readonly #slot: RetentionSlot;

  constructor(spec: RetentionSpec, period: Period, columns: RetentionColumns, slot: RetentionSlot) {
    this.#isFirstOnly = spec.type !== 'recurring';
    this.#isRolling = spec.mode === 'rolling';
    this.#hasBrackets = spec.brackets !== undefined;
    this.#buckets = period.axis.buckets;
    this.#columns = columns;
    this.#slot = slot;
  }

  /** Cells with anchors (at least one) and with returns, in order. */
  count(user: number, anchors: Int32Array, returns: Int32Array): void {
    if (!this.#isFirstOnly) {
      for (const cohort of anchors) this.#countCohort(user, cohort, returns, 0);
      return;
    }
    const first = anchors[0] as number;
    if (first > 0) this.#countCohort(user, first - 1, returns, 1); // cell 0 is all of the time before
  }

  /** `shift`: cells before the first period. */
  #countCohort(user: number, cohort: number, returns: Int32Array, shift: number): void {
    const width = this.#columns.from.length;
    const slot = this.#slot;
    slot.count(cohort * width, user);
    if (this.#isRolling || this.#hasBrackets) {
      this.#countColumns(user, cohort, returns, shift);
      return;
    }
    for (let i = returns.length - 1; i >= 0; i--) {
      const column = (returns[i] as number) - shift - cohort;
      if (column <= 0) break;
      if (column < width) slot.count(cohort * width + column, user);
    }
  }

  /** A column is a span of periods, of rolling ones up to the end of the last. */
  #countColumns(user: number, cohort: number, returns: Int32Array, shift: number): void {
    const { from, to } = this.#columns;
    const lastTo = this.#hasBrackets ? (to.at(-1) as number) : Infinity; // what comes after the last bracket is in none
    let next = 0;
    for (let column = 1; column < from.length; column++) {
      const first = cohort + (from[column] as number);
      if (first >= this.#buckets) return;
      while (next < returns.length && (returns[next] as number) - shift < first) next++;
      if (next === returns.length) return;
      const end = cohort + (this.#isRolling ? lastTo : (to[column] as number));
      if ((returns[next] as number) - shift < end) this.#slot.count(cohort * from.length + column, user);
    }
  }
}
