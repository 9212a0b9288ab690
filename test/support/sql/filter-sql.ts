import type { SqlColumn } from './dataset.ts';
import type { Dialect } from './dialect.ts';
import type { EventRef, Filter, PropertyFilter, Scalar } from './question.ts';

/**
 * Filters as conditions. A missing property fails every one but `is_not`, `not_contains` and `is_not_set`: these two are
 * written with IS NULL, as NOT of an unknown is unknown. Values of different types are compared by their text.
 */
export type Columns = Readonly<Record<string, SqlColumn>>;

export function refSql(ref: EventRef, columns: Columns, dialect: Dialect): string {
  const { anyOf, filters = [] } = ref;
  const named = anyOf ? anySql(anyOf.map((inner) => refSql(inner, columns, dialect))) : typeSql(ref, dialect);
  return allOf([named, filtersSql(filters, columns, dialect)]);
}

/** The event types that are named, whatever the filters say. */
export function typeSql({ event = null, anyOf }: EventRef, dialect: Dialect): string {
  if (anyOf) return anySql(anyOf.map((inner) => typeSql(inner, dialect)));
  return event === null ? '1 = 1' : `event_type = ${dialect.text(event)}`;
}

export const filtersSql = (filters: readonly Filter[], columns: Columns, dialect: Dialect): string =>
  allOf(filters.map((filter) => filterSql(filter, columns, dialect)));

export const allOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '1 = 1' : conditions.map((condition) => `(${condition})`).join(' AND ');
export const anySql = (conditions: readonly string[]): string =>
  conditions.map((condition) => `(${condition})`).join(' OR ');

function filterSql(filter: Filter, columns: Columns, dialect: Dialect): string {
  if ('any' in filter) return anySql(filter.any.map((inner) => filterSql(inner, columns, dialect)));
  const column = columns[filter.property];
  if (column === undefined) throw new Error(`no column for ${filter.property}`);
  return columnSql(filter, column, dialect);
}

function columnSql({ op, value }: PropertyFilter, column: SqlColumn, dialect: Dialect): string {
  const asked: readonly Scalar[] = typeof value === 'object' ? value : [value ?? ''];
  const [first = '', second = ''] = asked;
  const text = textSql(column, dialect);
  switch (op) {
    case 'is_set':
      return isSetSql(column);
    case 'is_not_set':
      return `NOT (${isSetSql(column)})`;
    case 'is':
      return `${text} IN (${texts(asked, dialect)})`;
    case 'is_not':
      return `${text} IS NULL OR ${text} NOT IN (${texts(asked, dialect)})`;
    case 'contains':
      return anySql(asked.map((part) => dialect.contains(text, String(part))));
    case 'not_contains':
      return `${text} IS NULL OR NOT (${anySql(asked.map((part) => dialect.contains(text, String(part))))})`;
    case 'regex':
      return anySql(asked.map((pattern) => dialect.matches(text, String(pattern))));
    case 'gt':
      return comparedSql(column, '>', first, dialect);
    case 'gte':
      return comparedSql(column, '>=', first, dialect);
    case 'lt':
      return comparedSql(column, '<', first, dialect);
    case 'lte':
      return comparedSql(column, '<=', first, dialect);
    case 'between':
      return allOf([comparedSql(column, '>=', first, dialect), comparedSql(column, '<=', second, dialect)]);
    default:
      throw new Error(`unknown operator ${op}`);
  }
}

const texts = (values: readonly Scalar[], dialect: Dialect): string =>
  values.map((value) => dialect.text(String(value))).join(', ');

export function isSetSql({ text, number, boolean }: SqlColumn): string {
  const columns = [text, number, boolean].filter((column) => column !== undefined);
  return anySql(columns.map((column) => `${column} IS NOT NULL`));
}

/** The value as text, whatever its type. */
export function textSql({ text, number, boolean }: SqlColumn, dialect: Dialect): string {
  const forms = [
    ...(text === undefined ? [] : [text]),
    ...(number === undefined ? [] : [dialect.numberText(number)]),
    ...(boolean === undefined ? [] : [dialect.booleanText(boolean)]),
  ];
  return forms.length === 1 ? `(${forms.join('')})` : `COALESCE(${forms.join(', ')})`;
}

/** Two numbers as numbers, everything else by text. */
function comparedSql(column: SqlColumn, sign: string, asked: Scalar, dialect: Dialect): string {
  const byText = `${textSql(column, dialect)} ${sign} ${dialect.text(String(asked))}`;
  const { number } = column;
  if (typeof asked !== 'number' || number === undefined) return byText;
  return `CASE WHEN ${number} IS NOT NULL THEN ${number} ${sign} ${asked} ELSE ${byText} END`;
}
