// Delivers what waits in a folder's outbox; is killed by its parent in the middle of it.
import { createDelivery } from '../../main/engine/alerts/deliver.ts';
import { openStore } from '../../main/engine/store/engine-store.ts';
import { nodeRuntime } from '../../main/runtime.ts';

const store = openStore(process.argv[2] ?? '');
const delivery = createDelivery({
  store,
  secrets: { read: (name) => Promise.resolve(process.env[name] ?? null) },
  runtime: nodeRuntime,
  random: () => 0,
  notify: () => undefined,
  onChange: () => undefined,
});
await delivery.idle();
process.stdout.write('done\n');
process.exit(0);
