import { spawn, spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { runServerHost } from '../../main/hosts/server/run.ts';
import { readLock } from '../../main/lock.ts';
import { appPaths } from '../../main/paths.ts';
import { type HostProcess, startHostProcess } from '../support/host-process.ts';
import { makeSampleTemplate } from '../support/sample-host.ts';
import { ask, logIn } from '../support/socket-client.ts';

let dataDir: string;
let running: HostProcess[] = [];

const template = path.join(mkdtempSync(path.join(tmpdir(), 'tidemark-life-')), 'data');
beforeAll(() => makeSampleTemplate(template));
afterAll(() => rmSync(path.dirname(template), { recursive: true, force: true }));

beforeEach(() => {
  dataDir = path.join(mkdtempSync(path.join(tmpdir(), 'tidemark-life-')), 'data');
  cpSync(template, dataDir, { recursive: true });
});
afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL');
    await ended;
  }
  running = [];
  rmSync(path.dirname(dataDir), { recursive: true, force: true });
});

function start(args: readonly string[] = [], folder = dataDir): HostProcess {
  const host = startHostProcess(folder, args);
  running.push(host);
  return host;
}

const tidemark = (...args: string[]) =>
  spawnSync(
    process.execPath,
    [path.join(appPaths().root, 'dist/main/cli.mjs'), ...args, '--data-dir', dataDir],
    {
      encoding: 'utf8',
    },
  );

