import fc from 'fast-check';
import type {
  Breakdown,
  Compare,
  Filter,
  Interval,
  Range,
  Series,
  Spec,
  WeekStart,
} from '../support/oracle/types.ts';
import { property, filters, userFilters, eventName, eventRef } from './generate-filters.ts';
import type { Scene } from './generate-scenes.ts';
import { DAY_MS, QUARTER_MS, maybe, offsetMs } from './generate-values.ts';

/**
 * Questions of the three kinds. Nothing depends on another draw: a question is drawn as a draft in days around the
 * anchor of a scene and put on its calendar afterwards, which keeps shrinking quick.
 */

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

const FORMULAS = ['A', 'A / 2', '(A + 1) * 0.5', '-A', 'A / A', '1 / (A - 1)'];
const FORMULAS_OF_TWO = ['A / B', 'B - A * 2', '(A + B) / (A - B)'];

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
        { weight: 3, arbitrary: fc.constant<string[]>([]) },
        {
          weight: 1,
          arbitrary: fc.array(fc.constantFrom(...FORMULAS, ...FORMULAS_OF_TWO), { maxLength: 2 }),
        },
      ),
      display: fc.constantFrom('series', 'series', 'total', 'cumulative'),
    })
    .map((one) => ({
      ...one,
      series: one.series.map((entry, index) => ({ ...entry, name: `series ${index}` })),
      formulas: one.formulas.filter((formula) => one.series.length > 1 || !FORMULAS_OF_TWO.includes(formula)),
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
