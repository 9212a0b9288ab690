import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { appPaths, resolveDataDir } from '../../main/paths.ts';

const home = path.resolve('/home/ada');

describe('data folder', () => {
  test('prefers the flag, then TIDEMARK_DATA_DIR, then the system', () => {
    const env = { TIDEMARK_DATA_DIR: '/from/env', XDG_DATA_HOME: '/xdg' };
    const linux = { platform: 'linux' as const, homeDir: home };
    expect(resolveDataDir({ ...linux, flag: '/from/flag', env })).toBe(path.resolve('/from/flag'));
    expect(resolveDataDir({ ...linux, env })).toBe(path.resolve('/from/env'));
    expect(resolveDataDir({ ...linux, env: { XDG_DATA_HOME: '/xdg' } })).toBe(path.resolve('/xdg/tidemark'));
    expect(resolveDataDir({ ...linux, env: {} })).toBe(path.join(home, '.local/share/tidemark'));
  });

  test('treats an empty value as absent', () => {
    const env = { TIDEMARK_DATA_DIR: '', XDG_DATA_HOME: '' };
    expect(resolveDataDir({ flag: '', env, platform: 'linux', homeDir: home })).toBe(
      path.join(home, '.local/share/tidemark'),
    );
  });

  test('follows each system’s custom', () => {
    expect(resolveDataDir({ env: {}, platform: 'darwin', homeDir: home })).toBe(
      path.join(home, 'Library/Application Support/Tidemark'),
    );
    expect(resolveDataDir({ env: { LOCALAPPDATA: '/local' }, platform: 'win32', homeDir: home })).toBe(
      path.resolve('/local/Tidemark'),
    );
  });

  test('makes a relative folder absolute', () => {
    expect(resolveDataDir({ flag: 'here', env: {} })).toBe(path.resolve('here'));
  });
});

test('finds the same root from a source file and from a bundled chunk', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  expect(appPaths().root).toBe(root);
  expect(appPaths(path.join(root, 'dist/main/chunks')).root).toBe(root);
  expect(appPaths().rendererDir).toBe(path.join(root, 'dist/renderer'));
});
