import type { Readable } from 'node:stream';

const COPY_DATA = 0x64; // 'd'
const HEAD_BYTES = 5; // the kind of a message, and its length without the kind

/**
 * Takes the content of CopyData messages off a connection of the library, which would make an object and an event of
 * every single row; all other messages go on to it as they came. Returns what ends that.
 *
 * Rests on the library listening to `data` of its stream once; where it does not, nothing is taken and rows come by its
 * own events.
 */
export function tapCopyData(stream: Readable, onData: (bytes: Uint8Array) => void): () => void {
  const [listener, ...others] = stream.listeners('data') as ((bytes: Uint8Array) => void)[];
  if (listener === undefined || others.length > 0) return () => undefined;
  const head = new Uint8Array(HEAD_BYTES);
  let headBytes = 0; // of the message that begins
  let left = 0; // of the content of the message that goes on
  let isCopyData = false;

  function take(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      if (left === 0) {
        at = takeHead(bytes, at);
        continue;
      }
      const part = bytes.subarray(at, at + left);
      at += part.length;
      left -= part.length;
      if (isCopyData) onData(part);
      else listener?.(part);
    }
  }

  /** The library takes a message in pieces, too. */
  function takeHead(bytes: Uint8Array, start: number): number {
    let at = start;
    while (headBytes < HEAD_BYTES && at < bytes.length) head[headBytes++] = bytes[at++] as number;
    if (headBytes < HEAD_BYTES) return at;
    headBytes = 0;
    isCopyData = head[0] === COPY_DATA;
    left = lengthIn(head) - (HEAD_BYTES - 1);
    if (!isCopyData) listener?.(Buffer.from(head));
    return at;
  }

  stream.on('data', take);
  stream.off('data', listener);
  let isTapped = true;
  return () => {
    if (!isTapped) return;
    isTapped = false;
    stream.on('data', listener);
    stream.off('data', take);
  };
}

const lengthIn = (head: Uint8Array): number =>
  (((head[1] as number) << 24) |
    ((head[2] as number) << 16) |
    ((head[3] as number) << 8) |
    (head[4] as number)) >>>
  0;
