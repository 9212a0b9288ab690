import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PART_TARGET_BYTES } from '../../shared/limits.ts';
import { AnswerCollector, cutAnswer } from '../../shared/rpc/answer-parts.ts';

const PATTERN = Uint8Array.from({ length: 4 * PART_TARGET_BYTES }, (_, index) => (index * 31) & 255);
const bytesOf = (length: number): Uint8Array => PATTERN.slice(0, length);

function roundTrip(lengths: readonly number[]) {
  const packed = { meta: { kind: 'trend' }, tables: lengths.map(bytesOf) };
  const parts = [...cutAnswer(packed)];
  const collector = new AnswerCollector();
  for (const part of parts) collector.add(part);
  return { packed, parts, joined: collector.packed() };
}

test('parts put together are the answer again, whatever the sizes of its tables', () => {
  const length = fc.oneof(
    fc.integer({ min: 1, max: 50 }),
    fc.constantFrom(PART_TARGET_BYTES - 1, PART_TARGET_BYTES, PART_TARGET_BYTES + 1, 2 * PART_TARGET_BYTES),
  );
  fc.assert(
    fc.property(fc.array(length, { maxLength: 4 }), (lengths) => {
      const { packed, parts, joined } = roundTrip(lengths);
      expect(joined.meta).toEqual(packed.meta);
      expect(
        joined.tables.map((table) => Buffer.from(table).equals(Buffer.from(bytesOf(table.length)))),
      ).toEqual(lengths.map(() => true));
      expect(joined.tables.map((table) => table.length)).toEqual(lengths);
      expect(parts.map(({ last }) => last)).toEqual(parts.map((_, index) => index === parts.length - 1));
    }),
    { numRuns: 60 },
  );
});

test('no part is larger than meant, and each has bytes of its own', () => {
  const { parts } = roundTrip([3 * PART_TARGET_BYTES + 5]);
  expect(parts.map(({ bin }) => bin.byteLength)).toEqual([
    PART_TARGET_BYTES,
    PART_TARGET_BYTES,
    PART_TARGET_BYTES,
    5,
  ]);
  for (const { bin } of parts) expect(bin.buffer.byteLength).toBe(bin.byteLength);
});

test('only the first part carries the envelope', () => {
  const { parts } = roundTrip([10, 2 * PART_TARGET_BYTES]);
  expect(parts.map(({ meta }) => 'answer' in meta)).toEqual([true, false, false]);
});

test('an answer without tables is one empty part', () => {
  const { parts, joined } = roundTrip([]);
  expect(parts).toMatchObject([{ meta: { answer: { kind: 'trend' }, table: 0 }, last: true }]);
  expect(joined.tables).toEqual([]);
});

test('what came before a restart is forgotten', () => {
  const collector = new AnswerCollector();
  for (const part of cutAnswer({ meta: 'old', tables: [bytesOf(9), bytesOf(9)] })) collector.add(part);
  collector.clear();
  for (const part of cutAnswer({ meta: 'new', tables: [bytesOf(3)] })) collector.add(part);
  expect(collector.packed()).toEqual({ meta: 'new', tables: [bytesOf(3)] });
});
