import { type Dialect, type QuantilesOf, quoted } from './dialect.ts';

/**
 * SQLite knows neither zones nor regular expressions nor cases beyond ASCII: `bucket_start`, `date_start`, `fold` and
 * the operator REGEXP are functions of the connection (`sqlite-database.ts`).
 */
export const SQLITE: Dialect = {
  columnTypes: { text: 'TEXT', number: 'REAL', boolean: 'INTEGER', instant: 'INTEGER' },
  tableOptions: 'STRICT',
  emptyTable: (table) => `DELETE FROM ${table}`,
  stage: (name, select) => [`DROP TABLE IF EXISTS ${name}`, `CREATE TEMPORARY TABLE ${name} AS ${select}`],
  text: quoted,
  instant: String,
  instantMs: (column) => column,
  bucketStartMs: (ms, interval, { zone, weekStart }) =>
    `bucket_start(${ms}, '${interval}', '${zone}', '${weekStart}')`,
  dateStartMs: (dateValue, zone) => `date_start('${dateValue}', '${zone}')`,
  numberText: (number) =>
    `CASE WHEN ${number} = CAST(${number} AS INTEGER) THEN CAST(CAST(${number} AS INTEGER) AS TEXT)
      ELSE CAST(${number} AS TEXT) END`,
  booleanText: (boolean) => `CASE ${boolean} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END`,
  contains: (whole, partValue) => `instr(fold(${whole}), fold(${quoted(partValue)})) > 0`,
  matches: (whole, patternValue) => `${whole} REGEXP ${quoted(patternValue)}`,
  quotient: (dividend, divisor) => `(${dividend}) / (${divisor})`,
  values: (columns, rows) => {
    const names = columns.map((column, index) => `column${index + 1} AS ${column}`).join(', ');
    return `SELECT ${names} FROM (VALUES ${rows.map((row) => `(${row.join(', ')})`).join(', ')})`;
  },
  counting: (count) =>
    `WITH RECURSIVE counted(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM counted WHERE number + 1 < ${count})
    SELECT number FROM counted`,
  quantiles,
};

/** `place` and `last` count from 0: the quantile lies at `last * q`, between two places. */
function quantiles({ from, keys, qs }: QuantilesOf): string {
  const columns = qs.map((q, index) => `${interpolated(q)} AS q${index}`);
  return `SELECT ${[...keys, ...columns].join(', ')} FROM (
      SELECT ${keys.join(', ')}, number,
        row_number() OVER (PARTITION BY ${keys.join(', ')} ORDER BY number) - 1 AS place,
        count(*) OVER (PARTITION BY ${keys.join(', ')}) - 1 AS last
      FROM (${from}) AS numbers WHERE number IS NOT NULL
    ) AS ranked GROUP BY ${keys.join(', ')}`;
}

function interpolated(q: number): string {
  const at = `(last * ${q})`;
  const below = `CAST(${at} AS INTEGER)`;
  const lower = `max(CASE WHEN place = ${below} THEN number END)`;
  const upper = `max(CASE WHEN place = min(last, ${below} + 1) THEN number END)`;
  return `${lower} + (${upper} - ${lower}) * max(${at} - ${below})`;
}
