import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../main/process/control.ts';
import { nodeRuntime } from '../../main/runtime.ts';
import { createNodeForker, type ForkedRole } from '../../main/supervisor/forks.ts';
import {
  createSupervisor,
  FORKED_ROLES,
  type ProcessState,
  type Supervisor,
} from '../../main/supervisor/supervisor.ts';
import type { AppError } from '../../shared/errors.ts';
import { createRpcClient, type RpcClient } from '../../shared/rpc/client-core.ts';
import type { Runtime } from '../../shared/rpc/runtime.ts';
import { PROBE_WAIT_MS } from '../../shared/limits.ts';

const entryFile = (name: string): string => path.join(import.meta.dirname, name);
const ANSWERING = entryFile('../contract/child-entry.ts');

const PATIENCE = { timeout: 20_000 }; // other tests run beside this one

let supervisor: Supervisor | undefined;
let client: RpcClient | undefined;

afterEach(async () => {
  client?.close();
  await supervisor?.stop();
});

function start(query = ANSWERING, runtime: Runtime = nodeRuntime) {
  const states: ProcessState[] = [];
  const entries: LogEntry[] = [];
  const failures: { role: ForkedRole; error: AppError }[] = [];
  const created = createSupervisor({
    fork: createNodeForker({ entries: { engine: ANSWERING, query } }),
    runtime,
    start: { dataDir: '/nonexistent', app: 'test' },
    log: (entry) => entries.push(entry),
  });
  created.onState((state) => states.push(state));
  created.onFailed((role, error) => failures.push({ role, error }));
  created.start();
  supervisor = created;
  client = createRpcClient({
    lanes: FORKED_ROLES.map((role) => ({ roles: [role], open: () => created.connect(role) })),
    app: 'test',
    runtime: nodeRuntime,
    onStuck: () => created.interruptQuery(),
  });
  return { supervisor: created, client, states, entries, failures };
}

const values = (asker: RpcClient, property: string, limit = 1, signal?: AbortSignal) =>
  asker.call('query.values', { environment: 'e', property, limit }, signal === undefined ? {} : { signal });

function killed(of: Supervisor, role: ForkedRole): number {
  const pid = of.pids()[role];
  if (pid === undefined) throw new Error(`no ${role} process`);
  process.kill(pid, 'SIGKILL');
  return pid;
}

