import type { RetentionSpec } from '../../../../shared/query/kinds/retention.ts';
import { matchEvents } from '../../plan/event-match.ts';
import { withoutFilters } from '../../plan/first-matches.ts';
import { Grouping } from '../../plan/grouping.ts';
import type { Period } from '../../plan/period.ts';
import { userProperty } from '../../plan/people.ts';
import type { Question } from '../../plan/question.ts';
import { userUnit } from '../../plan/units.ts';
import { readTimeline, type Role } from '../../timeline/timeline.ts';
import type { ValuePass } from '../expand-parts.ts';
import { createNameMembers } from '../members.ts';
import type { PartStep } from '../parts.ts';
import { eventsBySlot, slotNumbers, SlotTable } from '../slots.ts';
import { columnsOf, type RetentionColumns } from './retention-columns.ts';
import { RetentionSlot, type RetentionSlotPart } from './retention-slot.ts';
import { asksPresence, countPresent } from './retention-presence.ts';
import { type Membership, membershipsOf, type UserEvents, UserReturns } from './retention-user.ts';

/** Counts the retention of a share of the users, by breakdown value. */
export const retentionPart: PartStep<RetentionSpec, ValuePass, RetentionSlotPart[]> = async (
  question,
  spec,
  period,
  pass,
  part,
) => {
  if (asksPresence(question, spec, period)) return [await countPresent(question, spec, period, part)];
  const values = new Grouping(question.breakdown);
  const unit = userUnit(question.view);
  const timeline = await readTimeline(question, {
    unit: unit.ids,
    isUser: true,
    fromMs: spec.type === 'recurring' ? period.startMs : -Infinity,
    toMs: period.endMs,
    roles: rolesOf(question, spec),
    groupings: [values],
    ...(propertyOf(spec) === null ? {} : { property: propertyOf(spec) ?? '' }),
    part,
  });
  const numbers = slotNumbers(values, pass);
  const [groups = new Int32Array(0)] = timeline.groups;
  const counter = new CellCounter(question, spec, period, timeline.numbers);
  const slots = new SlotTable(
    numbers,
    () =>
      new RetentionSlot(counter.cells, {
        hasAggregate: spec.aggregate !== undefined,
        hasMembers: spec.members,
      }),
  );
  const { tsMs, masks } = timeline;
  for (let index = 0; index < timeline.units.length; index++) {
    const [from, to] = [timeline.starts[index] as number, timeline.starts[index + 1] as number];
    for (const [slot, own] of eventsBySlot(numbers, groups, from, to)) {
      const events = { user: timeline.units[index] as number, from, to, tsMs, masks, own };
      const memberships = membershipsOf(spec, period, events);
      if (memberships[0] !== undefined) counter.load(events, memberships[0]);
      for (const membership of memberships) counter.count(slots.of(slot), events, membership);
    }
    if (index % USERS_PER_BREATH === 0) await question.pace.breathe();
  }
  const nameMembers = createNameMembers(unit, question.mostMembers);
  return [...slots.entries()].map(([slot, counted]) => counted.toPart(numbers.valueOf(slot), nameMembers));
};

const USERS_PER_BREATH = 512;

function rolesOf({ compiler }: Question, spec: RetentionSpec): Role[] {
  const { filters } = spec;
  return [
    { match: matchEvents(spec.anchor, { compiler, filters }) },
    { match: matchEvents(spec.return, { compiler, filters }) },
    ...(spec.type === 'first_ever'
      ? [{ match: matchEvents(withoutFilters(spec.anchor), { compiler, filters: [] }), ofAnyone: true }]
      : []),
  ];
}

const propertyOf = ({ aggregate }: RetentionSpec): string | null =>
  aggregate !== undefined && 'property' in aggregate ? aggregate.property : null;

/** Counts users into the cells of a slot. */
class CellCounter {
  readonly #spec: RetentionSpec;
  readonly #period: Period;
  readonly #columns: RetentionColumns;
  readonly #returns: UserReturns;
  readonly #numbers: Float64Array | null;
  readonly #userNumber: ((user: number) => number) | null;

  constructor(question: Question, spec: RetentionSpec, period: Period, numbers: Float64Array | null) {
    this.#spec = spec;
    this.#period = period;
    this.#columns = columnsOf(spec, period);
    this.#returns = new UserReturns(spec, period, this.#columns);
    this.#numbers = numbers;
    this.#userNumber = userNumber(question, spec);
  }

  get cells(): number {
    return this.#period.axis.buckets * this.#columns.from.length;
  }

  /** The user's returns come first: `load`. */
  load(events: UserEvents, membership: Membership): void {
    this.#returns.load(events, membership);
  }

  count(slot: RetentionSlot, events: UserEvents, membership: Membership): void {
    const first = membership.cohort * this.#columns.from.length;
    for (const [column, from] of this.#columns.from.entries()) {
      if (membership.cohort + from >= this.#period.axis.buckets) break;
      if (column > 0 && !this.#returns.isBack(column, membership)) continue;
      slot.count(first + column, events.user);
      if (this.#spec.aggregate !== undefined)
        slot.addNumbers(first + column, this.#numbersIn(column, events, membership));
    }
  }

  /** Numbers of the return events of a column; of a user property one number, if there is such an event. */
  #numbersIn(column: number, events: UserEvents, membership: Membership): number[] {
    const found: number[] = [];
    let returned = 0;
    this.#returns.eachIn(column, events, membership, (event) => {
      returned++;
      if (this.#numbers !== null) found.push(this.#numbers[event] as number);
    });
    if (this.#userNumber !== null && returned > 0) found.push(this.#userNumber(events.user));
    return found.filter((number) => !Number.isNaN(number));
  }
}

/** Number of a user's property, NaN where it is none; null unless it is what is aggregated. */
function userNumber({ view }: Question, { aggregate }: RetentionSpec): ((user: number) => number) | null {
  if (aggregate === undefined || !('userProperty' in aggregate)) return null;
  const valueOf = userProperty(view, aggregate.userProperty);
  return (user) => {
    const value = valueOf(user);
    return typeof value === 'number' ? value : NaN;
  };
}
