// A shell of its own, to be killed: starts both processes and prints their pids.
import path from 'node:path';
import { nodeRuntime } from '../../main/runtime.ts';
import { createNodeForker } from '../../main/supervisor/forks.ts';
import { createSupervisor } from '../../main/supervisor/supervisor.ts';

const entry = path.join(import.meta.dirname, '../contract/child-entry.ts');
const supervisor = createSupervisor({
  fork: createNodeForker({ entries: { engine: entry, query: entry } }),
  runtime: nodeRuntime,
  start: { dataDir: '/nonexistent', app: 'test' },
  log: () => undefined,
});
supervisor.start();
await Promise.all([supervisor.whenUp('engine'), supervisor.whenUp('query')]);
process.stdout.write(`${JSON.stringify(supervisor.pids())}\n`);
