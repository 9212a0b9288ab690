// A query process: answers questions over a data folder and never writes.
import { totalmem } from 'node:os';
import { createRpcServer } from '../../shared/rpc/server-core.ts';
import { describeDefect, runChild } from '../process/parent.ts';
import { nodeRuntime } from '../runtime.ts';
import { createQueryEngine } from './create-query-engine.ts';
import { queryHandlers } from './handlers.ts';
import type { QueryEngine } from './query-engine.ts';

const MEMORY_SHARE = 1 / 4;
const MOST_MEMORY_BYTES = 3.5 * 1024 ** 3; // what 32-bit addresses leave beside their own needs
/** All on one thread so far: two let a small question pass one that waits for its reader. */
const QUESTIONS_AT_ONCE = 2;

runChild({
  start({ dataDir, epoch, app }, log) {
    const memoryBudgetBytes = Math.min(totalmem() * MEMORY_SHARE, MOST_MEMORY_BYTES);
    let engine: QueryEngine | undefined;
    const server = createRpcServer({
      role: 'query',
      app,
      epoch,
      handlers: queryHandlers(() => (engine ??= createQueryEngine({ dataDir, memoryBudgetBytes }))),
      runtime: nodeRuntime,
      concurrency: QUESTIONS_AT_ONCE,
      onDefect: (error, method) =>
        log({ level: 'error', event: 'a call failed', fields: { method, error: describeDefect(error) } }),
    });
    return {
      accept: (link) => server.accept(link),
      isStuck: () => server.isStuck(),
      stop() {
        server.close('the program is ending');
        engine?.close();
      },
    };
  },
});
