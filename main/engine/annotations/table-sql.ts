import type { ClickHouseRemote, PostgresRemote, RemoteConfig } from '../../../shared/annotations/remote.ts';

/** The table that holds operations in a database: one row each, only ever inserted. The user sees this before it is run. */
export function tableSql(config: RemoteConfig): string | null {
  switch (config.kind) {
    case 'folder':
    case 's3':
      return null;
    case 'postgres':
      return postgresTable(config);
    case 'clickhouse':
      return clickHouseTable(config);
  }
}

export const postgresName = ({ tableSchema, table }: PostgresRemote): string =>
  (tableSchema === null ? [table] : [tableSchema, table]).map(identifier).join('.');

export const clickHouseName = ({ database, table }: ClickHouseRemote): string =>
  [database, table].map((name) => `\`${name.replaceAll(/[\\`]/g, '\\$&')}\``).join('.');

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** `operation` is text, not jsonb: what was typed comes back to the letter. */
const postgresTable = (
  config: PostgresRemote,
): string => `CREATE TABLE IF NOT EXISTS ${postgresName(config)} (
  arrival bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  arrived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  environment text NOT NULL,
  op_id text NOT NULL,
  annotation_id text NOT NULL,
  kind text NOT NULL,
  hlc text NOT NULL,
  device text NOT NULL,
  author text NOT NULL,
  sequence bigint,
  operation text NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS ${identifier(`${config.table}_once`)}
  ON ${postgresName(config)} (environment, op_id, md5(operation));`;

const clickHouseTable = (
  config: ClickHouseRemote,
): string => `CREATE TABLE IF NOT EXISTS ${clickHouseName(config)} (
  arrived_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC'),
  environment String,
  op_id String,
  annotation_id String,
  kind String,
  hlc String,
  device String,
  author String,
  sequence UInt64,
  operation String
) ENGINE = MergeTree ORDER BY (environment, arrived_at, op_id)`;
