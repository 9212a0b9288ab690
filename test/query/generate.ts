import fc from 'fast-check';
import type {
  Breakdown,
  Compare,
  EventRef,
  Filter,
  Interval,
  OracleContext,
  Range,
  Scalar,
  Series,
  Spec,
  WeekStart,
  WireEvent,
} from '../support/oracle/types.ts';

/**
 * fast-check generators of small adversarial event sets and of questions about them. Values come from short lists, so
 * that filters hit, instants collide and ids repeat; times lie around a change of clocks. Nothing depends on another
 * draw: a question is drawn as a draft in days around the scene's anchor and put on its calendar afterwards, which
 * keeps shrinking quick.
 */

const QUARTER_MS = 15 * 60_000;
const HOUR_MS = 4 * QUARTER_MS;
const DAY_MS = 24 * HOUR_MS;

/** Changes of clocks: an hour lost and repeated, midnight lost and repeated, half an hour, a date that never was. */
const PLACES = [
  { zone: 'Europe/Oslo', anchor: '2018-03-25T01:00:00Z' },
  { zone: 'Europe/Oslo', anchor: '2018-10-28T01:00:00Z' },
  { zone: 'America/Sao_Paulo', anchor: '2018-02-18T02:00:00Z' },
  { zone: 'America/Sao_Paulo', anchor: '2018-11-04T03:00:00Z' },
  { zone: 'Asia/Kolkata', anchor: '2018-12-31T18:30:00Z' },
  { zone: 'Australia/Lord_Howe', anchor: '2018-03-31T15:00:00Z' },
  { zone: 'Australia/Lord_Howe', anchor: '2018-10-06T15:30:00Z' },
  { zone: 'Pacific/Apia', anchor: '2011-12-30T10:00:00Z' },
  { zone: 'UTC', anchor: '2016-02-29T00:00:00Z' },
] as const;

const USERS = ['usr_a', 'usr_b', 'usr_c', 'usr_ø'];
const SESSIONS = ['s-1', 's-2', 's-3'];
const TYPES = ['page_view', '$pageview', 'user signed up', 'チャット', 'performance_metric', 'feature_usage'];
const STATES = ['calm', 'heavy', 'clear'];
const TEXTS = ['a', 'A', 'b', 'é', '', '1', '10', 'true', '/pricing', 'a b'];
const NUMBERS = [0, 1, 2, 10, -1, 0.1, 0.2, 0.3, 1e15, -1e15, 1e-7, 2 ** 31, 3.5];

/** An event set with all that answers depend on. */
export interface Scene {
  events: WireEvent[];
  /** The events come in so many files, one import after the other. */
  files: number;
  context: OracleContext;
  /** The instant that the draft of a question counts its days from. */
  anchorMs: number;
}

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
const text = fc.constantFrom(...TEXTS);
const number = fc.constantFrom(...NUMBERS);
const set = fc.subarray(['a', 'b', 'é', '1'], { minLength: 1 });
/** A number here, a text there, a set elsewhere. */
const mixed = fc.oneof(text, number, fc.boolean(), set);

/** From the anchor, in ms: on the spot, at edges of windows, and anywhere on a grid of quarters. */
const offsetMs = fc.oneof(
  fc.constantFrom(0, -1, 1, HOUR_MS / 2, -HOUR_MS / 2, HOUR_MS, -HOUR_MS, 1.5 * HOUR_MS),
  fc
    .constantFrom(-7, -6, -1, 1, 6, 7)
    .chain((days) => fc.constantFrom(0, -1, 1).map((ms) => days * DAY_MS + ms)),
  fc.integer({ min: -800, max: 800 }).map((quarters) => quarters * QUARTER_MS),
  fc.integer({ min: -40, max: 3 }).map((days) => days * DAY_MS),
);

/** At the edges of windows behind the event before: no time, a session's pause, the capture window, the first week. */
const FOLLOW_MS = [
  0,
  1,
  HOUR_MS / 2 - 1,
  HOUR_MS / 2,
  DAY_MS - 1,
  DAY_MS,
  DAY_MS + 1,
  7 * DAY_MS - 1,
  7 * DAY_MS,
];

