import path from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { createUtilityForker } from '../../main/hosts/electron/forker.ts';
import { createPortLink } from '../../shared/rpc/port-link.ts';
import { MessageChannelDouble } from '../electron-double/double/ports.ts';
import { NodeUtilityProcess } from '../electron-double/double/utility-process.ts';
import { createAnsweringEnd } from './answering-end.ts';
import { describeContract } from './describe-contract.ts';

const entry = path.join(import.meta.dirname, 'child-entry.ts');

describeContract('a message port, as a page has it', () => {
  const server = createAnsweringEnd();
  return Promise.resolve({
    connect: () => {
      const { port1, port2 } = new MessageChannel();
      server.accept(createPortLink(port1));
      return Promise.resolve(createPortLink(port2));
    },
    close: () => {
      server.close('end of test');
      return Promise.resolve();
    },
  });
});

describeContract("a port of Electron's utility process, played by Node", async () => {
  const fork = createUtilityForker({
    utilityProcess: { fork: (modulePath) => new NodeUtilityProcess(modulePath) },
    MessageChannelMain: MessageChannelDouble,
    entries: { engine: entry, query: entry },
    onOutput: () => undefined,
  });
  const child = fork('query');
  await new Promise<void>((resolve) => {
    child.onMessage((message) => {
      if (message.c === 'ready') resolve();
    });
    child.post({ c: 'start', dataDir: '/nonexistent', epoch: 1, app: 'test' });
  });
  return {
    connect: () => Promise.resolve(child.openLink()),
    close: () =>
      new Promise((resolve) => {
        child.onExit(() => resolve());
        child.post({ c: 'stop' });
      }),
  };
});
