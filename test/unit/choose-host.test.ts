import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type HostRequest, chooseHost } from '../../main/choose-host.ts';
import { findElectronBinary } from '../../main/electron-binary.ts';

describe('which host starts', () => {
  const screen = { DISPLAY: ':0' };
  const choose = (hasElectron: boolean, env: Record<string, string>, request: HostRequest = 'any') =>
    chooseHost({ request, hasElectron, platform: 'linux', env });

  test('binary and display: Electron', () => {
    expect(choose(true, screen)).toEqual({ host: 'electron' });
    expect(choose(true, { WAYLAND_DISPLAY: 'wayland-0' })).toEqual({ host: 'electron' });
  });

  test.each([
    ['no display', {}],
    ['an empty display', { DISPLAY: '' }],
    ['SSH', { ...screen, SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }],
    ['continuous integration', { ...screen, CI: 'true' }],
  ])('binary but %s: server without a window', (_, env) => {
    expect(choose(true, env)).toEqual({ host: 'server', opensWindow: false, missesElectron: false });
  });

  test('no binary but a display: server with a window, and a word about Electron', () => {
    expect(choose(false, screen)).toEqual({ host: 'server', opensWindow: true, missesElectron: true });
  });

  test('neither: server without a window', () => {
    expect(choose(false, {})).toEqual({ host: 'server', opensWindow: false, missesElectron: false });
  });

  test('asking for Electron never falls back', () => {
    expect(choose(false, screen, 'electron')).toEqual({ host: 'none', reason: 'electron-missing' });
    expect(choose(true, {}, 'electron')).toEqual({ host: 'electron' });
  });

  test('asking for the server gets it, with a window where there is a screen', () => {
    expect(choose(true, screen, 'server')).toEqual({
      host: 'server',
      opensWindow: true,
      missesElectron: false,
    });
  });

  test('macOS and Windows have a screen unless reached over SSH', () => {
    expect(chooseHost({ request: 'any', hasElectron: true, platform: 'darwin', env: {} })).toEqual({
      host: 'electron',
    });
    const overSsh = {
      request: 'any',
      hasElectron: true,
      platform: 'darwin',
      env: { SSH_TTY: '/dev/ttys0' },
    } as const;
    expect(chooseHost(overSsh).host).toBe('server');
  });
});

describe('the Electron binary', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(path.join(tmpdir(), 'tidemark-electron-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  const put = (file: string, text = ''): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };

  test('is absent when only the package is installed', () => {
    put('node_modules/electron/package.json', '{}');
    expect(findElectronBinary(root, {})).toBeNull();
  });

  test('is absent when its path is noted but the file is gone', () => {
    put('node_modules/electron/path.txt', 'electron');
    expect(findElectronBinary(root, {})).toBeNull();
  });

  test('is where path.txt says', () => {
    put('node_modules/electron/path.txt', 'electron\n');
    put('node_modules/electron/dist/electron');
    expect(findElectronBinary(root, {})).toBe(path.join(root, 'node_modules/electron/dist/electron'));
  });

  test('can lie in another folder', () => {
    put('node_modules/electron/path.txt', 'electron');
    put('elsewhere/electron');
    const env = { ELECTRON_OVERRIDE_DIST_PATH: path.join(root, 'elsewhere') };
    expect(findElectronBinary(root, env)).toBe(path.join(root, 'elsewhere/electron'));
  });
});
