import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countAxis } from '../../../renderer/charts/ticks.ts';
import { durationTicks } from '../../../renderer/charts/duration-ticks.ts';
import { DEFAULT_ADDRESS } from '../../../renderer/state/address.ts';
import {
  DEFAULT_COHORTS,
  type CohortsState,
  parseBrackets,
} from '../../../renderer/state/cohorts-address.ts';
import {
  columnTotals,
  lifecycleBuckets,
  placeholderTable,
  type RetentionTable,
  retentionTable,
  stickinessColumns,
  tableWithout,
} from '../../../renderer/views/cohorts/columns.ts';
import { changeIn, describeCohorts, describeLifecycle } from '../../../renderer/views/cohorts/finding.ts';
import {
  cohortGroupsQuestion,
  type CohortsAsked,
  firstReactionQuestion,
  lifecycleQuestion,
  noReactionQuestion,
  peopleQuestion,
  retentionQuestion,
  stickinessQuestion,
} from '../../../renderer/views/cohorts/questions.ts';
import { SEQ_BINS, seqBin, seqScale } from '../../../renderer/views/cohorts/seq-scale.ts';
import {
  anchorInWords,
  columnName,
  columnSpan,
  inColumn,
  retentionInWords,
} from '../../../renderer/views/cohorts/words.ts';
import type { AnswerOf } from '../../../shared/query/answer.ts';
import type { RetentionContent } from '../../../shared/query/kind-answers.ts';
import { parseQuerySpec } from '../../../shared/query/parse-spec.ts';
import type { QueryKind } from '../../../shared/query/spec.ts';

function answerOf<K extends QueryKind>(kind: K, result: AnswerOf<K>['result']): AnswerOf<K> {
  return {
    ok: true,
    kind,
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
  };
}

/** Counts per cohort; a negative one is of a period that is not over. */
const content = (cohorts: Record<string, number[]>): RetentionContent => ({
  cohorts: Object.entries(cohorts).map(([start, counts]) => ({
    start: `${start}T22:00:00.000Z`,
    size: Math.abs(counts[0]!),
    cells: counts.map((count) => ({ count: Math.abs(count), partial: count < 0 })),
  })),
});
const tableOf = (cohorts: Record<string, number[]>): RetentionTable =>
  retentionTable(answerOf('retention', content(cohorts)));

describe('columns of a retention', () => {
  it('read cohorts as local dates with rates and intervals', () => {
    const { rows, columns } = tableOf({ '2026-08-30': [200, 50, -10], '2026-09-06': [100, -20] });
    expect(columns).toBe(3);
    expect(rows.map(({ start }) => start)).toEqual(['2026-08-31', '2026-09-07']);
    expect(rows[0]?.cells[1]).toMatchObject({ count: 50, value: 0.25, isPartial: false });
    expect(rows[0]?.cells[1]?.low).toBeCloseTo(0.195, 3); // Wilson, 50 of 200
  });

  it('sum up a column over the cohorts that have it complete', () => {
    const totals = columnTotals(
      tableOf({ '2026-08-30': [200, 50, 40], '2026-09-06': [100, 30, -5], '2026-09-13': [80, -8] }),
    );
    expect(totals.map(({ count, n }) => [count, n])).toEqual([
      [380, 380],
      [80, 300],
      [40, 200],
    ]);
    expect(totals.some(({ isPartial }) => isPartial)).toBe(false);
  });

  it('sum up what there is where no cohort is complete, and say so', () => {
    const totals = columnTotals(tableOf({ '2026-08-30': [200, -50], '2026-09-06': [100, -30] }));
    expect(totals[1]).toMatchObject({ count: 80, n: 300, isPartial: true });
  });

  it('take new people from all to leave those who had been there before', () => {
    const rest = tableWithout(
      tableOf({ '2026-08-30': [300, 200, -90] }),
      tableOf({ '2026-08-30': [100, 20, -10] }),
    );
    expect(rest.rows[0]).toMatchObject({ size: 200 });
    expect(rest.rows[0]?.cells.map(({ count }) => count)).toEqual([200, 180, 80]);
    expect(rest.rows[0]?.cells[1]?.value).toBe(0.9);
    expect(rest.rows[0]?.cells[2]?.isPartial).toBe(true);
  });

  it('know the cohorts of a range before there is an answer', () => {
    const starts = (interval: 'day' | 'week' | 'month') =>
      placeholderTable({ from: '2026-08-12', to: '2026-11-19' }, interval, 'monday').rows.map(
        ({ start }) => start,
      );
    expect(starts('week').slice(0, 2)).toEqual(['2026-08-10', '2026-08-17']);
    expect(starts('week')).toHaveLength(15);
    expect(starts('month')).toEqual(['2026-08-01', '2026-09-01', '2026-10-01', '2026-11-01']);
    expect(starts('day')[0]).toBe('2026-08-12');
  });
});

