import { describe, expect, it } from 'vitest';
import { howCounted } from '../../../renderer/app/passport/how-counted.ts';
import { compareAnswers } from '../../../renderer/app/passport/recount.ts';
import { METRIC_FORMULAS } from '../../../shared/domain/metric-formulas.ts';
import { METRIC_IDS } from '../../../shared/domain/metrics.ts';
import type { AnswerOf } from '../../../shared/query/answer.ts';

const answer = (data: (number | null)[], revision = 1): AnswerOf<'trend'> => ({
  ok: true,
  kind: 'trend',
  revision,
  completeTo: null,
  fresh: true,
  partial: [],
  rowsRead: 5,
  segmentsRead: 1,
  elapsedMs: 2,
  notes: [],
  lateSources: [],
  gaps: [],
  mismatches: [],
  zone: 'UTC',
  taxonomyVersion: null,
  result: { buckets: [], series: [{ name: 'a', compare: 'current', data, total: 1 }] },
});

describe('the recount of a passport', () => {
  it('is equal where every number is, however the answer came about', () => {
    expect(compareAnswers(answer([1, null]), answer([1, null], 2))).toMatchObject({
      isEqual: true,
      numbers: 2,
      differing: 0,
    });
  });

  it('counts the numbers that differ, missing ones too', () => {
    expect(compareAnswers(answer([1, 2]), answer([1, 3]))).toMatchObject({ isEqual: false, differing: 1 });
    expect(compareAnswers(answer([1, null]), answer([1, 0]))).toMatchObject({ isEqual: false, differing: 1 });
  });
});

describe('how a number is counted', () => {
  it('has a name and a formula for every metric', () => {
    for (const metric of METRIC_IDS) {
      const [line] = howCounted({ kind: 'trend', environment: 'e', series: [{ measure: metric }] });
      expect(line).toEqual({ name: METRIC_FORMULAS[metric].label, formula: METRIC_FORMULAS[metric].formula });
      expect(line?.formula.length).toBeGreaterThan(10);
    }
  });

  it('names measures, events and formulas of a trend', () => {
    const lines = howCounted({
      kind: 'trend',
      environment: 'e',
      series: [
        { event: 'payment', measure: 'sum', property: 'amount' },
        { event: null, measure: 'users' },
      ],
      formulas: ['A / B'],
    });
    expect(lines).toEqual([
      { name: 'A: payment', formula: 'sum of amount of payment' },
      { name: 'B: any event', formula: 'distinct users with any event' },
      { name: 'Formula', formula: 'A / B' },
    ]);
  });
});
