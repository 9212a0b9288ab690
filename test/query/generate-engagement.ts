import fc from 'fast-check';
import { eventName, journeyRef, property } from './generate-filters.ts';
import { JOURNEY_TYPES, type KindDraft, interval, maybe, seldom } from './generate-values.ts';

/** Questions about what people keep doing: lifecycle, stickiness, paths, distributions. */

const event = fc.oneof(fc.constant(undefined), journeyRef, fc.constantFrom(...JOURNEY_TYPES));

export const lifecycles: fc.Arbitrary<KindDraft> = fc.record({
  kind: fc.constant('lifecycle' as const),
  event,
  interval,
  members: fc.boolean(),
});

export const stickinesses: fc.Arbitrary<KindDraft> = fc.record({
  kind: fc.constant('stickiness' as const),
  event,
  interval,
  buckets: maybe(fc.record({ count: fc.integer({ min: 1, max: 4 }) })),
  occurrences: maybe(
    fc.record({ op: fc.constantFrom('gte', 'lte', 'is'), value: fc.constantFrom(1, 1, 1, 2, 2, 3) }),
  ),
  cumulative: maybe(fc.boolean()),
  members: fc.boolean(),
});

const byPath = fc.record({ event: fc.constantFrom('page_view', null, null), by: fc.constant('page_path') });
const item = fc.oneof(
  { weight: 4, arbitrary: byPath },
  { weight: 1, arbitrary: journeyRef },
  {
    weight: 1,
    arbitrary: fc.tuple(journeyRef, fc.constantFrom('account', 'mixed')).map(([ref, by]) => ({ ...ref, by })),
  },
);

/** What items and their ends are called: pages, or types of events. */
const named = fc.oneof(
  fc.record({
    items: fc.array(item, { minLength: 1, maxLength: 2 }),
    start: seldom(fc.constantFrom('/a', '/b', '/a/', '/c', '/', 'acme', '/user/1', '/user/*'), 3),
    end: seldom(fc.constantFrom('/a', '/b', '/b/', '/c', '/', '/user/2'), 3),
    exclude: seldom(
      fc.uniqueArray(fc.constantFrom('/a', '/c/', '/user/*', '/'), { minLength: 1, maxLength: 2 }),
      3,
    ),
    group: seldom(
      fc.uniqueArray(fc.constantFrom('/user/*', '/a*', '*b', '/*/1'), { minLength: 1, maxLength: 2 }),
      3,
    ),
  }),
  fc.record({
    start: seldom(fc.constantFrom(...JOURNEY_TYPES), 3),
    end: seldom(fc.constantFrom(...JOURNEY_TYPES), 3),
    exclude: seldom(
      fc.constantFrom(...JOURNEY_TYPES).map((type) => [type]),
      4,
    ),
    group: seldom(
      fc.constantFrom('*page*', 'user*up', '$*').map((pattern) => [pattern]),
      4,
    ),
  }),
);

/** A path is seldom long: small limits and long pauses leave something to cut. */
export const paths: fc.Arbitrary<KindDraft> = fc
  .record({
    named,
    steps: fc.oneof(fc.constant(undefined), fc.integer({ min: 2, max: 6 }), fc.integer({ min: 2, max: 3 })),
    gapMinutes: fc.constantFrom(30, 60, 1440, 10_080, 40_320),
  })
  .map(({ named: names, ...rest }) => ({ kind: 'paths' as const, ...names, ...rest }));

export const distributions: fc.Arbitrary<KindDraft> = fc.record({
  kind: fc.constant('distribution' as const),
  event: maybe(fc.oneof(journeyRef, eventName)),
  property: fc.oneof({ weight: 5, arbitrary: fc.constant('amount') }, { weight: 1, arbitrary: property }),
  quantiles: maybe(
    fc.uniqueArray(fc.constantFrom(0, 0.1, 0.5, 0.75, 0.95, 1), { minLength: 1, maxLength: 4 }),
  ),
  bins: maybe(fc.integer({ min: 1, max: 6 })),
});
