/** What leaves the workbench as rows: every row is one group of people, so that a small one can be left out as a whole. */

export interface ExportRow {
  /** Beside `keyColumns`. */
  keys: readonly (string | null)[];
  /** Beside `numberColumns`; unrounded, rates 0..1, null is "not defined". */
  numbers: readonly (number | null)[];
  /** "still filling", "small sample"; empty without. */
  note: string;
  /** Units that the numbers rest on; null: not known. */
  n: number | null;
  /** Where the people behind the row are found; null: `n` counts people. */
  place: string | null;
}

export interface ExportTable {
  title: string;
  keyColumns: readonly string[];
  numberColumns: readonly string[];
  rows: readonly ExportRow[];
}

export const placeOf = (...parts: readonly unknown[]): string => JSON.stringify(parts);
