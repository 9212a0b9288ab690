import { routeWindow } from '../../main/hosts/server/router.ts';
import { nodeRuntime } from '../../main/runtime.ts';
import type { Link } from '../../shared/rpc/frames.ts';
import { createMemoryLinkPair } from '../../shared/rpc/memory-link.ts';
import { createAnsweringEnd } from './answering-end.ts';
import { describeContract } from './describe-contract.ts';

/** One answering end stands for three processes here; only one of them publishes. */
const withoutEvents = (link: Link): Link => ({
  send: link.send.bind(link),
  onClose: link.onClose.bind(link),
  close: link.close.bind(link),
  onFrame: (callback) =>
    link.onFrame((frame, bin) => {
      if (frame.t !== 'event') callback(frame, bin);
    }),
});

describeContract('the router between a window and its processes', () => {
  const server = createAnsweringEnd();
  return Promise.resolve({
    connect: () => {
      const [ours, theirs] = createMemoryLinkPair(structuredClone);
      routeWindow({
        client: theirs,
        app: 'test',
        epoch: 1,
        runtime: nodeRuntime,
        connect: (role) => {
          const [routed, answering] = createMemoryLinkPair(structuredClone);
          server.accept(answering);
          return Promise.resolve(role === 'query' ? routed : withoutEvents(routed));
        },
      });
      return Promise.resolve(ours);
    },
    close: () => {
      server.close('end of test');
      return Promise.resolve();
    },
  });
});