describe('columns of a lifecycle and a stickiness', () => {
  it('mark the period that is not over', () => {
    const buckets = lifecycleBuckets(
      answerOf('lifecycle', {
        buckets: ['2026-11-08T23:00:00Z', '2026-11-15T23:00:00Z'],
        new: [3, 1],
        returning: [10, 6],
        resurrected: [2, 1],
        dormant: [4, 9],
      }),
      '2026-11-19T13:32:00Z',
    );
    expect(buckets.map(({ date, isPartial }) => [date, isPartial])).toEqual([
      ['2026-11-09', false],
      ['2026-11-16', true],
    ]);
    expect(describeLifecycle({ buckets, interval: 'week', event: 'session completed' })).toMatchObject({
      lead: 'In the week of 9 November 15 people had session completed.',
      rest: ' 5 came, 4 stopped.',
    });
  });

  it('count exactly so many and at least so many', () => {
    const { columns, hasPrevious } = stickinessColumns(
      answerOf('stickiness', { counts: [5, 3, 2], users: 10, previous: { counts: [1, 1, 0], users: 2 } }),
    );
    expect(
      columns.map(({ periods, count, atLeast, value, previous }) => [
        periods,
        count,
        atLeast,
        value,
        previous,
      ]),
    ).toEqual([
      [1, 5, 10, 0.5, 0.5],
      [2, 3, 5, 0.3, 0.5],
      [3, 2, 2, 0.2, 0],
    ]);
    expect(hasPrevious).toBe(true);
  });
});

describe('the finding of the cohorts', () => {
  const weeks = (rates: number[], size = 1_000): RetentionTable => ({
    columns: 2,
    rows: rates.map((rate, index) => ({
      start: `2026-0${Math.floor(index / 4) + 6}-0${(index % 4) + 1}`,
      size,
      cells: [
        { count: size, isPartial: false, value: 1, low: 1, high: 1 },
        { count: Math.round(rate * size), isPartial: false, value: rate, low: null, high: null },
      ],
    })),
  });

  it('finds the cohort since which more come back', () => {
    const table = weeks([0.3, 0.31, 0.3, 0.29, 0.36, 0.37, 0.36]);
    expect(changeIn(table, 1)).toMatchObject({ from: '2026-07-01' });
    const total = columnTotals(table)[1]!;
    const { lead, rest } = describeCohorts({
      state: { ...DEFAULT_COHORTS, column: 1 },
      table,
      total,
      fresh: null,
      returning: null,
      hasFilters: false,
    });
    expect(lead).toBe('Cohorts since 1 July keep 6.3 points more of their people in week 1.');
    expect(rest).toBe(' 36.3% after 30.0%.');
  });

  it('finds nothing in noise, in one odd cohort, and in what is not over', () => {
    expect(changeIn(weeks([0.3, 0.31, 0.29, 0.3, 0.31, 0.3]), 1)).toBeNull();
    expect(changeIn(weeks([0.3, 0.3, 0.3, 0.3, 0.6]), 1)).toBeNull();
    const open = weeks([0.3, 0.3, 0.3, 0.1, 0.1]);
    for (const row of open.rows.slice(3)) row.cells[1]!.isPartial = true;
    expect(changeIn(open, 1)).toBeNull();
  });

  it('says what is usual, what has not come, and what is not over', () => {
    const state: CohortsState = { ...DEFAULT_COHORTS, column: 1, interval: 'day' };
    const say = (table: RetentionTable, change: Partial<CohortsState> = {}) => {
      const { lead, rest } = describeCohorts({
        state: { ...state, ...change },
        table,
        total: columnTotals(table)[1] ?? null,
        fresh: columnTotals(table)[1] ?? null,
        returning: columnTotals(table)[1] ?? null,
        hasFilters: false,
      });
      return lead + rest;
    };
    expect(say(tableOf({ '2026-08-30': [100, 30] }))).toBe(
      '30.0% come back on day 1. No cohort stands out. New people 30%, returning 30%.',
    );
    expect(say(tableOf({ '2026-08-30': [100] }))).toBe('No cohort has come to day 1 yet.');
    expect(say(tableOf({ '2026-08-30': [100, -30] }), { mode: 'rolling' })).toBe(
      'So far 30.0% have come back on day 1 or later. It is not over for any cohort.',
    );
    expect(say(tableOf({}))).toBe('Nobody has session completed in these dates.');
  });
});

