import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type SegmentColumnInput, encodeSegment } from '../../main/format/encode-segment.ts';
import { narrowNumbers } from '../../main/engine/store/narrow.ts';
import { describeSegment } from '../../main/format/describe-segment.ts';
import { type LoadedColumn, readColumns } from '../../main/format/read-columns.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-format-'));
afterAll(() => rmSync(folder, { recursive: true }));

function segmentOf(rows: number, columns: SegmentColumnInput[]) {
  return encodeSegment({
    environment: 'sample',
    dataset: 'events',
    day: '2026-11-19',
    eventType: 'page_view',
    revision: 3,
    rows,
    columns,
  });
}

function columnsOf(numbers: (number | null)[]): SegmentColumnInput[] {
  const rows = numbers.length;
  const validity = new Uint8Array(Math.ceil(rows / 8));
  numbers.forEach((value, row) => {
    if (value !== null) validity[row >> 3]! |= 1 << (row & 7);
  });
  return [
    { name: 'ms', kind: 'raw', element: 'int32', values: Int32Array.from(numbers, (_, row) => row * 7) },
    { name: 'hour', kind: 'raw', element: 'uint8', values: Uint8Array.from(numbers, (_, row) => row % 24) },
    {
      name: 'locale',
      kind: 'code',
      element: 'uint16',
      values: Uint16Array.from(numbers, (_, row) => row),
      dictionary: 'locale',
    },
    {
      name: 'p.n',
      kind: 'number',
      element: 'float64',
      values: Float64Array.from(numbers, (n) => n ?? 0),
      validity,
    },
    {
      name: 'id',
      kind: 'id16',
      element: 'id16',
      values: Uint8Array.from({ length: rows * 16 }, (_, i) => i % 251),
    },
  ];
}

const anyNumber = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.integer({ min: 0, max: 65_535 }),
  fc.integer(),
  fc.float({ noNaN: true }),
  fc.double({ noNaN: true }),
);

const isPresent = ({ validity }: LoadedColumn, row: number): boolean =>
  validity === null || ((validity[row >> 3]! >> (row & 7)) & 1) === 1;

describe('a segment file', () => {
  it('gives back by offset what was put in, also into shared memory at an offset', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.double({ noNaN: true }), { freq: 4 }), { minLength: 1 }),
        (numbers) => {
          const columns = columnsOf(numbers);
          const encoded = segmentOf(numbers.length, columns);
          const file = path.join(folder, 'a.arrow');
          writeFileSync(file, encoded.bytes);
          const fd = openSync(file, 'r');
          const arena = new SharedArrayBuffer(1 << 20);
          let used = 64;
          const loaded = readColumns(fd, encoded.columns, (sizeBytes) => {
            const byteOffset = used;
            used += Math.ceil(sizeBytes / 8) * 8;
            return { buffer: arena, byteOffset };
          });
          closeSync(fd);
          loaded.forEach(({ column, values, validity }, index) => {
            expect(column.name).toBe(columns[index]!.name);
            expect(values.buffer).toBe(arena);
            expect([...values]).toEqual([...columns[index]!.values]);
            const given = columns[index]!.validity;
            if (given !== undefined && numbers.includes(null)) expect([...validity!]).toEqual([...given]);
            else expect(validity).toBeNull();
          });
        },
      ),
      { seed: 20261119 },
    );
  });

  it('is an ordinary Arrow table that says what it holds', () => {
    const { bytes } = segmentOf(3, columnsOf([1.5, null, -2]));
    const table = tableFromIPC(bytes);
    expect(table.schema.fields.map(({ name, type }) => `${name} ${String(type)}`)).toEqual([
      'ms Int32',
      'hour Uint8',
      'locale Uint16',
      'p.n Float64',
      'id FixedSizeBinary[16]',
    ]);
    expect(table.getChild('p.n')?.toJSON()).toEqual([1.5, null, -2]);
    expect(Object.fromEntries(table.schema.metadata)).toEqual({
      'tidemark.format_version': '1',
      'tidemark.environment': 'sample',
      'tidemark.dataset': 'events',
      'tidemark.day': '2026-11-19',
      'tidemark.event_type': 'page_view',
      'tidemark.revision': '3',
      'tidemark.checksums': expect.stringMatching(/^([0-9a-f]{8} ?){5}$/) as unknown,
    });
  });

  it('says by itself where its columns lie, and what their checksums are', () => {
    for (const numbers of [[1.5, null, -2], [7], [null]]) {
      const { bytes, columns } = segmentOf(numbers.length, columnsOf(numbers));
      const described = describeSegment(bytes.length, (offset, length) =>
        bytes.subarray(offset, offset + length),
      );
      expect(described).toMatchObject({
        day: '2026-11-19',
        rows: numbers.length,
        revision: 3,
        replaces: [],
        writtenWith: [],
      });
      expect(described.columns).toEqual(columns);
    }
  });

  it('holds the same batch as a stream, for readers that know no footer', () => {
    const { bytes } = segmentOf(3, columnsOf([1.5, null, -2]));
    const stream = tableFromIPC(bytes.subarray(8)); // behind the magic of a file
    expect(stream.numRows).toBe(3);
    expect(stream.getChild('p.n')?.toJSON()).toEqual([1.5, null, -2]);
  });

  it.each([0, 1, 9, 20])('that is no segment is called corrupt, with %i bytes of noise', (sizeBytes) => {
    const noise = Buffer.alloc(sizeBytes, 'ARROW1');
    expect(() =>
      describeSegment(sizeBytes, (offset, length) => noise.subarray(offset, offset + length)),
    ).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });

  it('keeps numbers as narrow as they are exact, and gives them back wide', () => {
    fc.assert(
      fc.property(fc.array(fc.option(anyNumber, { freq: 5 }), { minLength: 1 }), (numbers) => {
        const stored = narrowNumbers(Float64Array.from(numbers, (value) => value ?? NaN));
        const column: SegmentColumnInput = { name: 'p.n', kind: 'number', ...stored };
        const { bytes, columns } = segmentOf(numbers.length, [column]);
        const file = path.join(folder, 'n.arrow');
        writeFileSync(file, bytes);
        const fd = openSync(file, 'r');
        const [read] = readColumns(fd, columns);
        closeSync(fd);
        expect(['Int32Array', 'Float64Array']).toContain(read!.values.constructor.name);
        const back = [...read!.values].map((value, row) => (isPresent(read!, row) ? value + 0 : null));
        expect(back).toEqual(numbers.map((value) => (value === null ? null : value + 0)));
      }),
      { seed: 20261119, examples: [[[0, 255, null]], [[65535]], [[-1, 70000]], [[0.5]], [[0.1]], [[1e39]]] },
    );
  });

  it('that was cut short is called corrupt', () => {
    const encoded = segmentOf(100, columnsOf(Array.from({ length: 100 }, () => 1)));
    const file = path.join(folder, 'short.arrow');
    writeFileSync(file, encoded.bytes);
    truncateSync(file, 900);
    const fd = openSync(file, 'r');
    expect(() => readColumns(fd, encoded.columns)).toThrow(expect.objectContaining({ code: 'corrupt' }));
    closeSync(fd);
  });
});
