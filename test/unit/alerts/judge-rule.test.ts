import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedRange } from '../../../shared/alerts/expected.ts';
import { judgeRule, FRESH_STATE } from '../../../shared/alerts/judge-rule.ts';
import { AlertRule, type AlertRuleInput } from '../../../shared/alerts/rule.ts';
import type { BucketState, WatchedSeries } from '../../../shared/alerts/series.ts';
import { dayMs, rateDays, valueDays } from './series.ts';

const DAY_MS = 86_400_000;
const ruleOf = (changes: Partial<AlertRuleInput> = {}): AlertRule =>
  AlertRule.parse({
    name: 'Capture rate below 85%',
    subject: { measure: 'capture_rate', filters: [] },
    condition: { kind: 'threshold', side: 'below', value: 0.85 },
    coolDownMs: 0,
    ...changes,
  });
const good: [number, number] = [900, 1000];
const bad: [number, number] = [800, 1000];

describe('a threshold', () => {
  it('fires once for one stretch below it, and ends with the first day back', () => {
    const { firings, ended } = judgeRule(ruleOf(), rateDays([good, bad, bad, bad, good, good]));
    expect(firings).toEqual([{ sinceMs: dayMs(1), conditionMetMs: dayMs(2), index: 1 }]);
    expect(ended).toEqual([{ sinceMs: dayMs(1), endedMs: dayMs(5) }]);
  });

  it('does not fire at exactly the line', () => {
    expect(judgeRule(ruleOf(), rateDays([[850, 1000]])).firings).toEqual([]);
  });

  it('waits for as many days in a row as it names; a good day between begins the count anew', () => {
    const { firings } = judgeRule(ruleOf({ forBuckets: 2 }), rateDays([bad, good, bad, bad]));
    expect(firings).toEqual([{ sinceMs: dayMs(2), conditionMetMs: dayMs(4), index: 3 }]);
  });

  it('neither fires nor ends on a day that is too small, and does not break a row with it', () => {
    const { firings, ended, verdicts } = judgeRule(
      ruleOf({ forBuckets: 2 }),
      rateDays([bad, [10, 199], bad, [199, 199]]),
    );
    expect(verdicts).toEqual(['fails', 'waits', 'fails', 'waits']);
    expect(firings).toHaveLength(1);
    expect(ended).toEqual([]);
  });

  it('judges a day of exactly the least n', () => {
    expect(judgeRule(ruleOf(), rateDays([[100, 200]])).firings).toHaveLength(1);
  });

  it('ends only beyond the margin, so that a value trembling on the line is one alert', () => {
    const condition = { kind: 'threshold', side: 'below', value: 0.85, clearMargin: 0.02 } as const;
    const series = rateDays([bad, [860, 1000], bad, [869, 1000], bad, [870, 1000]]);
    const { firings, ended } = judgeRule(ruleOf({ condition }), series);
    expect(firings).toHaveLength(1);
    expect(ended).toEqual([{ sinceMs: dayMs(0), endedMs: dayMs(6) }]);
  });

  it('rests after its end for as long as it is told', () => {
    const rule = ruleOf({ coolDownMs: 2 * DAY_MS });
    const series = rateDays([bad, good, bad, bad, good, good, good, bad]);
    // back on day 1, rests until the end of day 3
    expect(judgeRule(rule, series).firings.map(({ index }) => index)).toEqual([0, 7]);
  });
});

describe('buckets that are not whole', () => {
  const days = (state: BucketState): WatchedSeries => rateDays([good, [800, 1000, state], bad]);

  it('stops before one that is open and comes back to it', () => {
    const first = judgeRule(ruleOf(), days('partial'));
    expect(first.firings).toEqual([]);
    const second = judgeRule(ruleOf(), days('complete'), first.state);
    expect(second.firings).toMatchObject([{ index: 1 }]);
  });

  it('holds on one that is late, says from when, and fires once it is whole', () => {
    const held = judgeRule(ruleOf(), days('late'));
    expect(held).toMatchObject({ firings: [], heldFromMs: dayMs(1) });
    expect(judgeRule(ruleOf(), days('complete'), held.state).firings).toHaveLength(1);
  });

  it('judges a late one where it is told to', () => {
    expect(judgeRule(ruleOf({ whenLate: 'judge' }), days('late')).firings).toHaveLength(1);
  });

  it('passes over a gap', () => {
    const series = rateDays([bad, [0, 0], bad]);
    expect(judgeRule(ruleOf({ forBuckets: 2 }), series).firings).toMatchObject([{ index: 2 }]);
  });
});

