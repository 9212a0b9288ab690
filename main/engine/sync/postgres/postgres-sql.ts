import pg from 'pg';
import type { RowFilter } from '../tables/table-config.ts';
import type { TableSelection } from '../tables/select-columns.ts';
import type { TablePart } from '../tables/table-access.ts';
import { type PostgresColumn, selectExpression } from './postgres-columns.ts';
import { type CursorSql, cursorSql } from './postgres-cursor.ts';

/** The statements of one table. COPY takes no parameters, so values stand in them as quoted literals. */
export interface PostgresStatements {
  /** Columns `day`, `event_type`, `rows`, `newest_ms`. */
  count: (part: TablePart) => string;
  /** Columns `rows`, `checksum`. */
  checksum: string;
  select: (part: TablePart) => string;
  /** Any few rows. */
  sample: (rows: number) => string;
}

interface TableOf {
  /** As a query writes it. */
  table: string;
  filters: readonly RowFilter[];
  zone: string;
  selection: TableSelection<PostgresColumn>;
  /** Keys that are taken out of the JSON objects of a column. */
  freeTextIn: (column: string) => readonly string[];
}

const NO_CURSOR: CursorSql = { day: 'NULL', newestMs: 'NULL', within: () => [], isUndated: 'TRUE' };

export function postgresStatements(source: TableOf): PostgresStatements {
  const { table, filters, zone, selection, freeTextIn } = source;
  const cursor = selection.cursor === null ? NO_CURSOR : cursorSql(selection.cursor, zone);
  const where = (part: TablePart): string => {
    const conditions = [...partConditions(part, cursor), ...filters.map(conditionOf)];
    return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  };
  const columns = selection.columns
    .map((column) => {
      const isInstant = selection.instants.has(column.name);
      const value = selectExpression(column, { zone, isInstant, freeText: freeTextIn(column.name) });
      return `${value} AS ${pg.escapeIdentifier(column.name)}`;
    })
    .join(', ');
  const rows = (part: TablePart): string => `SELECT ${columns} FROM ${table}${where(part)}`;
  return {
    count: (part) =>
      `SELECT ${cursor.day} AS day, ${typeExpression(selection)} AS event_type, count(*) AS rows, ` +
      `${cursor.newestMs} AS newest_ms FROM ${table}${where(part)} GROUP BY 1, 2`,
    checksum:
      `SELECT count(*) AS rows, coalesce(sum(('x' || substr(md5(r::text), 1, 15))::bit(60)::bigint), 0) AS checksum ` +
      `FROM (${rows({ kind: 'whole' })}) AS r`,
    select: (part) => `${rows(part)}${orderBy(selection)}`,
    sample: (most) => `${rows({ kind: 'whole' })} LIMIT ${most}`,
  };
}

function partConditions(part: TablePart, cursor: CursorSql): string[] {
  switch (part.kind) {
    case 'whole':
      return [];
    case 'undated':
      return [cursor.isUndated];
    case 'span':
      return cursor.within(part);
  }
}

function typeExpression({ eventType }: TableSelection<PostgresColumn>): string {
  if (eventType === null) return 'NULL::text';
  return 'constant' in eventType
    ? `${pg.escapeLiteral(eventType.constant)}::text`
    : `${pg.escapeIdentifier(eventType.name)}::text`;
}

/** A literal without a type takes that of the column. */
function conditionOf(filter: RowFilter): string {
  const column = pg.escapeIdentifier(filter.column);
  switch (filter.op) {
    case 'is null':
    case 'is not null':
      return `${column} ${filter.op.toUpperCase()}`;
    case 'in':
    case 'not in':
      return `${column} ${filter.op.toUpperCase()} (${filter.values.map(literal).join(', ')})`;
    default:
      return `${column} ${filter.op} ${literal(filter.value)}`;
  }
}

const literal = (value: string | number | boolean): string => pg.escapeLiteral(String(value));

const UNORDERED = new Set(['json', 'xml', 'point', 'polygon']);

function orderBy({ order }: TableSelection<PostgresColumn>): string {
  const columns = order.filter(({ baseType }) => !UNORDERED.has(baseType));
  return columns.length === 0
    ? ''
    : ` ORDER BY ${columns.map(({ name }) => pg.escapeIdentifier(name)).join(', ')}`;
}
