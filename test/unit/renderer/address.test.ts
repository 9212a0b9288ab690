import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../../shared/format/calendar.ts';
import {
  DEFAULT_ADDRESS,
  formatAddress,
  inView,
  isPracticesView,
  parseAddress,
  TILE_IDS,
  VIEW_IDS,
  type ViewId,
  type ViewAddress,
} from '../../../renderer/state/address.ts';
import { ALERT_LISTS, type AlertsState } from '../../../renderer/state/alerts-address.ts';
import {
  CELL_FIGURES,
  COHORT_INTERVALS,
  COHORT_MODES,
  COHORT_PAGES,
  COHORT_TYPES,
  type CohortsState,
} from '../../../renderer/state/cohorts-address.ts';
import { checkDefinition } from '../../../renderer/state/funnel-definition.ts';
import type { FunnelsState } from '../../../renderer/state/funnels-address.ts';
import {
  DEFAULT_OPERATE,
  type OperateState,
  SETTINGS_PARTS,
  SOURCE_KINDS,
} from '../../../renderer/state/operate-address.ts';
import type { CohortRule } from '../../../shared/query/cohort.ts';
import {
  BUCKET_CHOICES,
  LENSES,
  MOST_WEEKS,
  PRACTICE_PAGES,
  type PracticesState,
  REACTION_CHOICES,
  SLICES,
} from '../../../renderer/state/practices-address.ts';
import { STANDARD_FUNNEL_IDS } from '../../../renderer/state/standard-funnels.ts';
import { PRESET_IDS } from '../../../renderer/state/date-presets.ts';

const values = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 4 });
const days = fc.integer({ min: 0, max: 3_000 }).map((offset) => addDays('2020-01-01', offset));

const addresses: fc.Arbitrary<
  Omit<
    ViewAddress,
    | 'practices'
    | 'view'
    | 'funnels'
    | 'cohorts'
    | 'explore'
    | 'journeys'
    | 'features'
    | 'signals'
    | 'operate'
    | 'alerts'
  >
