import type { CopyKind } from './postgres-columns.ts';

export interface CopiedColumn {
  name: string;
  kind: CopyKind;
}

const TAB = 0x09;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const NULL_MARK = 0x4e; // \N
const VERTICAL_TAB = 0x76; // \v, which JSON does not know
const CAPITAL_T = 0x54;
const CAPITAL_Z = 0x5a;
const SMALL_T = 0x74;
const SMALL_X = 0x78;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const DASH = 0x2d;

const LONGEST_ESCAPE = 6; // \u0001 for one byte
const ROOM = 64; // of what stands around a value
const NULL_BYTES = 2;
const EXACT_DIGITS = 15; // every integer of so many digits is a double
const UUID_HEX = 32;
const SECONDS_LENGTH = 19; // 2026-11-19 13:32:00
const FIRST_BYTES = 128 << 10;

/** What a byte of COPY's letter escapes stands for, where it is not itself. */
const UNESCAPED: Readonly<Record<number, number>> = {
  0x62: 0x08, // \b
  0x66: 0x0c, // \f
  0x6e: LINE_FEED,
  0x72: 0x0d, // \r
  0x74: TAB,
  [VERTICAL_TAB]: 0x0b,
};

/**
 * Turns rows as COPY writes them (text format: values between tabs, escapes with a backslash) into a JSON object per
 * line. Bytes in, bytes out: the server writes what costs it least, and no value becomes a string of the language.
 * A row without a value for a column gets no such field.
 */
export class CopyRows {
  readonly #columns: readonly { head: Uint8Array; kind: CopyKind }[];
  /** What a row takes beside its values, at most. */
  readonly #headBytes: number;
  #rest: Uint8Array = new Uint8Array(0);
  #out = new Uint8Array(FIRST_BYTES);
  #at = 0;

