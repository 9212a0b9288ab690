import type { ByteView } from '../store/byte-view.ts';

// What a scanner of JSON needs to know of bytes. Places are indexes; UNUSUAL stands for "leave this row to the decoder".

export const UNUSUAL = -1;

export const QUOTE = 0x22;
export const COLON = 0x3a;
export const COMMA = 0x2c;
export const OPEN = 0x7b;
export const CLOSE = 0x7d;
export const MINUS = 0x2d;
export const LINE_FEED = 0x0a;
const BACKSLASH = 0x5c;
const FIRST_TEXT = 0x20; // control characters are not allowed inside a JSON text
const HIGH_BITS = 0x80808080 | 0;

/**
 * For four bytes the mask of those that end the plain run of a text: a quote, a backslash or a control character;
 * 0 if there is none. (x − 0x01…) & ~x has the high bit set in the lowest byte of x that is zero; a borrow can only set
 * it above such a byte, so the lowest bit set is exact.
 */
export function specialBytes(word: number): number {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  const found =
    ((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash) | ((word - 0x20202020) & ~word);
  return found & HIGH_BITS;
}

/** How many of four bytes lie below the first one that a mask marks. */
export const bytesBelow = (mask: number): number => (31 - Math.clz32(mask & -mask)) >> 3;

/** Whether one of the bytes gathered by OR belongs to a character of several bytes. */
export const hasWideByte = (gathered: number): boolean => (gathered & HIGH_BITS) !== 0;

/** JSON's blanks but for the line feed: a row of the scanner never goes over a line. */
export const isBlank = (byte: number | undefined): boolean =>
  byte !== undefined && byte <= 0x20 && (byte === 0x20 || byte === 0x09 || byte === 0x0d);

export function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && isBlank(bytes[i])) i++;
  return i;
}

/** Where a field's name ends; UNUSUAL if it has escapes or no end. */
export function endOfName(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === QUOTE) return i;
    if (byte === BACKSLASH || byte < FIRST_TEXT) return UNUSUAL;
  }
  return UNUSUAL;
}

/** From behind the opening quote of a text that is not kept to behind the closing one, by JSON's rules for escapes. */
export function skipText(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === QUOTE) return i + 1;
    if (byte < FIRST_TEXT) return UNUSUAL;
    if (byte !== BACKSLASH) continue;
    i++;
    const escape = bytes[i] ?? 0;
    if (escape === 0x75) {
      for (let digit = 1; digit <= 4; digit++) if (!isHexDigit(bytes[i + digit])) return UNUSUAL;
      i += 4;
    } else if (!ESCAPES.includes(escape)) {
      return UNUSUAL;
    }
  }
  return UNUSUAL;
}

const ESCAPES = Buffer.from('"\\/bfnrt');

const isHexDigit = (byte: number | undefined): boolean =>
  byte !== undefined && /[0-9a-fA-F]/.test(String.fromCharCode(byte));

export const NULL = Buffer.from('null');
export const TRUE = Buffer.from('true');
export const FALSE = Buffer.from('false');

export function isWord(bytes: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  if (end - at < word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}

/** A text that is compared four bytes at a time; at least four bytes long. */
export interface Literal {
  length: number;
  /** Its words in order, then its last four bytes. */
  words: Int32Array;
}

export function literalOf({ bytes, view }: ByteView): Literal {
  const { length } = bytes;
  const words = new Int32Array((length >> 2) + 1);
  for (let word = 0; word < length >> 2; word++) words[word] = view.getInt32(word * 4, true);
  words[length >> 2] = view.getInt32(length - 4, true);
  return { length, words };
}

export function startsWith({ view }: ByteView, at: number, end: number, { length, words }: Literal): boolean {
  if (at + length > end) return false;
  const last = words.length - 1;
  for (let word = 0; word < last; word++)
    if (view.getInt32(at + word * 4, true) !== words[word]) return false;
  return view.getInt32(at + length - 4, true) === words[last];
}
