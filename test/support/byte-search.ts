import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';

/** Files below a folder that hold a text anywhere in their bytes: in UTF-8 or UTF-16, packed or not, and in their names. */
export function filesHolding(folder: string, text: string): string[] {
  const needles = [
    Buffer.from(text, 'utf8'),
    Buffer.from(text, 'utf16le'),
    Buffer.from(text, 'utf16le').swap16(),
  ];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => {
      const bytes = readFileSync(file);
      return (
        file.slice(folder.length).includes(text) ||
        [bytes, ...unpacked(bytes)].some((content) => needles.some((needle) => content.includes(needle)))
      );
    })
    .map((file) => path.relative(folder, file));
}

/** What a file holds if it is packed, wherever the packed part begins. */
function unpacked(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (const [magic, unpack] of [
    [Buffer.from([0x1f, 0x8b, 0x08]), gunzipSync],
    [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), zstdDecompressSync],
  ] as const) {
    for (let at = bytes.indexOf(magic); at !== -1; at = bytes.indexOf(magic, at + 1)) {
      try {
        found.push(unpack(bytes.subarray(at)));
      } catch {
        // no packed data after all
      }
    }
  }
  return found;
}
