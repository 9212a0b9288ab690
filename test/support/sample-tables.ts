import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { SampleManifest } from '../../main/engine/sample/facts.ts';
import type { EngineStore } from '../../main/engine/store/engine-store.ts';
import { addSource } from '../../main/engine/sync/sources.ts';
import type { DatasetName } from '../../shared/domain/dimensions.ts';
import { EVENT_COLUMNS } from '../../shared/domain/events.ts';
import { CLICKHOUSE_DATABASE, CLICKHOUSE_USER, type ClickHouseServer } from './clickhouse-server.ts';
import { POSTGRES_DATABASE, POSTGRES_USER, type PostgresServer } from './postgres-server.ts';
import { BUCKET, type S3Server } from './s3-server.ts';

type Row = Record<string, unknown>;

/** One source of the sample as a table would hold it. */
export interface SampleTable {
  /** Of the source. */
  name: string;
  table: string;
  dataset: DatasetName;
  allow: string[];
  rows: Row[];
}

export interface SampleTables {
  environment: string;
  tables: SampleTable[];
}

const INSTANTS = new Set(['ts', 'received_at']);
const ROWS_AT_ONCE = 5000;
const PUTS_AT_ONCE = 16;

/** The raw files of a sample workspace, apart from lines that no table could hold. */
export function readSampleTables(dataDir: string): SampleTables {
  const folder = path.join(dataDir, 'sample');
  const manifest = manifestOf(dataDir);
  const tables = manifest.sources.map(({ name, dataset, folder: inner, allowColumns }) => ({
    name,
    table: inner.replaceAll('-', '_'),
    dataset,
    allow: [...allowColumns],
    rows: rowsBelow(path.join(folder, inner)).map(dataset === 'events' ? eventRow : (row: Row) => row),
  }));
  return { environment: manifest.environment, tables };
}

const manifestOf = (dataDir: string): SampleManifest =>
  JSON.parse(readFileSync(path.join(dataDir, 'sample', 'sample-facts.json'), 'utf8')) as SampleManifest;

function rowsBelow(folder: string): Row[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .flatMap(rowsOfFile);
}

function rowsOfFile(file: string): Row[] {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as Row];
    } catch {
      return [];
    }
  });
}

/** Columns of an event beside one that holds everything else. */
function eventRow(row: Row): Row {
  const { properties = {}, ...top } = row;
  const inner = (typeof properties === 'string' ? JSON.parse(properties) : properties) as Row;
  const isColumn = (name: string): boolean => name in EVENT_COLUMNS;
  const columns = Object.entries(top).filter(([name]) => isColumn(name));
  const rest = Object.entries(top).filter(([name]) => !isColumn(name));
  return {
    ...Object.fromEntries(columns.map(([name, value]) => [name, INSTANTS.has(name) ? isoOf(value) : value])),
    properties: { ...Object.fromEntries(rest), ...inner },
  };
}

const isoOf = (value: unknown): string => new Date(value as string | number).toISOString();

/** Makes the tables and fills them. */
export async function loadPostgres(server: PostgresServer, { tables }: SampleTables): Promise<void> {
  for (const { table, dataset, rows } of tables) {
    const columns = columnsOf(rows).map((column) => `"${column}" ${postgresType(dataset, column, rows)}`);
    await server.run(`CREATE TABLE ${table} (${columns.join(', ')})`);
    for (const some of inParts(rows)) await server.insert(table, some);
  }
}

export async function loadClickHouse(server: ClickHouseServer, { tables }: SampleTables): Promise<void> {
  for (const { table, dataset, rows } of tables) {
    const columns = columnsOf(rows).map((column) => `\`${column}\` ${clickHouseType(dataset, column, rows)}`);
    const order =
      dataset === 'events' ? 'PARTITION BY toYYYYMM(received_at) ORDER BY received_at' : 'ORDER BY tuple()';
    await server.run(`CREATE TABLE ${table} (${columns.join(', ')}) ENGINE = MergeTree ${order}`);
    for (const some of inParts(rows)) await server.insert(table, some.map(textOfObjects));
  }
}

