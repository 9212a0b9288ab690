import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseRemote } from '../../../shared/annotations/remote.ts';
import { AppError } from '../../../shared/errors.ts';
import type { AppendResult, NotesRemote, RemoteEntry } from './notes-remote.ts';
import type { RemoteServices } from './remote-services.ts';
import { passwordOf } from './password-of.ts';
import { MOST_BYTES, PAGE_ROWS, type StoredRow, asObject, resultFor } from './stored-rows.ts';
import { clickHouseName, tableSql } from './table-sql.ts';

export interface ClickHouseRemoteOptions {
  config: ClickHouseRemote;
  environment: string;
  device: string;
  services: RemoteServices;
}

const ANSWER_WITHIN_MS = 60_000;
/** Time before the last row seen that is read again: inserts take a while, and replicas lag. */
const OVERLAP_SECONDS = 2 * 60 * 60;

type Row = StoredRow & { arrivedAt: string };

/** Operations as rows of one table, in the order in which they arrived. */
export function createClickHouseRemote(options: ClickHouseRemoteOptions): NotesRemote {
  const { config, environment, device } = options;
  const table = clickHouseName(config);
  const ofEnvironment = `environment = ${quoted(environment)}`;
  const key = `concat(op_id, '/', lower(hex(cityHash64(operation))))`;
  const select = `SELECT ${key} AS key, '1' AS version, op_id AS opId, device, toFloat64(sequence) AS sequence,
    toFloat64(length(operation)) AS sizeBytes,
    if(length(operation) <= ${MOST_BYTES}, operation, NULL) AS operation_text, toString(arrived_at) AS arrivedAt FROM ${table}`;
  const server = connectionOf(options);
  const find = async (condition: string, order: string, signal: AbortSignal): Promise<Row[]> =>
    (await server.rows(`${select} WHERE ${ofEnvironment} AND ${condition} ${order}`, signal)).map(rowOf);

  return {
    async *list(cursor, signal) {
      const from =
        cursor === null
          ? '1'
          : `arrived_at >= toDateTime64(${quoted(cursor)}, 6, 'UTC') - toIntervalSecond(${OVERLAP_SECONDS})`;
      let after = '1';
      for (let last = cursor; ;) {
        const order = `ORDER BY arrived_at, op_id, cityHash64(operation) LIMIT ${PAGE_ROWS}`;
        const rows = await find(`${from} AND ${after}`, order, signal);
        const end = rows.at(-1);
        last = end?.arrivedAt ?? last;
        yield { objects: rows.map((row) => asObject(row, device)), cursor: last };
        if (end === undefined || rows.length < PAGE_ROWS) return;
        after = `(arrived_at, ${key}) > (toDateTime64(${quoted(end.arrivedAt)}, 6, 'UTC'), ${quoted(end.key)})`;
      }
    },
    async read({ key: wanted }, signal) {
      const [row] = await find(`${key} = ${quoted(wanted)}`, 'LIMIT 1', signal);
      if (row?.operation == null) throw new AppError('not-found', `row ${wanted} is gone`);
      return Buffer.from(row.operation);
    },
    async append(entries, signal) {
      const ids = entries.map(({ operation }) => quoted(operation.op_id)).join(', ');
      const stored = () => find(`op_id IN (${ids})`, 'ORDER BY arrived_at', signal);
      const before = await stored();
      const missing = entries.filter((entry) => resultFor(entry, before) === null);
      if (missing.length > 0) await server.run(insertSql(table, environment, missing), signal);
      const after = missing.length > 0 ? await stored() : before;
      return entries.map((entry) => resultFor(entry, after) ?? notThere());
    },
    async mayAppend(signal) {
      const answer = await server.text(`CHECK GRANT INSERT, SELECT ON ${table}`, signal).catch(() => null);
      signal.throwIfAborted();
      return answer === null ? null : answer.trim() === '1'; // servers before 24.11 do not know the question
    },
    close: () => server.close(),
  };
}

/** Runs what `tableSql` shows. */
export async function makeClickHouseTable(
  options: ClickHouseRemoteOptions,
  signal: AbortSignal,
): Promise<void> {
  const server = connectionOf(options);
  try {
    await server.run(tableSql(options.config) ?? '', signal);
  } finally {
    await server.close();
  }
}

