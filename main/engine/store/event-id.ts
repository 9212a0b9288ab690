import { hash128 } from './byte-hash.ts';

const UUID_LENGTH = 36;
const ID_BYTES = 16;
const DASH = 0x2d;
const AT = 0x40;

const HEX_VALUE = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value++) HEX_VALUE[value.toString(16).charCodeAt(0)] = value;

/** Sixteen bytes and the same memory as four words. */
export interface EventId {
  bytes: Uint8Array;
  words: Uint32Array;
}

export function createEventId(): EventId {
  const bytes = new Uint8Array(ID_BYTES);
  return { bytes, words: new Uint32Array(bytes.buffer) };
}

/**
 * Sets the 16 bytes that stand for an event id. A lower-case RFC UUID and a plain id of up to
 * 16 ASCII bytes are kept as they are (the ninth byte tells them apart), everything else as a 128-bit hash; so two
 * different ids share their bytes only if the hash collides. An id with an "@" is hashed: it could be an address.
 */
export function setEventId(id: EventId, source: Uint8Array, start: number, end: number): void {
  if (setUuid(id.bytes, source, start, end) || setShortId(id.bytes, source, start, end)) return;
  hash128(source, start, end, id.words, 0);
}

function setUuid(id: Uint8Array, source: Uint8Array, start: number, end: number): boolean {
  if (end - start !== UUID_LENGTH) return false;
  let from = start;
  for (let i = 0; i < ID_BYTES; i++) {
    if ((i === 4 || i === 6 || i === 8 || i === 10) && source[from++] !== DASH) return false;
    const high = HEX_VALUE[source[from++] ?? 0] ?? -1;
    const low = HEX_VALUE[source[from++] ?? 0] ?? -1;
    if ((high | low) < 0) return false;
    id[i] = (high << 4) | low;
  }
  return (id[8] ?? 0) >= 0x80; // RFC 9562 variant
}

function setShortId(id: Uint8Array, source: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length > ID_BYTES) return false;
  for (let i = 0; i < length; i++) {
    const byte = source[start + i] ?? 0;
    if (byte === 0 || byte === AT || byte >= 0x80) return false;
    id[i] = byte;
  }
  for (let i = length; i < ID_BYTES; i++) id[i] = 0;
  return true;
}

/** The id that lies at `at` in plain ASCII; null where the bytes are a UUID or a hash. */
export function plainEventId(bytes: Buffer, at: number): string | null {
  let length = ID_BYTES;
  while (length > 0 && bytes[at + length - 1] === 0) length--;
  for (let i = 0; i < length; i++) {
    const byte = bytes[at + i] ?? 0;
    if (byte < 0x20 || byte >= 0x80) return null;
  }
  return length === 0 ? null : bytes.toString('latin1', at, at + length);
}

export function setHashedId(id: EventId, text: Uint8Array): void {
  hash128(text, 0, text.length, id.words, 0);
}
