import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesByDateChart } from '../../../renderer/charts/lines-by-date.ts';
import { numberAxis } from '../../../renderer/charts/ticks.ts';
import { bucketTitle } from '../../../renderer/parts/date-words.ts';
import {
  changeOfRatio,
  changeOfSum,
  trendColumns,
  trendGroups,
} from '../../../renderer/state/trend-columns.ts';
import type { AnswerOf, TrendLine } from '../../../shared/query/answer.ts';

const answerOf = (
  series: TrendLine[],
  buckets: string[],
  more: Partial<AnswerOf<'trend'>> = {},
): AnswerOf<'trend'> => ({
  ok: true,
  kind: 'trend',
  revision: 1,
  completeTo: null,
  fresh: true,
  partial: [],
  rowsRead: 0,
  segmentsRead: 0,
  elapsedMs: 0,
  notes: [],
  lateSources: [],
  gaps: [],
  mismatches: [],
  zone: 'Europe/Oslo',
  taxonomyVersion: null,
  result: { buckets, previousBuckets: buckets, series },
  ...more,
});

const DAYS = ['2026-11-16T23:00:00.000Z', '2026-11-17T23:00:00.000Z', '2026-11-18T23:00:00.000Z'];
const line = (compare: 'current' | 'previous', data: number[], more: Partial<TrendLine> = {}): TrendLine => ({
  name: 'a',
  compare,
  data,
  total: data.reduce((sum, value) => sum + value, 0),
  ...more,
});

describe('a trend as columns', () => {
  it('dates days in the zone, hours with their time, and marks what is still filling', () => {
    const days = trendColumns(answerOf([line('current', [1, 2, 3])], DAYS, { partial: ['2026-11-19'] }));
    expect(days.dates).toEqual(['2026-11-17', '2026-11-18', '2026-11-19']);
    expect(days.isPartial).toEqual([false, false, true]);
    const hours = ['2026-11-19T12:00:00.000Z', '2026-11-19T13:00:00.000Z'];
    const hourly = trendColumns(
      answerOf([line('current', [1, 2])], hours, { partial: ['2026-11-19T13:00:00.000Z'] }),
    );
    expect(hourly.dates).toEqual(['2026-11-19 13:00', '2026-11-19 14:00']);
    expect(hourly.isPartial).toEqual([false, true]);
  });

  it('puts the watermark only where a source is late', () => {
    const series = [line('current', [1, 2, 3])];
    expect(trendColumns(answerOf(series, DAYS, { completeTo: DAYS[2]! })).watermarkIndex).toBeNull();
    const late = trendColumns(
      answerOf(series, DAYS, { completeTo: '2026-11-18T12:00:00.000Z', fresh: false }),
    );
    expect(late.watermarkIndex).toBe(1);
  });

  it('compares like with like: what is still filling counts on neither side', () => {
    const { columnOf, isPartial } = trendColumns(
      answerOf([line('current', [10, 20, 1]), line('previous', [5, 10, 400])], DAYS, {
        partial: ['2026-11-19'],
      }),
    );
    expect(changeOfSum(columnOf('a'), isPartial)).toEqual({ now: 30, before: 15 });
    expect(changeOfSum(columnOf('b'), isPartial)).toBeNull();
    const rates = trendColumns(
      answerOf(
        [
          line('current', [0.5, 0.1, 1], { numerator: [1, 10, 9], denominator: [2, 98, 9] }),
          line('previous', [0.2, 0.2, 0], { numerator: [1, 1, 0], denominator: [5, 5, 100] }),
        ],
        DAYS,
        { partial: ['2026-11-19'] },
      ),
    );
    expect(changeOfRatio(rates.columnOf('a'), rates.isPartial)).toEqual({ now: 0.11, before: 0.2 });
  });

  it('keeps groups that only occurred before, behind those that occur', () => {
    const groups = trendGroups(
      answerOf(
        [
          line('previous', [], { breakdown: 'gone', total: 9 }),
          line('current', [], { breakdown: 'here', total: 4 }),
          line('previous', [], { breakdown: 'here', total: 2 }),
        ],
        [],
      ),
    );
    expect(groups.map(({ value }) => value)).toEqual(['here', 'gone']);
    expect(groups[0]?.columnOf('a')).toMatchObject({ total: 4, previous: { total: 2 } });
    expect(groups[1]?.columnOf('a')).toMatchObject({ total: null, previous: { total: 9 } });
  });

  it('names buckets in full', () => {
    expect(bucketTitle('2026-11-19', 'day', '2026-11-19')).toContain('19');
    expect(bucketTitle('2026-11-16', 'week', '2026-11-19')).toBe('Week of 16 Nov');
    expect(bucketTitle('2026-11-18 09:00', 'hour', '2026-11-19')).toBe('18 Nov, 09:00');
  });
});

describe('lines by date', () => {
  it('have an axis of round steps that holds every number', () => {
    expect(numberAxis(0, 58, 7).ticks).toEqual([0, 10, 20, 30, 40, 50, 60]);
    expect(numberAxis(-0.4, 1.3, 5).ticks).toEqual([-0.5, 0, 0.5, 1, 1.5]);
    expect(numberAxis(0, 0, 5).domain[1]).toBeGreaterThan(0);
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(number, number, fc.integer({ min: 3, max: 9 }), (a, b, most) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const { domain, ticks } = numberAxis(low, high, most);
        const slack = 1e-6 * Math.max(1, Math.abs(low), Math.abs(high));
        expect(domain[0]).toBeLessThanOrEqual(low + slack);
        expect(domain[1]).toBeGreaterThanOrEqual(high - slack);
        expect(ticks.length).toBeLessThanOrEqual(most);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
      }),
    );
  });

  it('start at zero only where they count', () => {
    const options = {
      width: 400,
      height: 200,
      id: 'a',
      isPartial: [false, false],
      ticks: [],
      tickText: String,
      axisText: String,
      endText: String,
      target: null,
      watermarkIndex: null,
      endPx: 40,
    };
    const lines = [{ name: 'a', stroke: 'var(--data)', values: [80, 90], previous: null }];
    expect(linesByDateChart(lines, { ...options, startsAtZero: true }).y?.domain).toEqual([0, 100]);
    expect(linesByDateChart(lines, { ...options, startsAtZero: false }).y?.domain).toEqual([80, 90]);
    const held = linesByDateChart(lines, {
      ...options,
      startsAtZero: true,
      target: { value: 300, label: 'target' },
    });
    expect(held.y?.domain).toEqual([0, 300]);
  });
});
