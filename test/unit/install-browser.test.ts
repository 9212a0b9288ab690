import { expect, test } from 'vitest';
import { findBrowser } from '../support/browser.ts';
import { type BrowserInstaller, ensureBrowser } from '../support/install-browser.ts';

/** A machine without a Chromium, on which one appears as soon as a command matches `cure`. */
function machine(cure: RegExp | null, options: { isRoot?: boolean; platform?: NodeJS.Platform } = {}) {
  const ran: string[] = [];
  const installer: BrowserInstaller = {
    find: () =>
      Promise.resolve(cure !== null && ran.some((line) => cure.test(line)) ? '/found/chromium' : null),
    run: (command, args) => {
      ran.push([command, ...args].join(' '));
      return Promise.resolve(true);
    },
    isRoot: options.isRoot ?? true,
    platform: options.platform ?? 'linux',
  };
  return { installer, ran };
}

test('installs nothing where a Chromium runs', async () => {
  const { installer, ran } = machine(/^/);
  installer.find = () => Promise.resolve('/usr/bin/chromium');
  await expect(ensureBrowser(installer)).resolves.toBe('/usr/bin/chromium');
  expect(ran).toEqual([]);
});

test('asks Playwright first', async () => {
  const { installer, ran } = machine(/install chromium$/);
  await expect(ensureBrowser(installer)).resolves.toBe('/found/chromium');
  expect(ran).toHaveLength(1);
});

test('takes Debian’s package as root when Playwright’s does not come', async () => {
  const { installer, ran } = machine(/apt-get install .*chromium/);
  await expect(ensureBrowser(installer)).resolves.toBe('/found/chromium');
  expect(ran.slice(1)).toEqual([
    'apt-get update',
    'apt-get install -y --no-install-recommends chromium fonts-liberation',
  ]);
});

test('says how to go on when nothing helps, and leaves packages alone without the right', async () => {
  const { installer, ran } = machine(null, { isRoot: false });
  await expect(ensureBrowser(installer)).rejects.toThrow(/playwright install --with-deps chromium/);
  expect(ran.some((line) => line.startsWith('apt-get'))).toBe(false);
});

test('passes over files that are no browser', async () => {
  await expect(findBrowser(['/nowhere/chromium', import.meta.filename])).resolves.toBeNull();
});
