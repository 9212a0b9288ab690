import type { ByteView } from './byte-view.ts';

/**
 * Hashes over slices of bytes. For hash tables four bytes at a time, so that a scanner can compute it while it looks
 * for the end of a text; every step folds its high bits down, because a multiplication alone only carries upwards, and
 * a weak mix once turned a table into an endless probe. For ids that do not fit into 16 bytes the 128-bit x86 form of
 * MurmurHash3 (Austin Appleby, public domain).
 */
export const HASH_SEED = 0x811c9dc5 | 0;

/** Takes in the next four bytes, little-endian; at the end fewer, padded with zeros. */
export function hashStep(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}

/** Steps over bytes[start, end) from HASH_SEED; the length tells padding from zeros, the finaliser spreads the bits. */
export function hashBytes({ bytes, view }: ByteView, start: number, end: number): number {
  let hash = HASH_SEED;
  let i = start;
  for (const last = end - 4; i <= last; i += 4) hash = hashStep(hash, view.getInt32(i, true));
  if (i < end) hash = hashStep(hash, tailWord(bytes, i, end));
  return finishHash(hash, end - start);
}

export const finishHash = (hash: number, length: number): number => mix32(hash ^ length) | 0;

/** Murmur's finaliser: every input bit reaches every output bit. Unsigned. */
export function mix32(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const word = (bytes: Uint8Array, i: number): number =>
  (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24);

const rotl = (x: number, r: number): number => (x << r) | (x >>> (32 - r));

const D1 = 0x239b961b;
const D2 = 0xab0e9789;
const D3 = 0x38b34ae5;
const D4 = 0xa1e38b93;

/** Writes 128 bits into `out[at..at+3]`. */
export function hash128(bytes: Uint8Array, start: number, end: number, out: Uint32Array, at: number): void {
  const length = end - start;
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  let i = start;
  for (const last = end - 15; i < last; i += 16) {
    h1 ^= lane(word(bytes, i), D1, 15, D2);
    h1 = (Math.imul((rotl(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= lane(word(bytes, i + 4), D2, 16, D3);
    h2 = (Math.imul((rotl(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= lane(word(bytes, i + 8), D3, 17, D4);
    h3 = (Math.imul((rotl(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= lane(word(bytes, i + 12), D4, 18, D1);
    h4 = (Math.imul((rotl(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  h4 ^= lane(tailWord(bytes, i + 12, end), D4, 18, D1);
  h3 ^= lane(tailWord(bytes, i + 8, end), D3, 17, D4);
  h2 ^= lane(tailWord(bytes, i + 4, end), D2, 16, D3);
  h1 ^= lane(tailWord(bytes, i, end), D1, 15, D2);
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = mix32((h2 + h1) | 0);
  h3 = mix32((h3 + h1) | 0);
  h4 = mix32((h4 + h1) | 0);
  h1 = mix32(h1);
  h1 = (h1 + h2 + h3 + h4) | 0;
  out[at] = h1;
  out[at + 1] = h2 + h1;
  out[at + 2] = h3 + h1;
  out[at + 3] = h4 + h1;
}

const lane = (k: number, first: number, rotation: number, second: number): number =>
  Math.imul(rotl(Math.imul(k, first), rotation), second);

function tailWord(bytes: Uint8Array, from: number, end: number): number {
  let value = 0;
  for (let i = from, shift = 0; i < end && shift < 32; i++, shift += 8) value |= (bytes[i] ?? 0) << shift;
  return value;
}
