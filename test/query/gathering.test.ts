import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../main/query/columns/batch.ts';
import { IdSet } from '../../main/query/kernels/js/id-set.ts';
import { LinkCounts } from '../../main/query/kernels/js/link-counts.ts';
import { Scratch } from '../../main/query/kernels/js/scratch.ts';
import { Grouping } from '../../main/query/plan/grouping.ts';
import { createPlaceOf, type RowChunk, scatterByUnit } from '../../main/query/timeline/gathered-rows.ts';
import { cellsBuffer, cellsOf } from '../../main/query/timeline/presence.ts';
import { sortUnits } from '../../main/query/timeline/sort-units.ts';

const seed = Number(process.env['TIDEMARK_SEED'] ?? 1);
const settings = { seed, numRuns: process.env['TIDEMARK_DEEP'] === '1' ? 5_000 : 100 };

interface Row {
  unit: number;
  ms: number;
  mark: number;
}

/** Times of few values, so that units have ties; many rows of one unit, so that inserting them takes too long. */
const row = fc.record({
  unit: fc.oneof(fc.constant(3), fc.integer({ min: 0, max: 6 })),
  ms: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 1_000_000 })),
  mark: fc.integer({ min: 1, max: 7 }),
});
const days = fc.array(fc.array(row, { maxLength: 120, size: 'max' }), { maxLength: 5 });

const chunkOf = (rows: readonly Row[], segment: number): RowChunk => ({
  segment,
  dayMs: segment * 86_400_000,
  units: Int32Array.from(rows, ({ unit }) => unit),
  ms: Int32Array.from(rows, ({ ms }) => ms),
  masks: Int32Array.from(rows, ({ mark }) => mark),
  mask: 0,
  rows: segment % 2 === 0 ? null : Int32Array.from(rows, (_, index) => index * 2),
  firstRow: 5,
  groups: [],
  numbers: Float64Array.from(rows, ({ mark }) => mark / 2),
});

describe(`rows by unit and time, seed ${seed}`, () => {
  it('are those of a plain sort, ties by what comes before', () => {
    fc.assert(
      fc.property(days, (segments) => {
        const chunks = segments.map(chunkOf);
        const scattered = scatterByUnit(chunks, { groupings: [], hasNumbers: true, hasPlaces: true });
        const placeOf = createPlaceOf(chunks);
        // of one instant what was gathered later comes first: the opposite of how rows lie
        sortUnits(scattered, (a, b) => (scattered.gathered[a] as number) > (scattered.gathered[b] as number));
        const expected = segments
          .flatMap((rows, segment) => rows.map((one, index) => ({ ...one, segment, index })))
          .map((one, gathered) => ({ ...one, gathered, tsMs: one.segment * 86_400_000 + one.ms }))
          .filter(({ unit }) => unit !== 0)
          .sort((a, b) => a.unit - b.unit || a.tsMs - b.tsMs || b.gathered - a.gathered);
        expect([...scattered.tsMs]).toEqual(expected.map(({ tsMs }) => tsMs));
        expect([...scattered.masks]).toEqual(expected.map(({ mark }) => mark));
        expect([...(scattered.numbers ?? [])]).toEqual(expected.map(({ mark }) => mark / 2));
        expect([...scattered.gathered].map(placeOf)).toEqual(
          expected.map(({ segment, index }) => ({
            segment,
            row: segment % 2 === 0 ? 5 + index : index * 2,
          })),
        );
        const units = [...new Set(expected.map(({ unit }) => unit))];
        expect([...scattered.units]).toEqual(units);
        expect([...scattered.starts]).toEqual([
          ...units.map((unit) => expected.findIndex((one) => one.unit === unit)),
          expected.length,
        ]);
      }),
      settings,
    );
  });

  it('are sorted outright where they lie backwards', () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => ({ unit: 1, ms: 5_000 - index, mark: 1 }));
    const scattered = scatterByUnit([chunkOf(rows, 0)], {
      groupings: [],
      hasNumbers: false,
      hasPlaces: false,
    });
    sortUnits(scattered, null);
    expect([...scattered.tsMs]).toEqual(rows.map(({ ms }) => ms).reverse());
  });
});

describe('presence', () => {
  it('lists the cells of a user in order, the highest bit of a word included', () => {
    const presence = { users: 2, words: 2, bits: Int32Array.of(0, 0, 1 | (1 << 31), 0b101, -1, 0) };
    const cells = cellsBuffer(presence);
    expect([...cells.subarray(0, cellsOf(presence, 1, cells))]).toEqual([0, 31, 32, 34]);
    expect(cellsOf(presence, 2, cells)).toBe(32);
    expect(cellsOf(presence, 0, cells)).toBe(0);
  });
});

describe(`sets of ids, seed ${seed}`, () => {
  it('unite as Sets do, small or large', () => {
    const drawn = fc.array(fc.nat(), { maxLength: 1_500, size: 'max' });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60_000 }), drawn, drawn, (universe, left, right) => {
        const setOf = (numbers: readonly number[]): IdSet => {
          const set = new IdSet(universe);
          for (const number of numbers) set.add(1 + (number % universe));
          return set;
        };
        const union = setOf(left);
        union.addAll(setOf(right));
        const expected = new Set([...left, ...right].map((number) => 1 + (number % universe)));
        const held: number[] = [];
        union.forEach((id) => held.push(id));
        expect(union.size).toBe(expected.size);
        expect(new Set(held)).toEqual(expected);
      }),
      settings,
    );
  });
});

describe(`counts of links, seed ${seed}`, () => {
  it('are those of a Map', () => {
    const link = fc.tuple(fc.nat(20), fc.nat(30), fc.nat(30), fc.nat(1_000));
    fc.assert(
      fc.property(fc.array(link, { maxLength: 800, size: 'max' }), (links) => {
        const counts = new LinkCounts();
        const expected = new Map<string, [number, number]>();
        for (const [step, source, target, waitMs] of links) {
          counts.add(step, source, target, waitMs);
          const [count, sum] = expected.get(`${step} ${source} ${target}`) ?? [0, 0];
          expected.set(`${step} ${source} ${target}`, [count + 1, sum + waitMs]);
        }
        const held = new Map<string, [number, number]>();
        counts.forEach(({ step, source, target, count, waitMs }) =>
          held.set(`${step} ${source} ${target}`, [count, waitMs]),
        );
        expect(held).toEqual(expected);
      }),
      settings,
    );
  });
});

describe('groups by several properties', () => {
  it.each([
    ['environment', 'ts'],
    ['ts', 'environment'],
    ['ts', 'environment', 'ts'],
  ])('are told apart beyond the first thousand values: %s, %s', (...properties) => {
    const ms = Int32Array.from({ length: 3_000 }, (_, index) => (index * 7) % 1_500);
    const segment = { environment: 'test', eventType: 'a' };
    const batch = { segment, dayMs: 0, ms } as unknown as Batch; // all that these two columns are read from
    const grouping = new Grouping(properties.map((property) => ({ kind: 'event', property })));
    const groups = new Int32Array(ms.length);
    grouping.assign(batch, Int32Array.from(ms.keys()), ms.length, groups, new Scratch());
    expect(grouping.values.length).toBe(1_500);
    for (const [index, group] of groups.entries())
      expect(grouping.values[group]).toEqual(
        properties.map((property) =>
          property === 'ts' ? new Date(ms[index] as number).toISOString() : 'test',
        ),
      );
  });
});
