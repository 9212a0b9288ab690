import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureTable } from '../../main/query/kernels/js/capture.ts';
import { CountCells, SumCells, ValueCells } from '../../main/query/kernels/js/cells.ts';
import { DistinctCells, IdSet } from '../../main/query/kernels/js/id-set.ts';
import { narrowByCodes } from '../../main/query/kernels/js/narrow.ts';
import { trailingDistinct } from '../../main/query/kernels/js/trailing.ts';
import { assignBuckets, axisOf, bucketAt } from '../../main/query/plan/axis.ts';

const runs = { numRuns: process.env['TIDEMARK_DEEP'] === '1' ? 10_000 : 200 };

/** Rows as (group, bucket, number); up to 60 groups, so that unions of many take their own path. */
const BUCKETS = 40;
const row = fc.record({
  group: fc.nat({ max: 59 }),
  bucket: fc.nat({ max: BUCKETS - 1 }),
  number: fc.integer({ min: 1, max: 3_000 }),
});
const rows = fc.array(row, { maxLength: 600, size: 'max' });
const groupsAsked = fc.uniqueArray(fc.nat({ max: 70 }), { maxLength: 40, size: 'max' });
const bucketAsked = fc.option(fc.nat({ max: BUCKETS - 1 }), { nil: null });

type Row = { group: number; bucket: number; number: number };
const meant = (all: readonly Row[], groups: readonly number[], bucket: number | null): number[] =>
  all
    .filter((one) => groups.includes(one.group) && (bucket === null || one.bucket === bucket))
    .map(({ number }) => number);

const toCells = (all: readonly Row[]) => ({
  rows: Int32Array.from(all, (_row, index) => index),
  count: all.length,
  groups: Int32Array.from(all, ({ group }) => group),
  buckets: Int32Array.from(all, ({ bucket }) => bucket),
});
const numbersOf = (all: readonly Row[]) => ({
  values: Int32Array.from(all, ({ number }) => number),
  validity: null,
});

describe('accumulators', () => {
  it('count, add up, rank and tell apart like a list, for one group or many, one bucket or all', () => {
    fc.assert(
      fc.property(rows, groupsAsked, bucketAsked, (all, groups, bucket) => {
        const expected = meant(all, groups, bucket);
        const [counts, sums, values] = [
          new CountCells(BUCKETS),
          new SumCells(BUCKETS),
          new ValueCells(BUCKETS),
        ];
        const distinct = new DistinctCells(BUCKETS, 3_000);
        counts.add(toCells(all));
        sums.add(toCells(all), numbersOf(all));
        values.add(toCells(all), numbersOf(all));
        distinct.add(numbersOf(all).values, toCells(all).groups, toCells(all).buckets, all.length);
        expect(counts.at(groups, bucket)).toBe(expected.length);
        expect(sums.at(groups, bucket)).toEqual({
          sum: expected.reduce((a, b) => a + b, 0),
          count: expected.length,
        });
        expect(values.largest(groups, bucket)).toBe(expected.length === 0 ? null : Math.max(...expected));
        expect(values.quantile(groups, bucket, 0)).toBe(expected.length === 0 ? null : Math.min(...expected));
        expect(distinct.at(groups, bucket)).toBe(new Set(expected).size);
      }),
      runs,
    );
  });

  it('count groups beyond the dense part alike', () => {
    const wide = new CountCells(1_000_000); // two groups are dense
    for (const group of [0, 1, 2, 7, 7]) wide.addOne({ group, bucket: 999_999 });
    wide.add({ rows: Int32Array.of(0), count: 1, groups: Int32Array.of(7), buckets: Int32Array.of(5) });
    expect(wide.at([0, 7], 999_999)).toBe(3);
    expect(wide.at([0, 1, 2, 7], null)).toBe(6);
  });

  it('leave out rows without a number', () => {
    const sums = new SumCells(1);
    const cells = toCells([1, 2, 3].map((number) => ({ group: 0, bucket: 0, number })));
    sums.add(cells, { values: Float64Array.of(1, 0.5, 4), validity: Uint8Array.of(0b101) });
    expect(sums.at([0], null)).toEqual({ sum: 5, count: 2 });
  });
});

