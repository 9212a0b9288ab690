import { createHash } from 'node:crypto';

const SAFE = /[^a-z0-9_.-]/gu;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/;
const MAX_LENGTH = 120; // file systems allow 255 bytes; the rest is for suffixes

/**
 * A file name for any text: small letters, digits, `_`, `-` and inner dots stay, everything else becomes %XX. Two
 * texts never share a name, not even where a file system ignores case.
 */
export function fileNameOf(text: string): string {
  const encoded = text
    .replace(SAFE, percentEncoded)
    .replace(/^\.|\.$/g, '%2E')
    .replace(RESERVED, (word) => percentEncoded(word.charAt(0)) + word.slice(1));
  if (encoded === '') return '%';
  if (encoded.length <= MAX_LENGTH) return encoded;
  return `${encoded.slice(0, MAX_LENGTH - 33)}~${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}

const percentEncoded = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** The text that a file name stands for; null where it was shortened, or is none of ours. */
export function textOfFileName(name: string): string | null {
  try {
    const text = name === '%' ? '' : decodeURIComponent(name);
    return fileNameOf(text) === name ? text : null;
  } catch {
    return null; // no such escapes
  }
}
