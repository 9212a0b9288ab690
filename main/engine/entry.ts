// The engine process: the only writer of a data folder.
import { Conflater } from '../../shared/rpc/conflater.ts';
import type { JobsState } from '../../shared/rpc/contract/jobs.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import { createRpcServer, type RpcServer } from '../../shared/rpc/server-core.ts';
import { describeDefect, runChild } from '../process/parent.ts';
import { nodeRuntime } from '../runtime.ts';
import { type EngineEvents, openEngine } from './engine-service.ts';
import { createOpLog } from './op-log.ts';

runChild({
  async start({ dataDir, epoch, app }, log, secrets) {
    const answering: { server?: RpcServer } = {}; // exists once the engine is open
    const states = new Conflater(nodeRuntime, (state) =>
      answering.server?.publish('sync.state', state as SyncState),
    );
    const jobs = new Conflater(nodeRuntime, (state) =>
      answering.server?.publish('jobs.state', state as JobsState),
    );
    const events: EngineEvents = {
      onRevision: (revision) => answering.server?.publish('store.revision', { revision }),
      onSyncState: (state) => states.offer(state),
      onCohort: (environment, cohortId) =>
        answering.server?.publish('cohorts.changed', { environment, cohortId }),
      onJobs: (state) => jobs.offer(state),
      onView: (viewId) => answering.server?.publish('views.changed', { viewId }),
      onPrivacy: (open) => answering.server?.publish('privacy.changed', { open }),
      onAnnotations: (change) => answering.server?.publish('annotations.changed', change),
      onAlerts: (environment) => answering.server?.publish('alerts.changed', { environment }),
      onNotice: (notice) => answering.server?.publish('alerts.notice', notice),
      onUpkeepFault: (reason) =>
        log({ level: 'warn', event: 'segments could not be merged', fields: { reason } }),
    };
    const engine = await openEngine(dataDir, events, { services: { secrets } });
    const server = createRpcServer({
      role: 'engine',
      app,
      epoch,
      handlers: engine.handlers,
      runtime: nodeRuntime,
      opLog: createOpLog(engine.store),
      onDefect: (error, method) =>
        log({ level: 'error', event: 'a call failed', fields: { method, error: describeDefect(error) } }),
    });
    answering.server = server;
    return {
      accept: (link) => server.accept(link),
      isStuck: () => server.isStuck(),
      async stop() {
        states.stop();
        jobs.stop();
        await engine.close();
        server.close('the program is ending');
      },
    };
  },
});
