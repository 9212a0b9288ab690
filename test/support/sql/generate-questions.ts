import fc from 'fast-check';
import {
  DAY_MS,
  ENVIRONMENT,
  EVENT_TYPES,
  HOUR_MS,
  LOCALES,
  NUMBERS,
  PATHS,
  PRACTICE_TYPES,
  SESSIONS,
  STATES,
  type SqlScene,
  TEXTS,
  USERS,
} from './generate-events.ts';
import type { Breakdown, EventRef, Filter, Interval, Question, Scalar, WeekStart } from './question.ts';

/** Questions that SQL can say. They are drawn as drafts in days around the anchor of a scene and put on its calendar. */

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 2 });
const seldom = <T>(value: fc.Arbitrary<T>, freq: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: freq, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const LIKELY: Readonly<Record<string, readonly Scalar[]>> = {
  event_type: [...EVENT_TYPES, ...PRACTICE_TYPES],
  user_id: USERS,
  session_id: SESSIONS,
  locale: [...LOCALES, 'NO'],
  platform: ['web', 'ios', 'WEB'],
  plan: ['early', 'mid'],
  page_path: PATHS,
  practice_id: ['breath', 'walk', 'rest', 'R'],
  master_id: ['m1', 'm2'],
  state: STATES,
  amount: NUMBERS,
  success: [true, false, 'TRUE'],
  mixed: [...TEXTS, ...NUMBERS],
};
const PROPERTIES = Object.keys(LIKELY);
const PATTERNS = ['^a', 'é', 'A|m\\d', '^$', '.', '[0-9]+$', '^s-[12]$', 'W'];

const scalarFor = (property: string): fc.Arbitrary<Scalar> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<Scalar>(...(LIKELY[property] ?? TEXTS)) },
    { weight: 1, arbitrary: fc.constantFrom<Scalar>(...TEXTS, ...NUMBERS, true) },
  );

function filterOn(property: string): fc.Arbitrary<Filter> {
  const one = scalarFor(property);
  const some = fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 }));
  const ofOps = (ops: readonly string[], value: fc.Arbitrary<Scalar | readonly Scalar[]>) =>
    fc.record({ property: fc.constant(property), op: fc.constantFrom(...ops), value });
  return fc.oneof(
    { weight: 5, arbitrary: ofOps(['is', 'is_not', 'is_not', 'contains', 'not_contains'], some) },
    { weight: 2, arbitrary: ofOps(['gt', 'gte', 'lt', 'lte'], one) },
    { weight: 1, arbitrary: ofOps(['between'], fc.tuple(one, one)) },
    { weight: 1, arbitrary: ofOps(['regex'], fc.constantFrom(...PATTERNS)) },
    {
      weight: 2,
      arbitrary: fc.record({ property: fc.constant(property), op: fc.constantFrom('is_set', 'is_not_set') }),
    },
  );
}

function filtersOn(properties: readonly string[], emptyWeight: number): fc.Arbitrary<readonly Filter[]> {
  const filter = fc.constantFrom(...properties).chain(filterOn);
  const joined: fc.Arbitrary<Filter> = fc.oneof(
    { weight: 5, arbitrary: filter },
    { weight: 1, arbitrary: fc.record({ any: fc.array(filter, { minLength: 1, maxLength: 3 }) }) },
  );
  return fc.oneof(
    { weight: emptyWeight, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(joined, { minLength: 1, maxLength: 2 }) },
  );
}
const filters = filtersOn(PROPERTIES, 10);
/** Of practice events: also on what only one of the two types has. */
const practiceFilters = filtersOn(['locale', 'platform', 'practice_id', 'master_id', 'state', 'user_id'], 6);

const eventName = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('page_view', 'click', ...EVENT_TYPES, ...PRACTICE_TYPES) },
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant('never happened') },
);
const plainRef = fc.record({ event: eventName, filters });
const ref: fc.Arbitrary<EventRef> = fc.oneof(
  { weight: 6, arbitrary: plainRef },
  { weight: 1, arbitrary: fc.record({ anyOf: fc.array(plainRef, { minLength: 1, maxLength: 3 }), filters }) },
);

