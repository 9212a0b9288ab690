import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAlarmRest } from '../../main/engine/detect/alarm-rest.ts';
import { createChangeWatch } from '../../main/engine/detect/change-watch.ts';
import { createHistory } from '../../main/engine/detect/history.ts';
import { nearestPast, newestSpread } from '../../main/engine/detect/past-neighbour.ts';
import { createRecentErrors } from '../../main/engine/detect/recent-errors.ts';
import { ALARM_SCORE, scoreOf } from '../../main/engine/detect/score.ts';
import { createSeasonalHistory } from '../../main/engine/detect/seasonal-history.ts';
import { createSurpriseScale } from '../../main/engine/detect/surprise.ts';

const runs = { numRuns: process.env['TIDEMARK_DEEP'] === '1' ? 5_000 : 200 };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const numbers = fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 80 });
const capacities = fc.integer({ min: 2, max: 20 });

describe('history', () => {
  it('keeps the last so many values in order', () => {
    fc.assert(
      fc.property(numbers, capacities, (values, capacity) => {
        const history = createHistory(capacity);
        for (const value of values) history.push(value);
        expect(history.save()).toEqual(values.slice(-capacity));
        expect(history.length()).toBe(Math.min(values.length, capacity));
      }),
      runs,
    );
  });
});

describe('nearestPast', () => {
  /** Every stretch of the past, as slices. */
  function slowNearest(values: readonly number[], lags: number): number | null {
    const newest = values.slice(-lags);
    let nearest: number | null = null;
    for (let start = 0; start + 2 * lags <= values.length; start += 1) {
      const squares = values.slice(start, start + lags).map((value, lag) => (value - newest[lag]!) ** 2);
      const distance = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / lags);
      if (nearest === null || distance < nearest) nearest = distance;
    }
    return nearest;
  }

  it('finds the distance that a search of all stretches finds, and where it is', () => {
    fc.assert(
      fc.property(numbers, capacities, fc.integer({ min: 1, max: 5 }), (values, capacity, lags) => {
        const history = createHistory(capacity);
        for (const value of values) history.push(value);
        const kept = values.slice(-capacity);
        const found = nearestPast(history, lags);
        expect(found === null ? null : found.distance).toEqual(slowNearest(kept, lags));
        if (found === null) return;
        const squares = Array.from(
          { length: lags },
          (_, lag) => kept.at(-1 - lag)! - kept.at(-1 - lag - found.age)!,
        );
        const distance = Math.sqrt(squares.reduce((sum, difference) => sum + difference ** 2, 0) / lags);
        expect(distance).toBe(found.distance);
      }),
      runs,
    );
  });

  it('knows the spread of the newest values', () => {
    const history = createHistory(10);
    for (const value of [100, 2, 4, 4, 4, 5, 5, 7, 9]) history.push(value);
    expect(newestSpread(history, 8)).toBe(2);
    expect(newestSpread(history, 10)).toBeNull();
  });
});

describe('recent errors', () => {
  it('are quantiles of the last so many', () => {
    fc.assert(
      fc.property(
        numbers,
        capacities,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, capacity, share) => {
          const errors = createRecentErrors(capacity);
          for (const value of values) errors.push(value);
          const kept = values.slice(-capacity);
          expect(errors.save()).toEqual(kept);
          if (kept.length === 0) return;
          const sorted = [...kept].sort((a, b) => a - b);
          expect(errors.quantile(share)).toBe(sorted[Math.round(share * (kept.length - 1))]);
        },
      ),
      runs,
    );
  });
});

describe('surprise', () => {
  it('is the tail of a log-normal past', () => {
    const scale = createSurpriseScale('upper');
    const logs = Array.from({ length: 400 }, (_, index) => (index % 2 === 0 ? -1 : 1)); // mean 0, deviation 1
    for (const log of logs) scale.judge(Math.exp(log));
    expect(scale.judge(Math.exp(3))).toBeCloseTo(-Math.log10(0.00135), 0);
    expect(createSurpriseScale('upper', scale.save()).judge(0)).toBe(0);
    expect(createSurpriseScale('both', scale.save()).judge(0)).toBeGreaterThan(2);
  });

  it('says nothing before it has seen twenty', () => {
    const scale = createSurpriseScale('both');
    for (let count = 0; count < 20; count += 1) expect(scale.judge(1 + (count % 3))).toBe(0);
    expect(scale.judge(1e6)).toBeGreaterThan(5);
  });
});

