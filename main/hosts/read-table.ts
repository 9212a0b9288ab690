import { tableFromIPC } from 'apache-arrow';
import type { NumberList } from '../../shared/query/unpack-answer.ts';

/** Columns of one Arrow table of an answer; for the few numbers that the terminal shows. */
export const readTable = (bytes: Uint8Array): NumberList[] =>
  tableFromIPC(bytes).batches.flatMap(({ data }) =>
    data.children.map((column) =>
      Array.from({ length: column.length }, (_, row) =>
        column.getValid(row) ? Number((column.values as Float64Array)[row]) : null,
      ),
    ),
  );
