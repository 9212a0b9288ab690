import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryEngine } from '../../main/query/query-engine.ts';
import { event } from '../support/ask-events.ts';
import { fillStore, type FilledStore } from '../support/scene-store.ts';

/** Long because it is a table. What is changed of a whole question, where the refusal must point, and what its reason must mention. */
type Senseless = [what: string, part: Record<string, unknown>, path: string, reason: RegExp];

const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ event: name }));
const samples = [
  { name: 'control', n: 10, sum: 5 },
  { name: 'new', n: 10, sum: 6 },
];
const experiment = { experiment_id: 'x', metric: { event: 'a' } };

const WHOLE: Readonly<Record<string, Record<string, unknown>>> = {
  trend: { series: [a] },
  states: {},
  funnel: { steps: [a, b, c] },
  retention: { anchor: a, return: b },
  lifecycle: { event: 'a' },
  stickiness: { event: 'a' },
  paths: {},
  sessions: {},
  distribution: { event: 'a', property: 'amount' },
  experiment: { samples },
};

const ANY_KIND: readonly Senseless[] = [
  ['no environment', { environment: undefined }, 'environment', /missing/],
  ['an empty environment', { environment: '' }, 'environment', /at least 1 character/],
  ['several environments', { environment: ['a', 'b'] }, 'environment', /text/],
  ['a field that nobody knows', { intervall: 'day' }, '', /unknown field "intervall"/],
  ['a day that never was', { range: { from: '2026-02-30', to: null } }, 'range.from', /neither a date/],
  [
    'an instant without zone',
    { range: { from: null, to: '2026-03-01T12:00:00' } },
    'range.to',
    /with a zone/,
  ],
  [
    'a range that ends before it begins',
    { range: { from: '2026-03-02', to: '2026-03-01' } },
    'range.to',
    /not after from/,
  ],
  [
    'an empty range of instants',
    { range: { from: '2026-03-01T00:00:00Z', to: '2026-03-01T00:00:00Z' } },
    'range.to',
    /not after from/,
  ],
  ['a zone that is not there', { zone: 'Europe/Atlantis' }, 'zone', /not an IANA time zone/],
  ['a week that begins on Tuesday', { weekStart: 'tuesday' }, 'weekStart', /monday, sunday/],
  [
    'an operator that is not there',
    { filters: [{ property: 'x', op: 'equals', value: 1 }] },
    'filters[0].op',
    /"equals" is not one of is,/,
  ],
  ['a filter without value', { filters: [{ property: 'x', op: 'gt' }] }, 'filters[0].value', /missing/],
  [
    'a filter with a value where none belongs',
    { filters: [{ property: 'x', op: 'is_set', value: 1 }] },
    'filters[0]',
    /unknown field "value"/,
  ],
  [
    'a filter on no values',
    { filters: [{ property: 'x', op: 'is', value: [] }] },
    'filters[0].value',
    /at least 1 entry/,
  ],
  [
    'a filter on null',
    { filters: [{ property: 'x', op: 'is', value: null }] },
    'filters[0].value',
    /null does not fit/,
  ],
  [
    'one bound',
    { filters: [{ property: 'x', op: 'between', value: [1] }] },
    'filters[0].value',
    /at least 2 entries/,
  ],
  [
    'a broken pattern',
    { filters: [{ property: 'x', op: 'regex', value: '(' }] },
    'filters[0].value',
    /regular expression/,
  ],
  ['any of nothing', { filters: [{ any: [] }] }, 'filters[0].any', /at least 1 entry/],
  [
    'a filter on the identity of events',
    { filters: [{ property: 'event_id', op: 'is', value: 'x' }] },
    'filters[0].property',
    /event_id/,
  ],
  [
    'a broken filter on users',
    { userFilters: [{ property: '', op: 'is_set' }] },
    'userFilters[0].property',
    /at least 1 character/,
  ],
  ['a cohort that is no id', { cohort: 'No Such Cohort!' }, 'cohort', /cohort/],
  ['a cohort that is not there', { cohort: 'regulars' }, 'cohort', /no cohort "regulars"/],
];

/** Of the kinds that can be broken down and compared. */
const EXPANDED: readonly Senseless[] = [
  ['a breakdown by nothing', { breakdown: {} }, 'breakdown.property', /missing/],
  ['a breakdown by no properties', { breakdown: { property: [] } }, 'breakdown.property', /at least 1 entry/],
  [
    'a breakdown by both',
    { breakdown: { property: 'x', userProperty: 'y' } },
    'breakdown',
    /{ property } or { userProperty }/,
  ],
  ['a breakdown of no values', { breakdown: { property: 'x', limit: 0 } }, 'breakdown.limit', /at least 1/],
  ['a comparison with the next', { compare: 'next' }, 'compare', /"next" does not fit/],
  ['a comparison with itself', { compare: { shiftDays: 0 } }, 'compare.shiftDays', /at least 1/],
  [
    'what was before an open range',
    { range: { from: null, to: '2026-03-01' }, compare: 'previous' },
    'compare',
    /both ends/,
  ],
];

