import path from 'node:path';
import { expect, test } from 'vitest';
import { createUtilityForker } from '../../main/hosts/electron/forker.ts';
import { MessageChannelDouble } from './double/ports.ts';
import { NodeUtilityProcess } from './double/utility-process.ts';

const SUPERVISED = path.join(import.meta.dirname, '../supervisor');

function fork(entry: string, onOutput: (role: string, line: string) => void = () => undefined) {
  return createUtilityForker({
    utilityProcess: { fork: (modulePath) => new NodeUtilityProcess(modulePath) },
    MessageChannelMain: MessageChannelDouble,
    entries: { engine: entry, query: entry },
    onOutput,
  })('query');
}

test('a process that hears no polite word is ended the hard way', async () => {
  const child = fork(path.join(SUPERVISED, 'deaf-entry.ts'));
  const ready = new Promise<void>((resolve) => child.onMessage(({ c }) => c === 'ready' && resolve()));
  child.post({ c: 'start', dataDir: '/nonexistent', epoch: 1, app: 'test' });
  await ready;
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => child.onExit(() => resolve())).then(() => (hasEnded = true));
  child.kill();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(hasEnded).toBe(false);
  child.killHard();
  await ended;
  child.killHard(); // it is gone: nothing happens
});

test('what a process prints past its log is heard line by line', async () => {
  const lines: string[] = [];
  const child = fork(path.join(SUPERVISED, 'no-such-entry.ts'), (role, line) =>
    lines.push(`${role} ${line}`),
  );
  await new Promise<void>((resolve) => child.onExit(() => resolve()));
  await expect.poll(() => lines.join('\n')).toContain('no-such-entry.ts');
});
