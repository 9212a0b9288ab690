import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../main/engine/store/engine-store.ts';
import { runSync } from '../../main/engine/sync/run-sync.ts';
import { nodeRuntime } from '../../main/runtime.ts';
import { createNodeForker } from '../../main/supervisor/forks.ts';
import { createSupervisor, FORKED_ROLES, type Supervisor } from '../../main/supervisor/supervisor.ts';
import type { QuerySpecInput } from '../../shared/query/spec.ts';
import { createRpcClient, type RpcClient } from '../../shared/rpc/client-core.ts';
import { makeSampleTemplate } from '../support/sample-host.ts';
import { ask } from '../support/sample-questions.ts';
import { seededRandom } from '../support/seeded-random.ts';

// The real query process with its threads, killed while it answers: the client asks once more and gets the same answer.

const ANSWERING = path.join(import.meta.dirname, '../contract/child-entry.ts');
const QUERY = path.resolve(import.meta.dirname, '../../main/query/entry.ts');
const SEED = Number(process.env['TIDEMARK_SEED'] ?? 1);
const KILLS_PER_KIND = process.env['TIDEMARK_DEEP'] === '1' ? 5 : 1;

const common = { environment: 'sample' } as const;
const steps = ['practice_opened', 'session_completed', 'reaction_captured'].map((event) => ({ event }));
const QUESTIONS: readonly QuerySpecInput[] = [
  {
    ...common,
    kind: 'trend',
    series: [{ event: null, measure: 'users' }],
    breakdown: { property: 'locale' },
  },
  { ...common, kind: 'states', groupBy: 'practice_id' },
  { ...common, kind: 'funnel', steps },
  { ...common, kind: 'retention', interval: 'week', anchor: { event: null }, return: { event: null } },
  { ...common, kind: 'lifecycle', interval: 'week' },
  { ...common, kind: 'stickiness' },
  { ...common, kind: 'paths' },
  { ...common, kind: 'sessions', interval: 'day' },
  { ...common, kind: 'distribution', event: 'session_completed', property: 'duration_seconds' },
  { ...common, kind: 'experiment', experiment_id: 'copy', metric: { measure: 'capture_rate' } },
];

let dataDir: string;
let supervisor: Supervisor;
let client: RpcClient;
let starts = 0;

beforeAll(async () => {
  dataDir = path.join(mkdtempSync(path.join(tmpdir(), 'tidemark-killed-')), 'data');
  await makeSampleTemplate(dataDir);
  const store = openStore(dataDir);
  await runSync(store, { sourceName: null });
  store.close();
});
afterAll(() => rmSync(path.dirname(dataDir), { recursive: true, force: true }));

/** One of its own for each question: five restarts within a minute are the most that a supervisor grants. */
beforeEach(() => {
  starts = 0;
  supervisor = createSupervisor({
    fork: createNodeForker({ entries: { engine: ANSWERING, query: QUERY } }),
    runtime: nodeRuntime,
    start: { dataDir, app: 'test' },
    log: () => undefined,
  });
  supervisor.onState(({ role, state }) => {
    if (role === 'query' && state === 'up') starts++;
  });
  supervisor.start();
  client = createRpcClient({
    lanes: FORKED_ROLES.map((role) => ({ roles: [role], open: () => supervisor.connect(role) })),
    app: 'test',
    runtime: nodeRuntime,
    onStuck: () => supervisor.interruptQuery(),
  });
});
afterEach(async () => {
  client.close();
  await supervisor.stop();
});

/** What stays the same from one asking to the next. */
async function answerTo(spec: QuerySpecInput): Promise<unknown> {
  const { elapsedMs: _, ...answer } = await ask(client, spec);
  return answer;
}

describe(`a query process that is killed in the middle of a question, seed ${SEED}`, () => {
  it.each(QUESTIONS)('costs one retry: $kind', async (spec) => {
    const random = seededRandom(SEED);
    const undisturbed = await answerTo(spec);
    const startedMs = performance.now();
    await answerTo({ ...spec, zone: 'Asia/Kolkata' }); // another question, so that no kept answer is measured
    const usualMs = performance.now() - startedMs;
    for (let kill = 0; kill < KILLS_PER_KIND; kill++) {
      const before = starts;
      const asked = answerTo(spec);
      await new Promise((resolve) => setTimeout(resolve, random() * usualMs));
      const pid = supervisor.pids().query;
      if (pid === undefined) throw new Error('there is no query process');
      process.kill(pid, 'SIGKILL');
      expect(await asked).toEqual(undisturbed);
      await supervisor.whenUp('query');
      expect(starts - before).toBeLessThanOrEqual(1);
      expect(await answerTo(spec)).toEqual(undisturbed);
      expect(starts - before).toBe(1);
    }
  });
});
