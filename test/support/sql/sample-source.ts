import type { SampleTables } from '../sample-tables.ts';
import { CLICKHOUSE } from './clickhouse.ts';
import type { Dataset } from './dataset.ts';
import type { Dialect } from './dialect.ts';
import { POSTGRES } from './postgres.ts';

/**
 * The tables of the sample as they stand in a database, made into the two tables that questions are put to: by SQL alone,
 * with the rules of DATA (which rows are events, once each, nothing personal) said once more.
 */
export const SAMPLE: Dataset = {
  eventsTable: 'asked_events',
  usersTable: 'asked_users',
  events: {
    event_type: { text: 'event_type' },
    user_id: { text: 'user_id' },
    session_id: { text: 'session_id' },
    locale: { text: 'locale' },
    platform: { text: 'platform' },
    plan: { text: 'plan' },
    page_path: { text: 'page_path' },
    practice_id: { text: 'practice_id' },
    practice_session_id: { text: 'practice_session_id' },
    master_id: { text: 'master_id' },
    state: { text: 'state' },
    amount: { number: 'amount' },
    duration_seconds: { number: 'duration_seconds' },
    duration_ms: { number: 'duration_ms' },
    success: { boolean: 'success' },
  },
  users: { plan: { text: 'plan' }, seats: { number: 'seats' } },
  onlyOf: { state: 'reaction_captured', duration_seconds: 'session_completed' },
  states: ['tense', 'restless', 'heavy', 'neutral', 'calm', 'clear', 'uplifted'],
};

/** What a database says differently about the tables of the sample. */
export interface SourceDialect {
  dialect: Dialect;
  /** A text that is missing. */
  noText: string;
  /** A value of the column `properties`; null where there is none. */
  inner: (property: string, type: 'text' | 'number' | 'boolean') => string;
  /** E-mail addresses give way to "[email]". */
  scrubbed: (text: string) => string;
  /** A column of the table `users` as a number. */
  asNumber: (column: string) => string;
  asInstant: (column: string) => string;
}

const COLUMNS = ['event_id', 'event_type', 'user_id', 'session_id', 'locale', 'platform', 'plan'] as const;
const PROPERTIES = Object.entries(SAMPLE.events).filter(
  ([name]) => !(COLUMNS as readonly string[]).includes(name),
);
const ADDRESS = '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+';
const DAY_MS = 86_400_000;

/** Statements that make the tables; `asOfMs` is now. */
export function sampleSourceSql(
  { environment, tables }: SampleTables,
  source: SourceDialect,
  asOfMs: number,
): string[] {
  const { dialect } = source;
  const feeds = tables.filter(({ dataset }) => dataset === 'events');
  const rows = feeds.map(({ table, rows }, feed) =>
    feedSql(table, feed, new Set(rows.flatMap(Object.keys)), source),
  );
  const known = (SAMPLE.states ?? []).map(dialect.text).join(', ');
  const isEvent = [
    'event_id IS NOT NULL AND event_type IS NOT NULL AND ts IS NOT NULL',
    `ts >= ${dialect.instant(Date.UTC(2000, 0, 1))} AND ts <= ${dialect.instant(asOfMs + DAY_MS)}`,
    `COALESCE(environment, ${dialect.text(environment)}) = ${dialect.text(environment)}`,
    `(event_type <> 'reaction_captured' OR COALESCE(state, '') IN (${known}))`,
  ];
  const columns = ['event_id', 'ts', ...Object.keys(SAMPLE.events)];
  return [
    ...dialect.stage('feed_rows', rows.join(' UNION ALL ')),
    ...dialect.stage(
      'first_rows',
      `SELECT *, row_number() OVER (PARTITION BY event_id ORDER BY feed, received_at) AS copy
        FROM feed_rows WHERE ${isEvent.join(' AND ')}`,
    ),
    ...dialect.stage(
      SAMPLE.eventsTable,
      `SELECT ${columns.join(', ')}, ${dialect.text(environment)} AS environment FROM first_rows WHERE copy = 1`,
    ),
    ...dialect.stage(
      SAMPLE.usersTable,
      `SELECT user_id, ${source.asInstant('first_seen_at')} AS first_seen_at, plan,
        ${source.asNumber('seats')} AS seats FROM users`,
    ),
  ];
}

function feedSql(table: string, feed: number, columns: ReadonlySet<string>, source: SourceDialect): string {
  const textColumn = (name: string): string => (columns.has(name) ? name : `${source.noText} AS ${name}`);
  const properties = PROPERTIES.map(([name, { number, boolean }]) => {
    const value = source.inner(name, number ? 'number' : boolean ? 'boolean' : 'text');
    return `${name === 'page_path' ? source.scrubbed(value) : value} AS ${name}`;
  });
  const all = [`${feed} AS feed`, ...COLUMNS.map(textColumn), 'ts', 'received_at', textColumn('environment')];
  return `SELECT ${[...all, ...properties].join(', ')} FROM ${table}`;
}

const POSTGRES_TYPES = { text: 'text', number: 'double precision', boolean: 'boolean' };
export const POSTGRES_SOURCE: SourceDialect = {
  dialect: POSTGRES,
  noText: 'CAST(NULL AS TEXT)',
  inner: (property, type) => `CAST(properties->>'${property}' AS ${POSTGRES_TYPES[type]})`,
  scrubbed: (text) => `REGEXP_REPLACE(${text}, '${ADDRESS}', '[email]', 'g')`,
  asNumber: (column) => `CAST(${column} AS DOUBLE PRECISION)`,
  asInstant: (column) => `CAST(${column} AS TIMESTAMPTZ)`,
};

export const CLICKHOUSE_SOURCE: SourceDialect = {
  dialect: CLICKHOUSE,
  noText: 'CAST(NULL AS Nullable(String))',
  inner: (property, type) => `JSONExtract(properties, '${property}', '${CLICKHOUSE.columnTypes[type]}')`,
  scrubbed: (text) => `replaceRegexpAll(${text}, '${ADDRESS}', '[email]')`,
  asNumber: (column) => `toFloat64(${column})`,
  asInstant: (column) => `parseDateTime64BestEffort(${column}, 3, 'UTC')`,
};
