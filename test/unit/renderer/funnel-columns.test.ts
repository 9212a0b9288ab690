import { describe, expect, it } from 'vitest';
import { checkDefinition, type FunnelDefinition } from '../../../renderer/state/funnel-definition.ts';
import { DEFAULT_ADDRESS } from '../../../renderer/state/address.ts';
import { differenceOf } from '../../../renderer/state/difference.ts';
import { BAR_FIELDS } from '../../../renderer/state/question-parts.ts';
import { STANDARD_FUNNEL_IDS, standardFunnel } from '../../../renderer/state/standard-funnels.ts';
import { unfitFields } from '../../../renderer/state/unfit-fields.ts';
import {
  asLosses,
  type FunnelBucket,
  funnelBuckets,
  funnelGroups,
  type FunnelStep,
  funnelSteps,
  funnelTimes,
  transitionsOf,
} from '../../../renderer/views/funnels/columns.ts';
import { concentrationOf } from '../../../renderer/views/funnels/concentration.ts';
import { describeFunnel, type FunnelFindingInput } from '../../../renderer/views/funnels/finding.ts';
import {
  planNext,
  unitsDidQuestion,
  unitsNextQuestion,
} from '../../../renderer/views/funnels/next-questions.ts';
import {
  entriesQuestion,
  type FunnelAsked,
  groupsQuestion,
  stepsQuestion,
  timeQuestion,
  trendQuestion,
} from '../../../renderer/views/funnels/questions.ts';
import { timeBars } from '../../../renderer/views/funnels/time-bars.ts';
import type { AnswerOf } from '../../../shared/query/answer.ts';
import type { FunnelStepResult } from '../../../shared/query/kind-answers.ts';
import { parseQuerySpec } from '../../../shared/query/parse-spec.ts';

const defined = (input: Record<string, unknown>): FunnelDefinition => checkDefinition(input).definition!;
const three = defined({
  window: { value: 1, unit: 'hour' },
  steps: [{ event: 'a' }, { event: 'b', optional: true }, { event: 'c', name: 'Done' }],
});

const answer = (
  result: AnswerOf<'funnel'>['result'],
  change: Partial<AnswerOf<'funnel'>> = {},
): AnswerOf<'funnel'> => ({
  ok: true,
  kind: 'funnel',
  revision: 1,
  completeTo: null,
  fresh: true,
  partial: [],
  rowsRead: 0,
  segmentsRead: 0,
  elapsedMs: 1,
  notes: [],
  lateSources: [],
  gaps: [],
  mismatches: [],
  zone: 'Europe/Oslo',
  taxonomyVersion: null,
  result,
  ...change,
});

const step = (count: number, fromPrevious: number | null, fromFirst: number): FunnelStepResult => ({
  name: 'x',
  count,
  fromPrevious,
  fromFirst,
  meanSeconds: null,
  medianSeconds: null,
  p90Seconds: null,
});

