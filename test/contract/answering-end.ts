import { AppError } from '../../shared/errors.ts';
import { PART_MAX_BYTES } from '../../shared/limits.ts';
import type { FinishedOp, Handlers } from '../../shared/rpc/handlers.ts';
import { METHODS, type SyncState } from '../../shared/rpc/methods.ts';
import { createRpcServer, type RpcServer } from '../../shared/rpc/server-core.ts';
import { nodeRuntime } from '../../main/runtime.ts';

export const EPOCH = 7;

/**
 * An answering end whose handlers do what the request says, so that one suite can drive it through any lane and from
 * any process. `query.values` runs the command in `property`; `query.run` sends the parts that its spec asks for.
 */
export function createAnsweringEnd(): RpcServer {
  const counters = { started: 0, applied: 0 };
  const ops = new Map<string, FinishedOp>();
  const server = createRpcServer<'engine' | 'query'>({
    role: 'query',
    app: 'tidemark test',
    epoch: EPOCH,
    runtime: nodeRuntime,
    concurrency: 4,
    opLog: { find: (op) => ops.get(op), record: (op, finished) => ops.set(op, structuredClone(finished)) },
    handlers: {
      ...NOT_DRIVEN,
      'query.values': async ({ property, search, limit }, { signal }) => {
        if (property !== 'counters') counters.started++;
        switch (property) {
          case 'counters':
            return values([
              ['started', counters.started],
              ['applied', counters.applied],
            ]);
          case 'echo':
            return values([[search, limit]]);
          case 'wait':
            await abortableDelay(limit, signal);
            return values([['waited', limit]]);
          case 'stubborn':
            await delay(limit);
            return values([['stubborn', limit]]);
          case 'block':
            for (const endMs = Date.now() + limit * 100; Date.now() < endMs;);
            return values([['blocked', limit]]);
          case 'publish':
            server.publish('store.revision', { revision: limit });
            return values([]);
          case 'defect':
            throw new Error('SELECT secret FROM users');
          case 'misfit':
            return { ...values([]), stack: 'at query.ts:1' };
          default:
            throw new AppError('bad-input', `unknown property "${property}"`, { path: 'property' });
        }
      },
      'query.run': async ({ spec }, call) => {
        const { parts, bytes, pool } = spec as { parts: number; bytes: number; pool?: boolean };
        for (let index = 0; index < parts; index++) {
          const whole = new Uint8Array(pool === true ? 2 * PART_MAX_BYTES : bytes).fill(index % 251);
          await call.part({
            meta: { table: index },
            bin: whole.subarray(0, bytes),
            last: index === parts - 1,
          });
        }
        return { parts };
      },
      'query.workspace': () => {
        throw new AppError('not-found', 'there is no workspace');
      },
      'command.sync.run': async ({ sourceName }, { progress, signal }) => {
        counters.applied++;
        const durationMs = Number(sourceName ?? 0);
        const stopAtMs = Date.now() + durationMs;
        for (let filesDone = 0; Date.now() < stopAtMs; filesDone++) {
          progress(syncState({ filesDone, state: 'running' }));
          await abortableDelay(5, signal);
        }
        return syncState({ filesDone: counters.applied, state: 'idle' });
      },
      'command.sample.create': () => ({ created: false, workspaceName: 'none', isSample: false }),
      'query.sync.state': () => syncState({ filesDone: counters.applied, state: 'idle' }),
    },
  });
  return server;
}

/** The methods that no suite drives here. */
const NOT_DRIVEN = Object.fromEntries(
  Object.entries(METHODS)
    .filter(([, { role }]) => role !== 'shell')
    .map(([name]) => [
      name,
      () => {
        throw new AppError('not-available', `${name} is not answered here`);
      },
    ]),
) as unknown as Handlers<'engine' | 'query'>;

const values = (entries: [string, number][]) => ({
  values: entries.map(([value, events]) => ({ value, events })),
  total: entries.length,
});

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function abortableDelay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new Error('stopped'));
    });
  });
}

function syncState(part: Pick<SyncState, 'filesDone' | 'state'>): SyncState {
  return {
    ...part,
    sourceName: null,
    filesTotal: 0,
    counts: { files: 0, read: 0, kept: 0, duplicate: 0, quarantined: 0, refused: 0, scrubbed: 0 },
    startedAt: null,
    endedAt: null,
    message: null,
  };
}