const BY_KIND: Readonly<Record<string, readonly Senseless[]>> = {
  trend: [
    ['no series', { series: [] }, 'series', /at least 1 entry/],
    ['a series of no event', { series: [{}] }, 'series[0].event', /missing/],
    [
      'an event and any of some',
      { series: [{ event: 'a', anyOf: [b] }] },
      'series[0].anyOf',
      /instead of event/,
    ],
    [
      'a measure that is not there',
      { series: [{ event: 'a', measure: 'median' }] },
      'series[0].measure',
      /"median" is neither a measure/,
    ],
    ['a sum of nothing', { series: [{ event: 'a', measure: 'sum' }] }, 'series[0].property', /sum needs it/],
    [
      'a quantile without q',
      { series: [{ event: 'a', measure: 'quantile', property: 'x' }] },
      'series[0].q',
      /0 to 1/,
    ],
    [
      'a quantile in percent',
      { series: [{ event: 'a', measure: 'quantile', property: 'x', q: 95 }] },
      'series[0].q',
      /at most 1/,
    ],
    ['a ratio to nothing', { series: [{ event: 'a', measure: 'ratio' }] }, 'series[0].of', /denominator/],
    [
      'a metric of other events',
      { series: [{ event: 'a', measure: 'capture_rate' }] },
      'series[0].event',
      /leave event out/,
    ],
    [
      'a formula over a series that is not there',
      { formulas: ['A / B'] },
      'formulas[0]',
      /series B is not there; the question has A/,
    ],
    ['a formula that ends too early', { formulas: ['A +'] }, 'formulas[0]', /ends too early/],
    ['a bracket that is not closed', { formulas: ['(A'] }, 'formulas[0]', /not closed/],
    ['a formula that calls', { formulas: ['log(A)'] }, 'formulas[0]', /series log is not there/],
    ['a display that is not there', { display: 'bars' }, 'display', /series, total, cumulative/],
    [
      'more hours than anyone reads',
      { interval: 'hour', range: { from: '1970-01-01', to: '2026-01-01' } },
      'interval',
      /./,
    ],
  ],
  states: [
    ['rows of no property', { groupBy: '' }, 'groupBy', /at least 1 character/],
    ['an interval that is not there', { interval: 'quarter' }, 'interval', /hour, day, week, month/],
  ],
  funnel: [
    ['no steps', { steps: [] }, 'steps', /at least 1 entry/],
    ['a step of no event', { steps: [a, { name: 'x' }] }, 'steps[1].event', /missing/],
    ['more steps than there can be', { steps: Array.from({ length: 21 }, () => a) }, 'steps', /at most 20/],
    ['a unit that is not there', { unit: 'account' }, 'unit', /"user", "session" or { property }/],
    ['an order that is not there', { order: 'any' }, 'order', /ordered, strict, unordered/],
    [
      'a fortnight',
      { window: { value: 1, unit: 'fortnight' } },
      'window.unit',
      /"fortnight" is not one of second, minute/,
    ],
    ['a window of nothing', { window: { value: 0, unit: 'day' } }, 'window.value', /at least 1/],
    ['half a window', { window: { value: 1.5, unit: 'day' } }, 'window.value', /whole number/],
    ['a window without unit', { window: { value: 1 } }, 'window.unit', /missing/],
    [
      'an exclusion after the last step',
      { exclusions: [{ event: 'x', before: 3 }] },
      'exclusions[0].before',
      /beyond the last step \(2\)/,
    ],
    [
      'an exclusion from the last step on',
      { exclusions: [{ event: 'x', after: 2 }] },
      'exclusions[0].after',
      /not before step 2/,
    ],
    [
      'an exclusion the wrong way round',
      { exclusions: [{ event: 'x', after: 1, before: 1 }] },
      'exclusions[0].after',
      /not before step 1/,
    ],
    [
      'an exclusion of a part of an unordered funnel',
      { order: 'unordered', exclusions: [{ event: 'x', after: 1 }] },
      'exclusions[0]',
      /spans the whole/,
    ],
    [
      'an optional first step',
      { steps: [{ ...a, optional: true }, b] },
      'steps[0].optional',
      /begins with it/,
    ],
    [
      'an optional step of an unordered funnel',
      { order: 'unordered', steps: [a, { ...b, optional: true }] },
      'steps[1].optional',
      /no place/,
    ],
    [
      'a first time that is not there',
      { steps: [{ ...a, first: 'today' }] },
      'steps[0].first',
      /ever, matching/,
    ],
    [
      'attribution to a step of an unordered funnel',
      { order: 'unordered', breakdown: { property: 'x' }, attribution: { step: 2 } },
      'attribution.step',
      /no fixed place/,
    ],
    [
      'attribution to a step that is not there',
      { breakdown: { property: 'x' }, attribution: { step: 3 } },
      'attribution.step',
      /beyond the last step/,
    ],
    ['attribution to every touch', { attribution: 'all' }, 'attribution', /"first", "last", "each"/],
    ['a trend from the last step on', { show: 'trend', fromStep: 2 }, 'fromStep', /not before toStep \(2\)/],
    [
      'a time between one step',
      { show: 'time', fromStep: 1, toStep: 1 },
      'fromStep',
      /not before toStep \(1\)/,
    ],
    ['an end beyond the last step', { toStep: 3 }, 'toStep', /beyond the last step/],
    ['no bins', { show: 'time', bins: 0 }, 'bins', /at least 1/],
    ['a picture', { show: 'picture' }, 'show', /steps, trend, time/],
    ['properties held by no name', { holdConstant: [''] }, 'holdConstant[0]', /at least 1 character/],
    ['members by name', { members: 'all' }, 'members', /true or false/],
  ],
  retention: [
    ['no anchor', { anchor: undefined }, 'anchor', /missing/],
    ['a return of no event', { return: {} }, 'return.event', /missing/],
    ['periods and brackets', { periods: 5, brackets: [1] }, 'brackets', /instead of periods/],
    ['an empty bracket', { brackets: [3, 0] }, 'brackets[1]', /at least 1/],
    ['no brackets', { brackets: [] }, 'brackets', /at least 1 entry/],
    ['no columns', { periods: 0 }, 'periods', /at least 1/],
    ['no cohorts', { cohorts: 0 }, 'cohorts', /at least 1/],
    ['a type that is not there', { type: 'second_time' }, 'type', /recurring, first_time, first_ever/],
    ['a mode that is not there', { mode: '48h' }, 'mode', /calendar, rolling, 24h/],
    ['returns of no event', { minimumReturns: 0 }, 'minimumReturns', /at least 1/],
    [
      'an aggregate of nothing',
      { aggregate: { measure: 'sum' } },
      'aggregate.property',
      /property or userProperty|missing/,
    ],
    [
      'an aggregate that is not there',
      { aggregate: { measure: 'max', property: 'x' } },
      'aggregate.measure',
      /sum, mean/,
    ],
    [
      'an aggregate of both',
      { aggregate: { measure: 'sum', property: 'x', userProperty: 'y' } },
      'aggregate',
      /property or userProperty/,
    ],
  ],
  lifecycle: [
    ['a reference to no event', { event: {} }, 'event.event', /missing/],
    ['an interval that is not there', { interval: 'year' }, 'interval', /hour, day, week, month/],
    ['an event that is a number', { event: 5 }, 'event', /name of an event/],
  ],
  stickiness: [
    ['buckets of nothing', { buckets: { count: 0 } }, 'buckets.count', /at least 1/],
    ['more than often enough', { occurrences: { op: 'gt', value: 1 } }, 'occurrences.op', /gte, lte, is/],
    ['less than never', { occurrences: { op: 'lte', value: -1 } }, 'occurrences.value', /at least 0/],
    ['half cumulative', { cumulative: 0.5 }, 'cumulative', /true or false/],
  ],
  paths: [
    ['one item', { steps: 1 }, 'steps', /at least 2/],
    ['no pause at all', { gapMinutes: 0 }, 'gapMinutes', /above 0/],
    ['no items', { items: [] }, 'items', /at least 1 entry/],
    ['items of no event', { items: [{ by: 'x' }] }, 'items[0].event', /missing/],
    ['an empty start', { start: '' }, 'start', /at least 1 character/],
    ['an empty pattern', { group: [''] }, 'group[0]', /at least 1 character/],
    ['members', { members: true }, '', /unknown field "members"/],
  ],
  sessions: [
    ['no measures', { measures: [] }, 'measures', /at least 1 entry/],
    ['a measure that is not there', { measures: ['clicks'] }, 'measures[0]', /sessions, users, views/],
    ['no pause at all', { gapMinutes: 0 }, 'gapMinutes', /above 0/],
    ['an event type of no name', { passive: [''] }, 'passive[0]', /at least 1 character/],
  ],
  distribution: [
    ['no property', { property: undefined }, 'property', /missing/],
    ['a quantile in percent', { quantiles: [0.5, 95] }, 'quantiles[1]', /at most 1/],
    ['half a bin', { bins: 0.5 }, 'bins', /whole number/],
  ],
  experiment: [
    [
      'nothing to compare',
      { samples: undefined },
      'experiment_id',
      /needs experiment_id and metric, samples or a plan/,
    ],
    ['samples and exposures', experiment, 'samples', /instead of experiment_id/],
    ['samples and a plan', { plan: { mean: 1, users: 10, power: 0.8 } }, 'plan', /instead of samples/],
    ['exposures without metric', { samples: undefined, experiment_id: 'x' }, 'metric', /measures a metric/],
    [
      'a metric without a number per user',
      { samples: undefined, ...experiment, metric: { measure: 'mau' } },
      'metric.measure',
      /no number per user/,
    ],
    ['a period before of samples', { cuped: true }, 'cuped', /no period before/],
    ['a breakdown of samples', { breakdown: { property: 'x' } }, 'breakdown', /makes no sense with samples/],
    ['a comparison of samples', { compare: { shiftDays: 1 } }, 'compare', /makes no sense with samples/],
    ['weights of other variants', { weights: [1, 1, 1] }, 'weights', /not one per sample \(2\)/],
    ['a negative weight', { weights: [1, -1] }, 'weights[1]', /at least 0/],
    ['no samples', { samples: [] }, 'samples', /at least 1 entry/],
    ['less than no users', { samples: [{ name: 'a', n: -1 }] }, 'samples[0].n', /at least 0/],
    ['a sample without name', { samples: [{ n: 1 }] }, 'samples[0].name', /missing/],
    ['certainty', { alpha: 0 }, 'alpha', /above 0/],
    ['a percentage of error', { alpha: 5 }, 'alpha', /below 1/],
    ['an alternative that is not there', { alternative: 'both' }, 'alternative', /two-sided, greater, less/],
    ['a prior without doubt', { prior: { mean: 0, variance: 0 } }, 'prior.variance', /above 0/],
    ['a tuning of nobody', { sequential: { tuning: 0 } }, 'sequential.tuning', /above 0/],
    [
      'a plan that asks for both',
      { samples: undefined, plan: { mean: 1, users: 10, power: 0.8, effect: 0.1 } },
      'plan',
      /an effect or a power/,
    ],
    [
      'a plan that asks for nothing',
      { samples: undefined, plan: { mean: 1, users: 10 } },
      'plan.effect',
      /missing/,
    ],
    [
      'a plan of one variant',
      { samples: undefined, plan: { mean: 1, users: 10, power: 0.8, variants: 1 } },
      'plan.variants',
      /at least 2/,
    ],
  ],
};

