/** Questions that together use every field of every kind: to break them in one place. */

const common = {
  environment: 'test',
  range: { from: '2026-03-01', to: '2026-03-02' },
  zone: 'Europe/Oslo',
  weekStart: 'monday',
  filters: [
    { property: 'locale', op: 'is', value: ['a', 1] },
    { any: [{ property: 'x', op: 'between', value: [1, 2] }] },
  ],
  userFilters: [{ property: 'plan', op: 'is_set' }],
  cohort: { new: true },
  breakdown: { property: ['locale', 'platform'], limit: 5 },
  compare: { shiftDays: 7 },
};
const ref = { event: 'a', filters: [{ property: 'x', op: 'regex', value: '^a' }] };
const anyRef = { anyOf: [{ event: 'a' }, { event: null, filters: [{ property: 'x', op: 'gt', value: 1 }] }] };
const funnel = {
  kind: 'funnel',
  interval: 'day',
  unit: { property: 'account' },
  order: 'ordered',
  steps: [
    { ...ref, name: 'First', first: 'ever' },
    { ...anyRef, optional: true },
    { event: 'b', first: 'matching' },
  ],
  window: { value: 1, unit: 'hour' },
  exclusions: [{ event: 'x', after: 0, before: 2 }, anyRef],
  holdConstant: ['practice_id'],
  attribution: { step: 2 },
  show: 'trend',
  fromStep: 0,
  toStep: 2,
  bins: 7,
  members: true,
};
const samples = [
  { name: 'control', n: 100, sum: 50, sumSquares: 80 },
  { name: 'new', n: 100, sum: 60 },
];
const decision = {
  weights: [0.5, 0.5],
  difference: 'absolute',
  alternative: 'greater',
  alpha: 0.1,
  sequential: { tuning: 100 },
  prior: { mean: 0, variance: 0.1 },
};
const { breakdown: _breakdown, compare: _compare, ...alone } = common;

export const EVERY_FIELD: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  trend: {
    kind: 'trend',
    ...common,
    interval: 'day',
    series: [
      { event: 'a', name: 'A', measure: 'quantile', property: 'amount', q: 0.5 },
      { ...anyRef, measure: 'ratio', of: { event: 'b' } },
      { measure: 'capture_rate', filters: [] },
    ],
    formulas: ['A / B', '(C + 1) * 2'],
    display: 'cumulative',
  },
  states: { kind: 'states', ...common, groupBy: 'master_id', interval: 'week' },
  funnel: { ...common, ...funnel },
  'funnel of times': {
    ...common,
    ...funnel,
    show: 'time',
    attribution: 'each',
    breakdown: { userProperty: 'plan' },
  },
  'unordered funnel': {
    ...common,
    ...funnel,
    unit: 'session',
    order: 'unordered',
    steps: [{ event: 'a' }, anyRef],
    exclusions: [{ event: 'x', after: 0, before: 1 }],
    attribution: { step: 0 },
    toStep: 1,
    show: 'steps',
    compare: 'previous',
  },
  retention: {
    kind: 'retention',
    ...common,
    interval: 'week',
    anchor: ref,
    return: anyRef,
    type: 'first_ever',
    mode: 'rolling',
    cohorts: 3,
    periods: 2,
    minimumReturns: 2,
    aggregate: { measure: 'sum', property: 'amount' },
    members: true,
  },
  'retention in brackets': {
    kind: 'retention',
    ...common,
    anchor: ref,
    return: ref,
    brackets: [4, 10],
    aggregate: { measure: 'mean', userProperty: 'seats' },
  },
  lifecycle: { kind: 'lifecycle', ...common, interval: 'month', event: ref, members: false },
  stickiness: {
    kind: 'stickiness',
    ...common,
    interval: 'day',
    event: 'a',
    buckets: { count: 2 },
    occurrences: { op: 'lte', value: 2 },
    cumulative: true,
    members: true,
    compare: { from: '2026-02-01', to: '2026-02-02' },
  },
  paths: {
    kind: 'paths',
    ...common,
    items: [{ ...ref, by: 'page_path' }, anyRef],
    start: '/a',
    end: '/b',
    steps: 5,
    exclude: ['/login'],
    group: ['/user/*'],
    gapMinutes: 30,
  },
  sessions: {
    kind: 'sessions',
    ...common,
    interval: 'hour',
    gapMinutes: 20,
    entryFilters: [{ property: 'x', op: 'is_not', value: true }],
    passive: ['performance_metric'],
    measures: ['sessions', 'bounce_rate'],
  },
  distribution: {
    kind: 'distribution',
    ...common,
    event: ref,
    property: 'amount',
    quantiles: [0.5],
    bins: 3,
  },
  experiment: {
    kind: 'experiment',
    ...common,
    experiment_id: 'copy',
    metric: { event: 'a', measure: 'sum', property: 'amount', filters: [] },
    control: 'control',
    cuped: true,
    ...decision,
  },
  'experiment of samples': { kind: 'experiment', ...alone, samples, ...decision },
  'experiment before its start': {
    kind: 'experiment',
    ...alone,
    ...decision,
    plan: { mean: 0.1, variance: 0.09, users: 1_000, variants: 2, effect: 0.05 },
  },
  'experiment of a power': { kind: 'experiment', ...alone, plan: { mean: 0.1, users: 1_000, power: 0.8 } },
  'cohort of rules': {
    kind: 'lifecycle',
    ...common,
    cohort: {
      all: [
        { did: ref, times: { op: 'gte', value: 2 }, range: { from: '2026-01-01', to: null }, not: true },
        { any: [{ user: { property: 'plan', op: 'is', value: 'mid' } }] },
      ],
    },
  },
  'cohort of a step': {
    kind: 'stickiness',
    ...common,
    cohort: {
      question: { kind: 'funnel', steps: [{ event: 'a' }, { event: 'b' }] },
      cell: { step: 1, dropped: true },
    },
  },
  'cohort of users': { kind: 'stickiness', ...common, cohort: { users: ['u', 'v'] } },
};

export type Path = (string | number)[];

/** Every place of a question: its fields, their fields, and so on. */
export function pathsOf(node: unknown, path: Path = []): Path[] {
  if (typeof node !== 'object' || node === null) return [path];
  const keys: (string | number)[] = Array.isArray(node) ? [...node.keys()] : Object.keys(node);
  return [path, ...keys.flatMap((key) => pathsOf(valueAt(node, [key]), [...path, key]))];
}

export function valueAt(node: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<string | number, unknown>)[key]
        : undefined,
    node,
  );
}

/** A copy of a question with something else at one place; undefined takes the field away. */
export function withAt(question: unknown, path: Path, put: unknown): unknown {
  if (path.length === 0) return put;
  const copy: unknown = JSON.parse(JSON.stringify(question)); // parts that the original shares come apart
  const holder = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  const [last = ''] = path.slice(-1);
  if (put === undefined && !Array.isArray(holder)) Reflect.deleteProperty(holder, last);
  else
    Object.defineProperty(holder, last, { value: put, enumerable: true, configurable: true, writable: true });
  return copy;
}
