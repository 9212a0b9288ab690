import { describe, expect, it } from 'vitest';
import { judgeRates } from '../../main/engine/detect/rates.ts';
import { judgeSilence } from '../../main/engine/detect/silence.ts';
import { alarmsFrom, delayQuantile, type Detection, detectionOf } from '../support/measure-detection.ts';
import { createDraws } from '../support/simulate-draws.ts';
import { simulateMinutes, simulateRates } from '../support/simulate-traffic.ts';

// Simulated traffic: by day and week, in bursts, correlated within the hour. The full counts under TIDEMARK_DEEP; a slice
// sees only gross faults.
const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const CLEAN_DAYS = IS_DEEP ? 5_000 : 100;
const CHANGES = IS_DEEP ? 200 : 7;
const SLACK = IS_DEEP ? 1 : 2; // a quantile of eight is a coarse thing
const LEARN_DAYS = 28;
const SERIES_DAYS = 128;
const timeout = IS_DEEP ? 3_600_000 : 60_000;

const perThousandDays = (alarms: number, days: number): number => (1_000 * alarms) / days;
const seeds = (count: number): number[] => Array.from({ length: count }, (_, seed) => seed);
const say = (line: string): unknown => process.stdout.write(`${line}\n`);

describe('a capture rate of 90 %', () => {
  const DROP_HOURS = 5 * 24;
  const falseAlarms = (sessionsAnHour: number): number => {
    const series = Math.ceil(CLEAN_DAYS / (SERIES_DAYS - LEARN_DAYS));
    let alarms = 0;
    for (const seed of seeds(series)) {
      const buckets = simulateRates(createDraws(seed, `clean/${sessionsAnHour}`), {
        days: SERIES_DAYS,
        sessionsAnHour,
        rate: 0.9,
      });
      alarms += alarmsFrom(judgeRates(buckets, { worse: 'down' }).judged, LEARN_DAYS * 24).length;
    }
    return perThousandDays(alarms, series * (SERIES_DAYS - LEARN_DAYS));
  };
  const detections = (sessionsAnHour: number, rate: number): Detection[] =>
    seeds(CHANGES).map((seed) => {
      const draws = createDraws(seed, `drop/${sessionsAnHour}/${rate}`);
      const fromHour = 30 * 24 + draws.whole(0, 167);
      const drop = { fromHour, toHour: fromHour + DROP_HOURS, rate };
      const buckets = simulateRates(draws, { days: 46, sessionsAnHour, rate: 0.9, drop });
      return detectionOf(judgeRates(buckets, { worse: 'down' }).judged, fromHour, drop.toHour);
    });

  it.each([
    { sessionsAnHour: 10, to80: [24, 48], to85: null },
    { sessionsAnHour: 30, to80: [12, 24], to85: [30, 72] },
    { sessionsAnHour: 100, to80: [6, 12], to85: [16, 36] },
    { sessionsAnHour: 300, to80: [4, 8], to85: [12, 24] },
    { sessionsAnHour: 1_000, to80: [3, 6], to85: [9, 20] },
  ])('of $sessionsAnHour sessions an hour: falls are found in time', { timeout }, (target) => {
    const { sessionsAnHour } = target;
    const falls = [
      { rate: 0.8, within: target.to80 },
      { rate: 0.85, within: target.to85 },
    ].map((fall) => ({ ...fall, found: detections(sessionsAnHour, fall.rate) }));
    const alarms = falseAlarms(sessionsAnHour);
    const columns = falls.map(({ rate, found, within }) => {
      const told = found.filter((each) => each.alarms > 1).length;
      return (
        `90 → ${100 * rate} %: median ${delayQuantile(found, 0.5)} h, p90 ${delayQuantile(found, 0.9)} h` +
        ` (within ${within?.join('/') ?? '–'}), told again ${told} of ${found.length}`
      );
    });
    say(
      `rates, ${sessionsAnHour} an hour: ${alarms.toFixed(1)} false alarms in 1000 days; ${columns.join('; ')}`,
    );
    for (const { within, found } of falls) {
      if (within === null) continue;
      expect(delayQuantile(found, 0.5)).toBeLessThanOrEqual(SLACK * within[0]!);
      expect(delayQuantile(found, 0.9)).toBeLessThanOrEqual(SLACK * within[1]!);
      expect(found.filter((each) => each.alarms > 1).length / found.length).toBeLessThan(
        IS_DEEP ? 0.06 : 0.3,
      );
    }
    expect(alarms).toBeLessThanOrEqual(IS_DEEP ? 5 : 20);
  });

  it('is told once more when it falls again after it has recovered', () => {
    const draws = createDraws(1, 'twice');
    const first = 35 * 24;
    const buckets = simulateRates(draws, {
      days: 60,
      sessionsAnHour: 100,
      rate: 0.9,
      drop: { fromHour: first, toHour: first + 72, rate: 0.75 },
    });
    const again = simulateRates(draws, {
      days: 60,
      sessionsAnHour: 100,
      rate: 0.9,
      drop: { fromHour: 50 * 24, toHour: 53 * 24, rate: 0.75 },
    });
    for (const column of ['successes', 'trials'] as const)
      buckets[column].set(again[column].subarray(45 * 24), 45 * 24);
    const alarms = alarmsFrom(judgeRates(buckets).judged, 0);
    expect(alarms).toHaveLength(2);
    expect(alarms[0]! - first).toBeLessThan(6);
    expect(alarms[1]! - 50 * 24).toBeLessThan(6);
  });

  it('becomes the usual after two weeks, from which the next fall counts', () => {
    const draws = createDraws(2, 'usual');
    const buckets = simulateRates(draws, {
      days: 80,
      sessionsAnHour: 100,
      rate: 0.9,
      drop: { fromHour: 30 * 24, toHour: 80 * 24, rate: 0.8 },
    });
    const lower = simulateRates(draws, { days: 80, sessionsAnHour: 100, rate: 0.65 });
    for (const column of ['successes', 'trials'] as const)
      buckets[column].set(lower[column].subarray(70 * 24), 70 * 24);
    const { judged } = judgeRates(buckets);
    const alarms = alarmsFrom(judged, 0);
    expect(alarms).toHaveLength(2);
    expect(alarms[1]! - 70 * 24).toBeLessThan(6);
    const at = 69 * 24 + 12;
    expect((judged.expectedLow[at]! + judged.expectedHigh[at]!) / 2).toBeLessThan(0.84);
  });
});

