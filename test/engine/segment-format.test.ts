import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type SegmentColumnInput, encodeSegment } from '../../main/format/encode-segment.ts';
import { readColumns } from '../../main/format/read-columns.ts';

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
    });
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
