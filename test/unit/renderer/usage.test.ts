import { describe, expect, it } from 'vitest';
import type { ComparedColumn } from '../../../renderer/state/trend-columns.ts';
import {
  meanOverComplete,
  pageRows,
  ratioOverComplete,
  referrersOf,
} from '../../../renderer/views/usage/columns.ts';
import { describeUsage, lengthText, usageFigures } from '../../../renderer/views/usage/words.ts';
import type { AnswerOf, TrendLine } from '../../../shared/query/answer.ts';

const envelope = {
  ok: true as const,
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
  zone: 'UTC',
  taxonomyVersion: null,
};

const column = (values: number[], denominator: number[] = []): ComparedColumn => ({
  values,
  low: [],
  high: [],
  numerator: values,
  denominator,
  total: null,
  totalLow: null,
  totalHigh: null,
  totalNumerator: null,
  totalDenominator: null,
  previous: null,
});

describe('means and ratios of the Usage view', () => {
  it('look at complete buckets only', () => {
    expect(meanOverComplete(column([10, 20, 1]), [false, false, true])).toBe(15);
    expect(meanOverComplete(column([1]), [true])).toBeNull();
    expect(ratioOverComplete(column([10, 20, 1], [100, 100, 900]), [false, false, true])).toBe(0.15);
    expect(ratioOverComplete(null, [])).toBeNull();
  });
});

describe('rows of the Usage view', () => {
  const line = (breakdown: string | null, compare: 'current' | 'previous', total: number): TrendLine => ({
    name: 'views',
    breakdown,
    compare,
    data: [],
    total,
  });

  it('list pages that were only seen before, too', () => {
    const answer: AnswerOf<'trend'> = {
      ...envelope,
      kind: 'trend',
      result: {
        buckets: [],
        series: [line('/home', 'current', 5), line('/old', 'previous', 3), line('/home', 'previous', 4)],
      },
    };
    expect(pageRows(answer)).toEqual([
      { page: '/home', views: 5, users: 0, previousViews: 4 },
      { page: '/old', views: 0, users: 0, previousViews: 3 },
    ]);
  });

  it('keep sessions without a referrer apart, with the share that they have', () => {
    const answer: AnswerOf<'sessions'> = {
      ...envelope,
      kind: 'sessions',
      result: {
        sessions: 10,
        breakdowns: [
          { value: null, sessions: 8, users: 7, bounce_rate: 0.1 },
          { value: 'https://a', sessions: 2, users: 2, bounce_rate: 0.5 },
        ],
        previous: { sessions: 4, breakdowns: [{ value: null, sessions: 4 }] },
      },
    };
    expect(
      referrersOf(answer).rows.map(({ referrer, share, previousShare }) => [referrer, share, previousShare]),
    ).toEqual([
      ['https://a', 0.2, 0],
      [null, 0.8, 1],
    ]);
  });
});

describe('words of the Usage view', () => {
  it('say how many are active on a day, and when nobody is', () => {
    const trend = (users: number) => ({
      dates: ['2026-11-18', '2026-11-19'],
      previousDates: [],
      isPartial: [false, true],
      watermarkIndex: null,
      columnOf: (name: string) =>
        name === 'users'
          ? { ...column([]), total: users }
          : { ...column([120, 3], [1_000, 1_000]), previous: column([100, 90], [1_000, 1_000]) },
    });
    const numbers = { actives: trend(500), sessions: trend(500), views: trend(500) };
    expect(describeUsage(numbers, false)?.lead).toBe(
      'On a day 120 people are active, 20.0% more than before.',
    );
    expect(describeUsage({ ...numbers, actives: trend(0) }, true)?.lead).toBe(
      'Nobody was active under these filters.',
    );
    expect(describeUsage({ ...numbers, actives: null }, true)).toBeNull();
    expect(usageFigures(numbers).map(({ value }) => value)[1]).toBe('120');
    expect(usageFigures({ actives: null, sessions: null, views: null }).map(({ value }) => value)).toEqual(
      Array.from({ length: 6 }, () => '–'),
    );
    expect([lengthText(700), lengthText(null)]).toEqual(['11 min 40 s', '–']);
  });
});
