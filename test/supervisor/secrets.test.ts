import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { nodeRuntime } from '../../main/runtime.ts';
import { createNodeForker } from '../../main/supervisor/forks.ts';
import { createSupervisor } from '../../main/supervisor/supervisor.ts';
import { createRpcClient } from '../../shared/rpc/client-core.ts';

// HOSTS §4.14: a secret crosses from the shell to the engine and nowhere else.

const ENTRY = path.join(import.meta.dirname, 'secret-entry.ts');

function start(
  readSecret?: (name: string) => Promise<string | null>,
  makeSecret?: (name: string) => Promise<string | null>,
) {
  const asked: string[] = [];
  const supervisor = createSupervisor({
    fork: createNodeForker({ entries: { engine: ENTRY, query: ENTRY } }),
    runtime: nodeRuntime,
    start: { dataDir: '/nonexistent', app: 'test' },
    log: () => undefined,
    ...(makeSecret === undefined ? {} : { makeSecret }),
    ...(readSecret === undefined
      ? {}
      : {
          readSecret: (name: string) => {
            asked.push(name);
            return readSecret(name);
          },
        }),
  });
  supervisor.start();
  const clients = (['engine', 'query'] as const).map((role) =>
    createRpcClient({
      lanes: [{ roles: ['query'], open: () => supervisor.connect(role) }],
      app: 'test',
      runtime: nodeRuntime,
    }),
  );
  onTestFinished(async () => {
    for (const client of clients) client.close();
    await supervisor.stop();
  });
  /** What the process of a role is told when it asks for a secret. */
  const told = async (of: 'engine' | 'query', name: string): Promise<string> => {
    const client = clients[of === 'engine' ? 0 : 1]!;
    const { values } = await client.call('query.values', { environment: 'e', property: name });
    return values[0]?.value ?? '';
  };
  return { told, asked };
}

it(
  'gives the engine what it asks for by name, many at once, and says when none is set',
  { timeout: 30_000 },
  async () => {
    const { told, asked } = start((name) => Promise.resolve(name === 'unset' ? null : `value of ${name}`));
    const names = ['a', 'b', 'c', 'd', 'unset'];
    expect(await Promise.all(names.map((name) => told('engine', name)))).toEqual([
      'value of a',
      'value of b',
      'value of c',
      'value of d',
      'not set',
    ]);
    expect(asked.toSorted()).toEqual(names);
  },
);

it(
  'gives the query process none, and tells the engine what the store refused',
  { timeout: 30_000 },
  async () => {
    const { told, asked } = start(() => Promise.reject(new Error('SELECT secret')));
    expect(await told('query', 'a')).toBe('not-available');
    expect(asked).toEqual([]);
    expect(await told('engine', 'a')).toBe('internal');
    expect(await start().told('engine', 'a')).toBe('not-available');
  },
);

it('lets the engine have a secret made under a name, and no other process', { timeout: 30_000 }, async () => {
  const { told } = start(
    () => Promise.resolve(null),
    (name) => Promise.resolve(`random value of ${name}`),
  );
  expect(await told('engine', 'made-key')).toBe('random value of made-key');
  expect(await told('query', 'made-key')).toBe('not-available');
});