describe('columns of a funnel', () => {
  it('measure a step against the last required one before it', () => {
    const steps = funnelSteps(
      answer({ steps: [step(100, null, 1), step(30, 0.3, 0.3), step(60, 0.6, 0.6)] }),
      three,
    )!;
    expect(steps.map(({ base, left }) => [base, left])).toEqual([
      [null, null],
      [100, 70],
      [100, 40],
    ]);
    expect(steps[2]?.fromPrevious.value).toBe(0.6);
    expect(steps[2]?.fromPrevious.low).toBeCloseTo(0.502, 3); // Wilson, 60 of 100
    expect(steps[2]?.fromPrevious.high).toBeCloseTo(0.691, 3);
    expect(steps.map(({ name }) => name)).toEqual(['A', 'B', 'Done']);
    expect(transitionsOf(three)).toEqual([
      { from: 0, to: 1 },
      { from: 0, to: 2 },
    ]);
  });

  it('test the difference from the compared period', () => {
    const now = [step(1_000, null, 1), step(0, 0, 0), step(900, 0.9, 0.9)];
    const before = [step(1_000, null, 1), step(0, 0, 0), step(950, 0.95, 0.95)];
    const steps = funnelSteps(answer({ steps: now, previous: { steps: before } }), three)!;
    expect(steps[2]?.difference?.points).toBeCloseTo(-0.05, 10);
    expect(steps[2]?.difference?.pValue).toBeLessThan(0.001);
    expect(steps[1]?.difference?.pValue).toBeNull(); // no variance on either side
    expect(steps[0]?.difference).toBeNull();
  });

  it('are none of an answer to another funnel', () => {
    expect(funnelSteps(answer({ steps: [step(1, null, 1)] }), three)).toBeNull();
  });

  it('keep a day open while a try begun in it can still go on', () => {
    const trend = (window: { value: number; unit: string }, now: string) =>
      funnelBuckets(
        answer({
          buckets: ['2026-11-16T23:00:00Z', '2026-11-17T23:00:00Z', '2026-11-18T23:00:00Z'],
          entered: [10, 20, 0],
          converted: [5, 5, 0],
          rate: [0.5, 0.25, null],
        }),
        { definition: defined({ steps: [{ event: 'a' }, { event: 'b' }], window }), now },
      )!.map(({ isPartial }) => isPartial);
    expect(trend({ value: 1, unit: 'hour' }, '2026-11-19T13:00:00Z')).toEqual([false, false, true]);
    expect(trend({ value: 1, unit: 'day' }, '2026-11-19T13:00:00Z')).toEqual([false, true, true]);
    // long past: nothing is open, but steps after the range do not count
    expect(trend({ value: 1, unit: 'hour' }, '2027-01-01T00:00:00Z')).toEqual([false, false, false]);
    expect(trend({ value: 1, unit: 'day' }, '2027-01-01T00:00:00Z')).toEqual([false, false, true]);
  });

  it('turn conversions into losses with their intervals turned round', () => {
    const [bucket] = funnelBuckets(
      answer({ buckets: ['2026-11-16T23:00:00Z'], entered: [10], converted: [9], rate: [0.9] }),
      { definition: three, now: '2027-01-01T00:00:00Z' },
    )!;
    const [loss] = asLosses([bucket!]);
    expect(loss?.value).toBeCloseTo(0.1, 12);
    expect(loss?.low).toBeCloseTo(1 - bucket!.high!, 12);
    expect(loss?.low).toBeLessThan(loss!.high!);
  });

  it('read groups, the rest and the whole', () => {
    const steps = [step(100, null, 1), step(0, 0, 0), step(60, 0.6, 0.6)];
    const groups = funnelGroups(
      answer({
        steps,
        breakdowns: [
          { value: 'sv', steps },
          { value: null, steps },
        ],
        rest: { values: 4, units: 7, steps },
      }),
      three,
    )!;
    expect(groups.groups.map(({ value }) => value)).toEqual(['sv', null]);
    expect(groups.rest?.values).toBe(4);
    expect(groups.all[2]?.left).toBe(40);
  });
});

describe('times to convert', () => {
  const bins = (counts: number[]) =>
    counts.map((count, index) => ({ fromSeconds: 2 + index, toSeconds: 3 + index, count }));

  it('are joined into few bars, and what is far out is counted beside them', () => {
    const counts = [...Array.from({ length: 50 }, () => 20), ...Array.from({ length: 949 }, () => 0), 1];
    const { bars, above, n } = timeBars({ bins: bins(counts), n: 1_001 });
    expect(n).toBe(1_001);
    expect(bars.length).toBeLessThanOrEqual(40);
    expect(bars.reduce((sum, { count }) => sum + count, 0) + above).toBe(1_001);
    expect(bars[0]).toEqual({ fromSeconds: 2, toSeconds: 4, count: 40 });
    expect(above).toBe(1);
  });

  it('keep a single bin, and nothing', () => {
    expect(timeBars({ bins: bins([5]), n: 5 })).toEqual({
      bars: [{ fromSeconds: 2, toSeconds: 3, count: 5 }],
      n: 5,
      above: 0,
    });
    expect(timeBars({ bins: [], n: 0 })).toEqual({ bars: [], n: 0, above: 0 });
  });

  it('know the median of the compared period', () => {
    const times = funnelTimes(
      answer({
        bins: bins([3, 4]),
        meanSeconds: 2,
        medianSeconds: 2,
        previous: { bins: [], meanSeconds: null, medianSeconds: 7 },
      }),
    );
    expect(times).toMatchObject({ n: 7, medianSeconds: 2, previousMedianSeconds: 7 });
  });
});

