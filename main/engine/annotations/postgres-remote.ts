import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { PostgresRemote } from '../../../shared/annotations/remote.ts';
import { AppError } from '../../../shared/errors.ts';
import type { AppendResult, NotesRemote, RemoteEntry } from './notes-remote.ts';
import type { RemoteServices } from './remote-services.ts';
import { passwordOf } from './password-of.ts';
import { MOST_BYTES, PAGE_ROWS, type StoredRow, asObject, resultFor } from './stored-rows.ts';
import { postgresName, tableSql } from './table-sql.ts';

export interface PostgresRemoteOptions {
  config: PostgresRemote;
  environment: string;
  device: string;
  services: RemoteServices;
}

const CONNECT_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 60_000;
/** Rows before the last one seen that are read again: numbers are given out before their transactions end. */
const OVERLAP_ROWS = 10_000;

/** Operations as rows of one table, in the order in which they arrived. */
export function createPostgresRemote(options: PostgresRemoteOptions): NotesRemote {
  const { config, environment, device } = options;
  const table = postgresName(config);
  const columns = `arrival::text AS key, md5(operation) AS version, op_id AS "opId", device, sequence::float8 AS sequence,
    octet_length(operation) AS "sizeBytes", CASE WHEN octet_length(operation) <= ${MOST_BYTES} THEN operation END AS operation`;
  const server = connectionOf(options);

  return {
    async *list(cursor, signal) {
      let after = cursor === null ? 0 : Math.max(0, Number(cursor) - OVERLAP_ROWS);
      let last = Number(cursor ?? 0);
      for (;;) {
        const rows = await server.rows<StoredRow>(
          `SELECT ${columns} FROM ${table} WHERE environment = $1 AND arrival > $2 ORDER BY arrival LIMIT ${PAGE_ROWS}`,
          [environment, after],
          signal,
        );
        after = Number(rows.at(-1)?.key ?? after);
        last = Math.max(last, after);
        yield { objects: rows.map((row) => asObject(row, device)), cursor: String(last) };
        if (rows.length < PAGE_ROWS) return;
      }
    },
    async read({ key }, signal) {
      const [row] = await server.rows<StoredRow>(
        `SELECT ${columns} FROM ${table} WHERE environment = $1 AND arrival = $2`,
        [environment, Number(key)],
        signal,
      );
      if (row?.operation == null) throw new AppError('not-found', `row ${key} is gone`);
      return Buffer.from(row.operation);
    },
    async append(entries, signal) {
      const find = () =>
        server.rows<StoredRow>(
          `SELECT ${columns} FROM ${table} WHERE environment = $1 AND op_id = ANY($2) ORDER BY arrival`,
          [environment, entries.map(({ operation }) => operation.op_id)],
          signal,
        );
      const before = await find();
      const missing = entries.filter((entry) => resultFor(entry, before) === null);
      if (missing.length > 0) await insert(server, { table, environment, entries: missing }, signal);
      const after = missing.length > 0 ? await find() : before;
      return entries.map((entry) => resultFor(entry, after) ?? notThere());
    },
    async mayAppend(signal) {
      const [row] = await server.rows<{ may: boolean }>(
        `SELECT has_table_privilege($1, 'INSERT') AND has_table_privilege($1, 'SELECT') AS may`,
        [table],
        signal,
      );
      return row?.may === true;
    },
    close: () => server.close(),
  };
}

/** Runs what `tableSql` shows. */
export async function makePostgresTable(options: PostgresRemoteOptions, signal: AbortSignal): Promise<void> {
  const server = connectionOf(options);
  try {
    await server.rows(tableSql(options.config) ?? '', null, signal);
  } finally {
    await server.close();
  }
}

const notThere = (): AppendResult => {
  throw new AppError(
    'source-unreachable',
    'the table did not keep what was written to it; it is tried again later',
  );
};

interface Batch {
  table: string;
  environment: string;
  entries: readonly RemoteEntry[];
}

