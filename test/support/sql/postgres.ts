import { type Calendar, type Dialect, type QuantilesOf, quoted } from './dialect.ts';
import type { Interval } from './question.ts';

/** Columns of text are compared byte by byte, which is code point by code point. */
export const POSTGRES: Dialect = {
  columnTypes: {
    text: 'TEXT COLLATE "C"',
    number: 'DOUBLE PRECISION',
    boolean: 'BOOLEAN',
    instant: 'TIMESTAMPTZ',
  },
  tableOptions: '',
  emptyTable: (table) => `TRUNCATE TABLE ${table}`,
  stage: (name, select) => [`DROP TABLE IF EXISTS ${name}`, `CREATE TEMPORARY TABLE ${name} AS ${select}`],
  text: quoted,
  instant: (valueMs) => `to_timestamp(${valueMs} / 1000.0)`,
  instantMs: toMs,
  bucketStartMs,
  dateStartMs: (dateValue, zone) => toMs(`(TIMESTAMP '${dateValue} 00:00:00' AT TIME ZONE '${zone}')`),
  numberText: (number) => `CAST(${number} AS TEXT)`,
  booleanText: (boolean) => `CAST(${boolean} AS TEXT)`,
  contains: (whole, partValue) => `POSITION(LOWER(${quoted(partValue)}) IN LOWER(${whole})) > 0`,
  matches: (whole, patternValue) => `${whole} ~ ${quoted(patternValue)}`,
  quotient: (dividend, divisor) => `DIV(${dividend}, ${divisor})`,
  values: (columns, rows) => {
    const list = rows.map((row) => `(${row.map((number) => `CAST(${number} AS BIGINT)`).join(', ')})`);
    return `SELECT ${columns.join(', ')} FROM (VALUES ${list.join(', ')}) AS given(${columns.join(', ')})`;
  },
  counting: (count) =>
    `SELECT CAST(number AS BIGINT) AS number FROM generate_series(0, ${count - 1}) AS counted(number)`,
  quantiles,
};

function toMs(instant: string): string {
  return `CAST(ROUND(EXTRACT(EPOCH FROM ${instant}) * 1000) AS BIGINT)`;
}

/** Its weeks begin on Mondays: those that begin on Sundays are cut a day later. */
function bucketStartMs(ms: string, interval: Interval, { zone, weekStart }: Calendar): string {
  const instant = `to_timestamp((${ms}) / 1000.0)`;
  if (interval !== 'week' || weekStart === 'monday')
    return toMs(`date_trunc('${interval}', ${instant}, '${zone}')`);
  const local = `(${instant} AT TIME ZONE '${zone}')`;
  const start = `(date_trunc('week', ${local} + INTERVAL '1 day') - INTERVAL '1 day')`;
  return toMs(`(${start} AT TIME ZONE '${zone}')`);
}

function quantiles({ from, keys, qs }: QuantilesOf): string {
  const columns = qs.map(
    (q, index) =>
      `percentile_cont(CAST(${q} AS DOUBLE PRECISION)) WITHIN GROUP (ORDER BY number) AS q${index}`,
  );
  return `SELECT ${[...keys, ...columns].join(', ')} FROM (${from}) AS numbers
    WHERE number IS NOT NULL GROUP BY ${keys.join(', ')}`;
}
