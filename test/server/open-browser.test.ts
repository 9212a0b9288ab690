import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findChromium, openBrowser } from '../../main/hosts/server/open-browser.ts';

const TOKEN = 'q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6j7k8l9z0x1c';
const LINK = `http://127.0.0.1:40123/login?token=${TOKEN}`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-browser-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Puts a program into the one folder that is searched; it notes its arguments and ends with `exitCode`. */
function install(name: string, exitCode = 0, body = ''): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${body}\necho "$0" "$@" >> '${folder}/started'\nexit ${exitCode}\n`);
  chmodSync(file, 0o755);
  return file;
}

const open = (env: Record<string, string> = {}): Promise<boolean> =>
  openBrowser(LINK, { env: { PATH: folder, ...env }, platform: 'linux', dataDir: path.join(folder, 'data') });
const started = (): string => readFileSync(path.join(folder, 'started'), 'utf8');
const redirectFile = (): string => path.join(folder, 'data', 'browser', 'open.html');

describe('opening a window', () => {
  it('starts the first Chromium-type browser as an application window with a profile of its own', async () => {
    install('google-chrome');
    const chromium = install('chromium');
    expect(await open()).toBe(true);
    expect(started().trim().split(' ')).toEqual([
      chromium,
      `--user-data-dir=${path.join(folder, 'data', 'browser', 'profile')}`,
      '--no-first-run',
      '--no-default-browser-check',
      `--app=file://${redirectFile()}`,
    ]);
  });

  it('keeps the token out of the process list, in a file that only its owner reads', async () => {
    install('chromium');
    await open();
    expect(started()).not.toContain(TOKEN);
    expect(statSync(redirectFile()).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(redirectFile())).mode & 0o777).toBe(0o700);
    expect(readFileSync(redirectFile(), 'utf8')).toContain(`content="0;url=${LINK}"`);
  });

  it('does not write through a file that somebody else put there', async () => {
    install('chromium');
    await open();
    chmodSync(redirectFile(), 0o644);
    await open();
    expect(statSync(redirectFile()).mode & 0o777).toBe(0o600);
  });

  it('passes TIDEMARK_BROWSER_ARGS on and nothing of the kind by itself', async () => {
    install('chromium');
    await open();
    expect(started()).not.toContain('sandbox');
    await open({ TIDEMARK_BROWSER_ARGS: ' --no-sandbox  --headless=new ' });
    expect(started()).toContain(' --no-sandbox --headless=new --app=');
  });

  it('gives the address itself to a browser that cannot read the file', async () => {
    install('chromium', 0, '# exec /snap/bin/chromium "$@"');
    await open();
    expect(started()).toContain(`--app=${LINK}`);
  });

  it('turns to the default browser when there is no other, or when it fails', async () => {
    install('xdg-open');
    expect(await open()).toBe(true);
    expect(started()).toBe(`${path.join(folder, 'xdg-open')} ${redirectFile()}\n`);
    install('chromium', 1);
    expect(await open()).toBe(true);
    expect(started().trim().split('\n').at(-1)).toBe(`${path.join(folder, 'xdg-open')} ${redirectFile()}`);
  });

  it('says so when nothing starts, and leaves no file with the token', async () => {
    expect(await open()).toBe(false);
    install('chromium', 1);
    install('xdg-open', 3);
    expect(await open()).toBe(false);
    expect(existsSync(redirectFile())).toBe(false);
  });

  it('looks where each system keeps its browsers', () => {
    expect(findChromium({ PATH: folder }, 'linux')).toBeNull();
    const edge = install('microsoft-edge');
    expect(findChromium({ PATH: `/nonexistent:${folder}` }, 'linux')).toBe(edge);
    expect(findChromium({ PATH: folder }, 'darwin')).toBeNull();
    expect(findChromium({ PATH: folder, PROGRAMFILES: folder }, 'win32')).toBeNull();
  });
});
