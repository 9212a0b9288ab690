/** The last `capacity` values of a series, oldest first, side by side in memory. */
export interface History {
  push: (value: number) => void;
  /** How many are kept; grows up to the capacity. */
  length: () => number;
  /** Holds the values from `end() − length()` to `end()`; replaced by nothing, moved by `push`. */
  readonly values: Float64Array;
  end: () => number;
  save: () => number[];
}

/** Twice the room, so that the kept half moves only once in `capacity` pushes. */
export function createHistory(capacity: number, saved: readonly number[] = []): History {
  const values = new Float64Array(2 * capacity);
  values.set(saved);
  let end = saved.length;
  const length = (): number => Math.min(end, capacity);
  return {
    values,
    length,
    end: () => end,
    push(value) {
      if (end === values.length) {
        values.copyWithin(0, end - capacity + 1, end);
        end = capacity - 1;
      }
      values[end] = value;
      end += 1;
    },
    save: () => [...values.subarray(end - length(), end)],
  };
}
