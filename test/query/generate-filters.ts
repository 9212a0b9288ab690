import fc from 'fast-check';
import type { EventRef, Filter, Scalar } from '../support/oracle/types.ts';
import {
  JOURNEY_TYPES,
  NUMBERS,
  SESSIONS,
  STATES,
  TEXTS,
  TYPES,
  USERS,
  number,
  text,
} from './generate-values.ts';

/** Which events a question means. */

const PROPERTIES = [
  'mixed',
  'tags',
  'nested.deep',
  'amount',
  'locale',
  'platform',
  'plan',
  'page_path',
  'state',
  'practice_id',
  'master_id',
  'goal',
  'experience_score',
  'event_type',
  'user_id',
  'session_id',
  'ts',
  'received_at',
  'environment',
  'never_there',
];
export const property = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...PROPERTIES) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('mixed', 'amount', 'nested.deep', 'page_path', 'locale', 'account'),
  },
);
const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constantFrom(
    'calm',
    'm1',
    'breath',
    'nb-NO',
    'web',
    'page_view',
    '$pageview',
    'usr_ø',
    's-1',
    'mid',
    '/a',
  ),
);
export const scalars = fc.oneof(scalar, fc.array(scalar, { minLength: 1, maxLength: 3 }));
const pattern = fc.constantFrom('^a', 'é', 'A|m\\d', '^$', '.', '[0-9]+$', '\\-', 'W');

/** Written as people do; the last one has no zone and so is a text like any other. */
const INSTANTS = [
  '2018-10-28T01:00:00Z',
  '2018-03-31',
  '2018-11-04T00:00:00.000-03:00',
  Date.parse('2018-10-06T15:30:00Z'),
  '2018-03-25T01:00',
];

/** What a property is likely to be asked for; other values are asked less often. */
const LIKELY: Record<string, readonly Scalar[]> = {
  tags: ['a', 'b', 'é', '1'],
  locale: ['nb-NO', 'en-US', 'en-us', 'NO'],
  platform: ['web', 'ios', ''],
  plan: ['early', 'mid', 'I'],
  page_path: ['/a', '/b', ''],
  state: STATES,
  practice_id: ['breath', 'walk', 'R'],
  master_id: ['m1', 'm2'],
  event_type: [...TYPES, 'session_completed', 'reaction_captured', 'e'],
  user_id: USERS,
  session_id: SESSIONS,
  ts: [...INSTANTS, 'abc', '2018'],
  received_at: [...INSTANTS, ':00.000Z'],
  environment: ['test', 'e'],
};
const valueFor = (name: string): fc.Arbitrary<Scalar> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<Scalar>(...(LIKELY[name] ?? [...TEXTS, ...NUMBERS, true])) },
    { weight: 1, arbitrary: scalar },
  );
const valuesFor = (name: string) =>
  fc.oneof(valueFor(name), fc.array(valueFor(name), { minLength: 1, maxLength: 3 }));

const propertyFilter: fc.Arbitrary<Filter> = property.chain((name) => {
  const only = fc.constant(name);
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        property: only,
        op: fc.constantFrom('is', 'is_not', 'is_not', 'contains', 'not_contains'),
        value: valuesFor(name),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        property: only,
        op: fc.constantFrom('gt', 'gte', 'lt', 'lte'),
        value: valueFor(name),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        property: only,
        op: fc.constant('between'),
        value: fc.tuple(valueFor(name), valueFor(name)),
      }),
    },
    { weight: 1, arbitrary: fc.record({ property: only, op: fc.constant('regex'), value: pattern }) },
    { weight: 2, arbitrary: fc.record({ property: only, op: fc.constantFrom('is_set', 'is_not_set') }) },
  );
});
const filter: fc.Arbitrary<Filter> = fc.oneof(
  { weight: 5, arbitrary: propertyFilter },
  { weight: 1, arbitrary: fc.record({ any: fc.array(propertyFilter, { minLength: 1, maxLength: 3 }) }) },
);
export const filters: fc.Arbitrary<readonly Filter[]> = fc.oneof(
  { weight: 5, arbitrary: fc.constant([]) },
  { weight: 2, arbitrary: fc.array(filter, { minLength: 1, maxLength: 2 }) },
);
export const userFilters: fc.Arbitrary<readonly Filter[]> = fc.oneof(
  { weight: 8, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.oneof(
        fc.record({
          property: fc.constantFrom('plan', 'plan', 'plan', 'seats', 'seats', 'never_there'),
          op: fc.constantFrom('is', 'is_not', 'contains', 'not_contains', 'not_contains'),
          value: fc.oneof(fc.constantFrom<Scalar>('early', 'mid', 'a'), scalars),
        }),
        fc.record({
          property: fc.constantFrom('plan', 'seats'),
          op: fc.constantFrom('is_set', 'is_not_set'),
        }),
      ),
      { minLength: 1, maxLength: 1 },
    ),
  },
);

export const eventName = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(...TYPES, 'session_completed', 'reaction_captured', 'never happened'),
  },
  { weight: 2, arbitrary: fc.constant(null) },
);
const plainRef: fc.Arbitrary<EventRef> = fc.record({ event: eventName, filters });
export const eventRef: fc.Arbitrary<EventRef> = fc.oneof(
  { weight: 5, arbitrary: plainRef },
  {
    weight: 1,
    arbitrary: fc.record({ anyOf: fc.array(plainRef, { minLength: 1, maxLength: 3 }), filters }),
  },
);

/** A reference that journeys are likely to fit: few types, and seldom a filter. */
const journeyFilter: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({
    property: fc.constant('page_path'),
    op: fc.constantFrom('is', 'is_not', 'contains'),
    value: fc.constantFrom('/a', '/b', '/user/1', '/'),
  }),
  fc.record({
    property: fc.constantFrom('account', 'mixed', 'platform'),
    op: fc.constantFrom('is', 'is_not'),
    value: fc.constantFrom<Scalar>('acme', 1, 'a', 'web', ''),
  }),
  fc.record({
    property: fc.constantFrom('account', 'mixed', 'amount', 'session_id'),
    op: fc.constantFrom('is_set', 'is_not_set'),
  }),
);
const journeyFilters: fc.Arbitrary<readonly Filter[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(journeyFilter, { minLength: 1, maxLength: 1 }) },
);
const journeyPlain: fc.Arbitrary<EventRef> = fc.record({
  event: fc.constantFrom(...JOURNEY_TYPES, ...JOURNEY_TYPES, null, null, null),
  filters: journeyFilters,
});
export const journeyRef: fc.Arbitrary<EventRef> = fc.oneof(
  { weight: 9, arbitrary: journeyPlain },
  {
    weight: 1,
    arbitrary: fc.record({
      anyOf: fc.array(journeyPlain, { minLength: 1, maxLength: 2 }),
      filters: journeyFilters,
    }),
  },
);
