import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withBuildLock } from '../../main/build/build-lock.ts';
import { fingerprint, isFresh, stampPath } from '../../main/build/freshness.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'tidemark-fresh-'));
  for (const file of ['main/a.ts', 'main/deep/b.ts', 'renderer/c.tsx', 'shared/d.ts', 'package-lock.json'])
    put(file);
});
afterEach(() => rmSync(root, { recursive: true }));

describe('a built part', () => {
  beforeEach(() => {
    for (const part of ['main', 'renderer'] as const)
      put(path.relative(root, stampPath(root, part)), fingerprint(root, part));
  });

  test('stays fresh while nothing changes', () => {
    expect([isFresh(root, 'main'), isFresh(root, 'renderer')]).toEqual([true, true]);
  });

  test('is stale when it was never built', () => {
    rmSync(stampPath(root, 'main'));
    expect(isFresh(root, 'main')).toBe(false);
  });

  test.each([
    ['is edited', () => put('main/deep/b.ts', 'longer than before')],
    ['is added', () => put('main/new.ts')],
    ['is deleted', () => rmSync(path.join(root, 'main/a.ts'))],
    ['is restored from an older copy', () => utimesSync(path.join(root, 'main/a.ts'), 1, 1)],
  ])('is stale when a source %s, and the other part is not', (_, change) => {
    change();
    expect([isFresh(root, 'main'), isFresh(root, 'renderer')]).toEqual([false, true]);
  });

  test.each([['shared/d.ts'], ['package-lock.json']])('is stale, as every part, when %s changes', (file) => {
    put(file, 'changed');
    expect([isFresh(root, 'main'), isFresh(root, 'renderer')]).toEqual([false, false]);
  });
});

describe('the build lock', () => {
  test('lets one builder in at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await delay(20);
      inside -= 1;
    };
    await Promise.all([withBuildLock(root, work), withBuildLock(root, work), withBuildLock(root, work)]);
    expect(most).toBe(1);
  });

  test('is taken over from a process that died', async () => {
    put('dist/.build-lock', '4194999'); // above the largest process id of Linux
    await expect(withBuildLock(root, () => Promise.resolve('built'))).resolves.toBe('built');
  });

  test('is given back when the build fails', async () => {
    await expect(withBuildLock(root, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(withBuildLock(root, () => Promise.resolve('built'))).resolves.toBe('built');
  });
});

function put(file: string, text = ''): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}