describe('a set of ids', () => {
  it('holds what a Set holds, small or large', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.array(fc.nat(), { maxLength: 2_000, size: 'max' }),
        (universe, drawn) => {
          const ids = drawn.map((number) => 1 + (number % universe));
          const set = new IdSet(universe);
          for (const id of ids) set.add(id);
          const held: number[] = [];
          set.forEach((id) => held.push(id));
          expect(set.size).toBe(new Set(ids).size);
          expect(held.sort((a, b) => a - b)).toEqual([...new Set(ids)].sort((a, b) => a - b));
        },
      ),
      runs,
    );
  });
});

describe('trailing actives', () => {
  it('are the distinct ids of a bucket and those before it', () => {
    fc.assert(
      fc.property(rows, groupsAsked, fc.integer({ min: 1, max: 45 }), (all, groups, width) => {
        const cells = new DistinctCells(BUCKETS, 3_000);
        for (const { number, group, bucket } of all) cells.addOne(number, group, bucket);
        const expected = Array.from({ length: BUCKETS }, (_, bucket) => {
          const inWindow = all.filter(
            (one) => groups.includes(one.group) && one.bucket <= bucket && one.bucket > bucket - width,
          );
          return new Set(inWindow.map(({ number }) => number)).size;
        });
        expect([...trailingDistinct(cells, groups, BUCKETS, width)]).toEqual(expected);
      }),
      runs,
    );
  });
});

describe('buckets of a day', () => {
  it('are those whose span holds the row, whatever cuts the day', () => {
    const DAY_MS = 86_400_000;
    const cuts = fc.uniqueArray(fc.integer({ min: -DAY_MS, max: 2 * DAY_MS }), {
      minLength: 2,
      maxLength: 60,
      size: 'max',
    });
    const times = fc.array(fc.integer({ min: 0, max: DAY_MS - 1 }), { maxLength: 50 });
    fc.assert(
      fc.property(cuts, times, (drawn, drawnTimes) => {
        const boundaries = drawn.sort((a, b) => a - b);
        const [fromMs = 0, toMs = 0] = [boundaries[0], boundaries.at(-1)];
        const axis = axisOf(boundaries, fromMs, toMs);
        const ms = Int32Array.from(drawnTimes.filter((at) => at >= fromMs && at < toMs));
        const found = new Int32Array(ms.length);
        assignBuckets(axis, { dayMs: 0, ms }, Int32Array.from(ms.keys()), ms.length, found);
        const expected = [...ms].map((at) => boundaries.findLastIndex((boundary) => boundary <= at));
        expect([...found]).toEqual(expected);
        expect([...ms].map((at) => bucketAt(axis, at))).toEqual(expected);
      }),
      runs,
    );
  });
});

describe('narrowing by codes', () => {
  it('keeps the passing rows in order for every element type', () => {
    for (const codes of [Uint8Array.of(1, 0, 2, 1), Uint16Array.of(1, 0, 2, 1), Int32Array.of(1, 0, 2, 1)]) {
      const list = Int32Array.of(0, 1, 2, 3);
      expect([...list.subarray(0, narrowByCodes(list, 4, codes, Uint8Array.of(0, 1, 0)))]).toEqual([0, 3]);
    }
  });
});

describe('capture links', () => {
  it('find every reaction of a run up to the window after its completion, and know how far one came before', () => {
    const table = new CaptureTable();
    table.addCompleted(1, 1_000, 0, 0);
    table.addCompleted(2, 2_000, 0, 1);
    table.addCompleted(2, 3_000, 0, 2);
    table.addCompleted(0, 3_000, 0, 2); // names no run
    for (const [run, tsMs] of [
      [1, 1_100],
      [1, 1_101],
      [2, 500],
      [0, 3_000],
      [3, 3_000],
    ] as const)
      table.addReaction(run, tsMs, 9);
    const [completed, captured]: [unknown[], unknown[]] = [[], []];
    table.link(3, 100, {
      completed: (...link) => completed.push(link),
      captured: (...link) => captured.push(link) < 0,
    });
    expect(completed).toEqual([
      [1, 0, 0, true],
      [2, 0, 1, false],
      [2, 0, 2, false],
    ]);
    expect(captured).toEqual([
      [1, 0, 0, 9, true],
      [2, 0, 1, 9, false],
      [2, 0, 2, 9, false],
    ]);
    expect(table.longestLeadMs(3)).toBe(2_500);
  });
});
