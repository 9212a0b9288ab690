import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadLabels } from '../../../renderer/charts/spread-labels.ts';
import { dateTicks, differenceAxis, rateAxis } from '../../../renderer/charts/ticks.ts';
import { addDays } from '../../../shared/format/calendar.ts';

const daysFrom = (start: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => addDays(start, i));

describe('labels along an axis', () => {
  it('leaves labels with room where they are', () => {
    expect(spreadLabels([10, 60, 100], [14, 14, 14], 0, 120)).toEqual([10, 60, 100]);
  });

  it('pushes close labels apart and back into the frame', () => {
    expect(spreadLabels([50, 52], [14, 14], 0, 100)).toEqual([50, 64]);
    expect(spreadLabels([98, 99], [14, 14], 0, 100)).toEqual([79, 93]);
  });

  it('keeps every label apart, in order and inside, whenever there is room', () => {
    const targets = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(targets, (wanted) => {
        const heights = wanted.map(() => 14);
        const placed = spreadLabels(wanted, heights, 0, 300);
        const sorted = placed.toSorted((a, b) => a - b);
        sorted.forEach((at, index) => {
          expect(at).toBeGreaterThanOrEqual(7 - 1e-9);
          expect(at).toBeLessThanOrEqual(293 + 1e-9);
          if (index > 0) expect(at - (sorted[index - 1] ?? 0)).toBeGreaterThanOrEqual(14 - 1e-9);
        });
        wanted.forEach((a, i) => {
          wanted.forEach((b, j) => {
            if (a < b) expect(placed[i]).toBeLessThan(placed[j] ?? Infinity);
          });
        });
      }),
    );
  });
});

describe('axes', () => {
  it('cuts rates at round steps and holds them all', () => {
    expect(rateAxis([0.823, 0.902, 0.85], 7)).toEqual({
      domain: [0.8, 0.92],
      ticks: [0.8, 0.82, 0.84, 0.86, 0.88, 0.9, 0.92],
    });
    expect(rateAxis([0, 1], 6).domain).toEqual([0, 1]);
    expect(rateAxis([], 6).domain).toEqual([0, 1]);
    expect(rateAxis([0.5], 6).ticks).toContain(0.5);
  });

  it('never leaves a rate outside its frame', () => {
    const rates = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(rates, fc.integer({ min: 3, max: 9 }), (values, maxTicks) => {
        const { domain, ticks } = rateAxis(values, maxTicks);
        expect(Math.min(...values)).toBeGreaterThanOrEqual(domain[0] - 1e-9);
        expect(Math.max(...values)).toBeLessThanOrEqual(domain[1] + 1e-9);
        expect(domain[1]).toBeLessThanOrEqual(1);
        expect(ticks.length).toBeLessThanOrEqual(Math.max(maxTicks, 3));
      }),
    );
  });

  it('puts differences on a symmetric scale of round points', () => {
    expect(differenceAxis(0.031).ticks).toEqual([-0.04, -0.02, 0, 0.02, 0.04]);
    expect(differenceAxis(0.004).ticks).toEqual([-0.02, -0.01, 0, 0.01, 0.02]);
    expect(differenceAxis(0.9).domain[1]).toBeGreaterThan(0.9);
  });

  it('dates days at Mondays, weeks at month starts, and a short range at every day', () => {
    const days = daysFrom('2026-10-23', 28);
    expect(dateTicks(days, 'day', 24).map((index) => days[index])).toEqual([
      '2026-10-26',
      '2026-11-02',
      '2026-11-09',
      '2026-11-16',
    ]);
    expect(dateTicks(daysFrom('2026-11-13', 7), 'day', 90)).toHaveLength(7);
    const weeks = Array.from({ length: 30 }, (_, index) => addDays('2026-05-04', index * 7));
    expect(dateTicks(weeks, 'week', 20).map((index) => weeks[index])).toEqual([
      '2026-06-01',
      '2026-06-29',
      '2026-07-27',
      '2026-08-31',
      '2026-09-28',
      '2026-10-26',
    ]);
  });

  it('thins dates that would touch', () => {
    expect(dateTicks(daysFrom('2026-05-24', 180), 'day', 4).length).toBeLessThanOrEqual(12);
  });
});