/** Of questions that look for several events of a user: those that are many, seldom filtered. */
const commonRef: fc.Arbitrary<EventRef> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      event: fc.constantFrom('page_view', 'click', 'page_view', 'click', null),
      filters: filtersOn(PROPERTIES, 30),
    }),
  },
  { weight: 1, arbitrary: ref },
);

const breakdownBy = (properties: readonly string[]): fc.Arbitrary<Breakdown | null> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    {
      weight: 2,
      arbitrary: fc.record({ property: fc.constantFrom(...properties), limit: fc.constantFrom(1, 2, 25) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ userProperty: fc.constantFrom('plan', 'seats'), limit: fc.constantFrom(1, 25) }),
    },
  );
const breakdown = breakdownBy(PROPERTIES);
const practiceBreakdown = breakdownBy(['locale', 'platform', 'practice_id', 'master_id', 'user_id']);

const interval = fc.constantFrom<Interval>('hour', 'day', 'day', 'week', 'month');
const property = fc.constantFrom('amount', 'amount', 'mixed', 'duration_seconds', 'locale');
const q = fc.constantFrom(0, 0.25, 0.5, 0.75, 1, 0.9, 0.95);

const series = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(ref, fc.constantFrom('events', 'users', 'sessions', 'weekly_active', 'monthly_active'))
      .map(([one, measure]) => ({ ...one, measure })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(ref, fc.constantFrom('sum', 'mean', 'min', 'max'), property)
      .map(([one, measure, of]) => ({ ...one, measure, property: of })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(ref, property, q)
      .map(([one, of, at]) => ({ ...one, measure: 'quantile', property: of, q: at })),
  },
  { weight: 1, arbitrary: fc.tuple(ref, ref).map(([one, of]) => ({ ...one, measure: 'ratio', of })) },
);

const trend = fc.record({
  kind: fc.constant('trend'),
  interval,
  series: fc.array(series, { minLength: 1, maxLength: 2 }),
  display: fc.constantFrom('series', 'series', 'total', 'cumulative'),
});
const practiceTrend = fc.record({
  kind: fc.constant('trend'),
  interval,
  series: fc.tuple(
    fc.record({
      measure: fc.constantFrom('capture_rate', 'capture_rate', 'completed_sessions', 'captured_reactions'),
      filters: practiceFilters,
    }),
  ),
  display: fc.constantFrom('series', 'series', 'total', 'cumulative'),
  filters: practiceFilters,
  breakdown: practiceBreakdown,
});
const states = fc.record({
  kind: fc.constant('states'),
  interval: maybe(interval),
  groupBy: fc.constantFrom('practice_id', 'practice_id', 'master_id', 'locale'),
  filters: practiceFilters,
  breakdown: practiceBreakdown,
});

const WINDOWS = [
  { value: 1_800, unit: 'second' },
  { value: 1, unit: 'hour' },
  { value: 1, unit: 'day' },
  { value: 7, unit: 'day' },
  { value: 2, unit: 'week' },
  { value: 1, unit: 'month' },
];
const step = fc
  .tuple(commonRef, seldom(fc.constantFrom('ever', 'matching'), 14))
  .map(([one, first]) => ({ ...one, ...(first === undefined ? {} : { first }) }));
const funnel = fc
  .record({
    steps: fc.noBias(fc.array(step, { minLength: 2, maxLength: 4, size: 'max' })),
    unit: fc.oneof(
      { weight: 4, arbitrary: fc.constant('user') },
      { weight: 1, arbitrary: fc.constant('session') },
      { weight: 1, arbitrary: fc.record({ property: fc.constantFrom('platform', 'mixed') }) },
    ),
    window: fc.constantFrom(...WINDOWS),
    holdConstant: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.constant(['locale']) },
    ),
    attribution: fc.constantFrom('first', 'last', 'each'),
    show: fc.constantFrom('steps', 'steps', 'trend', 'time'),
    interval,
    from: fc.nat({ max: 2 }),
    length: fc.nat({ max: 2 }),
    bins: maybe(fc.constantFrom(1, 2, 7)),
  })
  .map(({ from, length, ...rest }) => {
    const last = rest.steps.length - 1;
    const fromStep = from % last;
    return {
      kind: 'funnel',
      order: 'ordered',
      ...rest,
      fromStep,
      toStep: Math.min(last, fromStep + 1 + length),
    };
  });

