import { BrokenAnswer } from '../tables/table-faults.ts';
import { Refusal } from './clickhouse-faults.ts';

/** An error that strikes after the first rows stands behind them as text; the server writes no more of it*. */
const HELD_BYTES = 32 << 10;
const FIRST_HELD_BYTES = 2 * HELD_BYTES;
const ERROR = /Code: (\d+)\. DB::Exception/g;

/** How a whole answer ends. */
export type IsWhole = (tail: Buffer) => boolean;

const CLOSE = 0x7d;
const OPEN = 0x7b;
const LINE_FEED = 0x0a;
/** Of an Arrow stream: the mark of a message, and no length. */
const END_OF_STREAM = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

export const isWholeArrow: IsWhole = (tail) => tail.subarray(-END_OF_STREAM.length).equals(END_OF_STREAM);

/** The last line is an object. */
export const isWholeJsonRows: IsWhole = (tail) => {
  if (tail.length === 0) return true;
  const last = tail.length - 1;
  if (tail[last] !== LINE_FEED || tail[last - 1] !== CLOSE) return false;
  const start = tail.lastIndexOf(LINE_FEED, last - 1) + 1;
  return tail[start] === OPEN || (start === 0 && tail.length >= HELD_BYTES);
};

/**
 * Hands on what comes, but its end only once it is known to be the end of rows: otherwise throws what the server says
 * there, a Refusal, or BrokenAnswer.
 */
export async function* wholeAnswer(
  chunks: AsyncIterable<Uint8Array>,
  isWhole: IsWhole,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < FIRST_HELD_BYTES) continue;
    const all = Buffer.concat(held, heldBytes);
    yield all.subarray(0, heldBytes - HELD_BYTES);
    held = [Uint8Array.prototype.slice.call(all, heldBytes - HELD_BYTES)];
    heldBytes = HELD_BYTES;
  }
  const tail = Buffer.concat(held, heldBytes);
  if (!isWhole(tail)) throw endOf(tail);
  if (tail.length > 0) yield tail;
}

function endOf(tail: Buffer): Error {
  const code = [...tail.toString('latin1').matchAll(ERROR)].at(-1)?.[1];
  return code === undefined ? new BrokenAnswer('the last row is cut off') : new Refusal(200, Number(code));
}