interface Draft {
  offsetMs: number;
  /** Rather so long after the event before, of the same user, session and practice run. */
  followsMs: number | undefined;
  /** As ISO in UTC, ISO with an offset, or epoch ms. */
  written: 'utc' | 'offset' | 'epoch';
  flat: boolean;
  /** From the event to its arrival; none: not told. */
  latenessMs: number | undefined;
  columns: Record<string, unknown>;
  type: string;
  properties: Record<string, unknown>;
}

const columns = fc.record({
  user_id: maybe(fc.constantFrom(...USERS)),
  session_id: fc.option(fc.constantFrom(...SESSIONS), { nil: undefined, freq: 1 }),
  locale: maybe(fc.constantFrom('nb-NO', 'en-US', 'en-us')),
  platform: maybe(fc.constantFrom('web', 'ios', '')),
  environment: fc.option(fc.constantFrom('test', 'other'), { nil: undefined, freq: 1 }),
  plan: maybe(fc.constantFrom('early', 'mid')),
});

const practice = {
  practice_session_id: fc.option(fc.constantFrom('r1', 'r2', 'r3', 'r4'), { nil: undefined, freq: 9 }),
  practice_id: fc.option(fc.constantFrom('breath', 'walk', 'rest'), { nil: undefined, freq: 6 }),
  master_id: fc.option(fc.constantFrom('m1', 'm2'), { nil: undefined, freq: 4 }),
};
const signalId = fc.constantFrom('usr_a-1', 'usr_a-2', 'usr_b-1');
const confidence = fc.integer({ min: 1, max: 10 });
const success = maybe(fc.boolean());
const durationMs = maybe(fc.constantFrom(0, 1, 12.5, 100, 2000, 0.1));

