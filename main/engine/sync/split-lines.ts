import { MAX_ROW_BYTES, type RowSplitter, type SplitterEvents } from './row-splitter.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

/** One row per line; blank lines are none. A line over the limit is reported and skipped without being held. */
export function createLineSplitter(events: SplitterEvents): RowSplitter {
  let carry: Uint8Array[] = [];
  let carryBytes = 0;
  let skipping = false;

  function hold(part: Uint8Array): void {
    if (skipping || part.length === 0) return;
    carry.push(part.slice());
    carryBytes += part.length;
    if (carryBytes > MAX_ROW_BYTES) {
      skipping = true;
      carry = [];
    }
  }

  function finishCarried(): void {
    if (skipping) events.onTooLong();
    else if (carryBytes > 0) deliver(joined(carry, carryBytes), 0, carryBytes);
    carry = [];
    carryBytes = 0;
    skipping = false;
  }

  function deliver(bytes: Uint8Array, start: number, end: number): void {
    let from = start;
    let to = end;
    while (to > from && isBlank(bytes[to - 1])) to--;
    while (from < to && isBlank(bytes[from])) from++;
    if (to - from > MAX_ROW_BYTES) events.onTooLong();
    else if (to > from) events.onRow(bytes, from, to);
  }

  return {
    push(chunk) {
      let start = 0;
      if (carryBytes > 0 || skipping) {
        const end = chunk.indexOf(NEWLINE);
        if (end === -1) {
          hold(chunk);
          return;
        }
        hold(chunk.subarray(0, end));
        finishCarried();
        start = end + 1;
      }
      for (;;) {
        const next = events.takeLine?.(chunk, start, chunk.length) ?? -1;
        if (next !== -1) {
          start = next;
          continue;
        }
        const end = chunk.indexOf(NEWLINE, start);
        if (end === -1) break;
        deliver(chunk, start, end);
        start = end + 1;
      }
      hold(chunk.subarray(start));
    },
    finish: finishCarried,
  };
}

const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === RETURN || byte === 0x09;

export function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
