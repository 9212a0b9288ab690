import { createMemoryLinkPair } from '../../shared/rpc/memory-link.ts';
import { createAnsweringEnd } from './answering-end.ts';
import { describeContract } from './describe-contract.ts';

describeContract('a link in memory', () => {
  const server = createAnsweringEnd();
  return Promise.resolve({
    connect: () => {
      const [ours, theirs] = createMemoryLinkPair(structuredClone);
      server.accept(theirs);
      return Promise.resolve(ours);
    },
    close: () => {
      server.close('end of test');
      return Promise.resolve();
    },
  });
});