/** What carries meaning for metrics; everything else is drawn from `TYPES` with free properties. */
const typed = fc.oneof(
  { weight: 4, arbitrary: toTyped('session_completed', practice) },
  {
    weight: 4,
    arbitrary: toTyped('reaction_captured', {
      ...practice,
      state: fc.option(fc.constantFrom(...STATES, 'strange'), { nil: undefined, freq: 9 }),
    }),
  },
  { weight: 1, arbitrary: toTyped('performance_metric', { duration_ms: durationMs, success }) },
  {
    weight: 1,
    arbitrary: toTyped('feature_usage', {
      feature_name: fc.constantFrom('map', 'list'),
      success,
      duration_ms: durationMs,
    }),
  },
  {
    weight: 1,
    arbitrary: toTyped('feedback_submission', {
      feedback_type: fc.constantFrom('nps', 'csat', 'bug_report'),
      score: maybe(fc.integer({ min: 0, max: 10 })),
    }),
  },
  {
    weight: 1,
    arbitrary: toTyped('chat_interaction', {
      message_type: fc.constantFrom('user_prompt', 'ai_response'),
      is_follow_up: maybe(fc.boolean()),
    }),
  },
  {
    weight: 1,
    arbitrary: toTyped('payment', { amount: maybe(number), currency: maybe(fc.constantFrom('NOK', 'EUR')) }),
  },
  {
    weight: 1,
    arbitrary: toTyped('prompt_analysed', { repeat: maybe(fc.boolean()), cost: maybe(number) }),
  },
  { weight: 1, arbitrary: toTyped('cost_savings_identified', {}) },
  {
    weight: 2,
    arbitrary: toTyped('signal_pre', {
      signal_id: fc.option(signalId, { nil: undefined, freq: 9 }),
      confidence: fc.option(confidence, { nil: undefined, freq: 9 }),
      goal: maybe(fc.constantFrom('sleep', 'focus')),
    }),
  },
  {
    weight: 2,
    arbitrary: toTyped('signal_post', {
      signal_id: fc.option(signalId, { nil: undefined, freq: 9 }),
      confidence: fc.option(confidence, { nil: undefined, freq: 9 }),
      goal_completed: maybe(fc.constantFrom('yes', 'partly', 'no')),
      experience_score: maybe(confidence),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom(...TYPES).chain((type) =>
      toTyped(type, {
        page_path: maybe(fc.constantFrom('/a', '/b', '')),
        mixed: maybe(mixed),
        amount: maybe(number),
        tags: maybe(set),
        nested: maybe(fc.record({ deep: mixed })),
      }),
    ),
  },
);

function toTyped(type: string, properties: Record<string, fc.Arbitrary<unknown>>) {
  return fc.record({ type: fc.constant(type), properties: fc.record(properties) });
}

const draft: fc.Arbitrary<Draft> = fc
  .record({
    offsetMs,
    followsMs: fc.option(fc.constantFrom(...FOLLOW_MS), { nil: undefined, freq: 1 }),
    written: fc.constantFrom('utc', 'utc', 'offset', 'epoch'),
    flat: fc.boolean(),
    latenessMs: maybe(fc.constantFrom(0, 1, HOUR_MS, -HOUR_MS, 3 * DAY_MS)),
    columns,
    typed,
  })
  .map(({ typed: { type, properties }, ...rest }) => ({ ...rest, type, properties }));

const user = fc.record({
  user_id: fc.constantFrom(...USERS),
  first_seen: maybe(fc.record({ offsetMs, asEpoch: fc.boolean() })),
  plan: maybe(fc.constantFrom('early', 'mid', '')),
  seats: maybe(mixed),
});

export const scenes: fc.Arbitrary<Scene> = fc
  .record({
    place: fc.constantFrom(...PLACES),
    weekStart: fc.constantFrom<WeekStart>('monday', 'sunday'),
    drafts: fc.noBias(fc.array(draft, { maxLength: 40, size: 'max' })),
    idShape: fc.constantFrom<IdShape>('short', 'uuid', 'long'),
    repeated: fc.array(fc.nat({ max: 39 }), { maxLength: 4 }),
    users: fc.uniqueArray(user, { selector: ({ user_id }) => user_id }),
    nowAfterMs: fc.oneof(
      fc.constantFrom(-DAY_MS, -1, 0, 1),
      fc.integer({ min: -23, max: 99 }).map((h) => h * HOUR_MS),
    ),
    knowsStates: fc.boolean(),
    files: fc.constantFrom(1, 1, 2, 5),
  })
  .map(({ place, weekStart, drafts, idShape, repeated, users, nowAfterMs, knowsStates, files }) => {
    const anchorMs = Date.parse(place.anchor);
    const events = chained(drafts).map((one, index) =>
      toEvent(one, index, { anchorMs, knowsStates, idShape }),
    );
    const copies = repeated.map((index) => events[index]).filter((event) => event !== undefined);
    const lastMs = Math.max(anchorMs, ...events.map(({ ts }) => new Date(ts).getTime()));
    return {
      // a copy may come with other properties: the first one counts
      events: [
        ...events,
        ...copies.map((copy, index) => (index % 2 === 0 ? copy : { ...copy, properties: {} })),
      ],
      files,
      context: {
        zone: place.zone,
        weekStart,
        nowMs: lastMs + nowAfterMs,
        users: users.map(({ first_seen, ...rest }) =>
          withoutMissing({ ...rest, ...firstSeen(first_seen, anchorMs) }),
        ),
        taxonomy: knowsStates ? STATES : [],
      },
      anchorMs,
    };
  });

/** Puts the events that follow another one where they belong. */
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

const RUN_PROPERTIES = Object.keys(practice);

function following(one: Draft, before: Draft, afterMs: number): Draft {
  const run = Object.entries(before.properties).filter(([name]) => RUN_PROPERTIES.includes(name));
  const { user_id, session_id } = before.columns;
  return {
    ...one,
    offsetMs: before.offsetMs + afterMs,
    columns: { ...one.columns, user_id, session_id },
    properties:
      'practice_id' in one.properties ? { ...one.properties, ...Object.fromEntries(run) } : one.properties,
  };
}

type IdShape = 'short' | 'uuid' | 'long';

function toEvent(
  one: Draft,
  index: number,
  { anchorMs, knowsStates, idShape }: { anchorMs: number; knowsStates: boolean; idShape: IdShape },
): WireEvent {
  const properties = withoutMissing(one.properties);
  if (knowsStates && properties['state'] === 'strange') properties['state'] = 'calm'; // else set aside on import
  // long ids are stored as hashes, whose order nobody can foretell: their events share no instant
  const tsMs = anchorMs + one.offsetMs + (idShape === 'long' ? index * 7 : 0);
  return {
    event_id: idOf(index, idShape),
    event_type: one.type,
    ts: written(tsMs, one.written),
    ...(one.latenessMs === undefined ? {} : { received_at: new Date(tsMs + one.latenessMs).toISOString() }),
    ...withoutMissing(one.columns),
    ...(one.flat ? properties : { properties }),
  };
}

function idOf(index: number, shape: IdShape): string {
  if (shape === 'short') return `e${String(index).padStart(2, '0')}`;
  const digits = String(index).padStart(12, '0');
  return shape === 'uuid'
    ? `0b5f7a1e-93d2-4c7e-8a11-${digits}`
    : `an-id-much-longer-than-sixteen-bytes-${digits}`;
}

function written(ms: number, as: Draft['written']): string | number {
  if (as === 'epoch') return ms;
  if (as === 'utc') return new Date(ms).toISOString();
  return `${new Date(ms + 5.5 * HOUR_MS).toISOString().slice(0, -1)}+05:30`;
}

const firstSeen = (seen: { offsetMs: number; asEpoch: boolean } | undefined, anchorMs: number) =>
  seen === undefined
    ? {}
    : {
        first_seen_at: seen.asEpoch
          ? anchorMs + seen.offsetMs
          : new Date(anchorMs + seen.offsetMs).toISOString(),
      };

const withoutMissing = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

// Questions

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
const property = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...PROPERTIES) },
  { weight: 1, arbitrary: fc.constantFrom('mixed', 'amount', 'nested.deep', 'page_path', 'locale') },
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
const scalars = fc.oneof(scalar, fc.array(scalar, { minLength: 1, maxLength: 3 }));
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
const filters: fc.Arbitrary<readonly Filter[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 2, arbitrary: fc.array(filter, { minLength: 1, maxLength: 2 }) },
);
const userFilters: fc.Arbitrary<readonly Filter[]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.oneof(
        fc.record({
          property: fc.constantFrom('plan', 'seats', 'never_there'),
          op: fc.constantFrom('is', 'is_not', 'contains', 'not_contains'),
          value: scalars,
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

const eventName = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(...TYPES, 'session_completed', 'reaction_captured', 'never happened'),
  },
  { weight: 1, arbitrary: fc.constant(null) },
);
const plainRef: fc.Arbitrary<EventRef> = fc.record({ event: eventName, filters });
const eventRef: fc.Arbitrary<EventRef> = fc.oneof(
  { weight: 5, arbitrary: plainRef },
  {
    weight: 1,
    arbitrary: fc.record({ anyOf: fc.array(plainRef, { minLength: 1, maxLength: 3 }), filters }),
  },
);

/** Metrics that events define; `cac` is not among them. */
export const METRICS = [
  'completed_sessions',
  'captured_reactions',
  'capture_rate',
  'state_share',
  'master_impact',
  'confidence_lift',
  'goal_completion',
  'active_users',
  'dau',
  'wau',
  'mau',
  'stickiness',
  'session_duration',
  'bounce_rate',
  'views_per_session',
  'feature_adoption',
  'latency_p50',
  'latency_p95',
  'latency_p99',
  'error_rate',
  'throughput',
  'revenue_per_user',
  'churn',
  'nps',
  'csat',
  'follow_up_rate',
  'repeat_rate',
  'cost_per_outcome',
];

/** Metrics whose series may name other events than the usual ones. */
const NAMES_EVENTS = [
  'active_users',
  'dau',
  'wau',
  'mau',
  'stickiness',
  'churn',
  'latency_p95',
  'error_rate',
  'throughput',
];

const numeric = fc.constantFrom('amount', 'mixed', 'duration_ms', 'nested.deep', 'never_there');
const series = (metrics: readonly string[]): fc.Arbitrary<Series> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(eventRef, fc.constantFrom('events', 'users', 'sessions', 'weekly_active', 'monthly_active'))
        .map(([ref, measure]) => ({ ...ref, measure })),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(eventRef, fc.constantFrom('sum', 'mean', 'min', 'max'), numeric)
        .map(([ref, measure, of]) => ({ ...ref, measure, property: of })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(eventRef, numeric, fc.constantFrom(0, 0.5, 0.95, 1))
        .map(([ref, of, q]) => ({ ...ref, measure: 'quantile', property: of, q })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(eventRef, eventRef).map(([ref, of]) => ({ ...ref, measure: 'ratio', of })),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom(...metrics), filters, maybe(eventName))
        .map(([measure, own, event]) => ({
          measure,
          filters: own,
          ...(event !== undefined && NAMES_EVENTS.includes(measure) ? { event } : {}),
        })),
    },
  );

