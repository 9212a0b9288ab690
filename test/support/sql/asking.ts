import { type Columns, allOf, filtersSql, isSetSql, textSql } from './filter-sql.ts';
import type { SqlDatabase, Stage } from './database.ts';
import type { SqlColumn } from './dataset.ts';
import type { Breakdown, Filter, Question } from './question.ts';

/** What every kind of question starts from: a table of the events that take part. */

export interface Span {
  startMs: number;
  endMs: number;
}

/** A question with the database that answers it and the instants that its range stands for. */
export interface Asking<Q extends Question = Question> {
  question: Q;
  database: SqlDatabase;
  range: Span;
  nowMs: number;
}

/**
 * Which breakdown values an answer is made for: all events as one, every value of its own, or some of them as one. Tables
 * have a column `value`: the text of the value, empty for missing or empty, and for all as one.
 */
export type Slice =
  | { by: 'nothing' }
  | { by: 'value'; breakdown: Breakdown }
  | { by: 'rest'; breakdown: Breakdown; values: readonly string[] };

export const WHOLE: Slice = { by: 'nothing' };

/** Answers by value; units say how large a value is. */
export interface Sliced<Content> {
  units: ReadonlyMap<string, number>;
  contentOf: (value: string) => Content;
}

/**
 * `taken`: the stored events that pass filters, user filters and cohort, with the column `value`. Properties of users are
 * called user_….
 */
export function takenStage(
  { question, database }: Asking,
  slice: Slice,
  options: { name?: string; filters?: readonly Filter[] } = {},
): Stage {
  const { name = 'taken', filters = question.filters } = options;
  const conditions = [
    filtersSql(filters, database.dataset.events, database.dialect),
    usersSql(question, database),
    slicedSql(slice, database),
  ];
  return {
    name,
    sql: `SELECT *, ${valueSql(slice, database)} AS value FROM stored WHERE ${allOf(conditions)}`,
  };
}

/** `stored`: the events of the environment, before any filter, with the properties of their users. */
export function storedStage({ environment }: Question, { dialect, dataset }: SqlDatabase): Stage {
  const columns = [
    'events.event_id AS event_id',
    `${dialect.instantMs('events.ts')} AS ts_ms`,
    ...columnsOf(dataset.events).map((column) => `events.${column} AS ${column}`),
    ...columnsOf(dataset.users).map((column) => `users.${column} AS user_${column}`),
    `COALESCE(${dialect.instantMs('users.first_seen_at')}, firsts.first_ms) AS first_seen_ms`,
  ];
  return {
    name: 'stored',
    sql: `SELECT ${columns.join(', ')}
      FROM ${dataset.eventsTable} AS events
      LEFT JOIN ${dataset.usersTable} AS users ON users.user_id = events.user_id
      LEFT JOIN (
        SELECT user_id, MIN(${dialect.instantMs('ts')}) AS first_ms FROM ${dataset.eventsTable}
        WHERE environment = ${dialect.text(environment)} GROUP BY user_id
      ) AS firsts ON firsts.user_id = events.user_id
      WHERE events.environment = ${dialect.text(environment)}`,
  };
}

const columnsOf = (columns: Columns): string[] =>
  Object.values(columns)
    .flatMap(({ text, number, boolean }) => [text, number, boolean])
    .filter((column) => column !== undefined);

const WEEK_MS = 7 * 86_400_000;

/** Whether an event's user passes user filters and cohort. */
export function usersSql({ userFilters, cohort }: Question, database: SqlDatabase): string {
  const passing = filtersSql(userFilters, userColumns(database), database.dialect);
  if (cohort === null) return passing;
  const isNew = `ts_ms ${cohort.new ? '<' : '>='} first_seen_ms + ${WEEK_MS}`;
  return allOf([passing, 'user_id IS NOT NULL', isNew]);
}

const userColumns = ({ dataset }: SqlDatabase): Columns =>
  Object.fromEntries(Object.entries(dataset.users).map(([property, column]) => [property, ofUser(column)]));

const ofUser = (column: SqlColumn): SqlColumn =>
  Object.fromEntries(Object.entries(column).map(([type, name]) => [type, `user_${String(name)}`]));

/** The value of an event, if it is asked for. */
export const valueSql = (slice: Slice, database: SqlDatabase): string =>
  slice.by === 'value' ? brokenDown(slice.breakdown, database) : "''";

/** Whether an event is of one of the values that are asked for. */
export function slicedSql(slice: Slice, database: SqlDatabase): string {
  if (slice.by !== 'rest') return '1 = 1';
  const values = slice.values.map(database.dialect.text).join(', ');
  return `${brokenDown(slice.breakdown, database)} IN (${values})`;
}

function brokenDown(breakdown: Breakdown, database: SqlDatabase): string {
  const [columns, property] =
    'property' in breakdown
      ? [database.dataset.events, breakdown.property]
      : [userColumns(database), breakdown.userProperty];
  return propertySql(property, columns, database);
}

/** The text of a property, empty where it is missing. */
export function propertySql(property: string, columns: Columns, { dialect }: SqlDatabase): string {
  const column = columns[property];
  if (column === undefined) throw new Error(`no column for ${property}`);
  return `CASE WHEN ${isSetSql(column)} THEN ${textSql(column, dialect)} ELSE '' END`;
}

/** Of an event property that holds numbers; null where it holds none. */
export function numberSql(property: string, { dataset, dialect }: SqlDatabase): string {
  const column = dataset.events[property];
  if (column === undefined) throw new Error(`no column for ${property}`);
  return column.number ?? `CAST(NULL AS ${dialect.columnTypes.number})`;
}

export const withinSql = ({ startMs, endMs }: Span): string => `ts_ms >= ${startMs} AND ts_ms < ${endMs}`;
