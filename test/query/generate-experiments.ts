import fc from 'fast-check';
import { EXPERIMENT, type KindDraft, maybe, seldom } from './generate-values.ts';

/** Questions about experiments: from exposure events, from finished samples, and plans. */

const test = {
  difference: maybe(fc.constantFrom('relative', 'absolute')),
  alternative: maybe(fc.constantFrom('two-sided', 'greater', 'less')),
  alpha: maybe(fc.constantFrom(0.01, 0.05, 0.2)),
  sequential: maybe(fc.record({ tuning: fc.constantFrom(10, 5000, 100_000) })),
  prior: fc.option(
    fc.record({ mean: fc.constantFrom(0, 0.1, -0.2), variance: fc.constantFrom(0.01, 0.1, 4) }),
    { nil: null },
  ),
};

const noFilters = fc.constant([]);
const metric = fc.oneof(
  fc.record({
    event: fc.constantFrom('payment', 'page_view', null),
    measure: fc.constantFrom('events', 'users'),
    filters: noFilters,
  }),
  fc.record({
    event: fc.constantFrom('payment', null),
    measure: fc.constantFrom('sum', 'sum', 'mean'),
    property: fc.constant('amount'),
  }),
  fc.record({
    event: fc.constant('payment'),
    measure: fc.constant('ratio'),
    of: fc.record({ event: fc.constantFrom('page_view', null) }),
  }),
  fc.record({
    measure: fc.constantFrom(
      'captured_reactions',
      'completed_sessions',
      'capture_rate',
      'active_users',
      'revenue_per_user',
    ),
  }),
  fc.record({
    measure: fc.constant('state_share'),
    filters: fc.constant([{ property: 'state', op: 'is', value: 'calm' }]),
  }),
);

const exposures = fc.record({
  kind: fc.constant('experiment' as const),
  experiment_id: fc.option(fc.constant(EXPERIMENT), { nil: 'other', freq: 15 }),
  metric,
  cuped: maybe(fc.boolean()),
  weights: seldom(fc.constantFrom([0.5, 0.5], [1, 3], [0.4, 0.4, 0.2], [1, 0]), 6),
  ...test,
});

/** Whole numbers, so that a variance is either 0 or far from it. */
const sample = fc
  .record({
    n: fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom(0, 1, 2, 3) },
      { weight: 5, arbitrary: fc.integer({ min: 2, max: 100_000 }) },
    ),
    kind: fc.constantFrom('mean', 'mean', 'mean', 'mean', 'proportion', 'proportion', 'proportion', 'count'),
    mean: fc.integer({ min: -20, max: 40 }),
    deviation: fc.integer({ min: 0, max: 30 }),
    share: fc.constantFrom(0, 0.01, 0.1, 0.2, 0.3, 0.5, 0.5, 0.9, 0.9, 1),
  })
  .map(({ n, kind, mean, deviation, share }) => {
    if (kind === 'count') return { n };
    if (kind === 'proportion') return { n, sum: Math.round(n * share) };
    return { n, sum: n * mean, sumSquares: n * (mean ** 2 + deviation ** 2) };
  });

const samples = fc
  .record({
    samples: fc.array(sample, { minLength: 2, maxLength: 4 }),
    weights: fc.option(fc.array(fc.constantFrom(0, 0.25, 0.5, 1), { minLength: 4, maxLength: 4 }), {
      nil: null,
    }),
    ...test,
  })
  .map(({ samples: drawn, weights, ...rest }) => ({
    kind: 'experiment' as const,
    ...rest,
    samples: drawn.map((one, index) => ({ name: index === 0 ? 'control' : `variant ${index}`, ...one })),
    ...(weights === null ? {} : { weights: weights.slice(0, drawn.length) }),
  }));

const plans = fc.record({
  kind: fc.constant('experiment' as const),
  plan: fc
    .tuple(
      fc.record({
        mean: fc.constantFrom(10, 0.1, -3, 1),
        variance: fc.constantFrom(3910, 1, 0.09),
        users: fc.constantFrom(200, 5000, 400_000),
        variants: fc.integer({ min: 2, max: 4 }),
      }),
      fc.oneof(
        fc.constantFrom(0.01, 0.05, 0.5).map((effect) => ({ effect })),
        fc.constantFrom(0.3, 0.8, 0.95).map((power) => ({ power })),
      ),
    )
    .map(([plan, asked]) => ({ ...plan, ...asked })),
  difference: test.difference,
  alternative: test.alternative,
  alpha: test.alpha,
});

export const experiments: fc.Arbitrary<KindDraft> = fc.oneof(
  { weight: 4, arbitrary: exposures },
  { weight: 2, arbitrary: samples },
  { weight: 1, arbitrary: plans },
);
