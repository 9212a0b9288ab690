import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelsOf, type Trials } from '../../shared/stats/change-points.ts';
import { seededRandom } from '../support/seeded-random.ts';

const DAYS = 90;
const isDeep = process.env['TIDEMARK_DEEP'] === '1';

/** So many trials a day, each a success by chance. */
function drawDays(random: () => number, rates: readonly number[], trials: number): Trials[] {
  return rates.map((rate) => {
    let k = 0;
    for (let trial = 0; trial < trials; trial += 1) if (random() < rate) k += 1;
    return { k, n: trials };
  });
}

const level = (rate: number, days: number): number[] => Array.from({ length: days }, () => rate);

describe('levels of a rate', () => {
  it('finds nothing in 97 of 100 series that never change', () => {
    const random = seededRandom(7);
    const runs = isDeep ? 5_000 : 400;
    let found = 0;
    for (let run = 0; run < runs; run += 1)
      if (levelsOf(drawDays(random, level(0.87, DAYS), 250)).changes.length > 0) found += 1;
    expect(found / runs).toBeLessThan(0.03);
  });

  it('finds a fall of five points for good, within two days, in 95 of 100 series', () => {
    const random = seededRandom(11);
    const runs = isDeep ? 2_000 : 200;
    let found = 0;
    for (let run = 0; run < runs; run += 1) {
      const { changes } = levelsOf(drawDays(random, [...level(0.87, 60), ...level(0.82, 30)], 250));
      if (changes.some(({ at }) => Math.abs(at - 60) <= 2)) found += 1;
    }
    expect(found / runs).toBeGreaterThan(0.95);
  });

  it('finds three bad days and their end', () => {
    const random = seededRandom(3);
    const rates = [...level(0.88, 80), ...level(0.78, 3), ...level(0.88, 7)];
    const { changes, stretches } = levelsOf(drawDays(random, rates, 250));
    expect(changes.map(({ at }) => at)).toEqual([80, 83]);
    expect(stretches.map(({ first, last }) => [first, last])).toEqual([
      [0, 79],
      [80, 82],
      [83, 89],
    ]);
    expect(changes[0]?.high).toBeLessThan(0);
    expect(changes[1]?.low).toBeGreaterThan(0);
  });

  it('takes no weekend for a change: scatter between days raises what a change must show', () => {
    const random = seededRandom(5);
    const rates = Array.from({ length: DAYS }, (_, day) => (day % 7 > 4 ? 0.9 : 0.85));
    const runs = isDeep ? 1_000 : 100;
    let found = 0;
    for (let run = 0; run < runs; run += 1)
      if (levelsOf(drawDays(random, rates, 250)).changes.length > 0) found += 1;
    expect(found / runs).toBeLessThan(0.05);
  });

  it('gives the cheapest of all partitions', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc
            .integer({ min: 0, max: 40 })
            .chain((n) => fc.record({ k: fc.integer({ min: 0, max: n }), n: fc.constant(n) })),
          { minLength: 1, maxLength: 9 },
        ),
        (buckets) => {
          const { stretches, scatter } = levelsOf(buckets, { leastBuckets: 2 });
          const penalty = 2.5 * Math.log(Math.max(2, buckets.length)) * scatter;
          const price = (starts: readonly number[]): number =>
            starts.reduce((sum, first, index) => {
              const part = buckets.slice(first, starts[index + 1] ?? buckets.length);
              const k = part.reduce((total, each) => total + each.k, 0);
              const n = part.reduce((total, each) => total + each.n, 0);
              const term = (count: number) => (count === 0 ? 0 : count * Math.log(count / n));
              return sum - 2 * (term(k) + term(n - k)) + (index === 0 ? 0 : penalty);
            }, 0);
          const all = partitions(buckets.length, 2);
          const least = Math.min(...all.map(price));
          expect(price(stretches.map(({ first }) => first))).toBeCloseTo(least, 6);
        },
      ),
      { numRuns: isDeep ? 5_000 : 300 },
    );
  });

  it('covers every bucket once, and counts as it was given', () => {
    const buckets = [
      { k: 0, n: 0 },
      { k: 3, n: 4 },
      { k: 0, n: 0 },
      { k: 1, n: 9 },
    ];
    const { stretches } = levelsOf(buckets);
    expect(stretches).toMatchObject([{ first: 0, last: 3, k: 4, n: 13, value: 4 / 13 }]);
    expect(levelsOf([])).toEqual({ stretches: [], changes: [], scatter: 1 });
    expect(levelsOf([{ k: 0, n: 0 }]).stretches).toMatchObject([{ value: null, low: null, high: null }]);
  });
});

/** Starts of the stretches of every way to cut so many buckets into stretches of at least `least`, or one. */
function partitions(length: number, least: number): number[][] {
  const cut = (from: number): number[][] => {
    const whole = [[from]];
    const cuts = Array.from({ length }, (_, at) => at)
      .filter((at) => at - from >= least && length - at >= least)
      .flatMap((at) => cut(at).map((rest) => [from, ...rest]));
    return [...whole, ...cuts];
  };
  return cut(0);
}
