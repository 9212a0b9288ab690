import { afterEach, beforeEach, expect, it } from 'vitest';
import { privacy } from '../../main/cli/privacy.ts';
import { Readable } from 'node:stream';
import { type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = testWorkspace('memory');
  await workspace.addFolder();
  workspace.raw('a.ndjson', [eventOf(1), eventOf(2), eventOf(3)]);
  await workspace.sync();
});
afterEach(() => workspace.remove());

async function run(...argv: string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const code = await privacy.run([...argv, '--data-dir', workspace.dataDir], {
    stdin: Readable.from([]),
    stdout: { write: (text) => (out += text) },
    stderr: { write: () => undefined },
    env: {},
    signal: new AbortController().signal,
  });
  return { code, out };
}

it('forgets a user, shows the receipt, and never the id', async () => {
  expect((await run('list')).out).toBe('Nobody has asked to be forgotten.\n');
  const { code, out } = await run('delete', 'usr_2', '--request', 'ticket 7', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    ok: true,
    request: { requestId: 'ticket 7', state: 'done', receipt: { rows: 1, sourceObjects: 1 } },
  });
  const list = await run('list');
  expect(list.out).toMatch(/^ticket 7\tdone .*\t1 events in 1 files/);
  expect(out + list.out).not.toContain('usr_2');
  expect((await run('apply')).out).toBe('Applied 0 requests.\n');
});

it('refuses what makes no sense', async () => {
  await expect(run('delete')).rejects.toThrow('needs the id of a user');
  await expect(run('list', 'usr_2')).rejects.toThrow('takes no user');
  await expect(run('forget')).rejects.toThrow('is not one of list, apply, delete');
});
