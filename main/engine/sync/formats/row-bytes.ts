import { type BatchColumn, type ColumnarBatch, LATEST_YEAR_MS } from './columnar-batch.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const FIRST_TEXT = 0x20;
const ZERO = 0x30;
const COLON = 0x3a;
const DOT = 0x2e;
const CAPITAL_T = 0x54;
const CAPITAL_Z = 0x5a;
const LONGEST_ESCAPE = 6; // \u0001 for one byte
const INSTANT_BYTES = 26; // "2026-11-19T13:32:00.500Z"
const DAY_MS = 86_400_000;
const FIRST_BYTES = 1 << 16;
const READ_AT_ONCE = 4; // the scanner looks so far beyond the end of a row
const HEX = Buffer.from('0123456789abcdef');

/**
 * Writes the rows of a batch as JSON, one after another into the same memory: the scanner of rows takes bytes several
 * times faster than the decoder takes objects. Texts and instants go from column to row without becoming strings of the
 * language. The row is the one that JSON.stringify would make of its values.
 */
export class RowBytes {
  /** The row that was written last lies in [0, length); some bytes follow. */
  bytes = new Uint8Array(FIRST_BYTES);
  length = 0;
  readonly #columns: readonly { column: BatchColumn; head: Uint8Array }[];
  #day = NaN;
  readonly #date = new Uint8Array(10);

  constructor({ columns }: ColumnarBatch) {
    this.#columns = columns.map((column) => ({
      column,
      head: Buffer.from(`${JSON.stringify(column.name)}:`),
    }));
  }

  /** False: a value is no JSON (an infinite number), so that the row has to be taken as it is. */
  write({ columns }: ColumnarBatch, row: number): boolean {
    this.bytes[0] = OPEN;
    this.length = 1;
    for (let i = 0; i < this.#columns.length; i++) {
      const { head } = this.#columns[i] as { head: Uint8Array };
      const column = columns[i] as BatchColumn;
      const before = this.length;
      this.#room(head.length + INSTANT_BYTES);
      if (before > 1) this.bytes[this.length++] = COMMA;
      this.bytes.set(head, this.length);
      this.length += head.length;
      const isThere = this.#value(column, row);
      if (isThere === null) return false;
      if (!isThere) this.length = before;
    }
    this.#room(1);
    this.bytes[this.length++] = CLOSE;
    return true;
  }

  /** False: there is none; null: it is no JSON. */
  #value({ at, textAt, instantAt }: BatchColumn, row: number): boolean | null {
    if (textAt !== undefined) {
      const text = textAt(row);
      if (text !== null) this.#text(text);
      return text !== null;
    }
    if (instantAt !== undefined) {
      const ms = instantAt(row);
      if (ms === null) return false;
      if (ms >= 0 && ms < LATEST_YEAR_MS) {
        this.#instant(ms);
        return true;
      }
    }
    const value = at(row);
    if (value === null || value === undefined) return false;
    if (typeof value === 'number' && !Number.isFinite(value)) return null;
    this.#latin(
      typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value),
    );
    return true;
  }

  #text(text: Uint8Array): void {
    const { length } = text;
    this.#room(length * LONGEST_ESCAPE + 2);
    const out = this.bytes;
    let at = this.length;
    out[at++] = QUOTE;
    for (let i = 0; i < length; i++) {
      const byte = text[i] as number;
      if (byte >= FIRST_TEXT && byte !== QUOTE && byte !== BACKSLASH) {
        out[at++] = byte;
      } else if (byte >= FIRST_TEXT) {
        out[at++] = BACKSLASH;
        out[at++] = byte;
      } else {
        out.set(CONTROL, at);
        out[at + 4] = HEX[byte >> 4] as number;
        out[at + 5] = HEX[byte & 15] as number;
        at += LONGEST_ESCAPE;
      }
    }
    out[at++] = QUOTE;
    this.length = at;
  }

  /** ISO 8601 in UTC, as the language writes it. */
  #instant(ms: number): void {
    const out = this.bytes;
    const day = Math.floor(ms / DAY_MS);
    if (day !== this.#day) {
      this.#day = day;
      this.#date.set(Buffer.from(new Date(day * DAY_MS).toISOString().slice(0, 10)));
    }
    const inDay = Math.trunc(ms - day * DAY_MS);
    let at = this.length;
    out[at++] = QUOTE;
    out.set(this.#date, at);
    at += this.#date.length;
    out[at++] = CAPITAL_T;
    at = putTwo(out, at, Math.floor(inDay / 3_600_000));
    out[at++] = COLON;
    at = putTwo(out, at, Math.floor(inDay / 60_000) % 60);
    out[at++] = COLON;
    at = putTwo(out, at, Math.floor(inDay / 1000) % 60);
    out[at++] = DOT;
    const fraction = inDay % 1000;
    out[at++] = ZERO + Math.floor(fraction / 100);
    at = putTwo(out, at, fraction % 100);
    out[at++] = CAPITAL_Z;
    out[at++] = QUOTE;
    this.length = at;
  }

  #latin(text: string): void {
    this.#room(text.length * 3);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        const { written } = new TextEncoder().encodeInto(text.slice(i), this.bytes.subarray(this.length));
        this.length += written;
        return;
      }
      this.bytes[this.length++] = code;
    }
  }

  #room(bytes: number): void {
    const wanted = this.length + bytes + READ_AT_ONCE;
    if (wanted <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, wanted));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

const CONTROL = Buffer.from('\\u0000');

function putTwo(out: Uint8Array, at: number, value: number): number {
  out[at] = ZERO + Math.floor(value / 10);
  out[at + 1] = ZERO + (value % 10);
  return at + 2;
}
