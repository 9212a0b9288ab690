import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countLateness,
  dropOldDays,
  latenessFromJson,
  latenessQuantile,
  latenessToJson,
  noLateness,
  watermarkOf,
} from '../../../main/engine/freshness/lateness.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 10, 1);

const rows = fc.array(
  fc.record({
    tsMs: fc.integer({ min: START_MS, max: START_MS + 20 * DAY_MS }),
    lateMs: fc.integer({ min: -5000, max: 3 * DAY_MS }),
  }),
  { minLength: 1, maxLength: 300 },
);

function countsOf(all: readonly { tsMs: number; lateMs: number }[]) {
  const counts = noLateness();
  for (const { tsMs, lateMs } of all) countLateness(counts, tsMs, lateMs);
  return counts;
}

describe('the lateness of a source', () => {
  it('is the smallest that 99 % of the recent rows stayed within, to the second or minute above', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const newest = Math.max(...all.map(({ tsMs }) => tsMs));
        const firstDay = Math.floor(newest / DAY_MS) - 7;
        const late = all
          .filter(({ tsMs }) => Math.floor(tsMs / DAY_MS) >= firstDay)
          .map(({ lateMs }) => Math.max(lateMs, 0))
          .sort((a, b) => a - b);
        const exact = late[Math.ceil(late.length * 0.99) - 1]!;
        const found = newest - watermarkOf(countsOf(all))!;
        expect(found).toBeGreaterThanOrEqual(exact);
        expect(found - exact).toBeLessThan(exact < 3_600_000 ? 1000 : 60_000);
      }),
      { seed: 20_261_119 },
    );
  });

  it('does not depend on the order of arrival, on commits between, or on what is forgotten', () => {
    fc.assert(
      fc.property(rows, fc.nat(), (all, cut) => {
        const half = cut % all.length;
        const first = countsOf(all.slice(half));
        dropOldDays(first);
        const again = latenessFromJson(first.newestTsMs, latenessToJson(first));
        for (const { tsMs, lateMs } of all.slice(0, half)) countLateness(again, tsMs, lateMs);
        expect(watermarkOf(again)).toBe(watermarkOf(countsOf(all)));
      }),
      { seed: 20_261_119 },
    );
  });

  it('is none before the first row, and nothing where rows do not say when they were received', () => {
    expect(watermarkOf(noLateness())).toBeNull();
    expect(watermarkOf(countsOf([{ tsMs: START_MS, lateMs: NaN }]))).toBe(START_MS);
    expect(latenessQuantile(noLateness(), 0.99)).toBe(0);
  });
});
