import {
  CLICKHOUSE_DATABASE,
  CLICKHOUSE_PASSWORD,
  CLICKHOUSE_USER,
  startClickHouseServer,
} from '../clickhouse-server.ts';
import { POSTGRES_DATABASE, startPostgresServer } from '../postgres-server.ts';
import type { NotesPlace } from './notes-places.ts';

const WRITER = 'notes'; // a user of its own: whoever reads events may not write
const WRITER_PASSWORD = 'a writer’s password';

export async function startPostgresPlace(environment: string): Promise<NotesPlace> {
  const server = await startPostgresServer();
  await server.run(`CREATE ROLE ${WRITER} LOGIN PASSWORD '${WRITER_PASSWORD}'`);
  await server.run(`GRANT USAGE, CREATE ON SCHEMA public TO ${WRITER}`);
  return {
    port: server.port,
    secrets: { TIDEMARK_SECRET_NOTES_POSTGRES: WRITER_PASSWORD },
    config: (port = server.port) => ({
      kind: 'postgres',
      host: '127.0.0.1',
      port,
      database: POSTGRES_DATABASE,
      user: WRITER,
      secret: 'notes-postgres',
      tls: { mode: 'off' },
    }),
    async stored() {
      const rows = await server.run(
        'SELECT operation FROM annotation_ops WHERE environment = $1 ORDER BY arrival',
        [environment],
      );
      return rows.map(({ operation }) => String(operation));
    },
    async put(name, text) {
      await server.run(
        `INSERT INTO annotation_ops (environment, op_id, annotation_id, kind, hlc, device, author, operation)
         VALUES ($1, $2, '', '', '', 'dev_far', '', $3)`,
        [environment, name, text],
      );
    },
    close: server.close,
  };
}

export async function startClickHousePlace(environment: string): Promise<NotesPlace> {
  const server = await startClickHouseServer();
  return {
    port: server.port,
    secrets: { TIDEMARK_SECRET_NOTES_CLICKHOUSE: CLICKHOUSE_PASSWORD },
    config: (port = server.port) => ({
      kind: 'clickhouse',
      host: '127.0.0.1',
      port,
      database: CLICKHOUSE_DATABASE,
      user: CLICKHOUSE_USER,
      secret: 'notes-clickhouse',
      tls: { mode: 'off' },
    }),
    async stored() {
      const text = await server.run(
        `SELECT operation FROM annotation_ops WHERE environment = '${environment}' ORDER BY arrived_at FORMAT JSONEachRow`,
      );
      const lines = text.split('\n').filter((line) => line !== '');
      return lines.map((line) => (JSON.parse(line) as { operation: string }).operation);
    },
    put: (name, text) =>
      server.insert('annotation_ops (environment, op_id, device, operation)', [
        { environment, op_id: name, device: 'dev_far', operation: text },
      ]),
    close() {
      server.close();
      return Promise.resolve();
    },
  };
}
