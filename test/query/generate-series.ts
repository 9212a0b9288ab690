import fc from 'fast-check';
import type { Series } from '../support/oracle/types.ts';
import { eventName, eventRef, filters } from './generate-filters.ts';
import { type KindDraft, interval, maybe } from './generate-values.ts';

/** Questions of the kinds that count events: trends, states, sessions. */

export const METRICS = [
  'completed_sessions',
  'captured_reactions',
  'capture_rate',
  'state_share',
  'master_impact',
  'confidence_lift',
  'goal_completion',
  'abandonment',
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
  'cac',
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

/** `metrics`: the metric ids that may be asked. */
export const trends = (metrics: readonly string[]): fc.Arbitrary<KindDraft> =>
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

export const states: fc.Arbitrary<KindDraft> = fc.record({
  kind: fc.constant('states' as const),
  interval: maybe(interval),
  groupBy: fc.constantFrom('practice_id', 'practice_id', 'master_id', 'locale', 'state', 'never_there'),
});

export const sessions: fc.Arbitrary<KindDraft> = fc.record({
  kind: fc.constant('sessions' as const),
  interval: maybe(interval),
  gapMinutes: fc.constantFrom(30, 30, 15, 60, 0.5, 1440),
  entryFilters: filters,
  passive: fc.subarray(['performance_metric', 'page_view', 'session_completed']),
  measures: maybe(fc.subarray(['sessions', 'users', 'bounce_rate', 'mean_duration'], { minLength: 1 })),
});
