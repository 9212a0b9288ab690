import type { Batch } from './batch.ts';

const ID_BYTES = 16;

/** Where a stored event lies. */
export interface EventPlace {
  batch: Batch;
  row: number;
}

/** At one instant the smaller event id is the first, so that storage order cannot decide. */
export const comesFirst = (a: EventPlace, b: EventPlace): boolean => Buffer.compare(idAt(a), idAt(b)) < 0;

function idAt({ batch, row }: EventPlace): Uint8Array {
  const values = batch.column('id')?.values as Uint8Array | undefined;
  return values?.subarray(row * ID_BYTES, (row + 1) * ID_BYTES) ?? new Uint8Array(0);
}
