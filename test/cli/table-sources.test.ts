import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  POSTGRES_DATABASE,
  POSTGRES_PASSWORD,
  POSTGRES_USER,
  type PostgresServer,
  startPostgresServer,
} from '../support/postgres-server.ts';
import { storedRows } from '../support/stored-rows.ts';

const BIN = path.resolve(import.meta.dirname, '../../main/cli/tidemark.js');

let server: PostgresServer;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-cli-'));
  server = await startPostgresServer();
  await server.run(`CREATE TABLE analytics AS SELECT 'id-' || n AS uuid, 'page_view' AS event, now() - n * INTERVAL '1 hour'
    AS "timestamp", 'usr_' || n AS distinct_id, n AS depth FROM generate_series(1, 30) AS n`);
}, 60_000);
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Not synchronous: other tests' servers answer from this process. */
function tidemark(...argv: string[]): Promise<{ stdout: string; stderr: string; status: number | null }> {
  const child = spawn(process.execPath, [BIN, ...argv, '--data-dir', path.join(folder, 'data')], {
    env: { ...process.env, TIDEMARK_SECRET_PRODUCT_DB: POSTGRES_PASSWORD },
  });
  child.stdin.end();
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  return new Promise((resolve) => child.on('close', (status) => resolve({ stdout, stderr, status })));
}

const place = (): string[] => [
  ...[
    '--kind',
    'postgres',
    '--host',
    '127.0.0.1',
    '--port',
    String(server.port),
    '--database',
    POSTGRES_DATABASE,
  ],
  ...['--user', POSTGRES_USER, '--secret', 'product-db', '--tls', 'off'],
];

describe('sources that are tables', () => {
  it('are found, looked at, previewed, added and synced', { timeout: 60_000 }, async () => {
    expect((await tidemark('sources', 'tables', ...place())).stdout).toMatch(/^public\.analytics {2}table/);
    const fields = await tidemark('sources', 'fields', '--table', 'analytics', ...place());
    expect(fields.stdout).toMatch(/uuid +text +id-1, id-2, id-3/);
    expect(fields.stdout).toContain('"event_id":"uuid"');
    const preview = await tidemark(
      'sources',
      'preview',
      '--table',
      'analytics',
      '--map',
      'auto',
      '--json',
      ...place(),
    );
    const { rows } = JSON.parse(preview.stdout) as { rows: { problem: unknown }[] };
    expect(rows).toHaveLength(20);
    expect(rows.filter(({ problem }) => problem !== null)).toEqual([]);

    const filters = path.join(folder, 'filters.json');
    writeFileSync(filters, JSON.stringify([{ column: 'depth', op: '<=', value: 10 }]));
    const add = ['sources', 'add', 'web', '--environment', 'test', '--table', 'analytics', '--map', 'auto'];
    expect(await tidemark(...add, '--filters', filters, ...place())).toMatchObject({ status: 0, stderr: '' });
    expect((await tidemark('sources', 'list')).stdout).toContain('postgres://127.0.0.1/product/analytics');
    expect((await tidemark('sources', 'test', 'web')).stdout).toMatch(/^analytics \d{4}-/);
    expect(await tidemark('sync')).toMatchObject({ status: 0 });
    expect(storedRows(path.join(folder, 'data'))).toHaveLength(10);
  });

  it.each([
    [['--table', 'analytics', '--kind', 'mysql'], /--table needs --kind postgres or --kind clickhouse/],
    [['--table', 'analytics', '--path', '.'], /needs one of --path DIR, --bucket NAME and --table NAME/],
    [['--table', 'analytics', '--kind', 'postgres'], /source\.user/],
  ])('are refused as %s', async (argv, message) => {
    const { status, stderr } = await tidemark('sources', 'add', 'web', '--environment', 'test', ...argv);
    expect(status).toBeGreaterThan(0);
    expect(stderr).toMatch(message);
  });
});
