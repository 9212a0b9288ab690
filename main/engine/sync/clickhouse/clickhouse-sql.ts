import type { TableColumn, TableSelection } from '../tables/select-columns.ts';
import type { TablePart } from '../tables/table-access.ts';
import type { RowFilter } from '../tables/table-config.ts';
import { selectExpression } from './clickhouse-columns.ts';
import { type CursorSql, cursorSql } from './clickhouse-cursor.ts';
import { named, quoted } from './clickhouse-text.ts';

/**
 * The statements of one table, without a FORMAT. A name given to an expression hides the column of that name in all
 * clauses beside it, so rows are chosen in an inner statement that knows only columns.
 */
export interface ClickHouseStatements {
  /** Columns day, event type, rows, newest ms; all text or NULL. */
  count: (part: TablePart) => string;
  /** Columns rows, checksum. */
  checksum: string;
  select: (part: TablePart) => string;
  /** Any few rows. */
  sample: (rows: number) => string;
}

interface TableOf {
  /** As a query writes it. */
  table: string;
  filters: readonly RowFilter[];
  selection: TableSelection<TableColumn>;
  /** Keys that are taken out of the values of a column. */
  freeTextIn: (column: string) => readonly string[];
  isColumnar: boolean;
}

const NO_CURSOR: CursorSql = { day: 'NULL', ms: 'NULL', within: () => [], isUndated: '1' };

export function clickHouseStatements(source: TableOf): ClickHouseStatements {
  const { table, filters, selection, freeTextIn, isColumnar } = source;
  const cursor = selection.cursor === null ? NO_CURSOR : cursorSql(selection.cursor);
  const where = (part: TablePart): string => {
    const conditions = [...partConditions(part, cursor), ...filters.map(conditionOf)];
    return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  };
  const names = selection.columns.map(({ name }) => named(name));
  const values = selection.columns.map((column) =>
    selectExpression(column, {
      isName: selection.names.has(column.name),
      isInstant: selection.instants.has(column.name),
      freeText: freeTextIn(column.name),
      isColumnar,
    }),
  );
  const aliased = values.map((value, index) =>
    value === names[index] ? value : `${value} AS ${names[index] ?? ''}`,
  );
  const rows = (part: TablePart): string => `SELECT ${names.join(', ')} FROM ${table}${where(part)}`;
  return {
    count: (part) =>
      'SELECT toString(counted_day), counted_type, toString(count()), toString(max(counted_ms)) FROM (' +
      `SELECT ${cursor.day} AS counted_day, ${typeExpression(selection)} AS counted_type, ${cursor.ms} AS counted_ms ` +
      `FROM ${table}${where(part)}) GROUP BY counted_day, counted_type`,
    checksum:
      `SELECT toString(count()), toString(sum(cityHash64(${values.map(textOrMark).join(', ')}))) ` +
      `FROM (${rows({ kind: 'whole' })})`,
    select: (part) => `SELECT ${aliased.join(', ')} FROM (${rows(part)}${orderBy(selection)})`,
    sample: (most) => `SELECT ${aliased.join(', ')} FROM (${rows({ kind: 'whole' })} LIMIT ${most})`,
  };
}

/** A missing value makes the hash of a row a missing one. */
const textOrMark = (value: string): string => `ifNull(toString(${value}), '\\0')`;

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

function typeExpression({ eventType }: TableSelection<TableColumn>): string {
  if (eventType === null) return 'NULL';
  return 'constant' in eventType ? quoted(eventType.constant) : `toString(${named(eventType.name)})`;
}

function conditionOf(filter: RowFilter): string {
  const column = named(filter.column);
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

const literal = (value: string | number | boolean): string =>
  typeof value === 'string' ? quoted(value) : String(Number(value));

const orderBy = ({ order }: TableSelection<TableColumn>): string =>
  order.length === 0 ? '' : ` ORDER BY ${order.map(({ name }) => named(name)).join(', ')}`;
