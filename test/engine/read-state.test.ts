import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type EngineService, openEngine } from '../../main/engine/engine-service.ts';
import { addSource } from '../../main/engine/sync/sources.ts';
import { createQueryEngine } from '../../main/query/create-query-engine.ts';
import type { TrendResult } from '../../shared/query/answer.ts';
import type { QuerySpecInput } from '../../shared/query/spec.ts';
import { type TestWorkspace, NOW_MS, eventOf, testWorkspace } from '../support/workspace.ts';

let workspace: TestWorkspace;
let engine: EngineService;
const context = { signal: new AbortController().signal, progress: () => undefined } as never;

const reaction = (n: number, state: string) =>
  eventOf(n, {
    event_type: 'reaction_captured',
    properties: { practice_id: 'p', practice_session_id: `r${n}`, state },
  });

function writeTaxonomy(version: string, states: readonly string[]): void {
  const folder = path.join(workspace.rawDir, '../taxonomy');
  mkdirSync(folder, { recursive: true });
  const row = {
    version,
    valid_from: '2026-01-01',
    states: states.map((id, index) => ({ id, label: id, order: index + 1 })),
  };
  writeFileSync(path.join(folder, `${version}.json`), JSON.stringify(row));
}

beforeEach(async () => {
  workspace = testWorkspace('memory');
  await workspace.addFolder();
  await workspace.withStore((store) =>
    addSource(store, {
      name: 'states',
      environment: 'test',
      dataset: 'taxonomy',
      path: path.join(workspace.rawDir, '../taxonomy'),
    }),
  );
  writeTaxonomy('1', ['calm', 'restless']);
  const lines = [reaction(1, 'fidgety'), reaction(2, 'numb'), reaction(3, 'calm')].map((row) =>
    JSON.stringify(row),
  );
  const decoded = JSON.stringify(reaction(4, 'fidgety')).replace('"fidgety"', String.raw`"\u0066idgety"`);
  const other = JSON.stringify(eventOf(5, { event_type: 'page_view', properties: { state: 'fidgety' } }));
  workspace.raw('a.ndjson', [...lines, decoded, other, ''].join('\n'));
  workspace.raw('b.ndjson', [reaction(6, 'calm')]);
  await workspace.sync();
  engine = await openEngine(workspace.dataDir, {
    onRevision: () => undefined,
    onSyncState: () => undefined,
    onCohort: () => undefined,
    onUpkeepFault: (message) => {
      throw new Error(message);
    },
  });
});
afterEach(async () => {
  await engine.close();
  workspace.remove();
});

const read = async (state: string, as: string | null, sourceName = 'events') =>
  engine.handlers['command.quarantine.readState']({ sourceName, state, as }, context);

async function answer(): Promise<{ counts: unknown; notes: string[] }> {
  const question: QuerySpecInput = {
    kind: 'trend',
    environment: 'test',
    range: { from: '2026-11-01', to: '2026-11-20' },
    interval: 'month',
    series: [{ event: 'reaction_captured', measure: 'events' }],
    breakdown: { property: 'state' },
  };
  const queries = createQueryEngine({
    dataDir: workspace.dataDir,
    memoryBudgetBytes: 64 << 20,
    nowMs: () => NOW_MS,
  });
  try {
    const { result, notes } = await queries.run(question);
    const { series } = result as TrendResult;
    return {
      counts: Object.fromEntries(series.map(({ breakdown, total }) => [String(breakdown), total])),
      notes,
    };
  } finally {
    queries.close();
  }
}

const NOTE = 'events: the state "fidgety", which no taxonomy version names, is read as "restless"';

it('reads an unknown state as a known one, in rows of reactions only, and says so in every answer', async () => {
  expect(await answer()).toEqual({ counts: { calm: 2 }, notes: [] });
  expect(await read('fidgety', 'restless')).toEqual({ objects: 1, readmitted: 2, left: 1 });
  expect(await answer()).toEqual({ counts: { calm: 2, restless: 2 }, notes: [NOTE] });
  workspace.raw('c.ndjson', [reaction(7, 'fidgety')]);
  await engine.handlers['command.sync.run']({ sourceName: null }, context);
  expect((await answer()).counts).toEqual({ calm: 2, restless: 3 });
  const { sources } = await engine.handlers['query.sources']({}, context);
  expect(sources.find(({ name }) => name === 'events')).toMatchObject({
    read: 7,
    kept: 6,
    quarantined: 1,
    config: { states: { fidgety: 'restless' } },
  });
});

it('reads everything again where another reading takes its place, or none', async () => {
  await read('fidgety', 'restless');
  expect(await read('fidgety', 'calm')).toMatchObject({ left: 1 });
  expect((await answer()).counts).toEqual({ calm: 4 });
  await read('fidgety', null);
  expect(await answer()).toEqual({ counts: { calm: 2 }, notes: [] });
  const { quarantine } = await engine.handlers['query.freshness']({ environment: null }, context);
  expect(quarantine).toMatchObject([{ reason: 'unknown-state', rows: 3 }]);
});

it('gives way to a taxonomy version that names the state', async () => {
  await read('fidgety', 'restless');
  writeTaxonomy('2', ['calm', 'restless', 'fidgety']);
  workspace.raw('c.ndjson', [reaction(7, 'fidgety')]);
  await engine.handlers['command.sync.run']({ sourceName: null }, context);
  expect((await answer()).counts).toEqual({ calm: 2, restless: 2, fidgety: 1 });
});

it('refuses what the taxonomy knows, and what it does not', async () => {
  await expect(read('calm', 'restless')).rejects.toThrow('the taxonomy knows "calm"');
  await expect(read('fidgety', 'serene')).rejects.toThrow('unknown state "serene"; expected calm, restless');
  await expect(read('fidgety', 'calm', 'states')).rejects.toThrow('no source of events named "states"');
});
