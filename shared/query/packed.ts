/**
 * How a result crosses the wire: its shape as JSON, its numbers as Arrow columns. Lists of uniform objects become
 * one column per field, so that no row object is ever serialised.
 */
export type Packed =
  | string
  | number
  | boolean
  | null
  | Packed[]
  | { [key: string]: Packed }
  /** Column `column` (Float64, nullable) of table `table`. */
  | { $column: [table: number, column: number] }
  /** `count` objects with the same fields, each field as one packed list. */
  | { $rows: number; fields: { [key: string]: Packed } }
  /** `count` lists of `length` items each, laid end to end. */
  | { $lists: number; length: number; items: Packed };

export interface PackedAnswer {
  /** The answer with every numeric list replaced by a reference. */
  meta: Packed;
  /** Arrow IPC streams, one record batch each; every column of a table has the same length. */
  tables: Uint8Array[];
}
