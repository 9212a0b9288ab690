import { tableFromIPC } from 'apache-arrow';
import { AppError } from '../../shared/errors.ts';
import type { Answer } from '../../shared/query/answer.ts';
import type { PackedAnswer } from '../../shared/query/packed.ts';
import { type NumberList, unpackAnswer as unpack } from '../../shared/query/unpack-answer.ts';

/** The reverse of the query process's packing. Throws AppError `corrupt` if a reference points nowhere. */
export const unpackAnswer = (packed: PackedAnswer): Answer => unpack(packed, readTable);

/** Whole chunks are read: `vector.get(i)` in a loop is 70 times slower. */
function readTable(bytes: Uint8Array): NumberList[] {
  const [batch] = tableFromIPC(bytes).batches;
  if (batch === undefined) throw new AppError('corrupt', 'an answer table holds no record batch');
  return batch.data.children.map((column) => {
    const values = column.values as Float64Array; // packed as Float64, see shared/query/packed.ts
    const list: NumberList = Array.from(values.subarray(0, column.length));
    if (column.nullCount > 0) {
      for (let row = 0; row < column.length; row += 1) if (!column.getValid(row)) list[row] = null;
    }
    return list;
  });
}