/** One statement: all of them or none. */
async function insert(
  server: Connection,
  { table, environment, entries }: Batch,
  signal: AbortSignal,
): Promise<void> {
  const values = entries.map(({ sequence, operation, text }) => ({
    environment,
    op_id: operation.op_id,
    annotation_id: operation.annotation_id,
    kind: operation.kind,
    hlc: operation.hlc,
    device: operation.device,
    author: operation.author.replaceAll('\u0000', ''), // a database's text holds no such character; `operation` does
    sequence,
    operation: text,
  }));
  const names = 'environment, op_id, annotation_id, kind, hlc, device, author, sequence, operation';
  await server.rows(
    `INSERT INTO ${table} (${names})
     SELECT ${names} FROM json_to_recordset($1) AS row(environment text, op_id text, annotation_id text, kind text,
       hlc text, device text, author text, sequence bigint, operation text)
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(values)],
    signal,
  );
}

interface Connection {
  /** `values` null: several statements in one text. */
  rows<Row>(text: string, values: readonly unknown[] | null, signal: AbortSignal): Promise<Row[]>;
  close(): Promise<void>;
}

/** One connection, made when it is first needed and anew after a failure. */
function connectionOf({ config, services }: PostgresRemoteOptions): Connection {
  let client: pg.Client | undefined;

  async function connected(): Promise<pg.Client> {
    if (client !== undefined) return client;
    const { host, port, database, user, tls } = config;
    const made = new pg.Client({
      host,
      port,
      database,
      user,
      password: await passwordOf(config.secret, services.secrets),
      ssl: sslOf(tls),
      application_name: 'tidemark notes',
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
      keepAlive: true,
    });
    made.on('error', drop); // told to whoever asks next
    client = made;
    await made.connect();
    return made;
  }

  function drop(): void {
    client?.connection.stream.destroy();
    client = undefined;
  }

  return {
    async rows<Row>(text: string, values: readonly unknown[] | null, signal: AbortSignal): Promise<Row[]> {
      signal.throwIfAborted();
      signal.addEventListener('abort', drop, { once: true });
      try {
        const open = await connected();
        const result = await (values === null ? open.query(text) : open.query(text, [...values]));
        return result.rows as Row[];
      } catch (error) {
        drop();
        signal.throwIfAborted();
        throw faultOf(error, config);
      } finally {
        signal.removeEventListener('abort', drop);
      }
    },
    async close() {
      const open = client;
      client = undefined;
      await open?.end().catch(() => undefined); // nothing is under way any more
    },
  };
}

function sslOf({ mode, caFile }: PostgresRemote['tls']): pg.ClientConfig['ssl'] {
  if (mode === 'off') return false;
  return {
    rejectUnauthorized: mode === 'verify',
    ...(caFile === null ? {} : { ca: readFileSync(caFile, 'utf8') }),
  };
}

/** With a next step, and never in the server's words, which may hold values. */
function faultOf(cause: unknown, { host, database, user, table }: PostgresRemote): AppError {
  if (cause instanceof AppError) return cause;
  const { code = '', severity } = (cause ?? {}) as { code?: string; severity?: string };
  const fault = (...[errorCode, message]: [AppError['code'], string]): AppError =>
    new AppError(errorCode, message, { cause });
  if (severity === undefined)
    return fault(
      'source-unreachable',
      `nothing that can be talked to answers at ${host}; it is tried again later`,
    );
  if (code === '28P01' || code === '28000')
    return fault(
      'auth-failed',
      `${host} does not let "${user}" in; check the secret of this source of notes`,
    );
  if (code === '3D000') return fault('not-found', `there is no database "${database}" at ${host}`);
  if (code === '42P01' || code === '3F000')
    return fault('schema-drift', `there is no table "${table}" yet; let it be made, or make it there`);
  if (code === '42501') return fault('auth-failed', `"${user}" needs INSERT and SELECT on "${table}"`);
  if (code === '42703')
    return fault('schema-drift', `"${table}" is there, but is not a table of operations; name another one`);
  return fault('source-unreachable', `${host} cannot take notes just now (${code}); it is tried again later`);
}