describe('the difference of two proportions', () => {
  it('is what the textbook says', () => {
    // 45 of 100 against 30 of 100: z = 0.15 / sqrt(0.45·0.55/100 + 0.3·0.7/100) = 2.2188, two-sided p = 0.0265 (normal)
    const difference = differenceOf({ count: 45, n: 100 }, { count: 30, n: 100 })!;
    expect(difference.points).toBeCloseTo(0.15, 12);
    expect(difference.pValue).toBeGreaterThan(0.0265);
    expect(difference.pValue).toBeLessThan(0.0285); // a little more: Student's t
    expect(difference.low).toBeGreaterThan(0);
  });

  it('says nothing where one side counted nothing or never varied', () => {
    expect(differenceOf({ count: 0, n: 0 }, { count: 1, n: 2 })).toBeNull();
    expect(differenceOf({ count: 5, n: 5 }, { count: 1, n: 2 })?.pValue).toBeNull();
  });
});

const bucket = (date: string, entered: number, converted: number, isPartial = false): FunnelBucket => ({
  date,
  entered,
  converted,
  isPartial,
  n: entered,
  value: entered === 0 ? null : converted / entered,
  low: null,
  high: null,
  previous: null,
});

const stepsFrom = (counts: number[]): FunnelStep[] =>
  funnelSteps(
    answer({ steps: counts.map((count) => step(count, null, count / counts[0]!)) }),
    defined({ steps: counts.map((_, index) => ({ event: `e${index}`, name: `Step ${index + 1}` })) }),
  )!;

const finding = (change: Partial<FunnelFindingInput>): string => {
  const { lead, rest } = describeFunnel({
    steps: stepsFrom([1_000, 800, 600]),
    buckets: [],
    bucket: 'day',
    units: { one: 'person', many: 'people' },
    words: null,
    hasFilters: false,
    isComplete: true,
    smallSample: 200,
    ...change,
  });
  return lead + rest;
};

describe('the finding of a funnel', () => {
  it('says how many get through, and where most are lost', () => {
    expect(finding({})).toBe(
      '60.0% of people get from “Step 1” to “Step 3”. Most are lost before “Step 2”: 200, 20.0%.',
    );
    expect(finding({ words: { entries: 'openings', outcome: 'end in a captured reaction' } })).toContain(
      '60.0% of openings end in a captured reaction.',
    );
  });

  it('names the step and the days on which clearly more were lost', () => {
    const days = Array.from({ length: 14 }, (_, index) => {
      const isBad = index >= 5 && index <= 7;
      return bucket(`2026-11-${String(index + 1).padStart(2, '0')}`, 300, isBad ? 255 : 290);
    });
    expect(finding({ buckets: [{ to: 1, buckets: days }] })).toContain(
      ' Step 2 lost 15.0% on 6 to 8 November.',
    );
  });

  it('judges neither small nor open days, and stays quiet until everything is read', () => {
    const days = Array.from({ length: 10 }, (_, index) => bucket(`2026-11-1${index}`, 300, 290));
    const small = [...days.slice(0, 9), bucket('2026-11-19', 50, 5)];
    const open = [...days.slice(0, 9), bucket('2026-11-19', 300, 200, true)];
    for (const buckets of [small, open])
      expect(finding({ buckets: [{ to: 1, buckets }] })).not.toContain('November');
    expect(finding({ isComplete: false })).toBe('60.0% of people get from “Step 1” to “Step 3”.');
  });

  it('says when nobody enters, when few do, and what one step means', () => {
    expect(finding({ steps: stepsFrom([0, 0]) })).toBe('Nobody enters at “Step 1” in these dates.');
    expect(finding({ steps: stepsFrom([12, 3]) })).toBe(
      '25.0% of people get from “Step 1” to “Step 2”. Only 12 people entered.',
    );
    expect(finding({ steps: stepsFrom([1_000]) })).toBe('1,000 people did “Step 1”.');
  });
});