const formula = fc.constantFrom('A', 'A / 2', '(A + 1) * 0.5', '-A', 'A / A', '1 / (A - 1)');

interface RangeDraft {
  from: { kind: 'date' | 'instant' | 'open'; offsetMs: number };
  to: { kind: 'date' | 'instant' | 'open'; lengthMs: number };
}
const range: fc.Arbitrary<RangeDraft> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      from: fc
        .integer({ min: -9, max: 3 })
        .map((days) => ({ kind: 'date' as const, offsetMs: days * DAY_MS })),
      to: fc.integer({ min: 0, max: 12 }).map((days) => ({ kind: 'date' as const, lengthMs: days * DAY_MS })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      from: fc.record({ kind: fc.constantFrom('instant' as const, 'date' as const), offsetMs }),
      to: fc.record({
        kind: fc.constantFrom('instant' as const, 'open' as const),
        lengthMs: fc.integer({ min: 192, max: 1_200 }).map((quarters) => quarters * QUARTER_MS + 1),
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      from: fc.constant({ kind: 'open' as const, offsetMs: 0 }),
      to: fc.record({
        kind: fc.constantFrom('date' as const, 'open' as const),
        lengthMs: fc.constant(DAY_MS),
      }),
    }),
  },
);

type CompareDraft = 'none' | 'previous' | { shiftDays: number } | { days: number };
const compare: fc.Arbitrary<CompareDraft> = fc.oneof(
  { weight: 3, arbitrary: fc.constant('none' as const) },
  { weight: 1, arbitrary: fc.constant('previous' as const) },
  { weight: 1, arbitrary: fc.constantFrom(1, 7).map((shiftDays) => ({ shiftDays })) },
  { weight: 1, arbitrary: fc.constantFrom(2, 5).map((days) => ({ days })) },
);