> = fc.record({
  environment: fc.option(fc.stringMatching(/^[a-z][a-z &=#-]{0,20}$/)),
  range: fc.oneof(
    fc.constantFrom(...PRESET_IDS).map((preset) => ({ preset })),
    fc.tuple(days, fc.nat(400)).map(([from, length]) => ({ from, to: addDays(from, length) })),
  ),
  compare: fc.oneof(
    fc.constantFrom('previous' as const, 'none' as const),
    fc.integer({ min: 1, max: 3_660 }).map((shiftDays) => ({ shiftDays })),
  ),
  cohort: fc.constantFrom('all' as const, 'new' as const, 'returning' as const, 'saved:new' as const),
  filters: fc.record({ locale: values, release: values, practice: values, master: values, state: values }),
  sort: fc.record({
    key: fc.constantFrom('n', 'practice', 'capture', 'state:calm'),
    descending: fc.boolean(),
  }),
  tables: fc.uniqueArray(fc.constantFrom(...TILE_IDS)),
});

const definitions = fc
  .record({
    unit: fc.constantFrom('user', 'session', { property: 'practice_session_id' }),
    order: fc.constantFrom('ordered', 'strict'),
    window: fc.record({
      value: fc.integer({ min: 1, max: 400 }),
      unit: fc.constantFrom('minute', 'hour', 'day'),
    }),
    holdConstant: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 10 }), { maxLength: 3 }),
    steps: fc.array(
      fc.record({
        event: fc.oneof(fc.constant(null), fc.string({ minLength: 1, maxLength: 12 })),
        name: fc.option(fc.string({ minLength: 1, maxLength: 12 }), { nil: undefined }),
        first: fc.constantFrom(undefined, 'ever', 'matching'),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  })
  .map((input) => checkDefinition(input).definition!);

const against = fc.constantFrom(null, 'all' as const, 'new' as const, 'saved:left-before-it' as const);

const funnels: fc.Arbitrary<FunnelsState> = fc.record({
  funnel: fc.oneof(fc.constantFrom(...STANDARD_FUNNEL_IDS), definitions),
  draft: fc.option(definitions),
  step: fc.option(fc.nat(19)),
  time: fc.option(fc.tuple(fc.nat(10), fc.nat(8)).map(([from, length]) => ({ from, to: from + 1 + length }))),
  breakdown: fc.record({
    source: fc.constantFrom('event' as const, 'user' as const),
    property: fc.stringMatching(/^[a-z_]{1,20}$/),
  }),
  against,
});

const alerts: fc.Arbitrary<AlertsState> = fc.record({
  list: fc.constantFrom(...ALERT_LISTS),
  firing: fc.option(fc.nat(999_999)),
  rule: fc.option(fc.stringMatching(/^[a-z0-9-]{1,20}$/)),
});

const practices: fc.Arbitrary<PracticesState> = fc.record({
  subject: fc.option(fc.string({ minLength: 1, maxLength: 20 })),
  page: fc.constantFrom(...PRACTICE_PAGES),
  bucket: fc.constantFrom(...BUCKET_CHOICES),
  lens: fc.constantFrom(...LENSES),
  slice: fc.constantFrom(...SLICES),
  measure: fc.constantFrom('capture', 'restless'),
  reaction: fc.constantFrom(...REACTION_CHOICES),
  week: fc.integer({ min: 1, max: MOST_WEEKS }),
});

const cohorts: fc.Arbitrary<CohortsState> = fc.record({
  page: fc.constantFrom(...COHORT_PAGES),
  anchor: fc.constantFrom(null, 'sign_up', '$pageview', 'user signed up'),
  return: fc.constantFrom(null, 'session_completed', 'a&b=c'),
  type: fc.constantFrom(...COHORT_TYPES),
  interval: fc.constantFrom(...COHORT_INTERVALS),
  mode: fc.constantFrom(...COHORT_MODES),
  minimumReturns: fc.integer({ min: 1, max: 1_000 }),
  brackets: fc.option(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 })),
  column: fc.integer({ min: 1, max: 400 }),
  figure: fc.constantFrom(...CELL_FIGURES),
  chosen: fc.option(days),
  against,
  saved: fc.constantFrom(null, 'left-before-it'),
  draft: fc.option(
    fc.record({
      name: fc.string({ maxLength: 20 }),
      rules: fc.array(
        fc.oneof(
          fc.record({
            did: fc.record({ event: fc.constantFrom(null, 'sign_up') }),
            times: fc.record({ op: fc.constantFrom('gte' as const, 'is' as const), value: fc.nat(9) }),
            not: fc.boolean(),
          }),
          fc.constant<CohortRule>({ user: { property: 'plan', op: 'is', value: ['mid', 'early'] } }),
        ),
        { maxLength: 4 },
      ),
    }),
  ),
});

const name = fc.string({ minLength: 1, maxLength: 20 });
const operates: Partial<Record<ViewId, fc.Arbitrary<OperateState>>> = {
  quarantine: fc.record({
    source: fc.option(name),
    reason: fc.option(name),
    row: fc.option(fc.integer({ min: 1, max: 999_999_999_999 })),
    adding: fc.constant(null),
    part: fc.constant(DEFAULT_OPERATE.part),
  }),
  sources: fc.record({
    source: fc.option(name),
    reason: fc.constant(null),
    row: fc.constant(null),
    adding: fc.option(fc.constantFrom(...SOURCE_KINDS)),
    part: fc.constant(DEFAULT_OPERATE.part),
  }),
  settings: fc.constantFrom(...SETTINGS_PARTS).map((part) => ({ ...DEFAULT_OPERATE, part })),
};

const inSomeView: fc.Arbitrary<ViewAddress> = fc
  .constantFrom(...VIEW_IDS)
  .chain((view) =>
    fc.tuple(
      fc.constant(view),
      addresses,
      funnels,
      cohorts,
      operates[view] ?? fc.constant(DEFAULT_ADDRESS.operate),
      alerts,
      practices,
    ),
  )
  .map(([view, address, funnelsState, cohortsState, operate, alertsState, practicesState]) => ({
    ...address,
    view,
    sort: view === 'practices' || view === 'masters' ? address.sort : DEFAULT_ADDRESS.sort,
    practices: isPracticesView(view) ? practicesState : DEFAULT_ADDRESS.practices,
    funnels: view === 'funnels' ? funnelsState : DEFAULT_ADDRESS.funnels,
    cohorts: view === 'cohorts' ? cohortsState : DEFAULT_ADDRESS.cohorts,
    explore: DEFAULT_ADDRESS.explore,
    journeys: DEFAULT_ADDRESS.journeys,
    features: DEFAULT_ADDRESS.features,
    signals: DEFAULT_ADDRESS.signals,
    operate,
    alerts: view === 'alerts' ? alertsState : DEFAULT_ADDRESS.alerts,
  }));

describe('the address of a view', () => {
  it('is plain for the default view', () => {
    expect(formatAddress(DEFAULT_ADDRESS)).toBe('#/practices');
    expect(parseAddress('')).toEqual({ address: DEFAULT_ADDRESS, problems: [] });
    expect(parseAddress('#/practices')).toEqual({ address: DEFAULT_ADDRESS, problems: [] });
  });

  it('gives back every view state that it was made from', () => {
    fc.assert(
      fc.property(inSomeView, (address) => {
        expect(parseAddress(formatAddress(address))).toEqual({ address, problems: [] });
      }),
    );
  });

  it('never fails on a bad address, and names what it did not follow', () => {
    const { address, problems } = parseAddress(
      '#/practices?from=2026-02-30&to=2026-02-10&compare=shift-0&cohort=old&sort=-colour&table=pie&zoom=3&locale=sv',
    );
    expect(address).toEqual({ ...DEFAULT_ADDRESS, filters: { ...DEFAULT_ADDRESS.filters, locale: ['sv'] } });
    expect(problems).toEqual([
      'from=2026-02-30',
      'to=2026-02-10',
      'compare=shift-0',
      'cohort=old',
      'sort=-colour',
      'table=pie',
      'zoom',
    ]);
  });

  it('refuses a range that ends before it starts, and half a range', () => {
    expect(parseAddress('#/practices?from=2026-11-19&to=2026-10-23').problems).toEqual([
      'from=2026-11-19&to=2026-10-23',
    ]);
    expect(parseAddress('#/practices?from=2026-11-19')).toMatchObject({
      address: { range: { preset: '28d' } },
      problems: ['from=2026-11-19'],
    });
  });

  it('falls back from views that do not exist', () => {
    expect(parseAddress('#/nowhere?locale=sv')).toMatchObject({
      address: { view: 'practices', filters: { locale: ['sv'] } },
      problems: ['nowhere'],
    });
  });

  it('keeps what the other views showed, which do not stand in it', () => {
    const known = { ...DEFAULT_ADDRESS, funnels: { ...DEFAULT_ADDRESS.funnels, step: 2 } };
    expect(parseAddress('#/cohorts?unit=day', known).address).toMatchObject({
      funnels: { step: 2 },
      cohorts: { interval: 'day' },
    });
  });

  it('takes the filters into another view, and dates only if somebody chose them', () => {
    const filtered = { ...DEFAULT_ADDRESS, filters: { ...DEFAULT_ADDRESS.filters, locale: ['sv'] } };
    expect(formatAddress(inView(filtered, 'cohorts'))).toBe('#/cohorts?locale=sv');
    expect(inView(filtered, 'cohorts').range).toEqual({ preset: '12w' });
    const chosen: ViewAddress = { ...filtered, range: { preset: '7d' } };
    expect(formatAddress(inView(chosen, 'cohorts'))).toBe('#/cohorts?range=7d&locale=sv');
    expect(inView(inView(filtered, 'cohorts'), 'practices')).toEqual(filtered);
  });

  it.each([
    ['#/funnels?step=0', 'step=0'],
    ['#/funnels?time=3-2', 'time=3-2'],
    ['#/funnels?funnel=mine', 'funnel=mine'],
    ['#/funnels?define=%7B%22steps%22%3A%5B%5D%7D', 'define={"steps":[]}'],
    ['#/funnels?sort=n', 'sort'],
    ['#/cohorts?brackets=1-0', 'brackets=1-0'],
    ['#/cohorts?unit=hour', 'unit=hour'],
    ['#/cohorts?chosen=2026-02-30', 'chosen=2026-02-30'],
    ['#/practices?step=2', 'step'],
  ])('names what makes no sense in %s', (hash, problem) => {
    expect(parseAddress(hash).problems).toEqual([problem]);
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { address } = parseAddress(`#/${text}`);
        expect(parseAddress(formatAddress(address)).address).toEqual(address);
      }),
    );
  });
});
