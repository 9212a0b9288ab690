import type { Expanded } from '../../../../shared/query/answer.ts';
import type { LifecycleContent } from '../../../../shared/query/kind-answers.ts';
import {
  LIFECYCLE_STATUSES,
  type LifecycleSpec,
  type LifecycleStatus,
} from '../../../../shared/query/kinds/lifecycle.ts';
import { BucketWalk } from '../../plan/axis.ts';
import { eventTypesOf } from '../../plan/event-match.ts';
import type { GroupValue } from '../../plan/grouping.ts';
import type { Part } from '../../plan/part.ts';
import { bucketInstants, type Period, type PeriodOptions } from '../../plan/period.ts';
import type { Question } from '../../plan/question.ts';
import { userUnit } from '../../plan/units.ts';
import { startBefore, widen } from '../../plan/whole-intervals.ts';
import { comparePeriods, expandParts, type ValuePass } from '../expand-parts.ts';
import { createNameMembers, joinMembers } from '../members.ts';
import type { PartStep } from '../parts.ts';
import { SlotTable } from '../slots.ts';
import { asksPresence, visitPresent, visitUsers } from './activity-part.ts';

export function answerLifecycle(
  question: Question,
  spec: LifecycleSpec,
  options: PeriodOptions,
): Promise<Expanded<LifecycleContent>> {
  question.reads(eventTypesOf(spec.event));
  return comparePeriods(
    spec,
    options,
    (period) =>
      expandParts<LifecyclePart, LifecycleContent>(question, spec.breakdown, period, {
        step: 'lifecycle',
        contentOf: (parts) => contentOf(question, spec, period, parts),
        unitsOf: (parts) => parts.reduce((sum, { users }) => sum + users, 0),
      }),
    { widen },
  );
}

interface LifecyclePart {
  value: GroupValue | null;
  /** Users with any status in any bucket. */
  users: number;
  /** By status, then by bucket. */
  counts: Float64Array[];
  members: string[][][];
}

function contentOf(
  { mostMembers }: Question,
  spec: LifecycleSpec,
  period: Period,
  parts: readonly LifecyclePart[],
): LifecycleContent {
  const buckets = Array.from({ length: period.axis.buckets }, (_, bucket) => bucket);
  const lists = LIFECYCLE_STATUSES.map((status, index) => [
    status,
    buckets.map((bucket) => parts.reduce((sum, { counts }) => sum + (counts[index]?.[bucket] ?? 0), 0)),
  ]);
  const members = LIFECYCLE_STATUSES.map((status, index) => [
    `${status}Members`,
    buckets.map((bucket) =>
      joinMembers(
        parts.map((part) => part.members[index]?.[bucket] ?? []),
        mostMembers,
      ),
    ),
  ]);
  return {
    buckets: bucketInstants(period),
    ...(Object.fromEntries(lists) as Record<LifecycleStatus, number[]>),
    ...(spec.members ? (Object.fromEntries(members) as object) : {}),
  };
}

/** What one breakdown value has counted so far. */
class LifecycleSlot {
  users = 0;
  readonly counts: Float64Array[];
  readonly members: number[][][];

  constructor(buckets: number, hasMembers: boolean) {
    this.counts = LIFECYCLE_STATUSES.map(() => new Float64Array(buckets));
    this.members = LIFECYCLE_STATUSES.map(() => Array.from({ length: hasMembers ? buckets : 0 }, () => []));
  }

  count(status: number, bucket: number, user: number): void {
    const counts = this.counts[status] as Float64Array;
    counts[bucket] = (counts[bucket] as number) + 1;
    this.members[status]?.[bucket]?.push(user);
  }
}

const [NEW, RETURNING, RESURRECTED, DORMANT] = (['new', 'returning', 'resurrected', 'dormant'] as const).map(
  (status: LifecycleStatus) => LIFECYCLE_STATUSES.indexOf(status),
) as [number, number, number, number];

/** All of time is read: whether a user is new or resurrected depends on everything before. */
export const lifecyclePart: PartStep<LifecycleSpec, ValuePass, LifecyclePart[]> = async (
  question,
  spec,
  period,
  pass,
  part,
) => {
  const { axis, endMs } = period;
  const [firstMs] = axis.boundaries;
  if (firstMs === undefined) return [];
  const beforeMs = startBefore(period, firstMs);
  const edges = [-Infinity, beforeMs, ...axis.boundaries];
  if (asksPresence(question, edges)) return [await countPresent(question, spec, { edges, period, part })];
  const result: LifecyclePart[] = [];
  const request = { event: spec.event, filters: spec.filters, fromMs: -Infinity, toMs: endMs, pass, part };
  const walk = new BucketWalk(axis);
  let finish = (): void => undefined;
  await visitUsers(question, request, (numbers, unit) => {
    const nameMembers = createNameMembers(unit, question.mostMembers);
    const slots = new SlotTable(numbers, () => new LifecycleSlot(axis.buckets, spec.members));
    finish = () => {
      for (const [slot, { users, counts, members }] of slots.entries()) {
        const named = members.map((lists) => lists.map(nameMembers));
        result.push({ value: numbers.valueOf(slot), users, counts, members: named });
      }
    };
    return (slot, user, tsMs) => {
      countUser(slots.of(slot), user, activeBuckets(walk, axis.fromMs, beforeMs, tsMs));
    };
  });
  finish();
  return result;
};

const LONG_AGO = -2;
const BEFORE = -1;

/** The same from cells: long ago, in the bucket before the first, then one per bucket. */
async function countPresent(
  question: Question,
  spec: LifecycleSpec,
  { edges, period, part }: { edges: readonly number[]; period: Period; part: Part },
): Promise<LifecyclePart> {
  const slot = new LifecycleSlot(period.axis.buckets, spec.members);
  const active: number[] = [];
  await visitPresent(question, { ...spec, part }, edges, (user, cells, count) => {
    active.length = 0;
    for (let i = 0; i < count; i++) active.push((cells[i] as number) + LONG_AGO);
    countUser(slot, user, active);
  });
  const nameMembers = createNameMembers(userUnit(question.view), question.mostMembers);
  const { users, counts, members } = slot;
  return { value: null, users, counts, members: members.map((lists) => lists.map(nameMembers)) };
}

/** Distinct buckets with events, in order: −1 is the one before the first, −2 any time before that. */
function activeBuckets(walk: BucketWalk, fromMs: number, beforeMs: number, tsMs: Float64Array): number[] {
  const active: number[] = [];
  walk.restart();
  for (const time of tsMs) {
    const bucket = time < beforeMs ? LONG_AGO : time < fromMs ? BEFORE : walk.at(time);
    if (active.at(-1) !== bucket) active.push(bucket);
  }
  return active;
}

/** Events come in order from the first of all time on: its bucket is the one in which the user is new. */
function countUser(slot: LifecycleSlot, user: number, active: readonly number[]): void {
  const buckets = slot.counts[0]?.length ?? 0;
  let isCounted = false;
  for (let index = 0; index < active.length; index++) {
    const bucket = active[index] as number;
    if (bucket >= 0) {
      const isBack = index > 0 && active[index - 1] === bucket - 1;
      slot.count(index === 0 ? NEW : isBack ? RETURNING : RESURRECTED, bucket, user);
      isCounted = true;
    }
    const isBackNext = index + 1 < active.length && active[index + 1] === bucket + 1;
    if (bucket >= BEFORE && bucket + 1 < buckets && !isBackNext) {
      slot.count(DORMANT, bucket + 1, user);
      isCounted = true;
    }
  }
  if (isCounted) slot.users++;
}
