// Runs one sync of a workspace and merges what it left, and, if told so, kills itself without warning before the n-th
// step of its commits.
// Arguments: data folder, batch rows, step to die at (0: none), kind of step to count (default: any). Prints the steps
// it saw.
import { openStore } from '../../main/engine/store/engine-store.ts';
import { mergeDeltas } from '../../main/engine/store/merge/merge-deltas.ts';
import { runSync } from '../../main/engine/sync/run-sync.ts';
import { NOW_MS } from './workspace.ts';

const [dataDir = '', batchRows = '', dieAt = '0', kind = ''] = process.argv.slice(2);
const steps: string[] = [];

const store = openStore(dataDir, {
  now: () => NOW_MS,
  onStep(step) {
    if (kind !== '' && step !== kind) return;
    steps.push(step);
    if (steps.length === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
  },
});
process.stdout.write('open\n');
const rows = Number(batchRows);
await runSync(store, {
  sourceName: null,
  batch: {
    firstRows: rows,
    maxRows: rows,
    maxBytes: 1 << 30,
    maxObjects: 1 << 16,
    chunkBytes: 4096,
    idsPerSweep: 500,
  },
});
await mergeDeltas(store);
store.close();
process.stdout.write(steps.join(' '));
