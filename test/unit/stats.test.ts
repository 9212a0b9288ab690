import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExactSum } from '../../shared/stats/exact-sum.ts';
import { quantileInPlace } from '../../shared/stats/quantile.ts';
import { wilsonInterval } from '../../shared/stats/wilson.ts';

const runs = { numRuns: process.env['TIDEMARK_DEEP'] === '1' ? 20_000 : 500 };

describe('wilsonInterval', () => {
  // R: prop.test(x, n, correct = FALSE)$conf.int
  it.each([
    [81, 263, 0.25529, 0.36621],
    [15, 148, 0.06237, 0.16048],
    [0, 20, 0, 0.16113],
    [1, 29, 0.00611, 0.17176],
    [29, 29, 0.88302, 1],
  ])('gives the published bounds for %i of %i', (numerator, denominator, low, high) => {
    const interval = wilsonInterval(numerator, denominator);
    expect(interval[0]).toBeCloseTo(low, 4);
    expect(interval[1]).toBeCloseTo(high, 4);
  });

  it('knows nothing without observations', () => {
    expect(wilsonInterval(0, 0)).toEqual([0, 1]);
  });

  it('stays inside 0..1, holds the ratio, and mirrors success and failure', () => {
    const counts = fc
      .integer({ min: 1, max: 1e9 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(counts, ([numerator, denominator]) => {
        const [low, high] = wilsonInterval(numerator, denominator);
        const ratio = numerator / denominator;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(ratio + 1e-12);
        expect(high).toBeGreaterThanOrEqual(ratio - 1e-12);
        expect(wilsonInterval(denominator - numerator, denominator)[0]).toBeCloseTo(1 - high, 9);
      }),
      runs,
    );
  });
});

describe('quantileInPlace', () => {
  // R: quantile(x, q, type = 7)
  it.each([
    [[1, 2, 3, 4], 0.25, 1.75],
    [[1, 2, 3, 4], 0.5, 2.5],
    [[10, 3, 7, 7, 1], 0.95, 9.4],
    [[5], 0.99, 5],
    [[2, 1], 0, 1],
    [[2, 1], 1, 2],
  ])('of %j at %f is %f', (values, q, expected) => {
    expect(quantileInPlace(Float64Array.from(values), q)).toBeCloseTo(expected, 12);
  });

  it('is not defined without values', () => {
    expect(quantileInPlace(new Float64Array(0), 0.5)).toBeNull();
  });

  it('equals the quantile of the sorted values', () => {
    const values = fc.array(
      fc.oneof(
        fc.integer({ min: -5, max: 5 }),
        fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
      ),
      { minLength: 1, maxLength: 200 },
    );
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
        const sorted = [...list].sort((a, b) => a - b);
        const h = (sorted.length - 1) * q;
        const low = sorted[Math.floor(h)] ?? NaN;
        const high = sorted[Math.ceil(h)] ?? NaN;
        expect(quantileInPlace(Float64Array.from(list), q)).toBeCloseTo(
          low + (h - Math.floor(h)) * (high - low),
          6,
        );
      }),
      runs,
    );
  });
});

/** The exact sum as a rational with a power of two below, rounded once at the end by the decimal parser. */
function slowSum(values: number[]): number {
  const SHIFT = 1_100n;
  let total = 0n;
  for (const value of values) total += toScaled(value, SHIFT);
  return fromScaled(total, SHIFT);
}

function toScaled(value: number, shift: bigint): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = exponent === 0 ? fraction : fraction | 0x10000000000000n;
  const power = BigInt(Math.max(exponent, 1) - 1075);
  const scaled = mantissa << (power + shift);
  return bits >> 63n === 1n ? -scaled : scaled;
}

function fromScaled(total: bigint, shift: bigint): number {
  const isNegative = total < 0n;
  const scaled = (isNegative ? -total : total) * 10n ** shift; // exact decimal digits of total / 2^shift
  const digits = (scaled >> shift).toString().padStart(Number(shift) + 1, '0');
  const text = `${digits.slice(0, -Number(shift))}.${digits.slice(-Number(shift))}`;
  const size = Number(text);
  return isNegative ? -size : size;
}

describe('ExactSum', () => {
  it('gets the sums that plain addition gets wrong', () => {
    const sumOf = (values: number[]): number => {
      const sum = new ExactSum();
      for (const value of values) sum.add(value);
      return sum.value;
    };
    expect(sumOf([1e100, 1, -1e100])).toBe(1);
    expect(sumOf(Array.from({ length: 10 }, () => 0.1))).toBe(1);
    expect(sumOf([1e16, 1, 1e-16])).toBe(10000000000000002); // just above a tie: math.fsum says the same
    expect(sumOf([])).toBe(0);
  });

  it('is the correctly rounded sum in any order and any split', () => {
    const doubles = fc.array(
      fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }), fc.integer()),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(doubles, fc.nat(), (values, seed) => {
        const expected = slowSum(values);
        const [left, right] = [new ExactSum(), new ExactSum()];
        [...values]
          .reverse()
          .forEach((value, index) => ((index * 7 + seed) % 3 === 0 ? left : right).add(value));
        left.addSum(right);
        expect(left.value + 0).toBe(expected + 0);
      }),
      runs,
    );
  });
});
