import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BUCKET, S3_KEYS, type S3Server, startS3Server } from '../support/s3-server.ts';
import { storedRows } from '../support/stored-rows.ts';
import { eventOf, ndjson } from '../support/workspace.ts';

const BIN = path.resolve(import.meta.dirname, '../../main/cli/tidemark.js');
const PASSPHRASE = 'correct horse battery';

let server: S3Server;
let dataDir: string;
beforeAll(async () => {
  server = await startS3Server();
  for (let day = 1; day <= 3; day++) {
    const rows = Array.from({ length: 20 }, (_, n) =>
      eventOf(day * 100 + n, { ts: Date.UTC(2026, 10, day, 1, n) }),
    );
    await server.put(`events/test/dt=2026-11-0${day}/part.ndjson`, ndjson(rows));
  }
});
afterAll(() => server.close());
beforeEach(() => {
  dataDir = path.join(mkdtempSync(path.join(tmpdir(), 'tidemark-cli-')), 'data');
});
afterEach(() => rmSync(path.dirname(dataDir), { recursive: true }));

interface Ended {
  stdout: string;
  stderr: string;
  status: number | null;
}

/** Not synchronous: the server answers from this process. */
function tidemark(
  argv: readonly string[],
  { input = '', env = {} }: { input?: string; env?: object } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [BIN, ...argv, '--data-dir', dataDir], {
    env: { ...process.env, TIDEMARK_PASSPHRASE: PASSPHRASE, ...env },
  });
  child.stdin.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  return new Promise((resolve) => child.on('close', (status) => resolve({ stdout, stderr, status })));
}

const add = (...more: string[]): Promise<Ended> =>
  tidemark([
    ...['sources', 'add', 'web', '--environment', 'test', '--bucket', BUCKET, '--endpoint', server.endpoint],
    ...['--path-style', '--keys', 'events/${ENV}/dt=%Y-%m-%d/', '--secret', 'web-s3', ...more],
  ]);

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