const columnsOf = (rows: readonly Row[]): string[] => [...new Set(rows.flatMap((row) => Object.keys(row)))];

function* inParts(rows: readonly Row[]): Generator<Row[]> {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) yield rows.slice(at, at + ROWS_AT_ONCE);
}

const textOfObjects = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : value,
    ]),
  );

function kindOf(column: string, rows: readonly Row[]): string {
  const kinds = new Set(rows.flatMap((row) => (row[column] == null ? [] : [typeof row[column]])));
  return kinds.size === 1 ? ([...kinds][0] ?? '') : 'string';
}

function postgresType(dataset: DatasetName, column: string, rows: readonly Row[]): string {
  if (dataset === 'events' && INSTANTS.has(column)) return 'timestamptz';
  const types: Record<string, string> = { number: 'numeric', boolean: 'boolean', object: 'jsonb' };
  return types[kindOf(column, rows)] ?? 'text';
}

function clickHouseType(dataset: DatasetName, column: string, rows: readonly Row[]): string {
  if (dataset === 'events' && INSTANTS.has(column))
    return column === 'ts' ? "Nullable(DateTime64(3, 'UTC'))" : "DateTime64(3, 'UTC')";
  const types: Record<string, string> = { number: 'Float64', boolean: 'Bool' };
  const type = types[kindOf(column, rows)] ?? 'String';
  return dataset === 'events' && column !== 'properties'
    ? `LowCardinality(Nullable(${type}))`
    : `Nullable(${type})`;
}

interface Place {
  port: number;
  secret: string;
}

/** The same sources as those of the sample, read from tables by the order of arrival. */
export function addPostgresSources(store: EngineStore, sample: SampleTables, { port, secret }: Place): void {
  for (const source of sourcesOf(sample))
    addSource(store, {
      ...source,
      kind: 'postgres',
      host: '127.0.0.1',
      port,
      secret,
      database: POSTGRES_DATABASE,
      user: POSTGRES_USER,
      tls: { mode: 'off' },
    });
}

export function addClickHouseSources(
  store: EngineStore,
  sample: SampleTables,
  { port, secret }: Place,
): void {
  for (const source of sourcesOf(sample))
    addSource(store, {
      ...source,
      kind: 'clickhouse',
      host: '127.0.0.1',
      port,
      secret,
      database: CLICKHOUSE_DATABASE,
      user: CLICKHOUSE_USER,
      tls: { mode: 'off' },
    });
}

/** The raw files themselves, below the same keys. */
export async function loadBucket(server: S3Server, dataDir: string): Promise<void> {
  const folder = path.join(dataDir, 'sample');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  for (let at = 0; at < files.length; at += PUTS_AT_ONCE)
    await Promise.all(
      files
        .slice(at, at + PUTS_AT_ONCE)
        .map((file) => server.put(path.relative(folder, file), readFileSync(file))),
    );
}

export function addBucketSources(store: EngineStore, dataDir: string, { endpoint }: S3Server): void {
  const { environment, sources } = manifestOf(dataDir);
  for (const { name, dataset, folder, keyTemplate, allowColumns } of sources)
    addSource(store, {
      kind: 's3',
      name,
      environment,
      dataset,
      bucket: BUCKET,
      keyTemplate: `${folder}/${keyTemplate}`,
      endpoint,
      pathStyle: true,
      credentials: { kind: 'anonymous' },
      allow: allowColumns,
    });
}

const sourcesOf = ({ environment, tables }: SampleTables) =>
  tables.map(({ name, table, dataset, allow }) => ({
    name,
    environment,
    dataset,
    table,
    allow,
    cursor: dataset === 'events' ? 'received_at' : null,
  }));
