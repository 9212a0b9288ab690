import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLock, processStart, readLock, refuseNetworkDrive } from '../../main/lock.ts';

let dataDir: string;
const lockFile = (): string => path.join(dataDir, 'workspace.lock');

beforeEach(() => {
  dataDir = path.join(mkdtempSync(path.join(tmpdir(), 'tidemark-lock-')), 'data');
});
afterEach(() => {
  rmSync(path.dirname(dataDir), { recursive: true, force: true });
});

const holderOf = (changes: object) =>
  JSON.stringify({
    pid: process.pid,
    startedAt: processStart(process.pid),
    host: 'server',
    address: 'http://127.0.0.1:1',
    secret: 'x',
    ...changes,
  });

describe('the workspace lock', () => {
  it('names its holder in a file that only its owner reads', () => {
    const lock = acquireLock(dataDir, 'server');
    expect(statSync(lockFile()).mode & 0o777).toBe(0o600);
    expect(readLock(dataDir)).toEqual(lock.holder);
    lock.setAddress('http://127.0.0.1:5');
    expect(statSync(lockFile()).mode & 0o777).toBe(0o600);
    expect(readLock(dataDir)).toMatchObject({
      pid: process.pid,
      host: 'server',
      address: 'http://127.0.0.1:5',
    });
    lock.release();
    expect(existsSync(lockFile())).toBe(false);
  });

  it('is refused while a living process holds it, naming process, host and address', () => {
    const lock = acquireLock(dataDir, 'server');
    lock.setAddress('http://127.0.0.1:5');
    expect(() => acquireLock(dataDir, 'electron')).toThrow(
      expect.objectContaining({
        code: 'locked',
        message: expect.stringMatching(
          new RegExp(`process ${process.pid}.*server host.*127.0.0.1:5`),
        ) as string,
      }),
    );
    lock.release();
    acquireLock(dataDir, 'electron').release();
  });

  it('is taken over from a process that was killed', async () => {
    const script = `import { acquireLock } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../main/lock.ts'))};
      acquireLock(process.argv[1], 'server'); console.log('held'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(() => acquireLock(dataDir, 'server')).toThrow(/is open in process/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readLock(dataDir)).toBeNull();
    acquireLock(dataDir, 'server').release();
  });

  it.each([
    ['whose pid is another process by now', holderOf({ startedAt: 'another-boot:1' })],
    ['whose pid is free', holderOf({ pid: 2 ** 22 - 1 })],
    ['that is cut off', '{"pid":1,'],
    ['of another shape', '{"pid":1}'],
    ['that is empty', ''],
  ])('is taken over from a file %s', (_, content) => {
    acquireLock(dataDir, 'server').release();
    writeFileSync(lockFile(), content);
    expect(readLock(dataDir)).toBeNull();
    const lock = acquireLock(dataDir, 'server');
    expect(readLock(dataDir)).toEqual(lock.holder);
  });

  it('goes to exactly one of several processes that find a stale one at the same time', async () => {
    acquireLock(dataDir, 'server').release();
    writeFileSync(lockFile(), holderOf({ startedAt: 'another-boot:1' }));
    const script = `import { acquireLock } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../main/lock.ts'))};
      while (Date.now() < Number(process.argv[2])); // all at once
      try { acquireLock(process.argv[1], 'server'); console.log('held'); setTimeout(() => {}, 1500); }
      catch (error) { console.log(error.code); }`;
    const startAtMs = Date.now() + 1_200;
    const outputs = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(
          process.execPath,
          ['--input-type=module', '-e', script, dataDir, String(startAtMs)],
          {
            stdio: ['ignore', 'pipe', 'inherit'],
          },
        );
        const [line] = (await once(child.stdout, 'data')) as [Buffer];
        return line.toString().trim();
      }),
    );
    expect(outputs.sort()).toEqual(['held', 'locked', 'locked', 'locked']);
  });

  it('of another process is not released', () => {
    const lock = acquireLock(dataDir, 'server');
    writeFileSync(lockFile(), holderOf({ secret: 'of-another' }));
    lock.release();
    expect(readFileSync(lockFile(), 'utf8')).toContain('of-another');
  });

  it('is refused in a place that is no folder, naming it', () => {
    writeFileSync(path.dirname(dataDir) + '/file', '');
    const inFile = path.join(path.dirname(dataDir), 'file', 'data');
    expect(() => acquireLock(inFile, 'server')).toThrow(expect.objectContaining({ code: 'not-writable' }));
    expect(() => acquireLock(inFile, 'server')).toThrow(inFile);
  });

  it('is refused in a folder that cannot be written, naming it', () => {
    acquireLock(dataDir, 'server').release();
    chmodSync(dataDir, 0o500);
    const script = `import { acquireLock } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../main/lock.ts'))};
      if (process.getuid?.() === 0) process.setuid(65534); // rights do not bind root
      try { acquireLock(process.argv[1], 'server'); } catch (error) { console.log(error.code, error.message); }`;
    chmodSync(path.dirname(dataDir), 0o755);
    if (process.getuid?.() === 0) chmodSync(dataDir, 0o555);
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script, dataDir], {
      encoding: 'utf8',
    });
    chmodSync(dataDir, 0o700);
    expect(ended.stdout).toBe(`not-writable ${dataDir} cannot be written\n`);
  });

  it.each([0x6969, 0x517b, 0xff534d42, -11317950])('is refused on a network drive (%s)', (type) => {
    expect(() => refuseNetworkDrive('/mnt/data', () => type)).toThrow(/network drive/);
    expect(() => refuseNetworkDrive('/mnt/data', () => 0xef53)).not.toThrow();
  });
});
