import type { Batch } from './batch.ts';

const ID_BYTES = 16;

/** Where a stored event lies. */
export interface EventPlace {
  batch: Batch;
  row: number;
}

/** At one instant the smaller event id is the first, so that storage order cannot decide. */
export const comesFirst = (a: EventPlace, b: EventPlace): boolean => Buffer.compare(idAt(a), idAt(b)) < 0;

const idAt = ({ batch, row }: EventPlace): Uint8Array => idIn(idsOf(batch), row);

/** Ids of a batch's events, one after the other; looked up once where many are compared. */
export const idsOf = (batch: Batch): Uint8Array =>
  (batch.column('id')?.values as Uint8Array | undefined) ?? new Uint8Array(0);

export const idIn = (ids: Uint8Array, row: number): Uint8Array =>
  ids.subarray(row * ID_BYTES, (row + 1) * ID_BYTES);
