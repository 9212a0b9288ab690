import type { OpenedObject } from './source-reader.ts';

/** The same object; `onBytes` is told of the bytes that come, as they are stored, up to the object's size. */
export function countingBytes(opened: OpenedObject, onBytes: (bytes: number) => void): OpenedObject {
  let left = opened.sizeBytes;
  const count = (bytes: number): void => {
    const counted = Math.min(bytes, left);
    left -= counted;
    onBytes(counted);
  };
  return {
    ...opened,
    whole() {
      const bytes = opened.whole();
      if (bytes !== null) count(bytes.length);
      return bytes;
    },
    async *stream(signal) {
      for await (const chunk of opened.stream(signal)) {
        count(chunk.length);
        yield chunk;
      }
    },
    async slice(start, end, signal) {
      const bytes = await opened.slice(start, end, signal);
      count(bytes.length);
      return bytes;
    },
    close() {
      count(left);
      opened.close();
    },
  };
}
