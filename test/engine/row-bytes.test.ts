import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchColumn, ColumnarBatch } from '../../main/engine/sync/formats/columnar-batch.ts';
import { RowBytes } from '../../main/engine/sync/formats/row-bytes.ts';
import { tapCopyData } from '../../main/engine/sync/postgres/copy-frames.ts';
import { CopyRows } from '../../main/engine/sync/postgres/copy-rows.ts';

const SEED = 20_261_130;
const RUNS = process.env['TIDEMARK_DEEP'] === '1' ? 10_000 : 1000;
const TIMEOUT_MS = 180_000; // of the full number of runs
const checked = { seed: SEED, numRuns: RUNS };

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '"', '\\', '\n\t\r\b\f\v\0', '\u{1f600}', 'x'.repeat(70_000)),
);
/** Without what JSON escapes: JSON.parse of V8 13.6 takes one escaped name for another now and then. */
const name = text.filter((one) => one.length < 100 && JSON.stringify(one).length === one.length + 2);
const value = fc.oneof(
  { weight: 3, arbitrary: text },
  { weight: 2, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.constantFrom(true, false, null, undefined, -0, 1e21) },
  { weight: 1, arbitrary: fc.array(text, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.record({ a: text, b: fc.integer() }) },
);
const LATEST_MS = 8.64e15;

describe('rows of a batch as bytes', () => {
  const column = fc
    .tuple(
      name,
      fc.oneof(
        fc.array(fc.option(text), { minLength: 3, maxLength: 3 }).map((texts) => ({
          at: (row: number) => texts[row],
          textAt: (row: number) => (texts[row] == null ? null : Buffer.from(texts[row])),
        })),
        fc
          .array(fc.option(fc.oneof(fc.integer({ min: -LATEST_MS, max: LATEST_MS }), fc.integer())), {
            minLength: 3,
            maxLength: 3,
          })
          .map((times) => ({
            at: (row: number) => (times[row] == null ? null : new Date(times[row]).toISOString()),
            instantAt: (row: number) => times[row] ?? null,
          })),
        fc
          .array(value, { minLength: 3, maxLength: 3 })
          .map((values) => ({ at: (row: number) => values[row] })),
      ),
    )
    .map(([ofColumn, read]): BatchColumn => ({ name: ofColumn, ...read }));
  const batch = fc.uniqueArray(column, { selector: (one) => one.name, maxLength: 6 });

  it('are what JSON says of their values', { timeout: TIMEOUT_MS }, () => {
    fc.assert(
      fc.property(batch, (columns) => {
        const all: ColumnarBatch = { rows: 3, columns };
        const rows = new RowBytes(all);
        for (let row = 0; row < 3; row++) {
          const values = columns.map((one): [string, unknown] => [one.name, one.at(row)]);
          const isJson = values.every(([, one]) => typeof one !== 'number' || Number.isFinite(one));
          expect(rows.write(all, row)).toBe(isJson);
          if (!isJson) continue;
          const present = values.filter(([, one]) => one !== null && one !== undefined);
          const found = Buffer.from(rows.bytes.buffer, 0, rows.length).toString();
          expect(JSON.parse(found)).toEqual(JSON.parse(JSON.stringify(Object.fromEntries(present))));
        }
      }),
      checked,
    );
  });
});

describe('content off a connection', () => {
  const message = fc.record({
    kind: fc.constantFrom('d', 'd', 'd', 'C', 'Z', 'E', 'H', 'c'),
    content: fc.uint8Array({ maxLength: 40 }),
  });

  function framed({ kind, content }: { kind: string; content: Uint8Array }): Buffer {
    const head = Buffer.alloc(5);
    head.write(kind, 'latin1');
    head.writeInt32BE(content.length + 4, 1);
    return Buffer.concat([head, content]);
  }

  it('is that of its messages, however they are cut, and all others go on', { timeout: TIMEOUT_MS }, () => {
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.integer({ min: 1, max: 30 })), (messages, cuts) => {
        const stream = new PassThrough();
        const passed: Uint8Array[] = [];
        const taken: Uint8Array[] = [];
        stream.on('data', (bytes: Uint8Array) => passed.push(Uint8Array.from(bytes)));
        const untap = tapCopyData(stream, (bytes) => taken.push(Uint8Array.from(bytes)));
        const bytes = Buffer.concat(messages.map(framed));
        for (let at = 0, cut = 0; at < bytes.length; cut++) {
          const end = at + (cuts[cut % Math.max(cuts.length, 1)] ?? bytes.length);
          stream.emit('data', bytes.subarray(at, end));
          at = end;
        }
        const isCopy = ({ kind }: { kind: string }): boolean => kind === 'd';
        const contents = messages.filter(isCopy).map(({ content }) => content);
        expect(Buffer.concat(taken)).toEqual(Buffer.concat(contents));
        const others = Buffer.concat(messages.filter((one) => !isCopy(one)).map(framed));
        expect(Buffer.concat(passed)).toEqual(others);
        untap();
        untap();
        stream.emit('data', Buffer.from('after'));
        expect(Buffer.concat(passed)).toEqual(Buffer.concat([others, Buffer.from('after')]));
      }),
      checked,
    );
  });

  it('is left alone where more than the library listens', () => {
    const stream = new PassThrough();
    stream.on('data', () => undefined);
    stream.on('data', () => undefined);
    const before = stream.listeners('data');
    tapCopyData(stream, () => undefined);
    expect(stream.listeners('data')).toEqual(before);
  });
});

describe('rows as COPY writes them', () => {
  const LETTERS: Readonly<Record<string, string>> = {
    '\\': '\\\\',
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\v': '\\v',
  };
  const escaped = (written: string): string =>
    written.replaceAll(/[\\\b\f\n\r\t\v]/g, (found) => LETTERS[found] ?? found);
  const copied = text.filter((one) => !one.includes('\0') && one.length < 1000);
  const row = fc.record({
    a: fc.option(copied),
    n: fc.option(fc.integer()),
    j: fc.option(fc.dictionary(name, fc.oneof(copied, fc.integer(), fc.boolean()), { maxKeys: 3 })),
    z: fc.option(copied),
  });

  it('become JSON, however they are cut', { timeout: TIMEOUT_MS }, () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), fc.integer({ min: 1, max: 200 }), (rows, part) => {
        const columns = new CopyRows([
          { name: 'a', kind: 'text' },
          { name: 'n', kind: 'integer' },
          { name: 'j', kind: 'json' },
          { name: 'z', kind: 'text' },
        ]);
        const lines = rows.map(({ a, n, j, z }) =>
          [a, n === null ? null : String(n), j === null ? null : JSON.stringify(j), z]
            .map((one) => (one === null ? '\\N' : escaped(one)))
            .join('\t'),
        );
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        let found = '';
        for (let at = 0; at < bytes.length; at += part)
          found += Buffer.from(columns.push(bytes.subarray(at, at + part))).toString('latin1');
        expect(columns.isInsideRow).toBe(false);
        const told = Buffer.from(found, 'latin1').toString().split('\n').slice(0, -1);
        const present = rows.map((one) => Object.entries(one).filter(([, inner]) => inner !== null));
        expect(told.map((line) => JSON.parse(line) as unknown)).toEqual(
          present.map((one) => JSON.parse(JSON.stringify(Object.fromEntries(one))) as unknown),
        );
      }),
      checked,
    );
  });
});
