import { describe, expect, it } from 'vitest';
import { Refusal } from '../../main/engine/sync/clickhouse/clickhouse-faults.ts';
import {
  isWholeArrow,
  isWholeJsonRows,
  wholeAnswer,
} from '../../main/engine/sync/clickhouse/whole-answer.ts';

const ROW = `${JSON.stringify({ id: 'x'.repeat(90) })}\n`;
const ERROR = 'Code: 241. DB::Exception: Memory limit exceeded: "{}" (MEMORY_LIMIT_EXCEEDED)\n';
const END = Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]);

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function taken(bytes: Buffer, isWhole = isWholeJsonRows): Promise<{ text: string; error: unknown }> {
  let text = '';
  try {
    for await (const part of wholeAnswer(inPieces(bytes, 7001), isWhole))
      text += Buffer.from(part).toString('latin1');
    return { text, error: null };
  } catch (error) {
    return { text, error };
  }
}

describe('an answer of ClickHouse', () => {
  it.each([0, 1, 100, 1000, 5000])('of %i rows is handed on whole', async (rows) => {
    expect(await taken(Buffer.from(ROW.repeat(rows)))).toEqual({ text: ROW.repeat(rows), error: null });
  });

  it.each([1, 1000, 5000])(
    'that breaks off behind %i rows says why, and gives no row that is none',
    async (rows) => {
      const half = ROW.slice(0, 40);
      for (const end of [ERROR, half + ERROR, `${half}__exception__\r\n${ERROR}`]) {
        const { text, error } = await taken(Buffer.from(ROW.repeat(rows) + end));
        expect(error).toBeInstanceOf(Refusal);
        expect((error as Refusal).code).toBe(241);
        expect(ROW.repeat(rows).startsWith(text)).toBe(true);
      }
      expect((await taken(Buffer.from(ROW.repeat(rows) + half))).error).toMatchObject({
        message: 'the last row is cut off',
      });
    },
  );

  it('in Arrow ends with the mark of its end', async () => {
    const batch = Buffer.alloc(70_000, 7);
    expect((await taken(Buffer.concat([batch, END]), isWholeArrow)).error).toBe(null);
    expect((await taken(Buffer.concat([batch, Buffer.from(ERROR)]), isWholeArrow)).error).toMatchObject({
      code: 241,
    });
    expect((await taken(batch, isWholeArrow)).error).toMatchObject({ message: 'the last row is cut off' });
  });
});
