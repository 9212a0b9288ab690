import type { Expanded } from '../../../../shared/query/answer.ts';
import type { StickinessContent } from '../../../../shared/query/kind-answers.ts';
import type { StickinessSpec } from '../../../../shared/query/kinds/stickiness.ts';
import { BucketWalk } from '../../plan/axis.ts';
import { eventTypesOf } from '../../plan/event-match.ts';
import type { GroupValue } from '../../plan/grouping.ts';
import { fits } from '../../plan/occurrences.ts';
import type { Part } from '../../plan/part.ts';
import type { Period, PeriodOptions } from '../../plan/period.ts';
import type { Question } from '../../plan/question.ts';
import { userUnit } from '../../plan/units.ts';
import { widen } from '../../plan/whole-intervals.ts';
import { comparePeriods, expandParts, type ValuePass } from '../expand-parts.ts';
import { createNameMembers, joinMembers } from '../members.ts';
import type { PartStep } from '../parts.ts';
import { SlotTable } from '../slots.ts';
import { asksPresence, visitPresent, visitUsers } from './activity-part.ts';

export function answerStickiness(
  question: Question,
  spec: StickinessSpec,
  options: PeriodOptions,
): Promise<Expanded<StickinessContent>> {
  question.reads(eventTypesOf(spec.event));
  return comparePeriods(
    spec,
    options,
    (period) =>
      expandParts<StickinessPart, StickinessContent>(question, spec.breakdown, period, {
        step: 'stickiness',
        contentOf: (parts) => contentOf(question, spec, period, parts),
        unitsOf: usersOf,
      }),
    { widen },
  );
}

interface StickinessPart {
  value: GroupValue | null;
  /** Users active in exactly index + 1 buckets. */
  counts: Float64Array;
  members: string[][];
}

const usersOf = (parts: readonly StickinessPart[]): number =>
  parts.reduce((sum, { counts }) => sum + counts.reduce((all, count) => all + count, 0), 0);

/** Buckets are counted from the range start; the last one may hold fewer intervals. */
const bucketCount = ({ axis }: Period, spec: StickinessSpec): number =>
  Math.ceil(axis.buckets / spec.buckets.count);

function contentOf(
  { mostMembers }: Question,
  spec: StickinessSpec,
  period: Period,
  parts: readonly StickinessPart[],
): StickinessContent {
  const indexes = Array.from({ length: bucketCount(period, spec) }, (_, index) => index);
  const exactly = indexes.map((index) => parts.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0));
  const membersOf = (index: number): string[][] => parts.map(({ members }) => members[index] ?? []);
  return {
    counts: spec.cumulative ? indexes.map((index) => sumFrom(exactly, index)) : exactly,
    users: usersOf(parts),
    ...(spec.members
      ? {
          members: indexes.map((index) =>
            joinMembers(
              spec.cumulative ? indexes.slice(index).flatMap(membersOf) : membersOf(index),
              mostMembers,
            ),
          ),
        }
      : {}),
  };
}

const sumFrom = (counts: readonly number[], index: number): number =>
  counts.slice(index).reduce((sum, count) => sum + count, 0);

export const stickinessPart: PartStep<StickinessSpec, ValuePass, StickinessPart[]> = async (
  question,
  spec,
  period,
  pass,
  part,
) => {
  const result: StickinessPart[] = [];
  const buckets = bucketCount(period, spec);
  const edges = edgesOf(period, spec);
  if (countsAnyEvent(spec) && asksPresence(question, edges))
    return [await countPresent(question, spec, { edges, buckets, part })];
  const { startMs: fromMs, endMs: toMs } = period;
  const walk = new BucketWalk(period.axis);
  let finish = (): void => undefined;
  const request = { event: spec.event, filters: spec.filters, fromMs, toMs, pass, part };
  await visitUsers(question, request, (numbers, unit) => {
    const nameMembers = createNameMembers(unit, question.mostMembers);
    const slots = new SlotTable(numbers, () => ({
      counts: new Float64Array(buckets),
      members: Array.from({ length: spec.members ? buckets : 0 }, (): number[] => []),
    }));
    finish = () => {
      for (const [slot, { counts, members }] of slots.entries()) {
        const named = members.map(nameMembers);
        result.push({ value: numbers.valueOf(slot), counts, members: named });
      }
    };
    return (slot, user, tsMs) => {
      const active = countActive(walk, spec, tsMs);
      if (active === 0) return;
      const { counts, members } = slots.of(slot);
      counts[active - 1] = (counts[active - 1] as number) + 1;
      members[active - 1]?.push(user);
    };
  });
  finish();
  return result;
};

const countsAnyEvent = ({ occurrences: { op, value } }: StickinessSpec): boolean =>
  op === 'gte' && value <= 1;

/** Where each bucket begins, and the last one ends. */
function edgesOf({ axis }: Period, { buckets }: StickinessSpec): number[] {
  const begins = axis.boundaries.slice(0, axis.buckets).filter((_, index) => index % buckets.count === 0);
  return [...begins, ...axis.boundaries.slice(axis.buckets)];
}

/** Users by the number of buckets in which they did something, whatever number of times. */
async function countPresent(
  question: Question,
  spec: StickinessSpec,
  { edges, buckets, part }: { edges: readonly number[]; buckets: number; part: Part },
): Promise<StickinessPart> {
  const counts = new Float64Array(buckets);
  const members = Array.from({ length: spec.members ? buckets : 0 }, (): number[] => []);
  await visitPresent(question, { ...spec, part }, edges, (user, _cells, active) => {
    counts[active - 1] = (counts[active - 1] as number) + 1;
    members[active - 1]?.push(user);
  });
  const nameMembers = createNameMembers(userUnit(question.view), question.mostMembers);
  return { value: null, counts, members: members.map(nameMembers) };
}

/** Buckets whose number of events fits the rule; one without events never does. */
function countActive(walk: BucketWalk, { buckets, occurrences }: StickinessSpec, tsMs: Float64Array): number {
  walk.restart();
  let active = 0;
  let held = -1;
  let events = 0;
  const close = (): void => {
    if (events > 0 && fits(occurrences, events)) active++;
  };
  for (const time of tsMs) {
    const interval = walk.at(time);
    const bucket = buckets.count === 1 ? interval : Math.floor(interval / buckets.count);
    if (bucket !== held) {
      close();
      held = bucket;
      events = 0;
    }
    events++;
  }
  close();
  return active;
}
