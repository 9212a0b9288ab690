import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeGeneral } from '../../main/engine/detect/general.ts';
import { ALARM_SCORE } from '../../main/engine/detect/score.ts';
import { type Judged, SKIPPED } from '../../main/engine/detect/types.ts';
import { createDraws } from '../support/simulate-draws.ts';
import { SERIES_KINDS, simulateCorpus } from '../support/simulate-series.ts';
import { scoreWindows } from '../support/window-score.ts';

const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const runs = { numRuns: IS_DEEP ? 2_000 : 40 };
const MINUTES_5 = 300_000;

const instants = (length: number, stepMs = MINUTES_5): Float64Array =>
  Float64Array.from({ length }, (_, index) => 1.77e12 + index * stepMs);
const bucketsOf = (values: ArrayLike<number>, stepMs?: number) => ({
  tsMs: instants(values.length, stepMs),
  values: Float64Array.from(values),
});
const alarmsOf = (judged: Judged): number[] =>
  [...judged.isAlarm].flatMap((isAlarm, index) => (isAlarm === 1 ? [index] : []));
const columnsOf = ({ score, expectedLow, expectedHigh, isAlarm, skipped }: Judged): number[][] =>
  [score, expectedLow, expectedHigh, isAlarm, skipped].map((column) => [...column]);
const slice = (column: ArrayLike<number>, from: number, to?: number): Float64Array =>
  Float64Array.from(column).slice(from, to);

/** Values that arithmetic may stumble over, in stretches, so that streams of all kinds fill. */
const anyValues = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 6, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }) },
        fc.constantFrom(0, -0, 1, NaN, 1e308, -1e308, 5e-324, 1e-300, 1e15, 1e-9),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      ),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(0, 0, 1e-12, 0.1),
    ),
    { maxLength: 40 },
  )
  .map((stretches) =>
    stretches.flatMap(([value, length, wobble]) =>
      Array.from({ length }, (_, index) => value + wobble * Math.sin(index * index)),
    ),
  );

/** What failed once: values so small beside the first that they became −0, which JSON does not keep. */
const FAILED_ONCE: [number[], number][] = [[[2, ...new Array<number>(6).fill(-5e-324), 0], 0.875]];

