import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSecrets as openAt } from '../../../main/engine/secrets/open-secrets.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const CHEAP = 1 << 14; // of what scrypt may cost
const openSecrets = (dataDir: string, env: Record<string, string>) => openAt(dataDir, env, CHEAP);

const PASSPHRASE = { TIDEMARK_PASSPHRASE: 'correct horse battery' };
const VALUE = 'AKIDEXAMPLE:wJalrXUtnFEMI-planted';
const file = () => path.join(folder, 'secrets.sealed');

describe('the secret store of the server host and the command line', () => {
  it('keeps secrets in one file of the owner that shows neither values nor names', async () => {
    await openSecrets(folder, PASSPHRASE).set('events-s3', VALUE);
    await openSecrets(folder, PASSPHRASE).set('other', 'a:b');
    const again = openSecrets(folder, PASSPHRASE);
    expect(await again.read('events-s3')).toBe(VALUE);
    expect(await again.names()).toEqual(['events-s3', 'other']);
    expect(again.protection.kind).toBe('passphrase');
    expect(readdirSync(folder)).toEqual(['secrets.sealed']);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    const bytes = readFileSync(file(), 'utf8');
    expect(bytes).not.toMatch(/planted|AKID|events/);
    expect(bytes).not.toContain(Buffer.from(VALUE).toString('base64').slice(0, 16));
  });

  it('opens with no other passphrase and writes nothing over what it cannot open', async () => {
    await openSecrets(folder, PASSPHRASE).set('events-s3', VALUE);
    const before = readFileSync(file());
    const wrong = openSecrets(folder, { TIDEMARK_PASSPHRASE: 'another passphrase' });
    await expect(wrong.read('events-s3')).rejects.toMatchObject({ code: 'auth-failed' });
    await expect(wrong.set('other', 'x')).rejects.toMatchObject({ code: 'auth-failed' });
    await expect(openSecrets(folder, {}).read('events-s3')).rejects.toThrow('no passphrase is given');
    expect(readFileSync(file())).toEqual(before);
  });

  it('notices every changed byte', async () => {
    await openSecrets(folder, PASSPHRASE).set('events-s3', VALUE);
    const whole = JSON.parse(readFileSync(file(), 'utf8')) as Record<string, string>;
    for (const part of ['nonce', 'tag', 'text']) {
      const bytes = Buffer.from(whole[part]!, 'base64');
      bytes[0] = bytes[0]! ^ 1;
      writeFileSync(file(), JSON.stringify({ ...whole, [part]: bytes.toString('base64') }));
      await expect(openSecrets(folder, PASSPHRASE).read('events-s3')).rejects.toMatchObject({
        code: 'auth-failed',
      });
    }
    writeFileSync(file(), '{}');
    await expect(openSecrets(folder, PASSPHRASE).read('events-s3')).rejects.toMatchObject({
      code: 'corrupt',
    });
  });

  it('forgets what is removed', async () => {
    const secrets = openSecrets(folder, PASSPHRASE);
    await secrets.set('events-s3', VALUE);
    expect(await secrets.remove('events-s3')).toBe(true);
    expect(await secrets.remove('events-s3')).toBe(false);
    expect(await openSecrets(folder, PASSPHRASE).read('events-s3')).toBeNull();
  });

  it('reads the passphrase from a file, and a variable before anything stored', async () => {
    const passphraseFile = path.join(folder, 'passphrase');
    writeFileSync(passphraseFile, 'correct horse battery\n');
    await openSecrets(folder, { TIDEMARK_PASSPHRASE_FILE: passphraseFile }).set('events-s3', VALUE);
    const given = { ...PASSPHRASE, TIDEMARK_SECRET_EVENTS_S3: 'from:variable' };
    expect(await openSecrets(folder, PASSPHRASE).read('events-s3')).toBe(VALUE);
    expect(await openSecrets(folder, given).read('events-s3')).toBe('from:variable');
    expect(await openSecrets(folder, given).names()).toEqual(['events-s3']);
    expect(() => openSecrets(folder, { TIDEMARK_PASSPHRASE_FILE: '/nowhere' })).toThrow(
      expect.objectContaining({ code: 'not-readable' }),
    );
  });

  it('stays in memory without a passphrase, and says so', async () => {
    const secrets = openSecrets(folder, {});
    await secrets.set('events-s3', VALUE);
    expect(await secrets.read('events-s3')).toBe(VALUE);
    expect(secrets.protection.kind).toBe('memory');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses names and values that make no sense, and short passphrases', () => {
    const secrets = openSecrets(folder, PASSPHRASE);
    for (const name of ['', 'Upper', '../up', 'a'.repeat(65)])
      expect(() => secrets.set(name, 'x')).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(() => secrets.set('a', ' ')).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(() => secrets.set('a', 'x'.repeat(20_000))).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
    expect(() => openSecrets(folder, { TIDEMARK_PASSPHRASE: 'short' })).toThrow('at least 8');
  });
});