describe('where the lost are', () => {
  const groupsOf = (parts: Record<string, [number, number]>) => {
    const sum = (at: 0 | 1) => Object.values(parts).reduce((total, part) => total + part[at], 0);
    const two = defined({ steps: [{ event: 'a' }, { event: 'b' }] });
    return funnelGroups(
      answer({
        steps: [step(sum(0), null, 1), step(sum(1), null, 1)],
        breakdowns: Object.entries(parts).map(([value, [entered, went]]) => ({
          value,
          steps: [step(entered, null, 1), step(went, null, 1)],
        })),
      }),
      two,
    );
  };

  it('names the value that holds clearly more of them than of all', () => {
    const found = concentrationOf(groupsOf({ old: [5_000, 4_800], new: [1_000, 850] }), 1);
    expect(found?.value).toBe('new');
    expect(found?.shareOfLost).toBeCloseTo(150 / 350, 12);
    expect(found?.shareOfAll).toBeCloseTo(1 / 6, 12);
  });

  it('names none where all lose alike', () => {
    expect(concentrationOf(groupsOf({ old: [5_000, 4_800], new: [1_000, 958] }), 1)).toBeNull();
  });
});

describe('questions of the Funnels view', () => {
  const asked = (id: (typeof STANDARD_FUNNEL_IDS)[number]): FunnelAsked => ({
    address: {
      ...DEFAULT_ADDRESS,
      view: 'funnels',
      cohort: 'new',
      filters: { ...DEFAULT_ADDRESS.filters, locale: ['sv'], state: ['calm'] },
    },
    environment: 'sample',
    span: { from: '2026-10-23', to: '2026-11-19' },
    definition: standardFunnel(id).definition,
    skipped: ['state'],
  });

  it.each(STANDARD_FUNNEL_IDS)('are accepted: %s', (id) => {
    const all = asked(id);
    const last = all.definition.steps.length - 1;
    const start = { eventType: 'a', filters: [{ property: 'b', op: 'is' as const, value: 'c' }] };
    const listed = { property: 'practice_session_id', ids: ['1', '2'] };
    const plan = planNext(all, last);
    const questions = [
      stepsQuestion(all),
      trendQuestion(all, 0, last),
      timeQuestion(all, last - 1, last),
      groupsQuestion(all, { source: 'event', property: 'locale' }),
      groupsQuestion(all, { source: 'user', property: 'plan' }),
      ...BAR_FIELDS.map((field) => entriesQuestion(all, field)),
      unitsNextQuestion(all, start, listed),
      unitsDidQuestion(all, start, listed),
      ...(plan.of === 'people' ? [plan.next] : plan.of === 'units' ? [plan.members] : []),
    ];
    for (const question of questions) expect(() => parseQuerySpec(question)).not.toThrow();
    expect(stepsQuestion(all)).toMatchObject({
      cohort: { new: true },
      filters: [{ property: 'locale', value: ['sv'] }],
    });
  });

  it('follow people by a cohort, other units by their ids, and nobody from any event', () => {
    expect(planNext(asked('onboarding'), 1)).toMatchObject({
      of: 'people',
      next: { kind: 'paths', start: 'sign_up', cohort: { cell: { step: 1, dropped: true } } },
    });
    expect(planNext(asked('practice-to-reaction'), 3)).toMatchObject({
      of: 'units',
      members: { show: 'trend', fromStep: 2, toStep: 3, members: true },
    });
    expect(planNext(asked('value'), 1)).toEqual({ of: 'nobody' });
  });
});

describe('filters that a question cannot take', () => {
  it('are those on a property that one of its events is known not to have', () => {
    expect(unfitFields(['practice_opened', 'reaction_captured'])).toEqual({
      state: 'Practice opened has no state',
    });
    expect(Object.keys(unfitFields(['sign_up']))).toEqual(['practice', 'master', 'state']);
    expect(unfitFields(['reaction_captured', null, 'my own event'])).toEqual({});
  });
});
