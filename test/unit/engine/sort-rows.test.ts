import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, shardOf, sortRows } from '../../../main/engine/store/sort-rows.ts';

const SHARDS = 16;
const row = fc.record({
  tsMs: fc.integer({ min: 0, max: 5 * DAY_MS }).map((ms) => Date.UTC(2026, 10, 1) + ms),
  user: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 5000 })),
  isKept: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
});

describe('the order of stored rows', () => {
  it('is day, shard, user, time, arrival, without what is not kept', () => {
    const rows = fc.oneof(
      fc.array(row, { maxLength: 300 }),
      fc.array(row, { maxLength: 300 }).map((all) => all.sort((a, b) => a.tsMs - b.tsMs)),
    );
    fc.assert(
      fc.property(rows, (all) => {
        const batch = {
          rows: all.length,
          tsMs: Float64Array.from(all, ({ tsMs }) => tsMs),
          users: Int32Array.from(all, ({ user }) => user),
        };
        const kept = Uint8Array.from(all, ({ isKept }) => Number(isKept));
        const keyOf = ({ tsMs, user }: (typeof all)[number]) => [
          Math.floor(tsMs / DAY_MS),
          shardOf(user, SHARDS),
          user,
          tsMs,
        ];
        const expected = all
          .map((one, index) => ({ one, key: [...keyOf(one), index] }))
          .filter(({ one }) => one.isKept)
          .sort(
            (a, b) => a.key.map((part, i) => part - b.key[i]!).find((difference) => difference !== 0) ?? 0,
          )
          .map(({ key }) => key[4]);
        expect([...sortRows(batch, kept, SHARDS).order]).toEqual(expected);
      }),
      { seed: 20_261_119, numRuns: 500 },
    );
  });

  it('spreads users evenly over the shards, whatever their codes', () => {
    for (const step of [1, 2, 16, 1000]) {
      const counts = new Int32Array(SHARDS);
      for (let i = 0; i < 16_000; i++) counts[shardOf(i * step, SHARDS)]!++;
      expect(Math.min(...counts)).toBeGreaterThan(850);
      expect(Math.max(...counts)).toBeLessThan(1150);
    }
  });
});