describe('a senseless question', () => {
  let store: FilledStore;
  let engine: QueryEngine;
  beforeAll(async () => {
    store = await fillStore({ rows: { events: [event('a', '2026-03-01T12:00:00Z', { user_id: 'u' })] } });
    engine = store.engine();
  });
  afterAll(() => {
    engine.close();
    store.remove();
  });

  async function expectRefused(kind: string, [, part, path, reason]: Senseless): Promise<void> {
    const whole = { kind, environment: 'test', ...WHOLE[kind] };
    await expect(engine.run(whole)).resolves.toMatchObject({ ok: true });
    await expect(engine.run({ ...whole, ...part })).rejects.toMatchObject({
      code: 'bad-input',
      path,
      message: expect.stringMatching(reason) as string,
    });
  }

  describe.each(Object.keys(WHOLE))('of kind %s', (kind) => {
    const own = BY_KIND[kind] ?? [];
    const expanded = kind === 'experiment' ? [] : EXPANDED;
    it.each([...own, ...ANY_KIND, ...expanded].map((one) => [one[0], one] as const))(
      'with %s is refused',
      (_what, one) => expectRefused(kind, one),
    );
  });

  it('of no kind is refused', async () => {
    for (const question of [null, 5, 'trend', [], {}, { kind: 'trends', environment: 'test' }])
      await expect(engine.run(question)).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('is refused with the kinds that there are', async () => {
    await expect(engine.run({ kind: 'pie', environment: 'test' })).rejects.toMatchObject({
      path: 'kind',
      message:
        'kind: "pie" is not one of trend, funnel, retention, lifecycle, stickiness, paths, sessions, distribution, states, experiment',
    });
  });
});
