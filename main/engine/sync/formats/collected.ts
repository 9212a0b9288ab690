import { ObjectFault } from '../object-fault.ts';

/** What can only be read from its end is held in memory once unpacked: nothing unscrubbed touches the disk*. */
const MOST_BYTES = 256 << 20;

export async function collected(label: string, chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > MOST_BYTES) {
      const message = `${label} is larger than ${MOST_BYTES >> 20} MiB unpacked and of a kind that is read from its end`;
      throw new ObjectFault('too-large', `${message}; store it without .gz or .zst, or in smaller files`);
    }
  }
  return new Uint8Array(Buffer.concat(parts, sizeBytes));
}