const notThere = (): AppendResult => {
  throw new AppError(
    'source-unreachable',
    'the table does not show yet what was written to it; it is tried again',
  );
};

function insertSql(table: string, environment: string, entries: readonly RemoteEntry[]): string {
  const rows = entries.map(({ sequence, operation, text }) =>
    JSON.stringify({
      environment,
      op_id: operation.op_id,
      annotation_id: operation.annotation_id,
      kind: operation.kind,
      hlc: operation.hlc,
      device: operation.device,
      author: operation.author,
      sequence,
      operation: text,
    }),
  );
  const names = 'environment, op_id, annotation_id, kind, hlc, device, author, sequence, operation';
  return `INSERT INTO ${table} (${names}) FORMAT JSONEachRow\n${rows.join('\n')}`;
}

/** Text as a statement writes it. */
const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;

function rowOf(row: Record<string, unknown>): Row {
  const { operation_text: operation, ...rest } = row;
  return { ...(rest as unknown as Row), operation: operation as string | null };
}

interface Connection {
  rows(sql: string, signal: AbortSignal): Promise<Record<string, unknown>[]>;
  run(sql: string, signal: AbortSignal): Promise<void>;
  text(sql: string, signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

function connectionOf({ config, services }: ClickHouseRemoteOptions): Connection {
  let client: ClickHouseClient | undefined;

  async function ask(query: string, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    try {
      client ??= await connect(config, services);
      const answer = await client.exec({ query, abort_signal: signal, ignore_error_response: true });
      const text = await textOf(answer.stream);
      if (answer.http_status_code === 200) return text;
      throw faultOf(Number(/Code: (\d+)/.exec(text)?.[1] ?? 0), config);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AppError) throw error;
      throw new AppError(
        'source-unreachable',
        `nothing that can be talked to answers at ${config.host}; it is tried again later`,
        { cause: error },
      );
    }
  }

  return {
    async rows(sql, signal) {
      const text = await ask(`${sql} FORMAT JSONEachRow`, signal);
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    text: ask,
    async run(sql, signal) {
      await ask(sql, signal);
    },
    async close() {
      await client?.close();
    },
  };
}

async function connect(
  { host, port, database, user, tls, secret }: ClickHouseRemote,
  { secrets }: RemoteServices,
): Promise<ClickHouseClient> {
  const name = host.includes(':') ? `[${host}]` : host;
  return createClient({
    url: `${tls.mode === 'off' ? 'http' : 'https'}://${name}:${port}`,
    username: user,
    password: await passwordOf(secret, secrets),
    database,
    application: 'tidemark notes',
    request_timeout: ANSWER_WITHIN_MS,
    log: { level: ClickHouseLogLevel.OFF },
    http_agent:
      tls.mode === 'off'
        ? new http.Agent({ keepAlive: true })
        : new https.Agent({
            keepAlive: true,
            rejectUnauthorized: tls.mode === 'verify',
            ...(tls.caFile === null ? {} : { ca: readFileSync(tls.caFile, 'utf8') }),
          }),
  });
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const NO_LOGIN = new Set([192, 193, 194, 516]);
const NO_COLUMN = new Set([8, 10, 16, 47]);

/** With a next step, and never in the server's words, which may hold values. */
function faultOf(code: number, { host, user, database, table }: ClickHouseRemote): AppError {
  if (NO_LOGIN.has(code))
    return new AppError(
      'auth-failed',
      `${host} does not let "${user}" in; check the secret of this source of notes`,
    );
  if (code === 81) return new AppError('not-found', `there is no database "${database}" at ${host}`);
  if (code === 60)
    return new AppError('schema-drift', `there is no table "${table}" yet; let it be made, or make it there`);
  if (code === 497) return new AppError('auth-failed', `"${user}" needs INSERT and SELECT on "${table}"`);
  if (NO_COLUMN.has(code))
    return new AppError(
      'schema-drift',
      `"${table}" is there, but is not a table of operations; name another one`,
    );
  return new AppError(
    'source-unreachable',
    `${host} cannot take notes just now (${code}); it is tried again later`,
  );
}
