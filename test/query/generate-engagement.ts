import fc from 'fast-check';
import { eventName, journeyRef, property } from './generate-filters.ts';
import { JOURNEY_TYPES, type KindDraft, interval, maybe, seldom } from './generate-values.ts';

/** Questions about what people keep doing: lifecycle, stickiness, paths, distributions. */

const event = maybe(fc.oneof(journeyRef, fc.constantFrom(...JOURNEY_TYPES)));

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
    fc.record({ op: fc.constantFrom('gte', 'lte', 'is'), value: fc.constantFrom(1, 1, 2, 3) }),
  ),
  cumulative: maybe(fc.boolean()),
  members: fc.boolean(),
});

const byPath = fc.record({ event: fc.constant('page_view'), by: fc.constant('page_path') });
const item = fc.oneof(
  { weight: 3, arbitrary: byPath },
  { weight: 1, arbitrary: journeyRef },
  {
    weight: 1,
    arbitrary: fc
      .tuple(journeyRef, fc.constantFrom('page_path', 'account', 'mixed'))
      .map(([ref, by]) => ({ ...ref, by })),
  },
);
const place = fc.constantFrom('/a', '/b', '/a/', '/c', '/', 'acme', '/user/1', '/user/*', ...JOURNEY_TYPES);

/** A path is seldom long: small limits and long pauses leave something to cut. */
const likelyEnd = fc.constantFrom('/a', '/b', ...JOURNEY_TYPES);

const anyPaths: fc.Arbitrary<KindDraft> = fc.record({
  kind: fc.constant('paths' as const),
  items: maybe(fc.array(item, { minLength: 1, maxLength: 2 })),
  start: seldom(place, 3),
  end: seldom(place, 3),
  steps: maybe(fc.integer({ min: 2, max: 6 })),
  exclude: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(place, { minLength: 1, maxLength: 2 }) },
  ),
  group: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(fc.constantFrom('/user/*', '/a*', '*b', 'user*up', '/*/1'), {
        minLength: 1,
        maxLength: 2,
      }),
    },
  ),
  gapMinutes: fc.constantFrom(30, 30, 60, 1440, 10_080),
});

const cutPaths: fc.Arbitrary<KindDraft> = fc.record({
  kind: fc.constant('paths' as const),
  items: maybe(fc.tuple(byPath)),
  start: seldom(likelyEnd, 2),
  end: seldom(likelyEnd, 2),
  steps: fc.integer({ min: 2, max: 4 }),
  gapMinutes: fc.constantFrom(1440, 10_080, 40_320),
});

export const paths = fc.oneof(anyPaths, cutPaths);

export const distributions: fc.Arbitrary<KindDraft> = fc.record({
  kind: fc.constant('distribution' as const),
  event: maybe(fc.oneof(journeyRef, eventName)),
  property: fc.oneof({ weight: 5, arbitrary: fc.constant('amount') }, { weight: 1, arbitrary: property }),
  quantiles: maybe(
    fc.uniqueArray(fc.constantFrom(0, 0.1, 0.5, 0.75, 0.95, 1), { minLength: 1, maxLength: 4 }),
  ),
  bins: maybe(fc.integer({ min: 1, max: 6 })),
});
