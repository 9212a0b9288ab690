import fc from 'fast-check';
import type { WeekStart } from './question.ts';

/** Small event sets around a change of clocks: users share sessions, instants collide, pauses end at the edges of windows. */

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const PLACES = [
  { zone: 'Europe/Oslo', anchor: '2018-03-25T01:00:00Z' },
  { zone: 'Europe/Oslo', anchor: '2018-10-28T01:00:00Z' },
  { zone: 'America/Sao_Paulo', anchor: '2018-02-18T02:00:00Z' },
  { zone: 'America/Sao_Paulo', anchor: '2018-11-04T03:00:00Z' },
  { zone: 'Asia/Kolkata', anchor: '2018-12-31T18:30:00Z' },
  { zone: 'Australia/Lord_Howe', anchor: '2018-03-31T15:00:00Z' },
  { zone: 'Australia/Lord_Howe', anchor: '2018-10-06T15:30:00Z' },
  { zone: 'UTC', anchor: '2016-02-29T00:00:00Z' },
] as const;

export const ENVIRONMENT = 'test';
export const EVENT_TYPES = ['page_view', 'click', 'purchase', '$signup'];
export const PRACTICE_TYPES = ['session_completed', 'reaction_captured'];
export const USERS = ['usr_a', 'usr_b', 'usr_c', 'usr_ø'];
export const SESSIONS = ['s-1', 's-2', 's-3'];
export const STATES = ['calm', 'heavy', 'clear'];
export const LOCALES = ['nb-NO', 'en-US', 'en-us'];
export const PATHS = ['/a', '/b', '/a/', ''];
export const TEXTS = ['a', 'A', 'b', 'é', '', '1', '10', 'true'];
/** Without those whose sums would lose everything by cancelling out. */
export const NUMBERS = [0, 1, 2, 10, 0.1, 0.25, 3.5, 19.99, 1_000_000, -3];

export interface SqlEvent {
  event_id: string;
  event_type: string;
  tsMs: number;
  environment: string;
  user_id?: string;
  session_id?: string;
  locale?: string;
  platform?: string;
  plan?: string;
  properties: Readonly<Record<string, string | number | boolean>>;
}
export interface SqlUser {
  user_id: string;
  firstSeenMs?: number;
  plan?: string;
  seats?: number;
}
export interface SqlScene {
  zone: string;
  weekStart: WeekStart;
  nowMs: number;
  /** Questions count their days from here. */
  anchorMs: number;
  events: readonly SqlEvent[];
  users: readonly SqlUser[];
}

const maybe = <T>(value: fc.Arbitrary<T>, freq = 4): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq });

/** Rather this long after the event before, of the same user, session and practice run. */
const FOLLOW_MS = [
  0,
  0,
  1,
  MINUTE_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  HOUR_MS / 2 - 1,
  HOUR_MS / 2,
  HOUR_MS,
  DAY_MS - 1,
  DAY_MS,
  DAY_MS + 1,
  7 * DAY_MS,
];
const RUN_FOLLOW_MS = [0, MINUTE_MS, DAY_MS - 1, DAY_MS, DAY_MS, DAY_MS + 1];

const offsetMs = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(0, -1, 1, HOUR_MS / 2, -HOUR_MS / 2, HOUR_MS, -HOUR_MS),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.integer({ min: -9, max: 9 }), fc.constantFrom(0, -1, 1))
      .map(([days, ms]) => days * DAY_MS + ms),
  },
  {
    weight: 4,
    arbitrary: fc.integer({ min: -800, max: 800 }).map((quarters) => quarters * 15 * MINUTE_MS),
  },
  { weight: 1, arbitrary: fc.integer({ min: -40, max: 12 }).map((days) => days * DAY_MS) },
);

const RUNS = ['r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8', 'r9'];

const practice = {
  practice_session_id: maybe(fc.constantFrom(...RUNS, ''), 9),
  practice_id: maybe(fc.constantFrom('breath', 'walk', 'rest'), 6),
  master_id: maybe(fc.constantFrom('m1', 'm2')),
};
const typed = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constantFrom('page_view', 'page_view', 'click', 'click', ...EVENT_TYPES),
      properties: fc.record({
        page_path: maybe(fc.constantFrom(...PATHS)),
        amount: maybe(fc.constantFrom(...NUMBERS)),
        success: maybe(fc.boolean()),
        mixed: maybe(fc.oneof(fc.constantFrom(...TEXTS), fc.constantFrom(...NUMBERS))),
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('session_completed'),
      properties: fc.record({ ...practice, duration_seconds: maybe(fc.constantFrom(0, 60, 612.5)) }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('reaction_captured'),
      properties: fc.record({ ...practice, state: maybe(fc.constantFrom(...STATES), 9) }),
    }),
  },
);

