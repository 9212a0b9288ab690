import { expect, it } from 'vitest';
import { syncInBackground } from '../../main/hosts/prepare-workspace.ts';
import type { Terminal } from '../../main/hosts/terminal.ts';
import type { RpcClient } from '../../shared/rpc/client-core.ts';

// The sync at start reads what nobody has paused.

const COUNTS = { files: 0, read: 0, kept: 0, duplicate: 0, quarantined: 0, scrubbed: 0 };

async function start(paused: boolean, states: Record<string, string>) {
  const synced: unknown[] = [];
  const lines: string[] = [];
  const call = (method: string, params: { sourceName?: string | null }) => {
    if (method === 'command.sync.run') synced.push(params.sourceName);
    const sources = Object.entries(states).map(([sourceName, state]) => ({ sourceName, state }));
    return Promise.resolve(
      method === 'query.jobs.state' ? { paused, sources } : { counts: COUNTS, message: null },
    );
  };
  const terminal = {
    line: (text: string) => lines.push(text),
    progress: () => undefined,
    fault: (text: string) => lines.push(text),
  } as unknown as Terminal;
  await syncInBackground({ call } as unknown as RpcClient, terminal, new AbortController().signal);
  return { synced, lines };
}

it('reads every source at once where none is paused', async () => {
  expect((await start(false, { Orders: 'idle', Sessions: 'waiting' })).synced).toEqual([null]);
});

it('leaves a paused source alone, and everything where the sync as a whole is paused', async () => {
  expect((await start(false, { Orders: 'paused', Sessions: 'idle', Users: 'idle' })).synced).toEqual([
    'Sessions',
    'Users',
  ]);
  const all = await start(true, { Orders: 'paused', Sessions: 'paused' });
  expect(all.synced).toEqual([]);
  expect(all.lines).toEqual(['Sync is paused; it goes on when it is resumed.']);
});