const retention = fc
  .record({
    anchor: commonRef,
    return: commonRef,
    type: fc.constantFrom('recurring', 'first_time', 'first_ever'),
    mode: fc.constantFrom('calendar', 'rolling', '24h'),
    interval,
    cohorts: seldom(fc.constantFrom(1, 4, 12), 3),
    columns: fc.oneof(
      fc.constant({}),
      fc.constantFrom(1, 5, 12).map((periods) => ({ periods })),
      fc.constantFrom([1, 2], [4, 10, 3]).map((brackets) => ({ brackets })),
    ),
    minimumReturns: fc.constantFrom(1, 1, 2),
  })
  .map(({ columns, ...rest }) => ({
    kind: 'retention',
    ...rest,
    ...(rest.mode === 'rolling' ? { periods: 6 } : columns),
  }));

const lifecycle = fc.record({ kind: fc.constant('lifecycle'), interval, event: commonRef });
const stickiness = fc.record({
  kind: fc.constant('stickiness'),
  interval,
  event: commonRef,
  buckets: fc.record({ count: fc.constantFrom(1, 1, 2, 3) }),
  occurrences: fc.record({ op: fc.constantFrom('gte', 'lte', 'is'), value: fc.constantFrom(1, 1, 2) }),
  cumulative: fc.boolean(),
});
const sessions = fc.record({
  kind: fc.constant('sessions'),
  interval: maybe(interval),
  gapMinutes: fc.constantFrom(30, 30, 60, 1_440),
  entryFilters: filters,
});
const distribution = fc.record({
  kind: fc.constant('distribution'),
  event: ref,
  property,
  quantiles: fc.array(q, { minLength: 1, maxLength: 4 }),
  bins: maybe(fc.constantFrom(1, 3, 10)),
});
const namedItem = fc
  .tuple(commonRef, seldom(fc.constantFrom('page_path', 'locale'), 1))
  .map(([one, by]) => ({ ...one, ...(by === undefined ? {} : { by }) }));
const paths = fc
  .record({
    items: fc.array(namedItem, { minLength: 1, maxLength: 2 }),
    hasOthers: fc.constantFrom(true, true, false),
    steps: fc.constantFrom(2, 3, 5),
    exclude: fc.subarray(['/b', 'click']),
    gapMinutes: fc.constantFrom(30, 1_440, 10_080),
  })
  .map(({ items, hasOthers, ...rest }) => ({
    kind: 'paths',
    ...rest,
    items: hasOthers ? [...items, { event: null }] : items,
  }));

interface Side {
  kind: 'date' | 'instant' | 'open';
  ms: number;
}
interface RangeDraft {
  from: Side;
  to: Side;
}
const date = (min: number, max: number): fc.Arbitrary<Side> =>
  fc.integer({ min, max }).map((days) => ({ kind: 'date', ms: days * DAY_MS }));
const instant = (min: number, max: number): fc.Arbitrary<Side> =>
  fc.integer({ min, max }).map((hours) => ({ kind: 'instant', ms: hours * HOUR_MS + 1 }));
const open = fc.constant<Side>({ kind: 'open', ms: 0 });
const range: fc.Arbitrary<RangeDraft> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ from: date(-20, 2), to: date(3, 14) }) },
  { weight: 2, arbitrary: fc.record({ from: instant(-300, -24), to: instant(1, 300) }) },
  { weight: 1, arbitrary: fc.record({ from: open, to: fc.oneof(date(3, 14), open) }) },
  { weight: 1, arbitrary: fc.record({ from: date(-30, 0), to: open }) },
);