describe('tidemark sources, secrets and sync', () => {
  it('add a bucket, give it keys, say what would come, bring it home, and remove it', async () => {
    expect(await add()).toMatchObject({ status: 0, stderr: '' });
    const unset = await tidemark(['sources', 'test', 'web']);
    expect(unset.status).toBe(1);
    expect(unset.stderr).toContain(
      'the secret "web-s3" is not set; set it with "tidemark secrets set web-s3"',
    );
    expect(await tidemark(['secrets', 'set', 'web-s3'], { input: `${S3_KEYS}\n` })).toMatchObject({
      status: 0,
    });
    const tested = await tidemark(['sources', 'test', 'web', '--json']);
    const { examples } = JSON.parse(tested.stdout) as { examples: string[] };
    expect(examples).toContain(`s3://${BUCKET}/events/test/dt=2026-11-01/part.ndjson`);

    const planned = await tidemark(['sync', '--dry-run', '--json']);
    expect(JSON.parse(planned.stdout)).toMatchObject({
      ok: true,
      objects: 3,
      rows: 60,
      sources: [{ name: 'web', objects: 3, failure: null }],
    });
    expect(filesOf(dataDir).filter((file) => file.includes('segments'))).toEqual([]);

    const synced = await tidemark(['sync', '--source', 'web', '--json']);
    expect(JSON.parse(synced.stdout)).toMatchObject({ ok: true, files: 3, read: 60, kept: 60 });
    expect(JSON.parse((await tidemark(['sync', '--dry-run', '--full', '--json'])).stdout)).toMatchObject({
      objects: 0,
    });

    const listed = await tidemark(['sources', 'list', '--json']);
    expect(JSON.parse(listed.stdout)).toMatchObject({
      sources: [{ name: 'web', kind: 's3', place: `s3://${BUCKET}/events/\${ENV}/dt=%Y-%m-%d/`, kept: 60 }],
    });
    expect(await tidemark(['sources', 'remove', 'web'])).toMatchObject({ status: 0 });
    expect((await tidemark(['sources', 'list'])).stdout).toBe('There are no sources yet.\n');
    expect(storedRows(dataDir)).toHaveLength(60);
    expect(await add()).toMatchObject({ status: 0 }); // the name is free again
    expect((await tidemark(['doctor'])).status).toBe(0);
  });

  it('let no secret reach the data folder, the output or a message', async () => {
    const id = 'AKIDPLANTED';
    const value = 'wJalrXUtnFEMI7MDENGbPxRfiCYPLANTED';
    await add();
    const outputs = [
      await tidemark(['secrets', 'set', 'web-s3'], { input: `${id}:${value}` }),
      await tidemark(['secrets', 'list']),
      await tidemark(['secrets', 'test', 'web-s3', '--json']),
      await tidemark(['sources', 'test', 'web', '--json']),
      await tidemark(['sync', '--json']),
      await tidemark(['sync', '--dry-run']),
      await tidemark(['sources', 'list', '--json']),
    ];
    expect(outputs.map(({ status }) => status)).toEqual([0, 0, 0, 1, 1, 1, 0]);
    expect(outputs[4]!.stderr).toContain('does not accept the credentials');
    const planted = [value, id].flatMap((text) => [text, Buffer.from(text).toString('base64').slice(0, -4)]);
    for (const { stdout, stderr } of outputs)
      for (const text of planted) expect(stdout + stderr).not.toContain(text);
    for (const file of filesOf(dataDir))
      for (const text of planted) expect(readFileSync(file, 'latin1'), file).not.toContain(text);
    expect(statSync(path.join(dataDir, 'secrets.sealed')).mode & 0o777).toBe(0o600);
    expect(await tidemark(['secrets', 'delete', 'web-s3'])).toMatchObject({ status: 0 });
    expect(await tidemark(['secrets', 'test', 'web-s3'])).toMatchObject({ status: 1 });
  });

  it('take a folder, a map and a variable, too', async () => {
    const raw = path.join(path.dirname(dataDir), 'raw');
    const map = path.join(path.dirname(dataDir), 'map.json');
    mkdirSync(raw);
    writeFileSync(map, JSON.stringify({ columns: { ts: 'when' } }));
    writeFileSync(
      path.join(raw, 'a.ndjson'),
      ndjson([{ ...eventOf(1), ts: undefined, when: '2026-11-01T00:00:00Z' }]),
    );
    const folder = ['sources', 'add', 'local', '--environment', 'test', '--path', raw, '--map', map];
    expect(await tidemark([...folder, '--freshness-minutes', '5'])).toMatchObject({ status: 0 });
    await add();
    const env = { TIDEMARK_SECRET_WEB_S3: S3_KEYS, TIDEMARK_PASSPHRASE: '' };
    const { stdout, status } = await tidemark(['sync', '--json'], { env });
    expect({ status, ...(JSON.parse(stdout) as object) }).toMatchObject({ status: 0, kept: 61 });
  });

  it('refuse what makes no sense, and say what was allowed', async () => {
    const refusals: [string[], number, string][] = [
      [['sources'], 2, 'is not one of add, preview, fields, tables, list, test, remove'],
      [
        ['sources', 'add', 'x', '--environment', 'test'],
        2,
        'one of --path DIR, --bucket NAME and --table NAME',
      ],
      [['sources', 'add', 'x', '--path', 'y'], 2, 'needs --environment E'],
      [
        ['sources', 'add', 'x', '--environment', 'e', '--bucket', 'bbb', '--secret', 'a', '--anonymous'],
        2,
        'exclude',
      ],
      [
        ['sources', 'add', 'x', '--environment', 'e', '--bucket', 'bbb', '--keys', '%Q'],
        1,
        'expected %Y %m %d %H',
      ],
      [
        ['sources', 'add', 'x', '--environment', 'e', '--bucket', 'bbb', '--endpoint', 'nowhere'],
        1,
        'source.endpoint',
      ],
      [['sources', 'remove', 'nobody'], 1, 'there is no source named "nobody"'],
      [['sync', '--source', 'nobody'], 1, 'there is no source named "nobody"'],
      [['secrets', 'set', 'UPPER'], 1, 'expected a-z, 0-9'],
    ];
    expect(await tidemark(['sources', 'add', 'one', '--environment', 'e', '--path', '.'])).toMatchObject({
      status: 0,
    });
    for (const [argv, status, message] of refusals) {
      const ended = await tidemark(argv, { input: 'x\n' });
      expect({ argv, status: ended.status }).toEqual({ argv, status });
      expect(ended.stderr).toContain(message);
    }
    const kept = await tidemark(['secrets', 'set', 'a'], { input: 'x\n', env: { TIDEMARK_PASSPHRASE: '' } });
    expect(kept.status).toBe(3);
    expect(kept.stderr).toContain('no passphrase is given');
  });
});
