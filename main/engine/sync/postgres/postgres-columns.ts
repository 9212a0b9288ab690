import pg from 'pg';
import type { TableColumn } from '../tables/select-columns.ts';

/** How the text of a value, as COPY writes it, becomes JSON. */
export type CopyKind = 'text' | 'number' | 'integer' | 'boolean' | 'instant' | 'json' | 'bytes';

export interface PostgresColumn extends TableColumn {
  /** Name of the type that the values are stored as, e.g. `timestamptz`, `_text` for its lists. */
  baseType: string;
  /** Of `pg_type.typtype` of that type: b base, c composite, e enum, r range, … */
  typeKind: string;
}

const KIND_BY_TYPE: Readonly<Record<string, CopyKind>> = {
  int2: 'number',
  int4: 'number',
  int8: 'integer',
  oid: 'number',
  float4: 'number',
  float8: 'number',
  numeric: 'number',
  money: 'number',
  bool: 'boolean',
  timestamptz: 'instant',
  timestamp: 'instant',
  json: 'json',
  jsonb: 'json',
  hstore: 'json',
  bytea: 'bytes',
};

export function kindOf({ baseType, typeKind }: PostgresColumn): CopyKind {
  if (isList(baseType) || typeKind === 'c') return 'json';
  return KIND_BY_TYPE[baseType] ?? 'text';
}

const isList = (baseType: string): boolean => baseType.startsWith('_');

/** What is selected of a column, so that the text of its values says all of it; free text stays where it is. */
export function selectExpression(
  column: PostgresColumn,
  { zone, isInstant, freeText }: { zone: string; isInstant: boolean; freeText: readonly string[] },
): string {
  const name = pg.escapeIdentifier(column.name);
  if (isList(column.baseType) || column.typeKind === 'c' || column.baseType === 'hstore')
    return `to_json(${name})`;
  switch (column.baseType) {
    case 'timestamp':
      return `${name} AT TIME ZONE ${pg.escapeLiteral(zone)}`;
    case 'date':
      return isInstant ? `${name}::timestamp AT TIME ZONE 'UTC'` : name;
    case 'money':
      return `${name}::numeric`;
    case 'bpchar':
      return `${name}::text`;
    case 'jsonb':
      return freeText.length === 0 ? name : withoutKeys(name, freeText);
    default:
      return name;
  }
}

const withoutKeys = (name: string, keys: readonly string[]): string =>
  `CASE jsonb_typeof(${name}) WHEN 'object' THEN ${name} - ARRAY[${keys.map(pg.escapeLiteral).join(', ')}] ELSE ${name} END`;

/** The readable columns of a table, in its own order; `$1` is its name as a query writes it. */
export const COLUMNS_SQL = `
SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
  base.typname AS "baseType", base.typtype AS "typeKind"
FROM pg_attribute AS a
JOIN pg_type AS t ON t.oid = a.atttypid
JOIN pg_type AS base ON base.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
  AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
ORDER BY a.attnum`;

/** Tables, views and what is like them, that the user may read. */
export const TABLES_SQL = `
SELECT n.nspname AS schema, c.relname AS name, c.relkind IN ('v', 'm') AS "isView",
  CASE WHEN c.reltuples >= 0 AND c.relkind <> 'v' THEN c.reltuples END::float8 AS rows
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname !~ '^pg_' AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
ORDER BY 1, 2 LIMIT 1000`;
