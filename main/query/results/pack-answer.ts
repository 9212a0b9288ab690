import { Field, Float64, makeData, RecordBatch, Schema, Struct, Table, tableToIPC } from 'apache-arrow';
import type { Answer } from '../../../shared/query/answer.ts';
import type { Packed, PackedAnswer } from '../../../shared/query/packed.ts';

type NumberList = (number | null)[];

/** Turns an answer into its JSON shape plus Arrow tables, one table per distinct column length. */
export function packAnswer(answer: Answer): PackedAnswer {
  const columns = new ColumnSink();
  const meta = packValue(answer, columns);
  return { meta, tables: columns.tables() };
}

function packValue(value: unknown, columns: ColumnSink): Packed {
  if (Array.isArray(value)) return packList(value, columns);
  if (typeof value === 'object' && value !== null) return packFields(value, columns);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return value;
  throw new TypeError(`an answer cannot hold a value of type ${typeof value}`);
}

function packFields(value: object, columns: ColumnSink): { [key: string]: Packed } {
  const present = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(present.map(([key, item]) => [key, packValue(item, columns)]));
}

function packList(list: unknown[], columns: ColumnSink): Packed {
  if (list.length === 0) return [];
  if (isNumberList(list)) return { $column: columns.add(list) };
  const keys = sharedKeys(list);
  if (keys !== undefined) {
    const rows = list as Record<string, unknown>[];
    const fields = keys.map((key): [string, Packed] => [
      key,
      packList(
        rows.map((row) => row[key]),
        columns,
      ),
    ]);
    return { $rows: list.length, fields: Object.fromEntries(fields) };
  }
  const length = sharedLength(list);
  if (length !== undefined) {
    return { $lists: list.length, length, items: packList((list as unknown[][]).flat(), columns) };
  }
  return list.map((item) => packValue(item, columns));
}

/** A list of nulls alone stays JSON: it may stand for missing texts. */
function isNumberList(list: unknown[]): list is NumberList {
  return (
    list.every((item) => item === null || typeof item === 'number') && list.some((item) => item !== null)
  );
}

function sharedKeys(list: unknown[]): string[] | undefined {
  const [first] = list;
  if (!isPlainObject(first)) return undefined;
  const keys = definedKeys(first);
  const signature = keys.join('\u0000');
  const uniform = list.every((item) => isPlainObject(item) && definedKeys(item).join('\u0000') === signature);
  return uniform && keys.length > 0 ? keys : undefined;
}

function sharedLength(list: unknown[]): number | undefined {
  const [first] = list;
  if (!Array.isArray(first) || first.length === 0) return undefined;
  return list.every((item) => Array.isArray(item) && item.length === first.length) ? first.length : undefined;
}

const definedKeys = (item: Record<string, unknown>): string[] =>
  Object.keys(item).filter((key) => item[key] !== undefined);

const isPlainObject = (item: unknown): item is Record<string, unknown> =>
  typeof item === 'object' && item !== null && !Array.isArray(item);

class ColumnSink {
  readonly #columnsByLength = new Map<number, { table: number; columns: NumberList[] }>();

  add(list: NumberList): [number, number] {
    let group = this.#columnsByLength.get(list.length);
    if (group === undefined) {
      group = { table: this.#columnsByLength.size, columns: [] };
      this.#columnsByLength.set(list.length, group);
    }
    group.columns.push(list);
    return [group.table, group.columns.length - 1];
  }

  tables(): Uint8Array[] {
    return [...this.#columnsByLength].map(([length, { columns }]) => encodeTable(columns, length));
  }
}

function encodeTable(columns: NumberList[], length: number): Uint8Array {
  const fields = columns.map((_, index) =>
    Field.new({ name: String(index), type: new Float64(), nullable: true }),
  );
  const schema = new Schema(fields);
  const children = columns.map(encodeColumn);
  const data = makeData({ type: new Struct(fields), length, nullCount: 0, children });
  return tableToIPC(new Table(schema, [new RecordBatch(schema, data)]), 'stream');
}

function encodeColumn(list: NumberList) {
  const data = new Float64Array(list.length);
  const nullBitmap = new Uint8Array(Math.ceil(list.length / 8));
  let nullCount = 0;
  for (const [index, item] of list.entries()) {
    if (item === null) {
      nullCount += 1;
    } else {
      data[index] = item;
      nullBitmap[index >> 3] = (nullBitmap[index >> 3] ?? 0) | (1 << (index & 7));
    }
  }
  return makeData({ type: new Float64(), length: list.length, nullCount, nullBitmap, data });
}
