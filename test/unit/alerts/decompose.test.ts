import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decomposeCount,
  decomposeRate,
  shownParts,
  type SliceTotals,
} from '../../../shared/alerts/decompose.ts';

const numRuns = process.env['TIDEMARK_DEEP'] === '1' ? 20_000 : 500;
const side = fc
  .tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 10_000 }))
  .map(([a, b]) => ({ k: Math.min(a, b), n: Math.max(a, b) }));
const slices = fc.array(
  fc.record({ value: fc.option(fc.string({ maxLength: 3 })), before: side, after: side }),
  { minLength: 1, maxLength: 12 },
);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

describe('the parts of a change', () => {
  it('sum to the change of the rate, whatever the slices', () => {
    fc.assert(
      fc.property(slices, (all) => {
        const split = decomposeRate(all);
        const n = {
          before: sum(all.map(({ before }) => before.n)),
          after: sum(all.map(({ after }) => after.n)),
        };
        if (n.before === 0 || n.after === 0) return expect(split).toBeNull();
        const change =
          sum(all.map(({ after }) => after.k)) / n.after - sum(all.map(({ before }) => before.k)) / n.before;
        expect(sum(split?.parts.map(({ rate, mix }) => rate + mix) ?? [])).toBeCloseTo(change, 9);
        expect(sum(shownParts(split!).map(({ points }) => points))).toBeCloseTo(change, 9);
        return undefined;
      }),
      { numRuns },
    );
  });

  it('sum to the change of a count', () => {
    fc.assert(
      fc.property(slices, fc.double({ min: 0.01, max: 2, noNaN: true }), (all, scale) => {
        const split = decomposeCount(all, scale);
        expect(sum(split.parts.map(({ rate }) => rate))).toBeCloseTo(split.after - split.before, 6);
      }),
      { numRuns },
    );
  });

  it('are mix alone where only the weights moved, and rates alone where only the rates did', () => {
    const moved: SliceTotals[] = [
      { value: 'a', before: { k: 90, n: 100 }, after: { k: 180, n: 200 } },
      { value: 'b', before: { k: 50, n: 100 }, after: { k: 0, n: 0 } },
    ];
    const byWeight = decomposeRate(moved);
    expect(byWeight?.parts.map(({ rate }) => rate)).toEqual([0, 0]);
    expect(sum(byWeight?.parts.map(({ mix }) => mix) ?? [])).toBeCloseTo(0.2, 12);
    const byRate = decomposeRate([
      { value: 'a', before: { k: 90, n: 100 }, after: { k: 70, n: 100 } },
      { value: 'b', before: { k: 50, n: 100 }, after: { k: 50, n: 100 } },
    ]);
    expect(byRate?.parts[0]).toMatchObject({ value: 'a', mix: 0 });
    expect(byRate?.parts[0]?.rate).toBeCloseTo(-0.1, 12);
  });

  it('do not name a slice that is too small to be named', () => {
    const split = decomposeRate([
      { value: 'tiny', before: { k: 5, n: 5 }, after: { k: 0, n: 5 } },
      { value: 'big', before: { k: 90, n: 100 }, after: { k: 89, n: 100 } },
    ]);
    const labels = shownParts(split!, (value) => value === 'big').map(({ label }) => label);
    expect(labels).toEqual(['big', null, null]);
  });
});
