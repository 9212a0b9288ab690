import pg from 'pg';
import { SourceFault } from '../source-fault.ts';
import { DAY_MS } from '../../store/sort-rows.ts';
import type { TableSpan } from '../tables/table-access.ts';
import type { PostgresColumn } from './postgres-columns.ts';

/** How rows are told apart by the column that they come by; all of it SQL. */
export interface CursorSql {
  /** UTC day, counted from 1970; NULL: no instant. */
  day: string;
  /** Epoch milliseconds of the newest of a group. */
  newestMs: string;
  within: (span: TableSpan) => string[];
  isUndated: string;
}

const LEAST_MS = -62_135_596_800_000; // the year 1; what lies before has no day of its own
const ZONE_SLACK_MS = DAY_MS; // no zone is further from UTC

export function cursorSql(column: PostgresColumn, zone: string): CursorSql {
  const name = pg.escapeIdentifier(column.name);
  switch (column.baseType) {
    case 'timestamptz':
      return instantSql(
        name,
        (ms) => `${name} >= ${instant(ms)}`,
        (ms) => `${name} < ${instant(ms)}`,
      );
    case 'timestamp':
      return wallClockSql(name, zone);
    case 'date':
      return wallClockSql(`${name}::timestamp`, 'UTC');
    case 'int8':
    case 'numeric':
      return epochSql(name);
    default:
      throw new SourceFault(
        'schema-drift',
        `"${column.name}" is ${column.type}, by which rows cannot be had in parts; expected a time or epoch ` +
          'milliseconds: give the source a column of arrival, or a view that converts it',
      );
  }
}

const instant = (ms: number): string => `TIMESTAMPTZ '${new Date(ms).toISOString()}'`;

function instantSql(
  value: string,
  isFrom: (ms: number) => string,
  isBefore: (ms: number) => string,
): CursorSql {
  const isDated = `isfinite(${value}) AND ${value} >= ${instant(LEAST_MS)}`;
  return {
    day: `CASE WHEN ${isDated} THEN (${value} AT TIME ZONE 'UTC')::date - DATE '1970-01-01' END`,
    newestMs: `floor(extract(epoch FROM max(CASE WHEN ${isDated} THEN ${value} END)) * 1000)`,
    within: ({ fromMs, toMs }) => [
      ...(fromMs === null ? [isDated] : [isFrom(fromMs)]),
      ...(toMs === null ? [`${value} < 'infinity'`] : [isBefore(toMs)]),
    ],
    isUndated: `(${value} IS NULL OR NOT (${isDated}))`,
  };
}

/**
 * Times without a zone are judged as the instants that they stand for. The bare column is bounded too, more widely, so
 * that an index on it is of use.
 */
function wallClockSql(column: string, zone: string): CursorSql {
  const value = `(${column} AT TIME ZONE ${pg.escapeLiteral(zone)})`;
  const wall = (ms: number): string => `TIMESTAMP '${new Date(ms).toISOString().slice(0, -1)}'`;
  return instantSql(
    value,
    (ms) => `${column} >= ${wall(ms - ZONE_SLACK_MS)} AND ${value} >= ${instant(ms)}`,
    (ms) => `${column} < ${wall(ms + ZONE_SLACK_MS)} AND ${value} < ${instant(ms)}`,
  );
}

function epochSql(name: string): CursorSql {
  return {
    day: `floor(${name} / ${DAY_MS}.0)`,
    newestMs: `max(${name})`,
    within: ({ fromMs, toMs }) => [
      `${name} IS NOT NULL`,
      ...(fromMs === null ? [] : [`${name} >= ${fromMs}`]),
      ...(toMs === null ? [] : [`${name} < ${toMs}`]),
    ],
    isUndated: `${name} IS NULL`,
  };
}
