import { describe, expect, it } from 'vitest';
import { backTest, type LabelledSpan, sweepThreshold } from '../../../shared/alerts/back-test.ts';
import { cautionsWithin } from '../../../shared/alerts/budget.ts';
import { AlertRule } from '../../../shared/alerts/rule.ts';
import { ruleSentence } from '../../../shared/alerts/sentence.ts';
import { dayMs, rateDays } from './series.ts';

const rule = AlertRule.parse({
  name: 'Capture rate below 85%',
  subject: { measure: 'capture_rate', filters: [{ property: 'practice_id', op: 'is', value: 'focus' }] },
  condition: { kind: 'threshold', side: 'below', value: 0.85 },
  coolDownMs: 0,
});
/** 28 days: a false dip to 84 % on day 5, a true one to 78 % on days 12 and 13. */
const series = rateDays(
  Array.from({ length: 28 }, (_, day): [number, number] => [
    day === 5 ? 840 : day === 12 || day === 13 ? 780 : 900,
    1000,
  ]),
);
const labels: LabelledSpan[] = [
  { startMs: dayMs(5), endMs: dayMs(6), label: 'false', reportedMs: null },
  { startMs: dayMs(12), endMs: dayMs(14), label: 'true', reportedMs: dayMs(13) + 9 * 3_600_000 },
  { startMs: dayMs(20), endMs: dayMs(21), label: 'true', reportedMs: null },
];

describe('a back test', () => {
  it('counts firings per week, misses, false ones and the lead over reports', () => {
    const test = backTest(rule, series, labels);
    expect(test.firings.map(({ index, lowest, label }) => ({ index, lowest, label }))).toEqual([
      { index: 5, lowest: 0.84, label: 'false' },
      { index: 12, lowest: 0.78, label: 'true' },
    ]);
    expect(test).toMatchObject({ days: 28, firingsPerWeek: 0.5, misses: 1, caught: 1, falseFirings: 1 });
    expect(test.medianLeadMs).toBe(9 * 3_600_000);
  });

  it('finds where the line keeps the true and drops the false', () => {
    const values = [0.76, 0.78, 0.8, 0.82, 0.84, 0.86];
    const { points, best } = sweepThreshold(rule, series, { values, labels });
    expect(points.map(({ firings }) => firings)).toEqual([0, 0, 1, 1, 1, 2]);
    expect(best).toEqual({ low: 0.8, high: 0.84 });
  });
});

describe('the budget of false alarms', () => {
  const cost = { falseAlarmsPerDay: 0.005, limitNats: 8 };

  it('holds over all series together: what is expected at the limits found is the budget', () => {
    const series_ = Array.from({ length: 60 }, () => cost);
    const cautions = cautionsWithin(0.5, series_);
    const expected = cautions.reduce((sum, caution) => sum + 7 * 0.005 * Math.exp(-8 * (caution - 1)), 0);
    expect(expected).toBeCloseTo(0.5, 9);
    expect(
      cautionsWithin(
        0.5,
        Array.from({ length: 600 }, () => cost),
      )[0],
    ).toBeGreaterThan(cautions[0] ?? 0);
  });

  it('grows quieter when people call more findings false than were expected', () => {
    expect(cautionsWithin(1, [cost], 5)[0]).toBeGreaterThan(cautionsWithin(1, [cost], 0)[0] ?? 0);
  });
});

it('says a rule in words', () => {
  const names = (_: string, id: string): string => (id === 'focus' ? 'Focus primer' : id);
  expect(ruleSentence(rule, names)).toBe(
    'Alert when capture rate of Focus primer is below 85.0% for 1 day with n 200 or more, counted per day.',
  );
});
