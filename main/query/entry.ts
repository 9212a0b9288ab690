// A query process: answers questions over a data folder and never writes.
import { availableParallelism, totalmem } from 'node:os';
import { createRpcServer } from '../../shared/rpc/server-core.ts';
import { describeDefect, runChild } from '../process/parent.ts';
import { nodeRuntime } from '../runtime.ts';
import { createQueryEngine } from './create-query-engine.ts';
import { queryHandlers } from './handlers.ts';
import type { QueryEngine } from './query-engine.ts';

const MEMORY_SHARE = 1 / 4;
const MOST_MEMORY_BYTES = 3.5 * 1024 ** 3; // what 32-bit addresses leave beside their own needs
const MOST_WORKERS = 8;
/** So many may wait for threads; a view asks about a dozen at once. */
const QUESTIONS_AT_ONCE = 16;
/** Beside this module, as source or as built. */
const WORKER_FILE = new URL(
  import.meta.url.endsWith('.ts') ? './workers/worker-entry.ts' : './query-worker.mjs',
  import.meta.url,
);

runChild({
  start({ dataDir, epoch, app }, log) {
    const memoryBudgetBytes = Math.min(totalmem() * MEMORY_SHARE, MOST_MEMORY_BYTES);
    const threads = {
      workers: Math.min(availableParallelism(), MOST_WORKERS),
      workerFile: WORKER_FILE,
      onDefect: (stack: string) =>
        log({ level: 'error', event: 'a kernel thread failed', fields: { error: stack } }),
    };
    let engine: QueryEngine | undefined;
    const server = createRpcServer({
      role: 'query',
      app,
      epoch,
      handlers: queryHandlers(() => (engine ??= createQueryEngine({ dataDir, memoryBudgetBytes, threads }))),
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
