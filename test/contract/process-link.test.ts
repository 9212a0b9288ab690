import path from 'node:path';
import { createNodeForker } from '../../main/supervisor/forks.ts';
import { describeContract } from './describe-contract.ts';

const entry = path.join(import.meta.dirname, 'child-entry.ts');

describeContract('the channel of a child process', async () => {
  const fork = createNodeForker({ entries: { engine: entry, query: entry } });
  const child = fork('query');
  const ready = new Promise<void>((resolve) => {
    child.onMessage((message) => {
      if (message.c === 'ready') resolve();
    });
  });
  child.post({ c: 'start', dataDir: '/nonexistent', epoch: 1, app: 'test' });
  await ready;
  return {
    connect: () => Promise.resolve(child.openLink()),
    close: () =>
      new Promise((resolve) => {
        child.onExit(() => resolve());
        child.post({ c: 'stop' });
      }),
  };
});
