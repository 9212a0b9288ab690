// The engine process: the only writer of a data folder.
import { Conflater } from '../../shared/rpc/conflater.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import { createRpcServer, type RpcServer } from '../../shared/rpc/server-core.ts';
import { describeDefect, runChild } from '../process/parent.ts';
import { nodeRuntime } from '../runtime.ts';
import { openEngine } from './engine-service.ts';
import { createOpLog } from './op-log.ts';

runChild({
  async start({ dataDir, epoch, app }, log) {
    let server: RpcServer | undefined;
    const states = new Conflater(nodeRuntime, (state) => server?.publish('sync.state', state as SyncState));
    const engine = await openEngine(dataDir, {
      onRevision: (revision) => server?.publish('store.revision', { revision }),
      onSyncState: (state) => states.offer(state),
    });
    server = createRpcServer({
      role: 'engine',
      app,
      epoch,
      handlers: engine.handlers,
      runtime: nodeRuntime,
      opLog: createOpLog(engine.store),
      onDefect: (error, method) =>
        log({ level: 'error', event: 'a call failed', fields: { method, error: describeDefect(error) } }),
    });
    const answering = server;
    return {
      accept: (link) => answering.accept(link),
      async stop() {
        states.stop();
        await engine.close();
        answering.close('the program is ending');
      },
    };
  },
});
