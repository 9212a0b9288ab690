import { type Calendar, type Dialect, type QuantilesOf, quoted } from './dialect.ts';
import type { Interval } from './question.ts';

const STARTS: Readonly<Record<Exclude<Interval, 'week'>, string>> = {
  hour: 'toStartOfHour',
  day: 'toStartOfDay',
  month: 'toStartOfMonth',
};
const WEEK_MODES = { sunday: 0, monday: 1 };

const text = (value: string): string => quoted(value.replaceAll('\\', '\\\\'));

/** ClickHouse 24.12 or newer, with `join_use_nulls = 1`. */
export const CLICKHOUSE: Dialect = {
  columnTypes: {
    text: 'Nullable(String)',
    number: 'Nullable(Float64)',
    boolean: 'Nullable(Bool)',
    instant: "Nullable(DateTime64(3, 'UTC'))",
  },
  tableOptions: 'ENGINE = Memory',
  emptyTable: (table) => `TRUNCATE TABLE ${table}`,
  stage: (name, select) => [`CREATE OR REPLACE TEMPORARY TABLE ${name} ENGINE = Memory AS ${select}`],
  text,
  instant: (valueMs) => `fromUnixTimestamp64Milli(toInt64(${valueMs}), 'UTC')`,
  instantMs: (column) => `toUnixTimestamp64Milli(${column})`,
  bucketStartMs,
  dateStartMs: (dateValue, zone) => toMs(`toDateTime(toDate('${dateValue}'), '${zone}')`),
  numberText: (number) => `toString(${number})`,
  booleanText: (boolean) => `toString(${boolean})`,
  contains: (whole, partValue) => `positionCaseInsensitiveUTF8(${whole}, ${text(partValue)}) > 0`,
  matches: (whole, patternValue) => `match(${whole}, ${text(patternValue)})`,
  quotient: (dividend, divisor) => `intDiv(${dividend}, ${divisor})`,
  values: (columns, rows) => {
    const types = columns.map((column) => `${column} Int64`).join(', ');
    return `SELECT ${columns.join(', ')} FROM VALUES('${types}', ${rows.map(tuple).join(', ')})`;
  },
  counting: (count) => `SELECT toInt64(number) AS number FROM numbers(${count})`,
  quantiles,
};

const tuple = (row: readonly number[]): string => `(${row.join(', ')})`;
const toMs = (dateTime: string): string => `toInt64(toUnixTimestamp(${dateTime})) * 1000`;

/** Hours of a zone that once moved its clocks by half an hour are wrong on those days: toStartOfHour counts from midnight. */
function bucketStartMs(ms: string, interval: Interval, { zone, weekStart }: Calendar): string {
  const instant = `fromUnixTimestamp64Milli(toInt64(${ms}), '${zone}')`;
  const start =
    interval === 'week'
      ? `toStartOfWeek(${instant}, ${WEEK_MODES[weekStart]})`
      : `${STARTS[interval]}(${instant})`;
  return toMs(`toDateTime(${start}, '${zone}')`);
}

function quantiles({ from, keys, qs }: QuantilesOf): string {
  const columns = qs.map((q, index) => `quantileExactInclusive(${q})(number) AS q${index}`);
  return `SELECT ${[...keys, ...columns].join(', ')} FROM (${from}) AS numbers
    WHERE number IS NOT NULL GROUP BY ${keys.join(', ')}`;
}
