import fc from 'fast-check';
import type { Cohort, CohortCell, CohortQuestion, CohortRule } from '../support/oracle/types.ts';
import { bucketAt } from '../support/oracle/zone.ts';
import { lifecycles, stickinesses } from './generate-engagement.ts';
import { journeyRef } from './generate-filters.ts';
import { funnels } from './generate-funnels.ts';
import { retentions } from './generate-retention.ts';
import type { Scene } from './generate-scenes.ts';
import { DAY_MS, type KindDraft, USERS, maybe } from './generate-values.ts';

/** Which users a question is about. A cohort that is a question finds its cell on the calendar of a scene. */

export type CohortDraft = { plain: Cohort | null } | { question: KindDraft; place: number; day: number };

const did = fc.record({
  did: journeyRef,
  times: maybe(fc.record({ op: fc.constantFrom('gte', 'lte', 'is'), value: fc.constantFrom(0, 1, 2, 3) })),
  not: maybe(fc.constant(true)),
});
const ofUser = fc.record({
  user: fc.oneof(
    fc.record({
      property: fc.constant('plan'),
      op: fc.constantFrom('is', 'is_not'),
      value: fc.constantFrom('early', 'mid'),
    }),
    fc.record({ property: fc.constantFrom('plan', 'seats'), op: fc.constantFrom('is_set', 'is_not_set') }),
  ),
});
const simple = fc.oneof({ weight: 3, arbitrary: did }, { weight: 1, arbitrary: ofUser });
const rule = fc.oneof(
  { weight: 4, arbitrary: simple },
  { weight: 1, arbitrary: fc.record({ any: fc.array(simple, { minLength: 1, maxLength: 2 }) }) },
) as fc.Arbitrary<CohortRule>;

const inline: fc.Arbitrary<CohortDraft> = fc.oneof(
  { weight: 1, arbitrary: fc.subarray(USERS).map((users) => ({ plain: { users } })) },
  { weight: 2, arbitrary: fc.array(rule, { minLength: 1, maxLength: 2 }).map((all) => ({ plain: { all } })) },
  {
    weight: 2,
    arbitrary: fc.record({
      question: fc.oneof(funnels, retentions, lifecycles, stickinesses),
      place: fc.nat({ max: 11 }),
      day: fc.integer({ min: -6, max: 6 }),
    }),
  },
);

/** `isInline`: whether a cohort may be more than new and returning users. */
export const cohorts = (isInline: boolean): fc.Arbitrary<CohortDraft> =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constant<CohortDraft>({ plain: null }) },
    { weight: 2, arbitrary: fc.boolean().map((isNew): CohortDraft => ({ plain: { new: isNew } })) },
    ...(isInline ? [{ weight: 3, arbitrary: inline }] : []),
  );

export function toCohort(drawn: CohortDraft, scene: Scene): Cohort | null {
  if ('plain' in drawn) return drawn.plain;
  const { zone, weekStart } = scene.context;
  const question = {
    environment: 'test',
    ...drawn.question,
    ...asUsers(drawn.question),
  } as unknown as CohortQuestion;
  const { startMs } = bucketAt(scene.anchorMs + drawn.day * DAY_MS, question.interval ?? 'day', {
    zone,
    weekStart,
  });
  return { question, cell: cellOf(question, drawn.place, new Date(startMs).toISOString()) };
}

/** Cohorts are of users, and members are theirs anyway. */
const asUsers = ({ kind }: KindDraft) =>
  kind === 'funnel' ? { unit: 'user', show: 'steps', members: false } : { members: false };

const STATUSES = ['new', 'returning', 'resurrected', 'dormant'] as const;

function cellOf(question: CohortQuestion, place: number, start: string): CohortCell {
  switch (question.kind) {
    case 'funnel': {
      const step = place % question.steps.length;
      return step > 0 && place > 5 ? { step, dropped: true } : { step };
    }
    case 'retention':
      return { cohort: start, period: place % 3 };
    case 'lifecycle':
      return { bucket: start, status: STATUSES[place % 4] ?? 'new' };
    case 'stickiness':
      return { count: 1 + (place % 3) };
  }
}