  constructor(columns: readonly CopiedColumn[]) {
    this.#columns = columns.map(({ name, kind }) => ({
      head: new TextEncoder().encode(`${JSON.stringify(name)}:`),
      kind,
    }));
    this.#headBytes = this.#columns.reduce((sum, { head }) => sum + head.length + ROOM, ROOM);
  }

  /** The rows that are whole by now; the bytes belong to the caller. */
  push(chunk: Uint8Array): Uint8Array {
    const bytes = this.#rest.length === 0 ? chunk : joined(this.#rest, chunk);
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    for (let start = 0; start < end;) start = this.#row(bytes, start);
    this.#rest = bytes.slice(end);
    const done = this.#out.slice(0, this.#at);
    this.#at = 0;
    return done;
  }

  /** Whether something came that is no whole row. */
  get isInsideRow(): boolean {
    return this.#rest.length > 0;
  }

  /** Line feeds within a value are escaped. */
  #row(bytes: Uint8Array, start: number): number {
    const end = bytes.indexOf(LINE_FEED, start);
    this.#room(this.#headBytes + (end - start) * LONGEST_ESCAPE);
    const first = this.#at + 1;
    let at = start;
    this.#out[this.#at++] = OPEN;
    for (const { head, kind } of this.#columns) {
      if (isNull(bytes, at)) {
        at += NULL_BYTES + 1;
        continue;
      }
      const before = this.#at;
      if (before > first) this.#out[this.#at++] = COMMA;
      this.#out.set(head, this.#at);
      this.#at += head.length;
      at = this.#value(kind, bytes, at, before) + 1;
    }
    this.#out[this.#at++] = CLOSE;
    this.#out[this.#at++] = LINE_FEED;
    return end + 1;
  }

  /** Where the value ends that begins at `start`. One that stands for a missing one leaves nothing behind `before`. */
  #value(kind: CopyKind, bytes: Uint8Array, start: number, before: number): number {
    if (kind === 'text') return this.#text(bytes, start);
    if (kind === 'json') return this.#json(bytes, start);
    const value = { bytes, start, end: valueEnd(bytes, start) };
    if (!this.#short(kind, value)) this.#at = before;
    return value.end;
  }

  /** False: such a value is a missing one. */
  #short(kind: Exclude<CopyKind, 'text' | 'json'>, value: Slice): boolean {
    const { bytes, start, end } = value;
    switch (kind) {
      case 'number':
        return isFinite(value) && this.#plain(value);
      case 'integer': // beyond, a number would lose digits
        if (end - start <= EXACT_DIGITS) return this.#plain(value);
        this.#text(bytes, start);
        return true;
      case 'boolean':
        return this.#word(bytes[start] === SMALL_T ? 'true' : 'false');
      case 'instant':
        return this.#instant(value);
      case 'bytes':
        return this.#hex(value);
    }
  }

  #plain({ bytes, start, end }: Slice): boolean {
    for (let i = start; i < end; i++) this.#out[this.#at++] = bytes[i] as number;
    return true;
  }

  #word(word: string): boolean {
    for (let i = 0; i < word.length; i++) this.#out[this.#at++] = word.charCodeAt(i);
    return true;
  }

  /** COPY's escapes are those of JSON, but for one; quotes and rare control characters it does not escape. */
  #text(bytes: Uint8Array, start: number): number {
    const out = this.#out;
    let at = this.#at;
    let i = start;
    out[at++] = QUOTE;
    for (; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH) {
        out[at++] = byte;
      } else if (byte === TAB || byte === LINE_FEED) {
        break;
      } else if (byte === BACKSLASH) {
        const next = bytes[++i] as number;
        if (next === VERTICAL_TAB) at = putControl(out, at, UNESCAPED[VERTICAL_TAB] as number);
        else {
          out[at++] = BACKSLASH;
          out[at++] = next;
        }
      } else if (byte === QUOTE) {
        out[at++] = BACKSLASH;
        out[at++] = QUOTE;
      } else {
        at = putControl(out, at, byte);
      }
    }
    out[at++] = QUOTE;
    this.#at = at;
    return i;
  }

  /** `2026-11-19 13:32:00.5+00` becomes `2026-11-19T13:32:00.500Z`, as events write it; anything else stays text. */
  #instant(value: Slice): boolean {
    const { bytes, start, end } = value;
    const point = start + SECONDS_LENGTH;
    const zone = end - 3;
    const isUsual =
      zone >= point &&
      bytes[start + 4] === DASH &&
      bytes[start + 10] === SPACE &&
      bytes[zone + 1] === ZERO &&
      bytes[zone + 2] === ZERO &&
      (zone === point || bytes[point] === POINT);
    if (!isUsual) {
      this.#text(bytes, start);
      return true;
    }
    const out = this.#out;
    let at = this.#at;
    out[at++] = QUOTE;
    for (let i = start; i < point; i++) out[at++] = i === start + 10 ? CAPITAL_T : (bytes[i] as number);
    out[at++] = POINT;
    for (let i = point + 1; i <= point + 3; i++) out[at++] = i < zone ? (bytes[i] as number) : ZERO;
    out[at++] = CAPITAL_Z;
    out[at++] = QUOTE;
    this.#at = at;
    return true;
  }

  /** JSON text as it is, on one line: control characters that are not escaped in it stand between its values. */
  #json(bytes: Uint8Array, start: number): number {
    const out = this.#out;
    let at = this.#at;
    let i = start;
    for (; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte === TAB || byte === LINE_FEED) break;
      const plain = byte === BACKSLASH ? unescaped(bytes[++i] as number) : byte;
      out[at++] = plain < SPACE ? SPACE : plain;
    }
    this.#at = at;
    return i;
  }

  /** `\\x6162` as hex, and sixteen bytes as the UUID that they mostly are. */
  #hex(value: Slice): boolean {
    const { bytes, start, end } = value;
    const isHex = bytes[start] === BACKSLASH && bytes[start + 2] === SMALL_X;
    if (!isHex) {
      this.#text(bytes, start);
      return true;
    }
    const first = start + 3;
    const isUuid = end - first === UUID_HEX;
    this.#out[this.#at++] = QUOTE;
    for (let i = first; i < end; i++) {
      const digit = i - first;
      if (isUuid && (digit === 8 || digit === 12 || digit === 16 || digit === 20))
        this.#out[this.#at++] = DASH;
      this.#out[this.#at++] = bytes[i] as number;
    }
    this.#out[this.#at++] = QUOTE;
    return true;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#out.length) return;
    const grown = new Uint8Array(Math.max(this.#out.length * 2, this.#at + bytes));
    grown.set(this.#out.subarray(0, this.#at));
    this.#out = grown;
  }
}

interface Slice {
  bytes: Uint8Array;
  start: number;
  end: number;
}

/** Tabs and line feeds within a value are escaped. */
function valueEnd(bytes: Uint8Array, start: number): number {
  let i = start;
  while (bytes[i] !== TAB && bytes[i] !== LINE_FEED && i < bytes.length) i++;
  return i;
}

/** No value begins so: a backslash in one is escaped. */
const isNull = (bytes: Uint8Array, start: number): boolean =>
  bytes[start] === BACKSLASH && bytes[start + 1] === NULL_MARK;

/** Not NaN, Infinity or -Infinity: a missing value in the guise of a number. */
function isFinite({ bytes, start, end }: Slice): boolean {
  const first = bytes[start] === MINUS ? start + 1 : start;
  const digit = bytes[first] ?? 0;
  return first < end && digit >= ZERO && digit <= NINE;
}

const unescaped = (letter: number): number => UNESCAPED[letter] ?? letter;

const HEX = '0123456789abcdef';

function putControl(out: Uint8Array, start: number, byte: number): number {
  const escape = `\\u00${HEX[byte >> 4] ?? ''}${HEX[byte & 15] ?? ''}`;
  for (let i = 0; i < LONGEST_ESCAPE; i++) out[start + i] = escape.charCodeAt(i);
  return start + LONGEST_ESCAPE;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
