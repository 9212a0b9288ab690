/**
 * MurmurHash3 over a slice of bytes: the 32-bit form for hash tables, the 128-bit x86 form for ids that do not fit
 * into 16 bytes. Source: Austin Appleby, MurmurHash3 (public domain). A weak mix once turned a table into an endless
 * probe, so tables take the finalised value only.
 */
const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

export function hash32(bytes: Uint8Array, start: number, end: number): number {
  let h = end - start;
  let i = start;
  for (const last = end - 3; i < last; i += 4) {
    const k = Math.imul(word(bytes, i), C1);
    h ^= Math.imul((k << 15) | (k >>> 17), C2);
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let shift = 0; i < end; i++, shift += 8) tail |= (bytes[i] ?? 0) << shift;
  const k = Math.imul(tail, C1);
  return mix32(h ^ Math.imul((k << 15) | (k >>> 17), C2));
}

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
