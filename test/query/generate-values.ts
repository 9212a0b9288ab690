import fc from 'fast-check';
import type { Interval, Spec } from '../support/oracle/types.ts';

/** Values that event sets and questions draw from; short lists, so that filters hit, instants collide and ids repeat. */

export const QUARTER_MS = 15 * 60_000;
export const HOUR_MS = 4 * QUARTER_MS;
export const DAY_MS = 24 * HOUR_MS;

export const USERS = ['usr_a', 'usr_b', 'usr_c', 'usr_ø'];
export const SESSIONS = ['s-1', 's-2', 's-3'];
export const TYPES = [
  'page_view',
  '$pageview',
  'user signed up',
  'チャット',
  'performance_metric',
  'feature_usage',
];
/** Few types, so that journeys get through their steps. */
export const JOURNEY_TYPES = ['page_view', 'user signed up', '$pageview'];
export const ACCOUNTS = ['acme', '1', ''];
export const PAGES = ['/a', '/b', '/a/', '/c', '/user/1', '/user/2/', '/', ''];
export const EXPERIMENT = 'onboarding-copy';
export const EXPOSURE = 'experiment_exposure';
export const STATES = ['calm', 'heavy', 'clear'];
export const TEXTS = ['a', 'A', 'b', 'é', '', '1', '10', 'true', '/pricing', 'a b'];
export const NUMBERS = [0, 1, 2, 10, -1, 0.1, 0.2, 0.3, 1e15, -1e15, 1e-7, 2 ** 31, 3.5];

export const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
/** In half of the draws. */
export const halfTheTime = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 2 });
/** Once in so many draws; otherwise not at all. */
export const seldom = <T>(value: fc.Arbitrary<T>, times: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
export const text = fc.constantFrom(...TEXTS);
export const number = fc.constantFrom(...NUMBERS);
export const set = fc.subarray(['a', 'b', 'é', '1'], { minLength: 1 });
/** A number here, a text there, a set elsewhere. */
export const mixed = fc.oneof(text, number, fc.boolean(), set);

/** From the anchor, in ms: on the spot, at edges of windows, and anywhere on a grid of quarters. */
export const offsetMs = fc.oneof(
  fc.constantFrom(0, -1, 1, HOUR_MS / 2, -HOUR_MS / 2, HOUR_MS, -HOUR_MS, 1.5 * HOUR_MS),
  fc
    .constantFrom(-7, -6, -1, 1, 6, 7)
    .chain((days) => fc.constantFrom(0, -1, 1).map((ms) => days * DAY_MS + ms)),
  fc.integer({ min: -800, max: 800 }).map((quarters) => quarters * QUARTER_MS),
  fc.integer({ min: -40, max: 3 }).map((days) => days * DAY_MS),
);

export const interval = fc.constantFrom<Interval>('hour', 'day', 'day', 'week', 'month');

/** What makes a kind of question different from the others. */
export type KindDraft = { kind: Spec['kind'] } & Record<string, unknown>;