const draft = fc.record({
  offsetMs,
  followsMs: maybe(fc.constantFrom(...FOLLOW_MS), 2),
  runFollowsMs: fc.constantFrom(...RUN_FOLLOW_MS),
  columns: fc.record({
    user_id: maybe(fc.constantFrom(...USERS), 12),
    session_id: maybe(fc.constantFrom(...SESSIONS), 2),
    locale: maybe(fc.constantFrom(...LOCALES)),
    platform: maybe(fc.constantFrom('web', 'ios', '')),
    plan: maybe(fc.constantFrom('early', 'mid')),
  }),
  environment: fc.oneof(
    { weight: 12, arbitrary: fc.constant(ENVIRONMENT) },
    { weight: 1, arbitrary: fc.constant('other') },
  ),
  typed,
});
type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;

const user = fc.record({
  user_id: fc.constantFrom(...USERS),
  firstSeen: maybe(offsetMs),
  plan: maybe(fc.constantFrom('early', 'mid', '')),
  seats: maybe(fc.constantFrom(1, 2, 10)),
});

const FEW_EVENTS = 20;
const MOST_EVENTS = 60;
const draftsOf = (minLength: number, maxLength: number) =>
  fc.noBias(fc.array(draft, { minLength, maxLength, size: 'max' }));

export const scenes: fc.Arbitrary<SqlScene> = fc
  .record({
    place: fc.constantFrom(...PLACES),
    weekStart: fc.constantFrom<WeekStart>('monday', 'sunday'),
    drafts: fc.oneof(
      { weight: 1, arbitrary: draftsOf(0, FEW_EVENTS) },
      { weight: 4, arbitrary: draftsOf(FEW_EVENTS, MOST_EVENTS) },
    ),
    users: fc.uniqueArray(user, { selector: ({ user_id }) => user_id }),
    nowAfterMs: fc.oneof(
      fc.constantFrom(-DAY_MS, 0, 1),
      fc.integer({ min: -23, max: 99 }).map((hours) => hours * HOUR_MS),
    ),
  })
  .map(({ place: { zone, anchor }, weekStart, drafts, users, nowAfterMs }) => {
    const anchorMs = Date.parse(anchor);
    const events = chained(drafts).map((one, index) => toEvent(one, index, anchorMs));
    return {
      zone,
      weekStart,
      anchorMs,
      nowMs: Math.max(anchorMs, ...events.map(({ tsMs }) => tsMs)) + nowAfterMs,
      events,
      users: users.map(({ user_id, firstSeen, ...rest }) => ({
        user_id,
        ...defined({ ...rest, firstSeenMs: firstSeen === undefined ? undefined : anchorMs + firstSeen }),
      })),
    };
  });

function chained(drafts: readonly Draft[]): Draft[] {
  const placed: Draft[] = [];
  for (const one of drafts) {
    const before = placed.at(-1);
    placed.push(
      before === undefined || one.followsMs === undefined ? one : following(one, before, one.followsMs),
    );
  }
  return placed;
}

function following(one: Draft, before: Draft, afterMs: number): Draft {
  const { user_id, session_id } = before.columns;
  const isRun = [one, before].every(({ typed: { type } }) => PRACTICE_TYPES.includes(type));
  const run = Object.entries(before.typed.properties).filter(([name]) => name in practice);
  return {
    ...one,
    offsetMs: before.offsetMs + (isRun ? one.runFollowsMs : afterMs),
    columns: { ...one.columns, user_id, session_id },
    typed: isRun
      ? ({
          ...one.typed,
          properties: { ...one.typed.properties, ...Object.fromEntries(run) },
        } as Draft['typed'])
      : one.typed,
  };
}

const toEvent = (
  { typed: { type, properties }, columns, environment, ...one }: Draft,
  index: number,
  anchorMs: number,
): SqlEvent => ({
  event_id: `e${String(index).padStart(3, '0')}`,
  event_type: type,
  tsMs: anchorMs + one.offsetMs,
  environment,
  ...defined(columns),
  properties: defined<object>(properties) as SqlEvent['properties'],
});

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

const defined = <T extends object>(record: T): Defined<T> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Defined<T>;
