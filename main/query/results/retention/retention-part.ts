import type { RetentionSpec } from '../../../../shared/query/kinds/retention.ts';
import { MS_PER_INTERVAL } from '../../plan/elapsed.ts';
import { bucketAt } from '../../plan/axis.ts';
import { matchEvents } from '../../plan/event-match.ts';
import { withoutFilters } from '../../plan/first-matches.ts';
import { Grouping } from '../../plan/grouping.ts';
import type { Period } from '../../plan/period.ts';
import { userProperty } from '../../plan/people.ts';
import type { Question } from '../../plan/question.ts';
import { userUnit } from '../../plan/units.ts';
import { readTimeline, type Role, type Timeline } from '../../timeline/timeline.ts';
import type { ValuePass } from '../expand-parts.ts';
import { createNameMembers } from '../members.ts';
import type { PartStep } from '../parts.ts';
import { slotNumbers, slotsOfUnit, SlotTable } from '../slots.ts';
import { columnsOf } from './retention-columns.ts';
import { RetentionSlot, type RetentionSlotPart } from './retention-slot.ts';

const ANCHOR = 1;
const RETURN = 2;
/** Of the anchor's type, whether or not it matches: what `first_ever` asks the earliest of. */
const TYPE = 4;

/** Counts the retention of a share of the users, by breakdown value. */
export const retentionPart: PartStep<RetentionSpec, ValuePass, RetentionSlotPart[]> = async (
  question,
  spec,
  period,
  pass,
  part,
) => {
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
  const counter = createCounter(question, spec, period, timeline);
  const slots = new SlotTable(numbers, () => counter.emptySlot());
  for (let index = 0; index < timeline.units.length; index++) {
    const [from, to] = [timeline.starts[index] as number, timeline.starts[index + 1] as number];
    for (const slot of slotsOfUnit(numbers, groups, from, to)) {
      const takes = slot < 0 ? null : (event: number) => numbers.slotOf(groups[event] as number) === slot;
      counter.countUser(slots, slot, { user: timeline.units[index] as number, from, to, takes });
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

interface UserEvents {
  user: number;
  from: number;
  to: number;
  /** Which events belong to the breakdown value that is counted; null: all. */
  takes: ((event: number) => boolean) | null;
}

interface Counter {
  emptySlot: () => RetentionSlot;
  /** A user without a cohort makes no slot. */
  countUser: (slots: SlotTable<RetentionSlot>, slot: number, events: UserEvents) => void;
}

/** Cohorts that a user is in, and the event from which on each counts interval 0. */
interface Membership {
  cohort: number;
  sinceMs: number;
}

function createCounter(
  question: Question,
  spec: RetentionSpec,
  period: Period,
  { tsMs, masks, numbers }: Timeline,
): Counter {
  const { axis } = period;
  const columns = columnsOf(spec, period);
  const width = columns.from.length;
  const is24h = spec.mode === '24h';
  const valueOfUser = userNumber(question, spec);
  const returns = new Float64Array(Math.max(axis.buckets, ...columns.to) + 1);

  function firstAnchorMs({ from, to, takes }: UserEvents): number | null {
    const wanted = spec.type === 'first_ever' ? TYPE : ANCHOR;
    let firstMs = NaN;
    for (let event = from; event < to; event++) {
      if (((masks[event] as number) & wanted) === 0) continue;
      if (wanted === ANCHOR && takes !== null && !takes(event)) continue;
      firstMs = tsMs[event] as number;
      break;
    }
    if (spec.type !== 'first_ever') return Number.isNaN(firstMs) ? null : firstMs;
    for (let event = from; event < to && (tsMs[event] as number) <= firstMs; event++) {
      const isAnchor = ((masks[event] as number) & ANCHOR) !== 0 && tsMs[event] === firstMs;
      if (isAnchor && (takes === null || takes(event))) return firstMs;
    }
    return null;
  }

  function memberships(events: UserEvents): Membership[] {
    if (spec.type !== 'recurring') {
      const firstMs = firstAnchorMs(events);
      return firstMs === null || firstMs < period.startMs
        ? []
        : [{ cohort: bucketAt(axis, firstMs), sinceMs: firstMs }];
    }
    const found: Membership[] = [];
    for (let event = events.from; event < events.to; event++) {
      if (((masks[event] as number) & ANCHOR) === 0) continue;
      if (events.takes !== null && !events.takes(event)) continue;
      const sinceMs = tsMs[event] as number;
      const cohort = bucketAt(axis, sinceMs);
      if (found.at(-1)?.cohort !== cohort) found.push({ cohort, sinceMs });
      if (is24h) break; // windows count from the first anchor: one cohort
    }
    return found;
  }

  /** Interval of a return event; −1: before the cohort. */
  function intervalOf(eventMs: number, { cohort, sinceMs }: Membership): number {
    if (!is24h) return bucketAt(axis, eventMs) - cohort;
    return Math.floor((eventMs - sinceMs) / MS_PER_INTERVAL[spec.interval]);
  }

  /** Returns per interval of one cohort, in `returns`; the last interval that has any. */
  function countReturns({ from, to, takes }: UserEvents, membership: Membership): number {
    let last = -1;
    returns.fill(0);
    for (let event = from; event < to; event++) {
      if (((masks[event] as number) & RETURN) === 0 || (takes !== null && !takes(event))) continue;
      const eventMs = tsMs[event] as number;
      if (eventMs < period.startMs) continue;
      const interval = intervalOf(eventMs, membership);
      if (interval < 0 || interval >= returns.length) continue;
      returns[interval] = (returns[interval] as number) + 1;
      last = Math.max(last, interval);
    }
    return last;
  }

  /** Whether the user is back in a column: in one of its intervals, rolling in one of them or later. */
  function isBack(column: number, lastEnough: number): boolean {
    const from = columns.from[column] as number;
    if (spec.mode === 'rolling') return lastEnough >= from;
    for (let interval = from; interval < (columns.to[column] as number); interval++)
      if ((returns[interval] ?? 0) >= spec.minimumReturns) return true;
    return false;
  }

  function lastEnoughOf(last: number): number {
    for (let interval = last; interval >= 1; interval--)
      if ((returns[interval] as number) >= spec.minimumReturns) return interval;
    return -1;
  }

  function countCohort(slot: RetentionSlot, events: UserEvents, membership: Membership): void {
    const first = membership.cohort * width;
    const last = countReturns(events, membership);
    const lastEnough = lastEnoughOf(last);
    slot.count(first, events.user);
    for (let column = 1; column < width; column++) {
      if (membership.cohort + (columns.from[column] as number) >= axis.buckets) break;
      if (isBack(column, lastEnough)) slot.count(first + column, events.user);
    }
    if (spec.aggregate !== undefined) aggregate(slot, events, membership, lastEnough);
  }

  function aggregate(
    slot: RetentionSlot,
    events: UserEvents,
    membership: Membership,
    lastEnough: number,
  ): void {
    const first = membership.cohort * width;
    for (let column = 0; column < width; column++) {
      if (membership.cohort + (columns.from[column] as number) >= axis.buckets) break;
      if (column > 0 && !isBack(column, lastEnough)) continue;
      const cell = first + column;
      let holds = false;
      for (const number of numbersIn(events, membership, column)) {
        slot.sums[cell]?.add(number);
        holds = true;
      }
      if (holds) slot.holders[cell] = (slot.holders[cell] as number) + 1;
    }
  }

  /** Numbers of the return events of a column; of a user property one number, if there is such an event. */
  function numbersIn(
    { user, from, to, takes }: UserEvents,
    membership: Membership,
    column: number,
  ): number[] {
    const found: number[] = [];
    for (let event = from; event < to; event++) {
      if (((masks[event] as number) & RETURN) === 0 || (takes !== null && !takes(event))) continue;
      const eventMs = tsMs[event] as number;
      if (eventMs < period.startMs || (column === 0 && eventMs < membership.sinceMs)) continue;
      const interval = intervalOf(eventMs, membership);
      if (interval < (columns.from[column] as number) || interval >= (columns.to[column] as number)) continue;
      if (valueOfUser !== null) return [valueOfUser(user)].filter((value) => !Number.isNaN(value));
      const number = numbers?.[event] ?? NaN;
      if (!Number.isNaN(number)) found.push(number);
    }
    return found;
  }

  return {
    emptySlot: () =>
      new RetentionSlot(axis.buckets * width, {
        hasAggregate: spec.aggregate !== undefined,
        hasMembers: spec.members,
      }),
    countUser(slots, slot, events) {
      for (const membership of memberships(events)) countCohort(slots.of(slot), events, membership);
    },
  };
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
