import type { Codes } from '../columns/batch.ts';
import type { EnvironmentView } from '../columns/environment-view.ts';
import { isPresent, storageOf } from '../columns/storage.ts';
import { gatherCodes } from '../kernels/js/narrow.ts';
import { textOf } from './property-value.ts';
import type { ScannedRows } from './scan.ts';

/** Whole numbers that stand for users, sessions or runs: 1 to `universe`, 0 for rows without one. */
export interface IdSource {
  universe: number;
  assign: (rows: Pick<ScannedRows, 'batch' | 'rows' | 'count'>, out: Int32Array) => void;
}

export function userIds(view: EnvironmentView): IdSource {
  return {
    universe: view.dictionary('user_id').count,
    assign: ({ batch, rows, count }, out) => {
      const users = batch.column('user');
      if (users === undefined) out.fill(0, 0, count);
      else gatherCodes(users.values as Codes, rows, count, out);
    },
  };
}

/** Ids of a property's values: its dictionary codes; values stored as numbers or booleans are found by their text. */
export function propertyIds(view: EnvironmentView, property: string): IdSource {
  const dictionary = view.dictionary(`p.${property}`);
  const emptyCode = dictionary.emptyCode(); // an empty id is none
  const extra = new Map<string, number>();
  const idOf = (text: string): number => {
    const code = dictionary.codeOf(text) || extra.get(text);
    if (code !== undefined) return code;
    extra.set(text, dictionary.count + 1 + extra.size);
    return dictionary.count + extra.size;
  };
  return {
    universe: dictionary.count + countUncodedRows(view, property),
    assign: ({ batch, rows, count }, out) => {
      const storage = storageOf(batch, property);
      switch (storage.kind) {
        case 'codes':
          gatherCodes(storage.codes, rows, count, out);
          if (emptyCode !== 0) for (let i = 0; i < count; i++) if (out[i] === emptyCode) out[i] = 0;
          return;
        case 'numbers': {
          const { values, validity } = storage.numbers;
          for (let i = 0; i < count; i++) {
            const row = rows[i] as number;
            out[i] = isPresent(validity, row) ? idOf(textOf(values[row] as number)) : 0;
          }
          return;
        }
        case 'booleans':
          for (let i = 0; i < count; i++) {
            const value = storage.values[rows[i] as number] as number;
            out[i] = value === 0 ? 0 : idOf(textOf(value === 2));
          }
          return;
        default:
          out.fill(0, 0, count);
      }
    },
  };
}

/** Rows of segments that hold the property as numbers or booleans: so many values may be in no dictionary. */
function countUncodedRows(view: EnvironmentView, property: string): number {
  const name = `p.${property}`;
  return view.segments
    .filter(({ columns }) => columns.some((column) => column.name === name && column.kind !== 'code'))
    .reduce((sum, { rows }) => sum + rows, 0);
}