describe('judgeGeneral', () => {
  it('never changes what it said when later values arrive', () => {
    fc.assert(
      fc.property(anyValues, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const cut = Math.floor(share * values.length);
        const whole = judgeGeneral(bucketsOf(values)).judged;
        const prefix = judgeGeneral(bucketsOf(values.slice(0, cut))).judged;
        expect(columnsOf(prefix)).toEqual(columnsOf(whole).map((column) => column.slice(0, cut)));
      }),
      runs,
    );
  });

  it('goes on from a state saved as JSON, bit for bit', () => {
    fc.assert(
      fc.property(anyValues, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const cut = Math.floor(share * values.length);
        const buckets = bucketsOf(values);
        const whole = judgeGeneral(buckets);
        const first = judgeGeneral({
          tsMs: slice(buckets.tsMs, 0, cut),
          values: slice(buckets.values, 0, cut),
        });
        const state = JSON.parse(JSON.stringify(first.state)) as typeof first.state;
        const rest = judgeGeneral(
          { tsMs: slice(buckets.tsMs, cut), values: slice(buckets.values, cut) },
          {},
          state,
        );
        const joined = columnsOf(first.judged).map((column, index) => [
          ...column,
          ...columnsOf(rest.judged)[index]!,
        ]);
        expect(joined).toEqual(columnsOf(whole.judged));
        expect(rest.state).toEqual(whole.state);
      }),
      { ...runs, examples: FAILED_ONCE },
    );
  });

  it('goes on bit for bit after its history is full', () => {
    const draws = createDraws(1, 'long');
    const buckets = bucketsOf(Float64Array.from({ length: 7_500 }, () => draws.normal()));
    const whole = judgeGeneral(buckets).judged;
    const cut = 6_411;
    const { state } = judgeGeneral({
      tsMs: slice(buckets.tsMs, 0, cut),
      values: slice(buckets.values, 0, cut),
    });
    const restored = JSON.parse(JSON.stringify(state)) as typeof state;
    const rest = judgeGeneral(
      { tsMs: slice(buckets.tsMs, cut), values: slice(buckets.values, cut) },
      {},
      restored,
    );
    expect(columnsOf(rest.judged)).toEqual(columnsOf(whole).map((column) => column.slice(cut)));
  });

  it('gives scores in 0..1 and finite ranges, whatever the values', () => {
    fc.assert(
      fc.property(anyValues, (values) => {
        const { judged } = judgeGeneral(bucketsOf(values));
        for (const [index, score] of judged.score.entries()) {
          expect(score >= 0 && score < 1).toBe(true);
          expect(score >= ALARM_SCORE).toBe(judged.isAlarm[index] === 1);
          const [low, high] = [judged.expectedLow[index]!, judged.expectedHigh[index]!];
          expect(Number.isNaN(low) ? Number.isNaN(high) : low <= high).toBe(true);
          expect(Math.abs(low) === Infinity || Math.abs(high) === Infinity).toBe(false);
        }
      }),
      runs,
    );
  });

  it.each([0, 1, 2, 3])('says nothing of %i values', (length) => {
    const { judged } = judgeGeneral(bucketsOf(new Float64Array(length).fill(7)));
    expect([...judged.score]).toEqual(new Array(length).fill(0));
  });

  it('is quiet where every value is missing, and says so', () => {
    const { judged } = judgeGeneral(bucketsOf(new Float64Array(500).fill(NaN)));
    expect(Math.max(...judged.score)).toBe(0);
    expect(new Set(judged.skipped)).toEqual(new Set([SKIPPED.gap]));
  });

  it('does not depend on buckets that are not judged', () => {
    const draws = createDraws(2, 'skips');
    const { tsMs, values } = bucketsOf(Float64Array.from({ length: 900 }, () => draws.normal()));
    const skipped = new Uint8Array(900);
    for (let index = 600; index < 640; index += 1) {
      values[index] = 1_000; // half-filled, late, wrong: nobody looks
      skipped[index] = [SKIPPED.partial, SKIPPED.late, SKIPPED.gap][index % 3]!;
    }
    const { judged } = judgeGeneral({ tsMs, values, skipped });
    expect(alarmsOf(judged).filter((index) => index >= 590)).toEqual([]);
    expect([...judged.skipped.subarray(600, 603)]).toEqual([SKIPPED.partial, SKIPPED.late, SKIPPED.gap]);
    expect(judged.expectedHigh[600]).not.toBeNaN();
  });

  it('is quiet on a constant, and alarms once at the one value that differs', () => {
    const values = new Float64Array(2_000).fill(5);
    expect(alarmsOf(judgeGeneral(bucketsOf(values)).judged)).toEqual([]);
    values[1_200] = 9;
    expect(alarmsOf(judgeGeneral(bucketsOf(values)).judged)).toEqual([1_200]);
  });

  it.each([1e-300, 1, 1e300])('judges alike at %f times the size', (factor) => {
    const draws = createDraws(3, 'scale');
    const values = Float64Array.from({ length: 1_500 }, () => 4 + draws.normal());
    values[1_100] = 40;
    const alarms = alarmsOf(judgeGeneral(bucketsOf(values)).judged);
    expect(alarms).toContain(1_100);
    expect(alarmsOf(judgeGeneral(bucketsOf(values.map((value) => value * factor))).judged)).toEqual(alarms);
  });

  it('rests after an alarm for 3 % of what it has seen', () => {
    const draws = createDraws(4, 'rest');
    const values = Float64Array.from({ length: 4_000 }, () => draws.normal());
    for (let index = 2_000; index < 4_000; index += 7) values[index] = 30 + 10 * draws.next();
    const alarms = alarmsOf(judgeGeneral(bucketsOf(values)).judged).filter((index) => index >= 2_000);
    expect(alarms[0]).toBe(2_000);
    for (const [nth, index] of alarms.slice(1).entries())
      expect(index - alarms[nth]!).toBeGreaterThan(0.03 * alarms[nth]!);
  });

  it('misses a quiet day of a series that follows the day only without its daily course', () => {
    const draws = createDraws(5, 'day');
    const values = Float64Array.from(
      { length: 60 * 24 },
      (_, hour) => 100 + 60 * Math.sin((hour / 24) * 2 * Math.PI) + 4 * draws.normal(),
    );
    for (let hour = 50 * 24; hour < 51 * 24; hour += 1) values[hour] = 100 + 4 * draws.normal(); // nothing unusual in itself
    const judged = judgeGeneral(bucketsOf(values, 3_600_000)).judged;
    expect(alarmsOf(judged).some((index) => index >= 50 * 24 && index < 51 * 24 + 6)).toBe(true);
  });

  it('expects 98 of 100 values of a seasonal series where they are', () => {
    const draws = createDraws(6, 'range');
    const values = Float64Array.from(
      { length: 90 * 24 },
      (_, hour) => 100 + 60 * Math.sin((hour / 24) * 2 * Math.PI) + 5 * draws.normal(),
    );
    const { expectedLow, expectedHigh } = judgeGeneral(bucketsOf(values, 3_600_000)).judged;
    let inside = 0;
    let width = 0;
    for (let index = 30 * 24; index < values.length; index += 1) {
      if (values[index]! >= expectedLow[index]! && values[index]! <= expectedHigh[index]!) inside += 1;
      width += expectedHigh[index]! - expectedLow[index]!;
    }
    expect(inside / (60 * 24)).toBeGreaterThan(0.975);
    expect(width / (60 * 24)).toBeLessThan(8 * 5); // not by expecting everything
  });
});

describe('the simulated corpus', () => {
  const SEEDS = IS_DEEP ? [101, 102, 103, 104] : [101]; // none of those that the defaults were chosen on
  const kinds = IS_DEEP ? SERIES_KINDS : SERIES_KINDS.map((kind) => ({ ...kind, copies: 1 }));
  const LEAST = IS_DEEP ? 75 : 65;

  it('is scored as the Numenta benchmark scores, at the shipped threshold', { timeout: 600_000 }, () => {
    const judgedSeries = SEEDS.flatMap((seed) => simulateCorpus(seed, kinds)).map(
      ({ windows, ...series }) => ({
        windows,
        scores: judgeGeneral(series).judged.score,
      }),
    );
    const outcome = scoreWindows(judgedSeries, ALARM_SCORE);
    process.stdout.write(
      `general series (seeds ${SEEDS.join(', ')}): score ${outcome.score.toFixed(1)}, found ${outcome.found}, ` +
        `missed ${outcome.missed}, false alarms ${outcome.falseAlarms} in ${judgedSeries.length} series\n`,
    );
    expect(outcome.score).toBeGreaterThan(LEAST);
    const scores = judgedSeries.flatMap((series) => [...series.scores]);
    expect(scores.filter((score) => score > 0.999).length / scores.length).toBeLessThan(1e-4);
  });
});
