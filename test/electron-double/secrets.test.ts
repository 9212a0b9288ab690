import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openElectronSecrets } from '../../main/hosts/electron/secrets.ts';
import { SafeStorageDouble } from './double/safe-storage.ts';
import type { SilentUtilityProcess } from './double/utility-process.ts';
import { loadReadyShell, newDataDir } from './load-shell.ts';

const VALUE = 'AKIDEXAMPLE:planted-secret';

const open = (double: SafeStorageDouble, dataDir: string, env: Record<string, string> = {}) =>
  openElectronSecrets({ storage: double.module, dataDir, env, platform: 'linux' });

test('§4.14 secrets are sealed by the keyring and read again after a restart', async () => {
  const double = new SafeStorageDouble();
  const dataDir = newDataDir();
  const secrets = await open(double, dataDir);
  expect(secrets.protection.kind).toBe('keyring');
  await secrets.set('events', VALUE);
  const file = path.join(dataDir, 'secrets.keyring');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'latin1')).not.toMatch(/planted|events/);
  expect(await (await open(double, dataDir)).read('events')).toBe(VALUE);
});

test('§4.14 what the keyring wants encrypted again is stored again', async () => {
  const double = new SafeStorageDouble();
  const dataDir = newDataDir();
  const secrets = await open(double, dataDir);
  await secrets.set('events', VALUE);
  const before = readFileSync(path.join(dataDir, 'secrets.keyring'));
  expect(double.encrypted).toBe(1);
  double.shouldReEncrypt = true;
  expect(await secrets.read('events')).toBe(VALUE);
  expect(double.encrypted).toBe(2);
  expect(readFileSync(path.join(dataDir, 'secrets.keyring'))).not.toEqual(before);
});

test.each(['basic_text', 'unknown'] as const)(
  '§4.14 with the backend %s they are not protected by a keyring, which is said',
  async (backend) => {
    const double = new SafeStorageDouble();
    double.backend = backend;
    const dataDir = newDataDir();
    const secrets = await open(double, dataDir);
    expect(secrets.protection).toMatchObject({ kind: 'memory' });
    expect(secrets.protection.text).toContain('not protected by a keyring');
    await secrets.set('events', VALUE);
    expect(existsSync(path.join(dataDir, 'secrets.keyring'))).toBe(false);
    const withFile = await open(double, dataDir, { TIDEMARK_PASSPHRASE: 'correct horse battery' });
    expect(withFile.protection.kind).toBe('passphrase');
  },
);

test('§4.14 elsewhere the backend is not asked, and without encryption nothing is stored', async () => {
  const double = new SafeStorageDouble();
  const mac = await openElectronSecrets({
    storage: { ...double.module, getSelectedStorageBackend: () => 'unknown' },
    dataDir: newDataDir(),
    env: {},
    platform: 'darwin',
  });
  expect(mac.protection.kind).toBe('keyring');
  double.isAvailable = false;
  expect((await open(double, newDataDir())).protection.kind).toBe('memory');
});

test('§4.14 a keyring that does not open is told with a next step', async () => {
  const double = new SafeStorageDouble();
  const dataDir = newDataDir();
  await (await open(double, dataDir)).set('events', VALUE);
  double.key = Buffer.alloc(32);
  await expect((await open(double, dataDir)).read('events')).rejects.toMatchObject({
    code: 'auth-failed',
    message: 'the system’s keyring does not open the stored secrets; unlock it, or set them again',
  });
});

test('§4.14 the shell opens a secret for the engine process that asks, and for no other', async () => {
  const { double, dataDir } = await loadReadyShell();
  await openElectronSecrets({
    storage: double.safeStorage.module,
    dataDir,
    env: {},
    platform: process.platform,
  }).then((secrets) => secrets.set('events', VALUE));
  const [engine, query] = double.processes as SilentUtilityProcess[];
  const answerOf = async (asked: SilentUtilityProcess, name: string) => {
    asked.emit('message', { c: 'secret', id: 7, name });
    await expect.poll(() => asked.told.some(({ message }) => hasId(message, 7))).toBe(true);
    const answer = asked.told.find(({ message }) => hasId(message, 7))?.message;
    asked.told.length = 0;
    return answer;
  };
  expect(await answerOf(engine!, 'events')).toEqual({ c: 'secret', id: 7, value: VALUE });
  expect(await answerOf(engine!, 'unset')).toEqual({ c: 'secret', id: 7, value: null });
  expect(await answerOf(query!, 'events')).toMatchObject({
    c: 'no-secret',
    error: { code: 'not-available' },
  });
});

const hasId = (message: unknown, id: number): boolean =>
  typeof message === 'object' && message !== null && 'id' in message && message.id === id;
