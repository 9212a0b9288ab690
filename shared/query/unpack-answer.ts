import { AppError } from '../errors.ts';
import type { Answer } from './answer.ts';
import type { Packed, PackedAnswer } from './packed.ts';

export type NumberList = (number | null)[];
/** Reads the columns of one Arrow IPC stream; given, because this layer has no Arrow. */
export type ReadTable = (bytes: Uint8Array) => NumberList[];

/** The reverse of the query process's packing. Throws AppError `corrupt` if a reference points nowhere. */
export function unpackAnswer(packed: PackedAnswer, readTable: ReadTable): Answer {
  const tables = packed.tables.map(readTable);
  // The query process built this shape from an Answer; references are checked, the rest is its own type.
  return unpackValue(packed.meta, tables) as Answer;
}

function unpackValue(value: Packed, tables: NumberList[][]): unknown {
  if (Array.isArray(value)) return value.map((item) => unpackValue(item, tables));
  if (typeof value !== 'object' || value === null) return value;
  if ('$column' in value || '$rows' in value || '$lists' in value) return unpackList(value, tables);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpackValue(item, tables)]));
}

function unpackList(value: Packed, tables: NumberList[][]): unknown[] {
  if (isColumn(value)) return columnAt(value.$column, tables);
  if (isRows(value)) return unpackRows(value, tables);
  if (isLists(value)) return unpackLists(value, tables);
  const list = unpackValue(value, tables);
  if (!Array.isArray(list)) throw new AppError('corrupt', 'an answer holds a field where a list belongs');
  return list;
}

function unpackRows({ $rows, fields }: RowsReference, tables: NumberList[][]): unknown[] {
  const columns = Object.entries(fields).map(([key, packed]): [string, unknown[]] => [
    key,
    unpackList(packed, tables),
  ]);
  return Array.from({ length: $rows }, (_, row) =>
    Object.fromEntries(columns.map(([key, list]) => [key, list[row]])),
  );
}

function unpackLists({ $lists, length, items }: ListsReference, tables: NumberList[][]): unknown[] {
  const flat = unpackList(items, tables);
  return Array.from({ length: $lists }, (_, index) => flat.slice(index * length, (index + 1) * length));
}

function columnAt([table, column]: [number, number], tables: NumberList[][]): NumberList {
  const list = tables[table]?.[column];
  if (list === undefined)
    throw new AppError('corrupt', `an answer refers to column ${table}.${column}, which did not come`);
  return list;
}

type ColumnReference = Extract<Packed, { $column: unknown }>;
type RowsReference = Extract<Packed, { $rows: unknown }>;
type ListsReference = Extract<Packed, { $lists: unknown }>;
const isColumn = (value: Packed): value is ColumnReference => hasKey(value, '$column');
const isRows = (value: Packed): value is RowsReference => hasKey(value, '$rows');
const isLists = (value: Packed): value is ListsReference => hasKey(value, '$lists');
const hasKey = (value: Packed, key: string): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && key in value;
