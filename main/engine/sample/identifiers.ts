import type { Random } from './random.ts';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const hexOf = (byte: number): string => HEX[byte & 0xff] ?? '00';
const hexOf16 = (bits: number): string => hexOf(bits >>> 8) + hexOf(bits);
const hexOf32 = (bits: number): string => hexOf16(bits >>> 16) + hexOf16(bits);

/** Random UUID, version 4. */
export function uuidOf({ bits }: Random): string {
  const [a, b, c, d] = [bits(), bits(), bits(), bits()];
  const version = (b & 0x0fff) | 0x4000;
  const variant = ((c >>> 16) & 0x3fff) | 0x8000;
  return `${hexOf32(a)}-${hexOf16(b >>> 16)}-${hexOf16(version)}-${hexOf16(variant)}-${hexOf16(c)}${hexOf32(d)}`;
}

/** `<prefix>_` and twelve hex digits. */
export const shortIdOf = (prefix: string, { bits }: Random): string =>
  `${prefix}_${hexOf32(bits())}${hexOf16(bits())}`;

/** `usr_` and a ULID: 48 bits of time, 80 random bits, in Crockford's base 32. */
export function userIdOf(tsMs: number, random: Random): string {
  let time = '';
  for (let left = tsMs, i = 0; i < 10; i += 1, left = Math.floor(left / 32))
    time = CROCKFORD.charAt(left % 32) + time;
  let rest = '';
  for (let i = 0; i < 16; i += 1) rest += CROCKFORD.charAt(random.bits() >>> 27);
  return `usr_${time}${rest}`;
}
