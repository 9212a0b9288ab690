/** Indices of the rows from the earliest to the latest; rows of one instant keep their order. */
export function indicesInTimeOrder(tsMs: Float64Array): Uint32Array {
  const indices = Uint32Array.from(tsMs, (_, index) => index);
  if (isInTimeOrder(tsMs)) return indices;
  return indices.sort((a, b) => (tsMs[a] as number) - (tsMs[b] as number) || a - b);
}

function isInTimeOrder(tsMs: Float64Array): boolean {
  for (let index = 1; index < tsMs.length; index += 1)
    if ((tsMs[index] as number) < (tsMs[index - 1] as number)) return false;
  return true;
}

/** Rows whose instant is that of an earlier row, and rows that are earlier than one before them. */
export function disorderOf(tsMs: Float64Array, inOrder: Uint32Array): { unsorted: number; repeated: number } {
  let unsorted = 0;
  let repeated = 0;
  for (let index = 1; index < tsMs.length; index += 1) {
    if ((tsMs[index] as number) < (tsMs[index - 1] as number)) unsorted += 1;
    if (tsMs[inOrder[index] as number] === tsMs[inOrder[index - 1] as number]) repeated += 1;
  }
  return { unsorted, repeated };
}