describe('the server host as a process', () => {
  it('prints its link, syncs behind it, and ends with 0 and without a trace on Ctrl-C', async () => {
    const host = start();
    const link = await host.link();
    await host.says(/ssh -L (\d+):127\.0\.0\.1:\1/);
    await host.says(/Synced [\d,]+ files/);
    const cookie = await logIn(link);
    const page = await ask(new URL(link).origin, { path: '/', headers: { cookie } });
    expect(page.body.toString()).toContain('<div id="root">');
    expect(readLock(dataDir)).toMatchObject({
      pid: host.child.pid,
      host: 'server',
      address: new URL(link).origin,
    });
    host.child.kill('SIGINT');
    expect(await host.ended).toBe(0);
    expect(readLock(dataDir)).toBeNull();
    expect(existsSync(path.join(dataDir, 'workspace.lock'))).toBe(false);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)(
    'ends with 0 on %s, also in the middle of a sync',
    async (signal) => {
      const host = start();
      await host.link();
      host.child.kill(signal);
      expect(await host.ended).toBe(0);
      expect(existsSync(path.join(dataDir, 'workspace.lock'))).toBe(false);
    },
  );

  it('says nothing but numbers, names and its own links on the terminal', async () => {
    const host = start();
    await host.says(/Synced/);
    expect(host.output()).not.toMatch(/undefined|null|NaN|\[object|Error|at .*\.(ts|mjs):/);
  });

  it('serves the port that it is given', async () => {
    const first = start();
    const { port } = new URL(await first.link());
    first.child.kill('SIGTERM');
    await first.ended;
    const second = start(['--port', port]);
    expect(new URL(await second.link()).port).toBe(port);
  });

  it('says which port is taken and ends with 3', async () => {
    const first = start();
    const { port } = new URL(await first.link());
    const other = path.join(path.dirname(dataDir), 'other');
    const second = start(['--port', port], other);
    expect(await second.ended).toBe(3);
    expect(second.output()).toContain(`port ${port}`);
  });

  it('a second start on the same folder names the first and prints a fresh link of it', async () => {
    const first = start();
    const { origin } = new URL(await first.link());
    const second = start();
    expect(await second.ended).toBe(0);
    expect(second.output()).toContain(`process ${first.child.pid ?? ''}`);
    expect(second.output()).toContain(origin);
    const cookie = await logIn(await second.link());
    expect((await ask(origin, { path: '/', headers: { cookie } })).status).toBe(200);
  });

  it('takes the folder over from a host that was killed', async () => {
    const first = start();
    await first.link();
    first.child.kill('SIGKILL');
    await first.ended;
    expect(existsSync(path.join(dataDir, 'workspace.lock'))).toBe(true);
    const second = start();
    await second.link();
    await second.says(/Synced/);
  });

  it('tidemark link prints a fresh link of the running host, and says so when there is none', async () => {
    expect(tidemark('link')).toMatchObject({ status: 3, stdout: '' });
    const host = start();
    const { origin } = new URL(await host.link());
    const printed = tidemark('link');
    expect(printed).toMatchObject({ status: 0, stderr: '' });
    expect(new URL(printed.stdout.trim()).origin).toBe(origin);
    await logIn(printed.stdout.trim());
    const json = tidemark('link', '--json');
    expect(JSON.parse(json.stdout)).toEqual({
      ok: true,
      link: expect.stringContaining('/login?token=') as string,
    });
  });

  it('--demo is refused where another workspace is, which stays as it is', async () => {
    const folder = path.join(path.dirname(dataDir), 'own');
    createWorkspace(folder, { name: 'My numbers', zone: 'UTC' });
    const host = start(['--demo'], folder);
    expect(await host.ended).toBe(1);
    expect(host.output()).toContain('My numbers');
    expect(existsSync(path.join(folder, 'sample'))).toBe(false);
  });

  it('names a folder that it cannot use', async () => {
    const file = path.join(path.dirname(dataDir), 'file');
    writeFileSync(file, '');
    const host = start([], path.join(file, 'data'));
    expect(await host.ended).toBe(1);
    expect(host.output()).toContain(path.join(file, 'data'));
  });

  it('writes no token, cookie or secret anywhere but into the lock file, and that for its owner only', async () => {
    const host = start();
    const link = await host.link();
    const token = new URL(link).searchParams.get('token') ?? '';
    const cookie = await logIn(link);
    await host.says(/Synced/);
    const secret = readLock(dataDir)?.secret ?? '';
    expect(secret).toHaveLength(43);
    const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    for (const file of files) {
      const name = path.join(file.parentPath, file.name);
      const bytes = readFileSync(name, 'latin1');
      expect(bytes).not.toContain(token);
      expect(bytes).not.toContain(cookie.split('=')[1]);
      if (file.name === 'workspace.lock') expect(statSync(name).mode & 0o777).toBe(0o600);
      else expect(bytes).not.toContain(secret);
    }
  });

  it('tells what is wrong with a damaged workspace and ends with 1', async () => {
    writeFileSync(
      path.join(dataDir, 'catalogue.sqlite'),
      'not a database at all, but long enough to be read as one',
    );
    const host = start();
    expect(await host.ended).toBe(1);
    expect(host.output()).toContain(dataDir);
    expect(host.output()).not.toMatch(/at .*\.(ts|mjs):/);
  });

  it('tidemark serve is the same host', async () => {
    const cli = path.join(appPaths().root, 'dist/main/cli.mjs');
    const child = spawn(process.execPath, [cli, 'serve', '--no-open', '--data-dir', dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    const [text] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    expect(text).toContain('Tidemark');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(tidemark('serve', '--port', 'x').status).toBe(2);
  });

  it('prints a new link at each Enter on a terminal', async () => {
    const said: string[] = [];
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const signals = new EventEmitter();
    const ended = runServerHost(['--no-open', '--data-dir', dataDir], {
      env: process.env,
      platform: process.platform,
      stdin,
      stdout: { write: (text) => said.push(text), isTTY: true },
      stderr: { write: (text) => said.push(text) },
      on: (event, listener) => signals.on(event, listener),
      exit: () => {
        throw new Error('asked to stop once, it must not end by force');
      },
    });
    const links = (): string[] =>
      [...said.join('').matchAll(/Open (http\S+)/g)].map(([, link]) => link ?? '');
    await expect.poll(links, { timeout: 20_000 }).toHaveLength(1);
    stdin.write('\n');
    await expect.poll(links, { timeout: 20_000 }).toHaveLength(2);
    expect(new Set(links()).size).toBe(2);
    for (const link of links()) await logIn(link);
    signals.emit('SIGINT');
    expect(await ended).toBe(0);
  });
});
