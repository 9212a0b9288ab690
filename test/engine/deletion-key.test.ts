import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type EngineService, openEngine } from '../../main/engine/engine-service.ts';
import { createMemorySecrets } from '../../main/engine/secrets/memory-secrets.ts';
import { makeSecret } from '../../main/engine/secrets/make-secret.ts';
import type { SecretReader, SecretStore } from '../../main/engine/secrets/secret-store.ts';
import { type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

// The key of deletions comes from the shell: of the desktop's keyring, a passphrase file, or a file of its own.

const context = { signal: new AbortController().signal, progress: () => undefined } as never;
let workspace: TestWorkspace;
let faults: string[];
beforeEach(async () => {
  faults = [];
  workspace = testWorkspace('memory');
  await workspace.addFolder();
  workspace.raw(
    'a.ndjson',
    [1, 2, 3].map((n) => eventOf(n)),
  );
  await workspace.sync();
});
afterEach(() => workspace.remove());

const open = (secrets: SecretReader): Promise<EngineService> =>
  openEngine(
    workspace.dataDir,
    {
      onRevision: () => undefined,
      onSyncState: () => undefined,
      onCohort: () => undefined,
      onUpkeepFault: (message) => faults.push(message),
    },
    { services: { secrets } },
  );

/** As a keyring would keep them: what is set lasts, and lies nowhere in the folder. */
function keyring(): SecretStore {
  const memory = createMemorySecrets('');
  return { ...memory, protection: { kind: 'keyring', text: 'In the keyring.' } };
}

const readerOf = (store: SecretStore): SecretReader => ({
  read: (name) => store.read(name),
  make: (name) => makeSecret(store, name),
});

const forget = (engine: EngineService, userId: string) =>
  engine.handlers['command.privacy.delete']({ userId, requestId: null }, context);

it('is made in the keyring by the first request, is read from there again, and lies in no file', async () => {
  const secrets = keyring();
  const engine = await open(readerOf(secrets));
  const { keyProtection } = await engine.handlers['query.privacy']({}, context);
  expect(keyProtection).toContain('no key of the refusal list yet');
  expect(await secrets.names()).toEqual([]);
  await forget(engine, 'usr_2');
  const key = (await secrets.read('deletion-key')) ?? '';
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(await engine.handlers['query.privacy']({}, context)).toMatchObject({
    keyProtection: 'The key of the refusal list lies in the secret store.',
  });
  await engine.close();
  expect(existsSync(path.join(workspace.dataDir, 'deletion.key'))).toBe(false);
  for (const file of readdirSync(workspace.dataDir, { recursive: true, withFileTypes: true })) {
    if (file.isFile())
      expect(readFileSync(path.join(file.parentPath, file.name), 'latin1')).not.toContain(key);
  }

  workspace.raw('b.ndjson', [eventOf(2 + 7, {}), eventOf(4)]); // event 9 is of usr_2
  const again = await open(readerOf(secrets));
  const { counts } = await again.handlers['command.sync.run']({ sourceName: null }, context);
  expect(counts).toMatchObject({ kept: 1, refused: 1 });
  await forget(again, 'usr_3');
  expect(await secrets.read('deletion-key')).toBe(key);
  await again.close();
  expect(faults).toEqual([]);
});

it('is missed where the keyring does not have it any more: nothing is read, and it says why', async () => {
  const engine = await open(readerOf(keyring()));
  await forget(engine, 'usr_2');
  await engine.close();
  const without = await open(readerOf(keyring()));
  workspace.raw('b.ndjson', [eventOf(9)]);
  await expect(without.handlers['command.sync.run']({ sourceName: null }, context)).rejects.toThrow(
    'the key that knows them cannot be had',
  );
  await expect(forget(without, 'usr_3')).rejects.toThrow('the key that knows them cannot be had');
  await without.close();
});

it('lies in a file for its owner alone where the shell keeps nothing', async () => {
  const engine = await open(readerOf(createMemorySecrets('')));
  await forget(engine, 'usr_2');
  expect(existsSync(path.join(workspace.dataDir, 'deletion.key'))).toBe(true);
  await engine.close();
  const again = await open({ read: () => Promise.resolve(null) });
  expect((await forget(again, 'usr_3')).receipt).toMatchObject({ rows: 1 });
  await again.close();
});
