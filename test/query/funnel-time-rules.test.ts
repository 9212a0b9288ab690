import { describe, expect, it } from 'vitest';
import { event } from '../support/ask-events.ts';
import { askFunnelTime, askFunnelTrend, askSteps } from '../support/ask-funnel.ts';
import { person } from '../support/timelines.ts';

const steps = [{ event: 'a' }, { event: 'b' }, { event: 'c' }];
const two = steps.slice(0, 2);
const exclusions = [{ event: 'x' }];
const minute = { value: 1, unit: 'minute' } as const;
const counts = ({ entered, converted }: { entered: number[]; converted: number[] }) => ({
  entered,
  converted,
});

describe('a funnel, rule 11: its trend', () => {
  it('is dated by the first step', async () => {
    const trend = await askFunnelTrend(person('u', 'a@13.5h b@14.5h'), { steps: two }); // 23:30 and 0:30
    expect(trend.buckets).toEqual([2, 3, 4, 5].map((day) => `2026-03-0${day}T00:00:00.000Z`));
    expect(counts(trend)).toEqual({ entered: [1, 0, 0, 0], converted: [1, 0, 0, 0] });
    expect(trend.rate).toEqual([1, null, null, null]);
  });

  it('is dated by the first step also when measured from a later one', async () => {
    const events = [...person('u', 'a@0 b@1d c@2d'), ...person('v', 'a@0 b@1d'), ...person('w', 'a@0')];
    expect(counts(await askFunnelTrend(events, { steps, fromStep: 1 }))).toEqual({
      entered: [2, 0, 0, 0],
      converted: [1, 0, 0, 0],
    });
    expect(counts(await askFunnelTrend(events, { steps, toStep: 1 }))).toEqual({
      entered: [3, 0, 0, 0],
      converted: [2, 0, 0, 0],
    });
  });

  it('counts a unit once per bucket, by its best try begun there', async () => {
    const events = person('u', 'a@0 a@100 b@110 a@200 a@1d a@2d b@2d+5');
    const trend = await askFunnelTrend(events, { steps: two, window: minute });
    expect(counts(trend)).toEqual({ entered: [1, 1, 1, 0], converted: [1, 0, 1, 0] });
    expect(trend.rate).toEqual([1, 0, 1, null]);
  });

  it('lets one try of several days count on its own day only, and a later try on its own', async () => {
    const trend = await askFunnelTrend(person('u', 'a@0 a@1d b@2d'), { steps: two });
    expect(counts(trend)).toEqual({ entered: [1, 1, 0, 0], converted: [1, 1, 0, 0] });
  });

  it('counts only what lies inside the range, though its first bucket begins before', async () => {
    const events = [
      event('a', '2026-03-02T05:59:59.999Z', { user_id: 'early' }),
      event('a', '2026-03-02T06:00:00Z', { user_id: 'u' }),
      event('b', '2026-03-03T05:59:59.999Z', { user_id: 'u' }),
      event('a', '2026-03-03T05:00:00Z', { user_id: 'v' }),
      event('b', '2026-03-03T06:00:00Z', { user_id: 'v' }),
    ];
    const range = { from: '2026-03-02T06:00:00Z', to: '2026-03-03T06:00:00Z' };
    const trend = await askFunnelTrend(events, { steps: two, range });
    expect(trend.buckets).toEqual(['2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z']);
    expect(counts(trend)).toEqual({ entered: [1, 1], converted: [1, 0] });
  });

  it('judges exclusions bucket by bucket', async () => {
    const events = person('u', 'a@0 x@5 a@1d a@2d b@2d+5'); // an excluded drop-off, a clean one, a conversion
    const trend = await askFunnelTrend(events, { steps: two, exclusions, window: minute });
    expect(counts(trend)).toEqual({ entered: [0, 1, 1, 0], converted: [0, 0, 1, 0] });
  });

  it('lets an excluded full conversion void the partial tries of its unit in other buckets', async () => {
    const events = [...person('u', 'a@0 a@1d x@1d+5 b@1d+10 a@2d'), ...person('v', 'a@0')];
    const trend = await askFunnelTrend(events, { steps: two, exclusions, window: minute });
    expect(counts(trend)).toEqual({ entered: [1, 0, 0, 0], converted: [0, 0, 0, 0] }); // v alone
  });

  it('leaves clean conversions beside an excluded one', async () => {
    const events = person('u', 'a@0 b@10 a@1d x@1d+5 b@1d+10 a@2d');
    const trend = await askFunnelTrend(events, { steps: two, exclusions, window: minute });
    expect(counts(trend)).toEqual({ entered: [1, 0, 0, 0], converted: [1, 0, 0, 0] });
  });

  it('takes a clean try of the same bucket that got as far as the excluded one', async () => {
    const events = person('u', 'a@0 x@5 b@10 a@100 b@110');
    const trend = await askFunnelTrend(events, { steps: two, exclusions, window: minute });
    expect(counts(trend)).toEqual({ entered: [1, 0, 0, 0], converted: [1, 0, 0, 0] });
  });

  it.each([
    ['Europe/Oslo', '2026-03-28', ['2026-03-27T23', '2026-03-28T23', '2026-03-29T22']],
    ['America/Sao_Paulo', '2018-11-03', ['2018-11-03T03', '2018-11-04T03', '2018-11-05T02']],
    ['Asia/Kolkata', '2026-03-28', ['2026-03-27T18:30', '2026-03-28T18:30', '2026-03-29T18:30']],
    ['Australia/Lord_Howe', '2026-04-04', ['2026-04-03T13', '2026-04-04T13', '2026-04-05T13:30']],
  ])('has the days of %s', async (zone, from, starts) => {
    const at = starts.map((start) => `${start}${start.includes(':') ? '' : ':00'}:00.000Z`);
    const justBefore = (instant = ''): string => new Date(Date.parse(instant) - 1).toISOString();
    const events = [
      event('a', justBefore(at[0]), { user_id: 'u' }),
      event('a', justBefore(at[1]), { user_id: 'u' }),
      event('b', at[1] ?? '', { user_id: 'u' }),
      event('a', at[1] ?? '', { user_id: 'v' }),
      event('a', justBefore(at[2]), { user_id: 'w' }),
      event('a', at[2] ?? '', { user_id: 'x' }),
    ];
    const trend = await askFunnelTrend(events, {
      steps: two,
      zone,
      range: { from, to: new Date(Date.parse(from) + 86_400_000).toISOString().slice(0, 10) },
    });
    expect(trend.buckets).toEqual(at.slice(0, 2));
    expect(counts(trend)).toEqual({ entered: [1, 2], converted: [1, 0] });
  });

  it('begins weeks and months where the calendar does', async () => {
    const events = [
      event('a', '2024-02-29T23:59:59Z', { user_id: 'u' }),
      event('b', '2024-03-01T00:00:00Z', { user_id: 'u' }),
      event('a', '2024-03-02T12:00:00Z', { user_id: 'v' }), // a Saturday
      event('a', '2024-03-03T12:00:00Z', { user_id: 'v' }),
    ];
    const range = { from: '2024-02-26', to: '2024-03-05' };
    const months = await askFunnelTrend(events, { steps: two, interval: 'month', range });
    expect(months.buckets).toEqual(['2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z']);
    expect(counts(months)).toEqual({ entered: [1, 1], converted: [1, 0] });
    const weeks = { steps: two, interval: 'week', range } as const;
    expect(counts(await askFunnelTrend(events, weeks))).toEqual({ entered: [2, 0], converted: [1, 0] });
    const sundays = await askFunnelTrend(events, { ...weeks, weekStart: 'sunday' });
    expect(sundays.buckets).toEqual(['2024-02-25T00:00:00.000Z', '2024-03-03T00:00:00.000Z']);
    expect(counts(sundays)).toEqual({ entered: [2, 1], converted: [1, 0] });
  });

  it('is empty without events', async () => {
    expect(await askFunnelTrend([], { steps: two })).toMatchObject({
      entered: [0, 0, 0, 0],
      converted: [0, 0, 0, 0],
      rate: [null, null, null, null],
    });
  });
});

