// LZ4 as its block and frame formats describe it (lz4/doc): Parquet writes bare blocks, Arrow whole frames.

const MIN_MATCH = 4;
const FRAME_MAGIC = 0x184d2204;
const UNCOMPRESSED_BIT = 0x80000000;
const LENGTH_BYTES = 4;

/** Unpacks one block to exactly `size` bytes; throws RangeError where it makes no sense. */
export function unpackLz4Block(input: Uint8Array, size: number): Uint8Array {
  const output = new Uint8Array(size);
  const written = unpackInto(input, output, 0);
  if (written !== size) throw new RangeError('an LZ4 block is shorter than announced');
  return output;
}

/** Unpacks a frame of any number of blocks, of which each may refer to those before it. */
export function unpackLz4Frame(input: Uint8Array): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (view.getUint32(0, true) !== FRAME_MAGIC) throw new RangeError('this is no LZ4 frame');
  const flags = view.getUint8(4);
  const checksumBytes = (flags & 0x10) === 0 ? 0 : LENGTH_BYTES;
  const largestBlock = 1 << (8 + 2 * ((view.getUint8(5) >> 4) & 7)); // 64 KiB to 4 MiB
  let at = 6 + ((flags & 0x08) === 0 ? 0 : 8) + ((flags & 0x01) === 0 ? 0 : 4) + 1;
  let output = new Uint8Array(Math.max(largestBlock, input.length * 3));
  let written = 0;
  for (let word = view.getUint32(at, true); word !== 0; word = view.getUint32(at, true)) {
    at += LENGTH_BYTES;
    const length = word & ~UNCOMPRESSED_BIT;
    const block = input.subarray(at, at + length);
    if (block.length !== length) throw new RangeError('an LZ4 frame is cut short');
    if (written + Math.max(largestBlock, length) > output.length)
      output = grown(output, written + largestBlock);
    if (word >>> 31 === 1) {
      output.set(block, written);
      written += length;
    } else {
      written = unpackInto(block, output, written);
    }
    at += length + checksumBytes;
  }
  return output.subarray(0, written);
}

function grown(output: Uint8Array, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, output.length * 2));
  larger.set(output);
  return larger;
}

/** Writes behind what stands in `output` already and says where it ended. */
function unpackInto(input: Uint8Array, output: Uint8Array, start: number): number {
  let at = 0;
  let to = start;
  const length = (nibble: number): number => {
    if (nibble < 15) return nibble;
    let sum = nibble;
    for (let byte = 255; byte === 255; sum += byte) byte = input[at++] ?? 0;
    return sum;
  };
  while (at < input.length) {
    const token = input[at++] ?? 0;
    const literals = length(token >> 4);
    if (at + literals > input.length || to + literals > output.length)
      throw new RangeError('an LZ4 block is damaged');
    output.set(input.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at === input.length) break; // the last sequence has literals only
    const offset = (input[at] ?? 0) | ((input[at + 1] ?? 0) << 8);
    at += 2;
    const copied = length(token & 15) + MIN_MATCH;
    if (offset === 0 || offset > to || to + copied > output.length)
      throw new RangeError('an LZ4 block is damaged');
    if (offset >= copied) output.copyWithin(to, to - offset, to - offset + copied);
    else for (let i = 0; i < copied; i++) output[to + i] = output[to + i - offset] ?? 0; // it repeats itself
    to += copied;
  }
  return to;
}