describe('cohorts in words', () => {
  it('state calendar, rolling and 24 h, and how often', () => {
    expect(retentionInWords(DEFAULT_COHORTS, '%')).toBe(
      '% of each weekly cohort with session completed in later calendar weeks',
    );
    expect(retentionInWords({ ...DEFAULT_COHORTS, mode: 'rolling' }, '%')).toContain(
      'in that week or any later one',
    );
    expect(retentionInWords({ ...DEFAULT_COHORTS, mode: '24h', interval: 'day' }, '%')).toContain(
      'in windows of 24 h from the own first',
    );
    expect(retentionInWords({ ...DEFAULT_COHORTS, minimumReturns: 3 }, 'people')).toContain(
      'people of each weekly cohort with session completed at least 3 times',
    );
    expect(anchorInWords({ ...DEFAULT_COHORTS, type: 'recurring', anchor: null })).toBe('every any event');
  });

  it('name columns and custom brackets', () => {
    const state = { ...DEFAULT_COHORTS, brackets: [1, 3, 10] };
    expect([0, 1, 2, 3].map((column) => columnSpan(state, column))).toEqual(['0', '1', '2–4', '5–14']);
    expect(columnName(state, 2)).toBe('weeks 2–4');
    expect(inColumn({ interval: 'day', brackets: null }, 7)).toBe('on day 7');
    expect(parseBrackets('1, 3 10')).toEqual([1, 3, 10]);
    expect(parseBrackets('1, 0')).toBeUndefined();
    expect(parseBrackets('one')).toBeUndefined();
  });
});

describe('the ramp of the heat map', () => {
  it('holds every rate in one of nine bins, in order', () => {
    const rates = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(rates, (values) => {
        const scale = seqScale(values);
        for (const value of values) {
          const bin = seqBin(scale, value);
          expect(bin).toBeGreaterThanOrEqual(0);
          expect(bin).toBeLessThan(SEQ_BINS);
        }
        const sorted = values.toSorted((a, b) => a - b).map((value) => seqBin(scale, value));
        expect(sorted).toEqual(sorted.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('axes of counts and durations', () => {
  it('cut counts at 1, 2 or 5, and at most one step above the largest', () => {
    expect(countAxis(870, 5)).toEqual([0, 200, 400, 600, 800]);
    expect(countAxis(0.29, 6)).toEqual([0, 0.05, 0.1, 0.15, 0.2, 0.25]);
    expect(countAxis(0, 4)).toEqual([0, 1]);
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
        fc.integer({ min: 2, max: 8 }),
        (largest, most) => {
          const ticks = countAxis(largest, most);
          expect(ticks.length).toBeLessThanOrEqual(most + 1);
          expect(ticks.length).toBeGreaterThanOrEqual(2);
          expect(ticks.length === 2 ? ticks[0] : ticks.at(-1)).toBeLessThanOrEqual(largest * (1 + 1e-6));
        },
      ),
    );
  });

  it('cut durations where people do', () => {
    expect(durationTicks(2, 41, 5)).toEqual([10, 20, 30, 40]);
    expect(durationTicks(0, 7_200, 5)).toEqual([0, 1_800, 3_600, 5_400, 7_200]);
    expect(durationTicks(0, 14 * 86_400, 4).length).toBeLessThanOrEqual(4);
  });
});

describe('questions of the Cohorts view', () => {
  const asked = (cohorts: Partial<CohortsState>): CohortsAsked => ({
    address: { ...DEFAULT_ADDRESS, view: 'cohorts', cohorts: { ...DEFAULT_COHORTS, ...cohorts } },
    environment: 'sample',
    span: { from: '2026-08-31', to: '2026-11-19' },
    skipped: ['cohort', 'state'],
  });

  it.each<Partial<CohortsState>>([
    {},
    { type: 'recurring', mode: '24h', interval: 'day', column: 30 },
    { brackets: [1, 2, 4], mode: 'rolling', minimumReturns: 3 },
    { anchor: null, return: null, type: 'first_ever', interval: 'month' },
  ])('are accepted: %j', (state) => {
    const all = asked(state);
    for (const question of [
      retentionQuestion(all, 'first_time'),
      retentionQuestion(all, 'recurring'),
      firstReactionQuestion(all, 'calm'),
      noReactionQuestion(all),
      cohortGroupsQuestion(all, { source: 'user', property: 'plan' }),
      lifecycleQuestion(all),
      stickinessQuestion(all),
      peopleQuestion(all, 'locale'),
    ])
      expect(() => parseQuerySpec(question)).not.toThrow();
  });

  it('reach as far as the column that is looked at', () => {
    expect(retentionQuestion(asked({ column: 30, interval: 'day' }), 'recurring')).toMatchObject({
      periods: 31,
    });
    expect(retentionQuestion(asked({ brackets: [1, 2] }), 'recurring')).not.toHaveProperty('periods');
  });
});