/** One user per time, in seconds, from a to b. */
const converting = (...times: number[]): object[] =>
  times.flatMap((time, index) => person(`u${index}`, `a@0 b@${time}`));

describe('a funnel, rule 12: time to convert', () => {
  it('takes exact means and quantiles (type 7), of steps and as a time', async () => {
    const result = await askSteps(converting(10, 40, 20), { steps: two });
    expect(result.steps[1]?.meanSeconds).toBeCloseTo(70 / 3, 12);
    expect(result.steps[1]).toMatchObject({ medianSeconds: 20, p90Seconds: 36 });
    const time = await askFunnelTime(converting(10, 40, 20, 21), { steps: two });
    expect(time).toMatchObject({ meanSeconds: 22.75, medianSeconds: 20.5 });
  });

  it('runs between the steps that are asked, from the step before for each step', async () => {
    const events = person('u', 'a@0 b@10 c@40');
    expect(await askFunnelTime(events, { steps })).toMatchObject({ meanSeconds: 40 });
    expect(await askFunnelTime(events, { steps, fromStep: 1 })).toMatchObject({ meanSeconds: 30 });
    expect(await askFunnelTime(events, { steps, toStep: 1 })).toMatchObject({ meanSeconds: 10 });
    const unfinished = person('v', 'a@0 b@20');
    expect(await askFunnelTime([...events, ...unfinished], { steps, toStep: 1 })).toMatchObject({
      meanSeconds: 15,
    });
    expect(await askFunnelTime([...events, ...unfinished], { steps, fromStep: 1 })).toMatchObject({
      meanSeconds: 30,
    });
  });

  it('makes ⌈∛samples⌉ bins of ⌈(max − min) ÷ n⌉ whole seconds from the minimum', async () => {
    const time = await askFunnelTime(converting(10, 11, 12, 12.999, 13, 14, 15, 15), { steps: two });
    expect(time.bins).toEqual([
      { fromSeconds: 10, toSeconds: 13, count: 4 },
      { fromSeconds: 13, toSeconds: 16, count: 4 }, // 13 belongs to the upper one
    ]);
  });

  it('lets the last bin hold the maximum too', async () => {
    const time = await askFunnelTime(converting(0, 1, 2, 3, 4, 5, 6, 6), { steps: two });
    expect(time.bins).toEqual([
      { fromSeconds: 0, toSeconds: 3, count: 3 },
      { fromSeconds: 3, toSeconds: 6, count: 5 },
    ]);
  });

  it('takes the edges from an unrounded minimum', async () => {
    const time = await askFunnelTime(converting(0.25, 1.25, 2, 3.25), { steps: two });
    expect(time.bins).toEqual([
      { fromSeconds: 0.25, toSeconds: 2.25, count: 3 },
      { fromSeconds: 2.25, toSeconds: 4.25, count: 1 },
    ]);
  });

  it.each([
    [1, 1],
    [2, 2],
    [8, 2],
    [9, 3],
    [27, 3],
    [28, 4],
    [64, 4], // 64 ** (1 / 3) is a little less than 4, 125 ** (1 / 3) than 5
    [125, 5],
    [126, 6],
    [216, 6],
    [343, 7],
  ])('of %i samples makes %i bins', async (samples, bins) => {
    const time = await askFunnelTime(
      converting(...Array.from({ length: samples }, (_, index) => index * 10)),
      {
        steps: two,
      },
    );
    expect(time.bins).toHaveLength(bins);
    expect(time.bins.reduce((sum, { count }) => sum + count, 0)).toBe(samples);
  });

  it('makes as many bins as are asked', async () => {
    const time = await askFunnelTime(converting(0, 10, 20), { steps: two, bins: 7 });
    expect(time.bins.map(({ fromSeconds }) => fromSeconds)).toEqual([0, 3, 6, 9, 12, 15, 18]); // ⌈20 ÷ 7⌉ = 3
    expect(time.bins.map(({ count }) => count)).toEqual([1, 0, 0, 1, 0, 0, 1]);
  });

  it('has bins of a second where all times are the same', async () => {
    const time = await askFunnelTime(converting(5, 5), { steps: two });
    expect(time.bins[0]).toEqual({ fromSeconds: 5, toSeconds: 6, count: 2 });
    expect(await askFunnelTime(person('u', 'a@0 b@0'), { steps: two })).toEqual({
      bins: [{ fromSeconds: 0, toSeconds: 1, count: 1 }],
      meanSeconds: 0,
      medianSeconds: 0,
    });
  });

  it('is not defined where nobody converts', async () => {
    const nothing = { bins: [], meanSeconds: null, medianSeconds: null };
    expect(await askFunnelTime(person('u', 'a@0'), { steps: two })).toEqual(nothing);
    expect(await askFunnelTime([], { steps: two })).toEqual(nothing);
  });
});

describe('a funnel beside what it is compared with', () => {
  it('answers the same of the range before', async () => {
    const events = [...person('u', 'a@0 b@10 a@-4d'), ...person('v', 'a@-4d b@-4d+30')];
    const result = await askSteps(events, { steps: two, compare: 'previous' });
    expect(result.steps.map(({ count }) => count)).toEqual([1, 1]);
    expect(result.previous?.steps).toMatchObject([{ count: 2 }, { count: 1, meanSeconds: 30 }]);
  });
});