const breakdown: fc.Arbitrary<Breakdown | null> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.record({ property, limit: fc.constantFrom(1, 2, 25) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      property: fc.uniqueArray(property, { minLength: 1, maxLength: 2 }),
      limit: fc.constantFrom(2, 25),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      userProperty: fc.constantFrom('plan', 'seats', 'never_there'),
      limit: fc.constantFrom(1, 25),
    }),
  },
);

interface Common {
  range: RangeDraft;
  filters: readonly Filter[];
  userFilters: readonly Filter[];
  cohort: { new: boolean } | null;
  breakdown: Breakdown | null;
  compare: CompareDraft;
  zone: string | undefined;
  weekStart: WeekStart | undefined;
}
const common: fc.Arbitrary<Common> = fc.record({
  range,
  filters,
  userFilters,
  cohort: fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.boolean().map((isNew) => ({ new: isNew })) },
  ),
  breakdown,
  compare,
  zone: fc.option(fc.constantFrom('UTC', 'Australia/Lord_Howe', 'Asia/Kolkata'), { nil: undefined, freq: 1 }),
  weekStart: fc.option(fc.constantFrom<WeekStart>('monday', 'sunday'), { nil: undefined, freq: 1 }),
});

const interval = fc.constantFrom<Interval>('hour', 'day', 'day', 'week', 'month');