describe('a stream of events', () => {
  const MINUTE_MS = 60_000;
  const DAY = 1_440;
  const WEEK = 7 * DAY;
  const cleanDays = CLEAN_DAYS;
  const judge = (buckets: ReturnType<typeof simulateMinutes>) =>
    judgeSilence({ bucketMs: MINUTE_MS, ...buckets }).judged;

  it.each([
    { eventsAnHour: 100, within: [15, 30] },
    { eventsAnHour: 20, within: [60, 130] },
    { eventsAnHour: 5, within: [240, 450] },
  ])('of $eventsAnHour an hour: its stop is raised in time', { timeout }, ({ eventsAnHour, within }) => {
    const series = Math.ceil(cleanDays / (SERIES_DAYS - LEARN_DAYS));
    let alarms = 0;
    for (const seed of seeds(series)) {
      const clean = simulateMinutes(createDraws(seed, `clean/${eventsAnHour}`), {
        days: SERIES_DAYS,
        eventsAnHour,
      });
      alarms += alarmsFrom(judge(clean), LEARN_DAYS * DAY).length;
    }
    const falseAlarms = perThousandDays(alarms, series * (SERIES_DAYS - LEARN_DAYS));
    const stops = seeds(CHANGES).map((seed) => {
      const draws = createDraws(seed, `stop/${eventsAnHour}`);
      const stopsAtMinute = 29 * DAY + draws.whole(0, WEEK - 1); // nights too
      const judged = judge(simulateMinutes(draws, { days: 38, eventsAnHour, stopsAtMinute }));
      return detectionOf(judged, stopsAtMinute, judged.score.length);
    });
    const [median, p90] = [delayQuantile(stops, 0.5), delayQuantile(stops, 0.9)];
    say(
      `silence, ${eventsAnHour} an hour: ${falseAlarms.toFixed(1)} false alarms in 1000 days; ` +
        `raised after ${median} min, p90 ${p90} min (within ${within.join('/')})`,
    );
    expect(median).toBeLessThanOrEqual(SLACK * within[0]!);
    expect(p90).toBeLessThanOrEqual(SLACK * within[1]!);
    expect(stops.every(({ alarms: told }) => told === 1)).toBe(true);
    expect(falseAlarms).toBeLessThanOrEqual(IS_DEEP ? 2 : 10);
  });

  it('is told again at a second silence, not at a half-as-busy holiday', () => {
    const { tsMs, slots, counts } = simulateMinutes(createDraws(3, 'holiday'), {
      days: 50,
      eventsAnHour: 100,
    });
    const draws = createDraws(4, 'holiday');
    for (let minute = 32 * DAY; minute < 34 * DAY; minute += 1)
      counts[minute] = draws.binomial(counts[minute]!, 0.5);
    for (const from of [40 * DAY, 42 * DAY + 700]) counts.fill(0, from, from + 120);
    const alarms = alarmsFrom(judgeSilence({ bucketMs: MINUTE_MS, tsMs, slots, counts }).judged, 28 * DAY);
    expect(alarms).toHaveLength(2);
  });

  it('is not silent where nobody looked', () => {
    const { tsMs, slots, counts } = simulateMinutes(createDraws(5, 'gap'), { days: 40, eventsAnHour: 100 });
    const skipped = new Uint8Array(counts.length);
    counts.fill(0, 35 * DAY, 35 * DAY + 600);
    skipped.fill(2, 35 * DAY, 35 * DAY + 600); // a late source
    const { judged } = judgeSilence({ bucketMs: MINUTE_MS, tsMs, slots, counts, skipped });
    expect(alarmsFrom(judged, 28 * DAY)).toEqual([]);
    expect(judged.skipped[35 * DAY]).toBe(2);
  });
});
