import fc from 'fast-check';
import type { Breakdown, Compare, Filter, Range, Spec, WeekStart } from '../support/oracle/types.ts';
import { type CohortDraft, cohorts, toCohort } from './generate-cohorts.ts';
import { distributions, lifecycles, paths, stickinesses } from './generate-engagement.ts';
import { experiments } from './generate-experiments.ts';
import { filters, property, userFilters } from './generate-filters.ts';
import { funnels } from './generate-funnels.ts';
import { retentions } from './generate-retention.ts';
import type { Scene } from './generate-scenes.ts';
import { METRICS, sessions, states, trends } from './generate-series.ts';
import { DAY_MS, type KindDraft, QUARTER_MS, offsetMs, seldom } from './generate-values.ts';

/**
 * Questions of all kinds. Nothing depends on another draw: a question is drawn as a draft in days around the anchor of a
 * scene and put on its calendar afterwards, which keeps shrinking quick.
 */

interface RangeDraft {
  from: { kind: 'date' | 'instant' | 'open'; offsetMs: number };
  to: { kind: 'date' | 'instant' | 'open'; lengthMs: number };
}
/** `wide`: how many of them hold most of what happened, beside six others. */
const ranges = (wide: number): fc.Arbitrary<RangeDraft> =>
  fc.oneof(
    {
      weight: wide,
      arbitrary: fc.record({
        from: fc
          .integer({ min: -13, max: -5 })
          .map((days) => ({ kind: 'date' as const, offsetMs: days * DAY_MS })),
        to: fc
          .integer({ min: 10, max: 22 })
          .map((days) => ({ kind: 'date' as const, lengthMs: days * DAY_MS })),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        from: fc
          .integer({ min: -9, max: 3 })
          .map((days) => ({ kind: 'date' as const, offsetMs: days * DAY_MS })),
        to: fc
          .integer({ min: 0, max: 12 })
          .map((days) => ({ kind: 'date' as const, lengthMs: days * DAY_MS })),
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
      weight: 2,
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
  cohort: CohortDraft;
  breakdown: Breakdown | null;
  compare: CompareDraft;
  zone: string | undefined;
  weekStart: WeekStart | undefined;
}
/** Filters leave little of small event sets: of what needs several events in a row they are asked less often. */
const seldomFilters: fc.Arbitrary<readonly Filter[]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: filters },
);

const common = (isOfPeople: boolean, isInline: boolean): fc.Arbitrary<Common> =>
  fc.record({
    range: ranges(isOfPeople ? 12 : 4),
    filters: isOfPeople ? seldomFilters : filters,
    userFilters,
    cohort: cohorts(isInline),
    breakdown,
    compare,
    zone: seldom(fc.constantFrom('UTC', 'Australia/Lord_Howe', 'Asia/Kolkata'), 4),
    weekStart: seldom(fc.constantFrom<WeekStart>('monday', 'sunday'), 3),
  });

export interface SpecDraft {
  common: Common;
  own: KindDraft;
}

export interface Askable {
  kinds: readonly Spec['kind'][];
  /** Metric ids that may be asked. */
  metrics: readonly string[];
  /** Whether a cohort may be more than new and returning users. */
  inlineCohorts: boolean;
}

export const EVERYTHING: Askable = {
  kinds: [
    'trend',
    'states',
    'sessions',
    'funnel',
    'retention',
    'lifecycle',
    'stickiness',
    'paths',
    'distribution',
    'experiment',
  ],
  metrics: METRICS,
  inlineCohorts: true,
};

export function specDrafts(asked: Partial<Askable> = {}): fc.Arbitrary<SpecDraft> {
  const { kinds, metrics, inlineCohorts } = { ...EVERYTHING, ...asked };
  const own: Record<Spec['kind'], { weight: number; arbitrary: fc.Arbitrary<KindDraft> }> = {
    trend: { weight: 5, arbitrary: trends(metrics) },
    states: { weight: 2, arbitrary: states },
    sessions: { weight: 3, arbitrary: sessions },
    funnel: { weight: 8, arbitrary: funnels },
    retention: { weight: 5, arbitrary: retentions },
    lifecycle: { weight: 2, arbitrary: lifecycles },
    stickiness: { weight: 2, arbitrary: stickinesses },
    paths: { weight: 3, arbitrary: paths },
    distribution: { weight: 2, arbitrary: distributions },
    experiment: { weight: 3, arbitrary: experiments },
  };
  return fc.oneof(
    ...kinds.map((kind) => {
      const { weight, arbitrary } = own[kind];
      const isOfPeople = !['trend', 'states', 'sessions'].includes(kind);
      return {
        weight,
        arbitrary: fc.record({
          common: common(isOfPeople, inlineCohorts),
          own: arbitrary,
        }),
      };
    }),
  );
}

const MOST_DAYS_IN_HOURS = 9;

/** The question of a draft in the calendar of a scene. Hours are asked of short ranges only: they are many. */
export function toSpec({ common: drawn, own }: SpecDraft, scene: Scene): Spec {
  const { range: rangeDraft, compare: compareDraft, cohort, ...rest } = drawn;
  const { anchorMs } = scene;
  const { from, to } = rangeDraft;
  const isShort = to.kind !== 'open' && from.kind !== 'open' && to.lengthMs <= MOST_DAYS_IN_HOURS * DAY_MS;
  const spec = {
    environment: 'test',
    range: toRange(rangeDraft, anchorMs),
    compare: toCompare(compareDraft, rangeDraft, anchorMs),
    cohort: toCohort(cohort, scene),
    ...rest,
    ...own,
    ...(own['interval'] === 'hour' && !isShort ? { interval: 'day' } : {}),
    ...(readsEvents(own) ? {} : { breakdown: null, compare: null }),
  };
  return JSON.parse(JSON.stringify(spec)) as Spec; // what is undefined is not asked
}

/** Finished samples and plans have nothing to split. */
const readsEvents = (own: KindDraft): boolean => !('samples' in own) && !('plan' in own);

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