/** What makes a kind of question different from the others. */
type KindDraft = { kind: Spec['kind'] } & Record<string, unknown>;

const trend = (metrics: readonly string[]): fc.Arbitrary<KindDraft> =>
  fc
    .record({
      kind: fc.constant('trend' as const),
      interval,
      series: fc.array(series(metrics), { minLength: 1, maxLength: 3 }),
      formulas: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(formula, { maxLength: 2 }) },
      ),
      display: fc.constantFrom('series', 'series', 'total', 'cumulative'),
    })
    .map((one) => ({
      ...one,
      series: one.series.map((entry, index) => ({ ...entry, name: `series ${index}` })),
    }));

const states: fc.Arbitrary<KindDraft> = fc.record({
  kind: fc.constant('states' as const),
  interval: maybe(interval),
  groupBy: fc.constantFrom('practice_id', 'practice_id', 'master_id', 'locale', 'state', 'never_there'),
});

const sessions: fc.Arbitrary<KindDraft> = fc.record({
  kind: fc.constant('sessions' as const),
  interval: maybe(interval),
  gapMinutes: fc.constantFrom(30, 30, 15, 60, 0.5, 1440),
  entryFilters: filters,
  passive: fc.subarray(['performance_metric', 'page_view', 'session_completed']),
  measures: maybe(fc.subarray(['sessions', 'users', 'bounce_rate', 'mean_duration'], { minLength: 1 })),
});

export interface SpecDraft {
  common: Common;
  own: KindDraft;
}

/** `metrics`: the metric ids that may be asked. */
export const specDrafts = (metrics: readonly string[] = METRICS): fc.Arbitrary<SpecDraft> =>
  fc.record({
    common,
    own: fc.oneof(
      { weight: 5, arbitrary: trend(metrics) },
      { weight: 2, arbitrary: states },
      { weight: 3, arbitrary: sessions },
    ),
  });

/** The question of a draft in the calendar of a scene. Hours are asked of short ranges only: they are many. */
export function toSpec({ common: drawn, own }: SpecDraft, { anchorMs }: Scene): Spec {
  const { range: rangeDraft, compare: compareDraft, ...rest } = drawn;
  const isShort = rangeDraft.to.kind !== 'open' && rangeDraft.from.kind !== 'open';
  const spec = {
    environment: 'test',
    range: toRange(rangeDraft, anchorMs),
    compare: toCompare(compareDraft, rangeDraft, anchorMs),
    ...rest,
    ...own,
    ...(own['interval'] === 'hour' && !isShort ? { interval: 'day' } : {}),
  };
  return JSON.parse(JSON.stringify(spec)) as Spec; // what is undefined is not asked
}

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function toRange({ from, to }: RangeDraft, anchorMs: number): Range {
  const startMs = anchorMs + from.offsetMs;
  const write = (kind: 'date' | 'instant' | 'open', ms: number) =>
    kind === 'open' ? null : kind === 'date' ? dateOf(ms) : new Date(ms).toISOString();
  return { from: write(from.kind, startMs), to: write(to.kind, startMs + to.lengthMs) };
}

/** An unbounded range has no length to compare with. */
function toCompare(asked: CompareDraft, { from, to }: RangeDraft, anchorMs: number): Compare | null {
  if (asked === 'none') return null;
  if (typeof asked === 'object' && 'days' in asked) {
    return { from: dateOf(anchorMs - asked.days * DAY_MS), to: dateOf(anchorMs - DAY_MS) };
  }
  return from.kind === 'open' || to.kind === 'open' ? null : asked;
}