describe('the supervisor', () => {
  it('starts both processes, each with an epoch of its own', async () => {
    const { supervisor: of, states } = start();
    await Promise.all([of.whenUp('engine'), of.whenUp('query')]);
    expect(states.map(({ role, state }) => `${role} ${state}`).sort()).toEqual(['engine up', 'query up']);
    expect(new Set(states.map(({ epoch }) => epoch)).size).toBe(2);
  });

  it('replaces a killed query process and the question that it was answering is answered', async () => {
    const { supervisor: of, client: asker, states } = start();
    await values(asker, 'echo');
    const answer = values(asker, 'wait', 400);
    await pause(100);
    const before = killed(of, 'query');
    await expect(answer).resolves.toMatchObject({ total: 1 });
    expect(of.pids().query).not.toBe(before);
    const query = states.filter(({ role }) => role === 'query');
    expect(query.map(({ state }) => state)).toEqual(['up', 'down', 'up']);
    expect(query[2]?.epoch).toBeGreaterThan(query[0]?.epoch ?? Number.POSITIVE_INFINITY);
  });

  it('fails a question whose process is killed twice, and says that asking again is safe', async () => {
    const { supervisor: of, client: asker } = start();
    await values(asker, 'echo');
    const answer = values(asker, 'wait', 1_000);
    const refused = expect(answer).rejects.toMatchObject({ code: 'worker-restarted', retryable: true });
    await pause(50);
    killed(of, 'query');
    await pause(50);
    await values(asker, 'echo');
    killed(of, 'query');
    await refused;
  });

  it('replaces a killed engine and runs the command to its end', async () => {
    const { supervisor: of, client: asker } = start();
    await asker.call('query.sync.state', {});
    const answer = asker.call('command.sync.run', { sourceName: '300' });
    await pause(100);
    killed(of, 'engine');
    await expect(answer).resolves.toMatchObject({ state: 'idle' });
  });

  it('waits longer after each crash and gives up after five restarts within a minute', async () => {
    const delaysMs: number[] = [];
    const hasty: Runtime = {
      ...nodeRuntime,
      startTimer: (callback, delayMs) => {
        delaysMs.push(delayMs);
        return nodeRuntime.startTimer(callback, 0);
      },
    };
    const { supervisor: of, failures } = start(entryFile('crash-entry.ts'), hasty);
    await expect(of.whenUp('query')).rejects.toMatchObject({ code: 'internal' });
    expect(delaysMs).toEqual([200, 400, 800, 1_600, 3_200]);
    expect(failures).toMatchObject([
      { role: 'query', error: { message: expect.stringContaining('exit code 7') as string } },
    ]);
    await expect(of.connect('query')).rejects.toMatchObject({ code: 'internal' });
  });

  it('does not start again what says that it cannot start', async () => {
    const { supervisor: of, failures } = start(entryFile('refusing-entry.ts'));
    await expect(of.whenUp('query')).rejects.toMatchObject({
      code: 'not-writable',
      message: 'the folder cannot be written',
    });
    expect(failures).toHaveLength(1);
  });

  it.each([
    ['that is blocked', ANSWERING, 'block'],
    ['that is blocked and deaf', entryFile('deaf-entry.ts'), 'block'],
    ['whose work does not look at the cancel', ANSWERING, 'stubborn'],
  ])('ends a query process %s; other calls are asked again', async (_, entry, property) => {
    const { client: asker, entries, states } = start(entry);
    await values(asker, 'echo');
    await pause(1_050); // a process younger than a second counts as starting
    const abort = new AbortController();
    const blocked = values(asker, property, 1_000, abort.signal);
    const other = values(asker, 'echo', 5);
    await pause(50);
    abort.abort();
    await expect(blocked).rejects.toMatchObject({ code: 'cancelled' });
    await expect(other).resolves.toMatchObject({ values: [{ events: 5 }] });
    await expect
      .poll(() => states.filter(({ role }) => role === 'query').map(({ state }) => state), PATIENCE)
      .toEqual(['up', 'down', 'up']);
    expect(entries.some(({ event }) => event.includes('stuck cancel'))).toBe(true);
  });

  it('does not end a query process that is only slow', async () => {
    const patient: Runtime = {
      ...nodeRuntime,
      // a busy machine makes even a quick answer late, and this is about what an answer in time does
      startTimer: (callback, delayMs) =>
        nodeRuntime.startTimer(callback, delayMs === PROBE_WAIT_MS ? 20_000 : delayMs),
    };
    const { supervisor: of, client: asker } = start(ANSWERING, patient);
    await values(asker, 'echo');
    await pause(1_050);
    const before = of.pids().query;
    const abort = new AbortController();
    const slow = values(asker, 'block', 3, abort.signal); // 300 ms
    await pause(100);
    abort.abort(); // looked at after 150 ms, answered after 200
    await expect(slow).rejects.toMatchObject({ code: 'cancelled' });
    await pause(500);
    await expect(values(asker, 'echo')).resolves.toMatchObject({ total: 1 });
    expect(of.pids().query).toBe(before);
  });

  it('never ends the engine for a cancel', async () => {
    const { supervisor: of, client: asker } = start();
    const before = (await of.whenUp('engine')).pid;
    const abort = new AbortController();
    const running = asker.call('command.sync.run', { sourceName: '800' }, { signal: abort.signal });
    await pause(100);
    abort.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await pause(500);
    expect(of.pids().engine).toBe(before);
  });

  it('ends both processes when asked to stop', async () => {
    const { supervisor: of } = start();
    await Promise.all([of.whenUp('engine'), of.whenUp('query')]);
    const pids = Object.values(of.pids());
    await of.stop();
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('leaves no process behind when it is killed itself', async () => {
    const shell = spawn(process.execPath, [entryFile('parent-entry.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(shell.stdout, 'data')) as [Buffer];
    const pids = Object.values(JSON.parse(line.toString()) as Record<string, number>);
    expect(pids).toHaveLength(2);
    shell.kill('SIGKILL');
    await expect.poll(() => pids.filter(isAlive), PATIENCE).toEqual([]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
