import { DAY_MS, parseDate } from '../../../shared/time/calendar-date.ts';
import type { LoadedColumn } from '../../format/read-columns.ts';
import type { SegmentRow } from '../../format/types.ts';
import type { ColumnCache } from './column-cache.ts';
import type { Dictionary } from './dictionary.ts';

export type Codes = Uint8Array | Uint16Array | Int32Array;
export type Numbers = Int32Array | Float64Array;

/** The rows of one segment; columns are loaded when first asked for. */
export interface Batch {
  readonly segment: SegmentRow;
  readonly rows: number;
  /** Start of the UTC day; `ms` counts from it. */
  readonly dayMs: number;
  readonly ms: Int32Array;
  column(name: string): LoadedColumn | undefined;
  dictionary(column: LoadedColumn): Dictionary;
}

export type DictionaryOf = (name: string) => Dictionary;

export function openBatch(segment: SegmentRow, cache: ColumnCache, dictionaryOf: DictionaryOf): Batch {
  const loaded = new Map<string, LoadedColumn | undefined>();
  let ms: Int32Array | undefined;
  const column = (name: string): LoadedColumn | undefined => {
    if (loaded.has(name)) return loaded.get(name);
    const found = cache.column(segment, name);
    loaded.set(name, found);
    return found;
  };
  return {
    segment,
    rows: segment.rows,
    dayMs: (parseDate(segment.day) ?? 0) * DAY_MS,
    get ms() {
      ms ??= (column('ms')?.values ?? new Int32Array(0)) as Int32Array;
      return ms;
    },
    column,
    dictionary: ({ column: stored }) => dictionaryOf(stored.dictionary ?? stored.name),
  };
}
