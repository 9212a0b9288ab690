// Runs in a forked process: the contract's answering end behind the channel that engine and query use.
import { runChild } from '../../main/process/parent.ts';
import { createAnsweringEnd } from './answering-end.ts';

runChild({
  start() {
    const server = createAnsweringEnd();
    return {
      accept: (link) => server.accept(link),
      isStuck: () => server.isStuck(),
      stop: () => server.close('stopped'),
    };
  },
});
