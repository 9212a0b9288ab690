import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FeatureRow, featureRows } from '../../../renderer/views/features/columns.ts';
import { directionOf, slopeOf } from '../../../renderer/views/features/trend-direction.ts';
import { describeFeatures, featureName } from '../../../renderer/views/features/words.ts';
import type { AnswerOf, TrendLine } from '../../../shared/query/answer.ts';

describe('the trend of a feature', () => {
  it('is the least-squares slope with its interval', () => {
    // by hand: x = -1.5 … 1.5, slope 0.4 / 5 … of 1, 2, 2, 4: Σxy = -1.5 - 1 + 1 + 6 = 4.5, Σxx = 5
    const slope = slopeOf([1, 2, 2, 4])!;
    expect(slope.perWeek).toBeCloseTo(0.9, 12);
    // residuals 0.1, 0.2, -0.7, 0.4: 0.70; standard error √(0.35 / 5); t(0.975, 2) = 4.302653
    expect(slope.high - slope.perWeek).toBeCloseTo(4.302653 * Math.sqrt(0.07), 5);
    expect(slopeOf([1, 2, 3])).toBeNull();
  });

  it('goes up or down only beyond its own noise', () => {
    expect(directionOf([0.1, 0.11, 0.12, 0.131, 0.14, 0.15])).toBe('up');
    expect(directionOf([0.15, 0.139, 0.13, 0.121, 0.11, 0.1])).toBe('down');
    expect(directionOf([0.1, 0.15, 0.09, 0.14, 0.1, 0.13])).toBe('stable');
    expect(directionOf([0.2, 0.2, 0.2, 0.2])).toBe('stable');
    expect(directionOf([0, 0, 0, 0.1, 0.2, 0.1])).toBe('new');
    expect(directionOf([0.1, 0.2])).toBe('unknown');
    expect(directionOf([])).toBe('unknown');
  });

  it('turns around with the weeks and does not see the level or the scale', () => {
    const weeks = fc.array(fc.double({ min: 0.2, max: 1, noNaN: true }), { minLength: 4, maxLength: 12 });
    fc.assert(
      fc.property(weeks, (values) => {
        const slope = slopeOf(values)!;
        const back = slopeOf(values.toReversed())!;
        expect(back.perWeek).toBeCloseTo(-slope.perWeek, 9);
        expect(back.low).toBeCloseTo(-slope.high, 9);
        const moved = slopeOf(values.map((value) => 3 * value + 5))!;
        expect(moved.low).toBeCloseTo(3 * slope.low, 9);
      }),
    );
  });
});

const answerOf = (buckets: string[], partial: string[], series: TrendLine[]): AnswerOf<'trend'> => ({
  ok: true,
  kind: 'trend',
  revision: 1,
  completeTo: null,
  fresh: true,
  partial,
  rowsRead: 0,
  segmentsRead: 0,
  elapsedMs: 0,
  notes: [],
  lateSources: [],
  gaps: [],
  mismatches: [],
  zone: 'UTC',
  taxonomyVersion: null,
  result: { buckets, series },
});

describe('rows of the Features view', () => {
  it('go by adoption, with the complete weeks of their own', () => {
    const line = (
      breakdown: string | null,
      name: string,
      total: number,
      more: Partial<TrendLine> = {},
    ): TrendLine => ({
      name,
      breakdown,
      compare: 'current',
      data: [],
      total,
      ...more,
    });
    const weekly = answerOf(
      ['2026-11-09T00:00:00.000Z', '2026-11-16T00:00:00.000Z'],
      ['2026-11-16'],
      [line('b', 'adoption', 0.2, { data: [0.3, 0.01] })],
    );
    const rows = featureRows(
      answerOf(
        [],
        [],
        [
          line('a', 'adoption', 0.1, { totalNumerator: 10, totalDenominator: 100 }),
          line('b', 'adoption', 0.2, { totalNumerator: 20, totalDenominator: 100 }),
          line(null, 'adoption', 0.9, { totalNumerator: 90, totalDenominator: 100 }),
          line('b', 'uses', 50),
        ],
      ),
      weekly,
    );
    expect(rows.map(({ name, users, uses, weeks }) => [name, users, uses, weeks])).toEqual([
      ['b', 20, 50, [0.3]],
      ['a', 10, 0, []],
    ]);
  });
});

describe('the finding of the Features view', () => {
  const row = (more: Partial<FeatureRow>): FeatureRow => ({
    name: 'team_room',
    adoption: 0.3,
    users: 300,
    activeUsers: 1_000,
    previousAdoption: 0.29,
    uses: 400,
    failed: 0,
    errorRate: 0,
    weeks: [],
    direction: 'stable',
    ...more,
  });

  it('speaks of a change beyond chance, else of the most adopted', () => {
    expect(describeFeatures([row({})], false)).toEqual({
      lead: 'Team room reached 30.0% of active users, the most of all features.',
      rest: ' None of them has a clear trend over 12 weeks.',
    });
    const changed = describeFeatures(
      [row({}), row({ name: 'journal', adoption: 0.2, users: 200, direction: 'down' })],
      false,
    );
    expect(changed.lead).toBe('Journal reached 20.0% of active users, 9.0 points fewer than before.');
    expect(changed.rest).toBe(' Over 12 weeks 0 of them go up and 1 down.');
    expect(describeFeatures([], true).lead).toBe('No feature was used under these filters.');
    expect(featureName('service_creation')).toBe('Service creation');
  });
});