const common = fc.record({
  range,
  filters: filtersOn(PROPERTIES, 8),
  userFilters: fc.oneof(
    { weight: 8, arbitrary: fc.constant<readonly Filter[]>([]) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('plan', 'seats')
        .chain(filterOn)
        .map((filter) => [filter]),
    },
  ),
  cohort: fc.oneof(
    { weight: 5, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.boolean().map((isNew) => ({ new: isNew })) },
  ),
  breakdown,
  zone: maybe(fc.constantFrom('UTC', 'Australia/Lord_Howe', 'Asia/Kolkata', 'America/Sao_Paulo')),
  weekStart: maybe(fc.constantFrom<WeekStart>('monday', 'sunday')),
});

const own = fc.oneof(
  { weight: 4, arbitrary: trend },
  { weight: 2, arbitrary: practiceTrend },
  { weight: 1, arbitrary: states },
  { weight: 3, arbitrary: funnel },
  { weight: 3, arbitrary: retention },
  { weight: 1, arbitrary: lifecycle },
  { weight: 1, arbitrary: stickiness },
  { weight: 2, arbitrary: sessions },
  { weight: 1, arbitrary: distribution },
  { weight: 1, arbitrary: paths },
);

export interface QuestionDraft {
  common: typeof common extends fc.Arbitrary<infer T> ? T : never;
  own: typeof own extends fc.Arbitrary<infer T> ? T : never;
}
export const questionDrafts: fc.Arbitrary<QuestionDraft> = fc.record({ common, own });

export interface CalendarLimits {
  /** Whether the database knows the hours of zones that move their clocks by half an hour. */
  knowsHalfHours: boolean;
}

/** The question of a draft on the calendar of a scene. Hours are asked of short ranges only: they are many. */
export function toQuestion(
  { common: { range: drawn, ...shared }, own: asked }: QuestionDraft,
  scene: SqlScene,
  { knowsHalfHours }: CalendarLimits,
): Question {
  const zone = shared.zone ?? scene.zone;
  const isShort = drawn.from.kind !== 'open' && drawn.to.kind !== 'open';
  const hasHours = isShort && (knowsHalfHours || zone !== 'Australia/Lord_Howe');
  const question = {
    environment: ENVIRONMENT,
    range: { from: sideOf(drawn.from, scene), to: sideOf(drawn.to, scene) },
    ...shared,
    zone,
    weekStart: shared.weekStart ?? scene.weekStart,
    ...asked,
    ...('interval' in asked && asked.interval === 'hour' && !hasHours ? { interval: 'day' } : {}),
  };
  return JSON.parse(JSON.stringify(sayable(question))) as Question; // what is undefined is not asked
}

function sideOf({ kind, ms }: Side, { anchorMs }: SqlScene): string | null {
  if (kind === 'open') return null;
  const text = new Date(anchorMs + ms).toISOString();
  return kind === 'date' ? text.slice(0, 10) : text;
}

/** Without what the rules of the kinds leave to the product alone. */
function sayable(question: { kind: string; range: { to: string | null } } & Record<string, unknown>): object {
  const { kind, interval, range: asked } = question;
  if (kind === 'trend') return namedSeries(question);
  if (kind !== 'retention') return question;
  // hours are many, and a last so many cohorts need an end to be counted back from
  const hours = interval === 'hour' && question['brackets'] === undefined ? { periods: 5 } : {};
  return { ...question, ...hours, ...(asked.to === null ? { cohorts: undefined } : {}) };
}

/** Which values of trailing users occur depends on the range alone, not on what is counted: they are not broken down. */
function namedSeries(question: Record<string, unknown>): object {
  const asked = question['series'] as readonly { measure: string }[];
  const isTrailing = asked.some(({ measure }) => measure.endsWith('_active'));
  return {
    ...question,
    series: asked.map((one, index) => ({ ...one, name: `series ${index}` })),
    ...(isTrailing ? { breakdown: null } : {}),
  };
}
