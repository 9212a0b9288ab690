import { MAX_ROW_BYTES, type RowSplitter, type SplitterEvents } from './row-splitter.ts';
import { joined } from './split-lines.ts';

const QUOTE = 0x22;
const NEWLINE = 0x0a;

/** One record per line, where a quoted field may hold line breaks (RFC 4180). Records come with their quotes. */
export function createRecordSplitter(events: SplitterEvents): RowSplitter {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let quoted = false;
  let skipping = false;

  function hold(part: Uint8Array): void {
    if (skipping || part.length === 0) return;
    held.push(part.slice());
    heldBytes += part.length;
    if (heldBytes > MAX_ROW_BYTES) {
      skipping = true;
      held = [];
    }
  }

  function endRecord(): void {
    const record = joined(held, skipping ? 0 : heldBytes);
    const end = record.at(-1) === 0x0d ? record.length - 1 : record.length;
    if (skipping) events.onTooLong();
    else if (end > 0) events.onRow(record, 0, end);
    held = [];
    heldBytes = 0;
    skipping = false;
  }

  return {
    push(chunk) {
      let start = 0;
      for (let i = 0; i < chunk.length; i++) {
        const byte = chunk[i];
        if (byte === QUOTE) quoted = !quoted;
        else if (byte === NEWLINE && !quoted) {
          hold(chunk.subarray(start, i));
          endRecord();
          start = i + 1;
        }
      }
      hold(chunk.subarray(start));
    },
    finish() {
      endRecord();
    },
  };
}

/** The fields of one record; a doubled quote inside a quoted field is one quote. */
export function fieldsOf(record: string): string[] {
  const fields: string[] = [];
  for (let at = 0; at <= record.length;) {
    if (record[at] === '"') {
      const { text, end } = quotedField(record, at + 1);
      fields.push(text);
      at = end + 1;
    } else {
      const comma = record.indexOf(',', at);
      const end = comma === -1 ? record.length : comma;
      fields.push(record.slice(at, end));
      at = end + 1;
    }
  }
  return fields;
}

/** `end` is the place of the comma behind the field, or the record's length. */
function quotedField(record: string, start: number): { text: string; end: number } {
  let text = '';
  let from = start;
  for (;;) {
    const quote = record.indexOf('"', from);
    if (quote === -1) return { text: text + record.slice(from), end: record.length };
    text += record.slice(from, quote);
    if (record[quote + 1] !== '"') {
      const comma = record.indexOf(',', quote + 1);
      const end = comma === -1 ? record.length : comma;
      return { text: text + record.slice(quote + 1, end), end };
    }
    text += '"';
    from = quote + 2;
  }
}
