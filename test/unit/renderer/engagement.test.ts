import { describe, expect, it } from 'vitest';
import type { ComparedColumn, TrendColumn } from '../../../renderer/state/trend-columns.ts';
import { errorRows, modelRows, threadEnds } from '../../../renderer/views/engagement/columns.ts';
import { describeEngagement } from '../../../renderer/views/engagement/finding.ts';
import { engagementFigures } from '../../../renderer/views/engagement/key-figures.ts';
import { costText, secondsOfMs } from '../../../renderer/views/engagement/words.ts';
import type { AnswerOf, TrendLine } from '../../../shared/query/answer.ts';

const totals = (series: Omit<TrendLine, 'data' | 'compare'>[], isCompared = false): AnswerOf<'trend'> => ({
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
  zone: 'UTC',
  taxonomyVersion: null,
  result: {
    buckets: [],
    ...(isCompared ? { previousBuckets: [] } : {}),
    series: series.map((line) => ({ ...line, data: [], compare: 'current' })),
  },
});

const EMPTY: TrendColumn = {
  values: [],
  low: [],
  high: [],
  numerator: [],
  denominator: [],
  total: null,
  totalLow: null,
  totalHigh: null,
  totalNumerator: null,
  totalDenominator: null,
};
const rate = (numerator: number, denominator: number): TrendColumn => ({
  ...EMPTY,
  total: numerator / denominator,
  totalNumerator: numerator,
  totalDenominator: denominator,
});
const compared = (now: TrendColumn, previous: TrendColumn | null = null): ComparedColumn => ({
  ...now,
  previous,
});
const ms = (total: number): ComparedColumn => compared({ ...EMPTY, total });

describe('rows of the Engagement view', () => {
  it('shares errors by kind, also those that nobody named', () => {
    const rows = errorRows(
      totals([
        { name: 'errors', breakdown: 'NetworkError', total: 3 },
        { name: 'errors', breakdown: null, total: 1 },
      ]),
    );
    expect(rows).toEqual([
      { name: 'NetworkError', count: 3, share: 0.75, previousCount: null, previousShare: null },
      { name: '(none)', count: 1, share: 0.25, previousCount: null, previousShare: null },
    ]);
    expect(errorRows(totals([{ name: 'errors', breakdown: 'a', total: 2 }], true))[0]).toMatchObject({
      previousCount: 0,
      previousShare: null,
    });
  });

  it('leaves out models without prompts and answers, and ends nobody met', () => {
    expect(
      modelRows(
        totals([
          { name: 'prompts', breakdown: 'a', total: 5 },
          { name: 'prompts', breakdown: 'b', total: 0 },
        ]),
      ).map(({ name }) => name),
    ).toEqual(['a']);
    expect(
      threadEnds(
        totals([
          { name: 'threads', breakdown: 'completed', total: 3 },
          { name: 'threads', breakdown: 'created', total: 0 },
          { name: 'threads', breakdown: 'continued', total: 1 },
        ]),
      ),
    ).toEqual([
      { action: 'completed', label: 'Completed', count: 3, share: 0.75 },
      { action: 'continued', label: 'Continued later', count: 1, share: 0.25 },
    ]);
  });
});

describe('the finding of the Engagement view', () => {
  const input = { p50: ms(1_900), p95: ms(4_200), targetMs: 8_000, hasFilters: false };

  it('speaks of slow answers before anything else', () => {
    const followUps = compared(rate(400, 1_000));
    expect(describeEngagement({ ...input, followUps, p95: ms(9_000) }).lead).toBe(
      'One answer in twenty took longer than 9.0 s; the target is 8.0 s*.',
    );
  });

  it('calls a change a change only when it is more than chance', () => {
    expect(
      describeEngagement({ ...input, followUps: compared(rate(400, 1_000), rate(300, 1_000)) }).lead,
    ).toBe('People ask again more often: in 40.0% of prompts, 10.0 points more than before.');
    expect(describeEngagement({ ...input, followUps: compared(rate(40, 100), rate(39, 100)) }).lead).toBe(
      'People ask again as often as before, in 40.0% of prompts.',
    );
    expect(describeEngagement({ ...input, followUps: compared(rate(40, 100)) }).lead).toBe(
      '40.0% of prompts follow another one.',
    );
  });

  it('says so when there is nothing', () => {
    const followUps = compared({ ...EMPTY, totalNumerator: 0, totalDenominator: 0 });
    expect(describeEngagement({ ...input, followUps, hasFilters: true }).lead).toBe(
      'Nobody asked anything under these filters.',
    );
  });
});

describe('words of the Engagement view', () => {
  it('show seconds and money as people read them', () => {
    expect([secondsOfMs(1_940), secondsOfMs(240), secondsOfMs(null)]).toEqual(['1.9 s', '0.2 s', '–']);
    expect([costText(25.4379), costText(1_234.5), costText(null)]).toEqual(['25.44', '1,234.50', '–']);
  });

  it('leave a figure open that is not known', () => {
    const none = { columns: null, column: null };
    const figures = engagementFigures({
      activeNow: null,
      chatsNow: 3,
      followUp: none,
      errorRate: none,
      p50: null,
      p95: null,
      cost: null,
    });
    expect(figures.map(({ value }) => value)).toEqual(['–', '3', '–', '–', '–', '–']);
  });
});
