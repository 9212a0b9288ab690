import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { ElectronDouble } from './double/electron-double.ts';
import { loadReadyShell } from './load-shell.ts';

const typeFile = path.resolve(import.meta.dirname, '../../node_modules/electron/electron.d.ts');

/** Every permission that Electron's types name for a handler. */
function permissionNames(handler: string): string[] {
  const line = readFileSync(typeFile, 'utf8')
    .split('\n')
    .find((each) => each.includes(`${handler}(handler:`));
  const union = /permission: ((?:'[^']+'(?: \| )?)+)/.exec(line ?? '')?.[1];
  return (union ?? '').split(' | ').map((name) => name.slice(1, -1));
}

const REQUESTED = permissionNames('setPermissionRequestHandler');
const CHECKED = permissionNames('setPermissionCheckHandler');
const OURS = 'tidemark://app/';

function request(
  double: ElectronDouble,
  permission: string,
  requestingUrl = OURS,
  isMainFrame = true,
): boolean {
  let granted: boolean | undefined;
  const ask = double.onPermissionRequest as unknown as (...args: unknown[]) => void;
  ask({}, permission, (answer: boolean) => (granted = answer), { requestingUrl, isMainFrame });
  if (granted === undefined) throw new Error('not answered');
  return granted;
}

function check(double: ElectronDouble, permission: string, origin = OURS, details: object = {}): boolean {
  const ask = double.onPermissionCheck as unknown as (...args: unknown[]) => boolean;
  return ask({}, permission, origin, { requestingUrl: OURS, isMainFrame: true, ...details });
}

test('the type file names permissions', () => {
  expect(REQUESTED.length).toBeGreaterThan(30);
  expect(REQUESTED).toEqual(
    expect.arrayContaining(['clipboard-sanitized-write', 'notifications', 'hid', 'unknown']),
  );
  expect(CHECKED.length).toBeGreaterThan(30);
});

test('§4.6 of all permissions our page may only copy', async () => {
  const { double } = await loadReadyShell();
  expect(REQUESTED.filter((name) => request(double, name))).toEqual(['clipboard-sanitized-write']);
  expect(CHECKED.filter((name) => check(double, name))).toEqual(['clipboard-sanitized-write']);
});

test.each(['https://example.com/', 'tidemark://other/', 'null', '', 'data:text/html,x'])(
  '§4.6 "%s" gets nothing',
  async (stranger) => {
    const { double } = await loadReadyShell();
    expect(REQUESTED.filter((name) => request(double, name, stranger))).toEqual([]);
    expect(CHECKED.filter((name) => check(double, name, stranger))).toEqual([]);
    expect(CHECKED.filter((name) => check(double, name, OURS, { requestingUrl: stranger }))).toEqual([]);
  },
);

test('§4.6 a frame inside our page, and whatever is no page, get nothing', async () => {
  const { double } = await loadReadyShell();
  expect(request(double, 'clipboard-sanitized-write', OURS, false)).toBe(false);
  expect(check(double, 'clipboard-sanitized-write', OURS, { isMainFrame: false })).toBe(false);
  expect(check(double, 'clipboard-sanitized-write', OURS, { requestingUrl: undefined })).toBe(false);
  const ask = double.onPermissionCheck as unknown as (...args: unknown[]) => boolean;
  expect(ask(null, 'clipboard-sanitized-write', OURS, { requestingUrl: OURS, isMainFrame: true })).toBe(
    false,
  );
});

test.each(['hid', 'serial', 'usb'] as const)('§4.6 no %s device is ever given', async (deviceType) => {
  const { double } = await loadReadyShell();
  const ask = double.onDevicePermission as unknown as (details: object) => boolean;
  expect(ask({ deviceType, origin: OURS, device: {} })).toBe(false);
});
