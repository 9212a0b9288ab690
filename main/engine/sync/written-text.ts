import { type ByteView, viewBytes } from '../store/byte-view.ts';
import { QUOTE, UNUSUAL } from './json-bytes.ts';

const BACKSLASH = 0x5c;
const FIRST_TEXT = 0x20;
const MOST_BYTES = 1 << 16; // longer ones are left to the decoder
const READ_AT_ONCE = 4; // the scanner looks so far beyond the end

/** What the byte behind a backslash stands for; 0: for what is seldom enough to be left to the decoder. */
const UNESCAPED = new Uint8Array(256);
for (const [letter, byte] of [
  ['"', 0x22],
  ['\\', 0x5c],
  ['/', 0x2f],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
] as const)
  UNESCAPED[letter.charCodeAt(0)] = byte;

/** The content of a JSON text that holds JSON, without its escapes: `{\"a\":1}` becomes `{"a":1}`. */
export class WrittenText {
  /** Its content holds until the next reading. */
  readonly source: ByteView = viewBytes(new Uint8Array(MOST_BYTES + READ_AT_ONCE));
  length = 0;

  /** From behind the opening quote to behind the closing one; UNUSUAL for anything but the plain escapes. */
  read(bytes: Uint8Array, start: number, end: number): number {
    const out = this.source.bytes;
    const last = Math.min(end, start + MOST_BYTES);
    let at = 0;
    for (let i = start; i < last; i++) {
      let byte = bytes[i] as number;
      if (byte === QUOTE) return this.#end(at, i + 1);
      if (byte < FIRST_TEXT) return UNUSUAL;
      if (byte === BACKSLASH) {
        byte = UNESCAPED[bytes[++i] as number] as number;
        if (byte === 0) return UNUSUAL;
      }
      out[at++] = byte;
    }
    return UNUSUAL;
  }

  #end(length: number, behind: number): number {
    this.source.bytes.fill(0, length, length + READ_AT_ONCE);
    this.length = length;
    return behind;
  }
}
