import fc from 'fast-check';
import { type Draft, latenessMs, scenesOf, written } from './generate-scenes.ts';
import {
  ACCOUNTS,
  DAY_MS,
  EXPERIMENT,
  EXPOSURE,
  halfTheTime,
  HOUR_MS,
  JOURNEY_TYPES,
  maybe,
  number,
  PAGES,
  seldom,
  SESSIONS,
  USERS,
} from './generate-values.ts';

/** Event sets in which few users do few things often, so that they convert, return, stay and wander. */

/** At the edges of windows, pauses and days. */
const FOLLOW_MS = [
  0,
  0,
  1,
  1000,
  HOUR_MS / 2 - 1,
  HOUR_MS / 2,
  HOUR_MS - 1,
  HOUR_MS,
  HOUR_MS + 1,
  5 * HOUR_MS,
  5 * HOUR_MS,
  DAY_MS - 1,
  DAY_MS,
  DAY_MS,
  DAY_MS + 1,
  2 * DAY_MS,
];
/** Seldom, as events that follow one another leave what most questions look at. */
const LATER_MS = [7 * DAY_MS, 7 * DAY_MS + 1];

const startMs = fc.oneof(
  fc.integer({ min: -10, max: 6 }).map((days) => days * DAY_MS),
  fc
    .tuple(fc.integer({ min: -10, max: 6 }), fc.integer({ min: 0, max: 47 }))
    .map(([days, halves]) => days * DAY_MS + (halves * HOUR_MS) / 2),
  fc.constantFrom(0, -1, 1, DAY_MS - 1, -1, 0, -40 * DAY_MS),
);

const followsMs = fc.option(
  fc.oneof(
    { weight: 15, arbitrary: fc.constantFrom(...FOLLOW_MS) },
    { weight: 1, arbitrary: fc.constantFrom(...LATER_MS) },
  ),
  { nil: undefined, freq: 3 },
);
const shape = { followsMs, written, flat: fc.boolean(), latenessMs };

const journeyColumns = fc.record({
  user_id: fc.option(fc.constantFrom('usr_a', 'usr_b', ...USERS), { nil: undefined, freq: 12 }),
  session_id: halfTheTime(fc.constantFrom(...SESSIONS)),
  locale: maybe(fc.constantFrom('nb-NO', 'en-US')),
  platform: maybe(fc.constantFrom('web', 'web', 'ios', '')),
  plan: maybe(fc.constantFrom('early', 'mid')),
});

const journeyProperties = fc.record({
  page_path: fc.option(fc.constantFrom(...PAGES), { nil: undefined, freq: 8 }),
  account: fc.option(fc.constantFrom('acme', 'acme', 'acme', 1, ...ACCOUNTS), { nil: undefined, freq: 6 }),
  mixed: maybe(fc.constantFrom<unknown>('a', 'b', 1, '1', true, ['a', 'b'])),
  amount: maybe(number),
});

const journeyStep: fc.Arbitrary<Draft> = fc.record({
  offsetMs: startMs,
  ...shape,
  columns: journeyColumns,
  type: fc.constantFrom(...JOURNEY_TYPES),
  properties: journeyProperties,
});

export const journeyScenes = scenesOf(
  fc.noBias(fc.array(journeyStep, { minLength: 16, maxLength: 40, size: 'max' })),
);

const VISITORS = ['usr_0', 'usr_1', 'usr_2', 'usr_3', 'usr_4', 'usr_5', 'usr_6', 'usr_7', 'usr_8', 'usr_9'];

const exposed: fc.Arbitrary<Draft> = fc.record({
  offsetMs: startMs,
  ...shape,
  followsMs: fc.constant(undefined),
  columns: fc.record({
    user_id: fc.option(fc.constantFrom(...VISITORS), { nil: undefined, freq: 20 }),
    platform: maybe(fc.constantFrom('web', 'ios')),
  }),
  type: fc.constant(EXPOSURE),
  properties: fc.record({
    experiment_id: fc.option(fc.constantFrom(EXPERIMENT), { nil: 'other', freq: 12 }),
    variant: seldom(fc.constantFrom('control', 'blue', 'green', ''), 16),
  }),
});

const reacting: fc.Arbitrary<Draft> = fc.record({
  offsetMs: startMs,
  ...shape,
  columns: fc.record({
    user_id: fc.constantFrom(...VISITORS),
    session_id: maybe(fc.constantFrom(...SESSIONS)),
  }),
  type: fc.constantFrom(
    'payment',
    'payment',
    'payment',
    'page_view',
    'session_completed',
    'reaction_captured',
  ),
  properties: fc.record({
    amount: fc.option(fc.constantFrom<unknown>(0, 1, 2, 5, 10, 2.5, 99, '7'), { nil: undefined, freq: 8 }),
    practice_session_id: maybe(fc.constantFrom('r1', 'r2', 'r3')),
    state: maybe(fc.constantFrom('calm', 'heavy')),
  }),
});

/** Most users see the variant that their number stands for; some see another one, or both. */
const withVariants = (drafts: Draft[]): Draft[] =>
  drafts.map((one) => {
    if (one.type !== EXPOSURE || one.properties['variant'] !== undefined) return one;
    const isEven = VISITORS.indexOf(String(one.columns['user_id'])) % 2 === 0;
    return { ...one, properties: { ...one.properties, variant: isEven ? 'control' : 'blue' } };
  });

export const experimentScenes = scenesOf(
  fc.noBias(
    fc
      .tuple(
        fc.array(exposed, { minLength: 8, maxLength: 24, size: 'max' }),
        fc.array(fc.oneof({ weight: 3, arbitrary: reacting }, { weight: 1, arbitrary: exposed }), {
          minLength: 6,
          maxLength: 30,
          size: 'max',
        }),
      )
      .map(([exposures, others]) => interleaved(exposures, others)),
  ),
  withVariants,
);

/** An exposure now and then between the other events, which may follow it. */
function interleaved(exposures: readonly Draft[], others: readonly Draft[]): Draft[] {
  const length = Math.max(exposures.length, others.length);
  return Array.from({ length }, (_, index) => [
    ...exposures.slice(index, index + 1),
    ...others.slice(2 * index, 2 * index + 2),
  ]).flat();
}