describe('other conditions', () => {
  it('compares with a week before', () => {
    const rule = ruleOf({
      subject: { measure: 'events', filters: [] },
      condition: { kind: 'relative', side: 'below', changeRatio: 0.3, daysBack: 7 },
      leastN: 0,
    });
    const values = [100, 200, 100, 100, 100, 100, 100, 100, 141, 70];
    // day 8 is 141 of 200: 29.5 % less; day 9 is 70 of 100
    expect(judgeRule(rule, valueDays(values)).firings).toMatchObject([{ index: 9 }]);
  });

  it('finds a state above what is expected, by the points it must rise', () => {
    const rule = (leastRise: number): AlertRule => ruleOf({ condition: { kind: 'spike', leastRise } });
    const usual = Array.from({ length: 20 }, (): [number, number] => [100, 1000]);
    const series = rateDays([...usual, [200, 1000]]);
    expect(judgeRule(rule(0.03), series).firings).toMatchObject([{ index: 20 }]);
    expect(judgeRule(rule(0.11), series).firings).toEqual([]);
  });

  it('finds a stop only where enough was expected', () => {
    const rule = (leastMissing: number): AlertRule =>
      ruleOf({
        subject: { measure: 'events', filters: [] },
        condition: { kind: 'missing', leastMissing },
      });
    const values = [...Array.from({ length: 28 }, () => 20), 0];
    expect(judgeRule(rule(15), valueDays(values)).firings).toMatchObject([{ index: 28 }]);
    expect(judgeRule(rule(21), valueDays(values)).firings).toEqual([]);
  });

  it('expects the range of a rate from the 28 days before, the last one left out', () => {
    const series = rateDays([
      ...Array.from({ length: 30 }, (): [number, number] => [900, 1000]),
      [700, 1000],
      bad,
    ]);
    const range = expectedRange(series, 31);
    expect(range?.usual).toBeCloseTo(0.9, 12); // day 30, the last, does not count
    // 2.576·√(0.9·0.1·(1 + (1000/24 − 1)·0.01)/1000), by hand
    expect((range?.high ?? 0) - (range?.usual ?? 0)).toBeCloseTo(
      2.576 * Math.sqrt((0.09 * 1.406667) / 1000),
      3,
    );
  });
});

describe('any rule over any series', () => {
  const rows = fc.array(
    fc
      .tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }))
      .map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]),
    { maxLength: 40 },
  );
  const rules = fc.record({
    forBuckets: fc.integer({ min: 1, max: 3 }),
    leastN: fc.constantFrom(0, 100),
    coolDownMs: fc.constantFrom(0, DAY_MS, 5 * DAY_MS),
    condition: fc.constantFrom<AlertRuleInput['condition']>(
      { kind: 'threshold', side: 'below', value: 0.5, clearMargin: 0.1 },
      { kind: 'seasonal', side: 'both' },
      { kind: 'relative', side: 'above', changeRatio: 0.2, daysBack: 1 },
    ),
  });
  const numRuns = process.env['TIDEMARK_DEEP'] === '1' ? 2000 : 150;

  it('fires the same whether judged at once or in any two steps', () => {
    fc.assert(
      fc.property(rows, rules, fc.nat(40), (all, changes, cut) => {
        const rule = ruleOf(changes);
        const whole = judgeRule(rule, rateDays(all));
        const first = judgeRule(rule, rateDays(all.slice(0, cut)), FRESH_STATE);
        const second = judgeRule(rule, rateDays(all), first.state);
        expect([...first.firings, ...second.firings]).toEqual(whole.firings);
        expect(second.state).toEqual(whole.state);
      }),
      { numRuns },
    );
  });

  it('never has two firings open at once', () => {
    fc.assert(
      fc.property(rows, rules, (all, changes) => {
        const { firings, ended } = judgeRule(ruleOf(changes), rateDays(all));
        expect(firings.length - ended.length).toBeLessThanOrEqual(1);
        expect(new Set(firings.map(({ sinceMs }) => sinceMs)).size).toBe(firings.length);
      }),
      { numRuns },
    );
  });
});
