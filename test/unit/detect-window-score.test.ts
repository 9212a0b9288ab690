import { describe, expect, it } from 'vitest';
import { bestThreshold, type ScoredSeries, scoreWindows } from '../support/window-score.ts';

const POINTS = 1_000;
const WINDOWS: [number, number][] = [
  [400, 449],
  [700, 749],
];

const series = (alarms: readonly number[]): ScoredSeries => {
  const scores = new Float64Array(POINTS);
  for (const at of alarms) scores[at] = 0.8;
  return { scores, windows: WINDOWS };
};

describe('scoreWindows', () => {
  it('gives 0 to silence and 100 to an alarm at the first point of every window', () => {
    expect(scoreWindows([series([])], 0.5)).toEqual({ score: 0, found: 0, missed: 2, falseAlarms: 0 });
    expect(scoreWindows([series([400, 700])], 0.5).score).toBeCloseTo(100, 12);
  });

  it('counts only the earliest alarm of a window', () => {
    expect(scoreWindows([series([400, 410, 449, 700])], 0.5).score).toBeCloseTo(100, 12);
  });

  it('earns less the later the alarm, almost nothing beyond a miss at the last point', () => {
    const middle = scoreWindows([series([425, 700])], 0.5).score;
    const last = scoreWindows([series([449, 700])], 0.5).score;
    // sigmoid(5/2) doubled less 1 over sigmoid(5) doubled less 1, added to the miss of 1, over 4
    expect(middle).toBeCloseTo(
      50 + 25 * (1 + (2 / (1 + Math.exp(-2.5)) - 1) / (2 / (1 + Math.exp(-5)) - 1)),
      9,
    );
    expect(last).toBeGreaterThan(75);
    expect(last).toBeLessThan(80);
  });

  it('takes 0.11 for an alarm far from every window, little just behind one, nothing in the probation', () => {
    const perfect = [400, 700];
    expect(scoreWindows([series([...perfect, 300])], 0.5).score).toBeCloseTo(100 - 0.11 * 25, 9);
    expect(scoreWindows([series([...perfect, 450])], 0.5).score).toBeGreaterThan(99.8);
    expect(scoreWindows([series([...perfect, 999])], 0.5).score).toBeCloseTo(100 - 0.11 * 25, 9);
    expect(scoreWindows([series([...perfect, 149])], 0.5).score).toBeCloseTo(100, 12);
    expect(scoreWindows([series([...perfect, 150])], 0.5).falseAlarms).toBe(1);
  });

  it('finds the one threshold that suits the whole corpus', () => {
    const scores = new Float64Array(POINTS);
    scores[400] = 0.9;
    scores[700] = 0.7;
    for (let at = 200; at < 300; at += 1) scores[at] = 0.6;
    const corpus = [{ scores, windows: WINDOWS }];
    expect(bestThreshold(corpus, [0.5, 0.65, 0.8, 0.95])).toBe(0.65);
  });
});
