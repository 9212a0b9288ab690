import { ObjectFault } from './object-fault.ts';
import { MAX_ROW_BYTES, type RowSplitter, type SplitterEvents } from './row-splitter.ts';
import { joined } from './split-lines.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * JSON that is not line by line: the elements of one array, one document over many lines, or several documents one
 * after the other. Only brackets and strings are followed here; whether a row is valid is for its parser to say.
 */
export function createValueSplitter(events: SplitterEvents): RowSplitter {
  let depth = 0;
  let inList = false;
  let listClosed = false;
  let inText = false;
  let escaped = false;
  let inRow = false;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let skipping = false;

  function endRow(chunk: Uint8Array, from: number, to: number): void {
    inRow = false;
    hold(chunk, from, to);
    if (skipping) events.onTooLong();
    else if (heldBytes > 0) events.onRow(joined(held, heldBytes), 0, heldBytes);
    held = [];
    heldBytes = 0;
    skipping = false;
  }

  function hold(chunk: Uint8Array, from: number, to: number): void {
    if (skipping || to === from) return;
    held.push(chunk.slice(from, to));
    heldBytes += to - from;
    if (heldBytes > MAX_ROW_BYTES) {
      skipping = true;
      held = [];
    }
  }

  return {
    push(chunk) {
      let rowStart = 0;
      for (let i = 0; i < chunk.length; i++) {
        const byte = chunk[i] ?? 0;
        if (inText) {
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) inText = false;
          continue;
        }
        if (!inRow) {
          if (byte <= 0x20 || (byte === COMMA && inList)) continue;
          if (byte === CLOSE_LIST && inList && !listClosed) {
            listClosed = true;
            continue;
          }
          if (listClosed) throw new ObjectFault('bad-input', 'there is more text after the end of the array');
          if (byte === OPEN_LIST && !inList) {
            inList = true;
            continue;
          }
          inRow = true;
          rowStart = i;
          depth = 0;
        }
        if (byte === QUOTE) inText = true;
        else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth++;
        else if (depth > 0 && (byte === CLOSE_OBJECT || byte === CLOSE_LIST)) {
          depth--;
          if (depth === 0) endRow(chunk, rowStart, i + 1);
        } else if (depth === 0 && (byte === COMMA || byte === CLOSE_LIST || byte <= 0x20)) {
          endRow(chunk, rowStart, i); // a bare value, which no event is
          i--; // the byte itself is read again, now between rows
        }
      }
      if (inRow) hold(chunk, rowStart, chunk.length);
    },
    finish() {
      if (inRow && depth === 0 && !inText) endRow(new Uint8Array(0), 0, 0);
      if (inRow) throw new ObjectFault('bad-input', 'the JSON ends in the middle of a row');
      if (inList && !listClosed) throw new ObjectFault('bad-input', 'the JSON array is not closed');
    },
  };
}