describe('alarm and rest', () => {
  it('alarms once per event: rests, and waits until the strength has fallen', () => {
    const rest = createAlarmRest(1);
    for (let point = 0; point < 1_000; point += 1) rest.isAlarm(0);
    expect(rest.isAlarm(1)).toBe(true);
    const during = Array.from({ length: 100 }, () => rest.isAlarm(2));
    expect(during).not.toContain(true); // the event goes on
    rest.isAlarm(0.5);
    expect(rest.isAlarm(1)).toBe(true);
    rest.isAlarm(0);
    const soon = Array.from({ length: 32 }, () => rest.isAlarm(2)); // 3 % of 1,103 points
    expect(soon).not.toContain(true);
    expect(rest.isAlarm(2)).toBe(true);
  });

  it('scores alarms at the threshold and above, everything else below, more for more', () => {
    expect(scoreOf(1, 1, true)).toBe(ALARM_SCORE);
    expect(scoreOf(3, 1, true)).toBeGreaterThan(scoreOf(2, 1, true));
    expect(scoreOf(0.9, 1, false)).toBeLessThan(ALARM_SCORE);
    expect(scoreOf(9, 1, false)).toBeLessThan(ALARM_SCORE);
    expect(scoreOf(Infinity, 1, true)).toBeLessThan(1);
  });
});

describe('seasonal history', () => {
  const filled = (days: number) => {
    const history = createSeasonalHistory(1);
    for (let hour = 0; hour < days * 24; hour += 1) history.push(hour * HOUR_MS, hour % 168, [1]);
    return history;
  };

  it('sums the last 28 days but the last one, by hour with its neighbours and by weekday', () => {
    const hour = 40 * 24 + 5;
    const { all, hour: sameHour, weekday, buckets } = filled(45).sumsAt(hour * HOUR_MS, hour % 168);
    expect(all[0]).toBe(941 - 407 + 1); // 28 days before the newest, to a day before the hour asked for
    expect(buckets.all).toBe(all[0]);
    expect(sameHour[0]).toBe(buckets.hour);
    expect(weekday[0]).toBe(buckets.weekday);
  });

  it('counts to the hour what it may use', () => {
    const history = filled(28);
    const at = 28 * DAY_MS;
    const { buckets, hour, weekday } = history.sumsAt(at, 0);
    expect(buckets.all).toBe(27 * 24 + 1);
    expect(hour[0]).toBe(28 + 0.5 * (27 + 27)); // midnight, one and eleven o'clock at night
    expect(weekday[0]).toBe(4 * 24);
  });

  it('leaves out what was set aside, until it is accepted as the usual', () => {
    const history = filled(20);
    const at = 20 * DAY_MS;
    history.setAside(10 * DAY_MS);
    expect(history.sumsAt(at, 0).buckets.all).toBe(10 * 24);
    history.accept(10 * DAY_MS);
    expect(history.sumsAt(at, 0).buckets.all).toBe(9 * 24 + 1);
    history.push(at, 0, [1]);
    expect(history.save().tsMs[0]).toBe(10 * DAY_MS);
  });
});

describe('change watch', () => {
  const START_MS = 100 * HOUR_MS;
  const create = () => {
    const history = createSeasonalHistory(1);
    for (let hour = 0; hour < 200; hour += 1) history.push(hour * HOUR_MS, hour % 168, [1]);
    return { history, watch: createChangeWatch([{ limit: 4, gentlest: 0 }], history) };
  };

  it('raises a change at its limit, sets it aside from where it began, and resolves it on as much evidence and a quarter', () => {
    const { history, watch } = create();
    expect(watch.step([-1], START_MS)).toEqual({ strength: 0, isAlarm: false, raised: null });
    for (const hour of [1, 2, 3]) expect(watch.step([1], START_MS + hour * HOUR_MS).isAlarm).toBe(false);
    expect(watch.step([1], START_MS + 4 * HOUR_MS)).toEqual({ strength: 1, isAlarm: true, raised: 0 });
    expect(history.save().isAside.indexOf(1)).toBe(101);
    for (const hour of [5, 6, 7, 8]) expect(watch.step([-1], START_MS + hour * HOUR_MS).raised).toBe(0);
    expect(watch.step([-1], START_MS + 9 * HOUR_MS).raised).toBeNull();
    expect(watch.step([1], START_MS + 10 * HOUR_MS).strength).toBe(0.25);
  });

  it('lets no single bucket raise an alarm', () => {
    const { watch } = create();
    expect(watch.step([100], START_MS).isAlarm).toBe(false);
    expect(watch.step([100], START_MS + HOUR_MS).isAlarm).toBe(true);
  });
});
