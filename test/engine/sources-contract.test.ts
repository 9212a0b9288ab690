import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type EngineService, openEngine } from '../../main/engine/engine-service.ts';
import { createMemorySecrets } from '../../main/engine/secrets/memory-secrets.ts';
import { openAnnotationService } from '../../main/engine/annotations/annotation-service.ts';
import type { MethodName, ParamsOf, ResultOf } from '../../shared/rpc/methods.ts';
import { METHODS } from '../../shared/rpc/methods.ts';
import { aNote } from '../support/notes/notes-folder.ts';
import { type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

// What the Sources, Settings and Freshness screens ask of the engine, as the contract has it.

let workspace: TestWorkspace;
let engine: EngineService;
const secrets = createMemorySecrets('A test.');

beforeEach(async () => {
  workspace = testWorkspace('memory');
  engine = await openEngine(
    workspace.dataDir,
    {
      onRevision: () => undefined,
      onSyncState: () => undefined,
      onCohort: () => undefined,
      onUpkeepFault: () => undefined,
    },
    {
      surroundings: { random: () => 0.5, startTimer: () => () => undefined },
      services: {
        secrets,
        surroundings: { nowMs: Date.now, random: () => 0.5, sleep: () => Promise.resolve() },
      },
    },
  );
});
afterEach(async () => {
  await engine.close();
  workspace.remove();
});

async function call<M extends MethodName>(name: M, params: ParamsOf<M>): Promise<ResultOf<M>> {
  const { params: asked, result } = METHODS[name];
  const handler = engine.handlers[name as keyof typeof engine.handlers] as unknown as (
    checked: unknown,
    context: unknown,
  ) => unknown;
  const answer = await handler(asked.parse(params), {
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  return result.parse(answer) as ResultOf<M>;
}

const folder = (more: object = {}) => ({
  kind: 'folder',
  name: 'Orders',
  environment: 'test',
  dataset: 'events',
  path: workspace.rawDir,
  freshnessTargetMs: 3_600_000,
  ...more,
});

it('adds, tests, edits and removes a source; what it brought stays', async () => {
  workspace.raw('a.ndjson', [eventOf(1), eventOf(2), { ...eventOf(3), ts: 'never' }]);
  expect(await call('query.source.test', { source: folder() })).toMatchObject({ ok: true, failure: null });
  expect(await call('query.source.dryRun', { source: folder() })).toMatchObject({
    objects: 1,
    rows: 3,
    failure: null,
    budgetBytes: null,
  });
  expect((await call('query.sources', {})).sources).toEqual([]);

  const added = await call('command.source.add', { source: folder() });
  expect(added).toMatchObject({ name: 'Orders', kind: 'folder', freshnessTargetMs: 3_600_000, kept: 0 });
  await call('command.jobs.run', { sourceName: 'Orders' });
  const [read] = (await call('query.sources', {})).sources;
  expect(read).toMatchObject({ read: 3, kept: 2, duplicate: 0, quarantined: 1, lastFailure: null });

  const source = { ...read!.config, ...folder({ name: 'Shop', freshnessTargetMs: null }) };
  expect(await call('command.source.update', { name: 'Orders', source })).toMatchObject({
    name: 'Shop',
    freshnessTargetMs: null,
    kept: 2,
  });
  await call('command.source.remove', { name: 'Shop' });
  expect((await call('query.sources', {})).sources).toEqual([]);
  expect(
    engine.store()!.db.prepare('SELECT sum(rows) AS n FROM segments WHERE dead_revision IS NULL').get(),
  ).toEqual({ n: 2 });
});

it('shows the first rows as they would be stored, with a map to begin with and what would be rejected', async () => {
  const rows = [1, 2, 3].map((n) => ({
    id: `sig-${n}`,
    event: 'signal_pre',
    timestamp: `2026-11-0${n}T08:00:00Z`,
    distinct_id: `usr_${n}`,
    properties: { goal: n === 2 ? 'write to ada@example.org' : 'calm', comment: 'never pulled' },
  }));
  workspace.raw('a.ndjson', [...rows, { ...rows[0], id: 'sig-4', timestamp: 'never' }]);
  const preview = await call('query.source.preview', { source: folder() });
  expect(preview.proposed.columns).toMatchObject({
    event_id: 'id',
    event_type: 'event',
    ts: 'timestamp',
    user_id: 'distinct_id',
  });
  const targets = Object.fromEntries(preview.sourceFields.map(({ name, target }) => [name, target]));
  expect(targets).toMatchObject({ id: 'event_id', timestamp: 'ts', goal: 'goal' });
  expect(targets['comment'] ?? null).toBeNull();
  expect(preview.rows).toHaveLength(4);
  expect(preview.rows[1]?.cells['goal']).toContain('[email]');
  expect(preview.rows.map(({ problem }) => problem?.field ?? null)).toEqual([null, null, null, 'ts']);
  expect(JSON.stringify(preview)).not.toMatch(/ada@|never pulled/);
});

it('adds the first source of a folder that holds no workspace yet, and tests it before', async () => {
  const dataDir = path.join(workspace.dataDir, '..', 'new');
  mkdirSync(dataDir);
  const events = {
    onRevision: () => undefined,
    onSyncState: () => undefined,
    onCohort: () => undefined,
    onUpkeepFault: () => undefined,
  };
  await engine.close();
  engine = await openEngine(dataDir, events, {
    surroundings: { random: () => 0.5, startTimer: () => () => undefined },
  });
  workspace.raw('a.ndjson', [eventOf(1)]);
  expect((await call('query.sources', {})).sources).toEqual([]);
  expect(await call('query.source.test', { source: folder() })).toMatchObject({ ok: true });
  expect(await call('query.source.dryRun', { source: folder() })).toMatchObject({ objects: 1, rows: 1 });
  expect((await call('query.source.preview', { source: folder() })).rows).toHaveLength(1);
  await expect(call('command.source.add', { source: folder({ path: '' }) })).rejects.toThrow(/source\.path/);
  expect(engine.store()).toBeUndefined();
  await call('command.source.add', { source: folder() });
  await call('command.jobs.run', {});
  expect((await call('query.sources', {})).sources).toMatchObject([{ name: 'Orders', kept: 1 }]);
});

it('refuses with a reason and its place: kinds, fields, doubles, what rows belong to', async () => {
  const refusal = (promise: Promise<unknown>) =>
    promise.then(
      () => 'accepted',
      (error: unknown) => (error as Error).message,
    );
  expect(await refusal(call('command.source.add', { source: folder({ kind: 'ftp' }) }))).toMatch(
    /"ftp"; expected folder/,
  );
  expect(await refusal(call('command.source.add', { source: folder({ path: '' }) }))).toMatch(/source\.path/);
  await call('command.source.add', { source: folder() });
  expect(await refusal(call('command.source.add', { source: folder() }))).toMatch(
    /already a source named "Orders"/,
  );
  const moved = call('command.source.update', { name: 'Orders', source: folder({ environment: 'prod' }) });
  expect(await refusal(moved)).toMatch(/environment of "Orders" is test and cannot become prod/);
  expect(await refusal(call('command.source.remove', { name: 'Nothing' }))).toMatch(
    /no source named "Nothing"/,
  );
  const gone = await call('query.source.test', {
    source: folder({ path: path.join(workspace.rawDir, 'nowhere') }),
  });
  expect(gone).toMatchObject({ ok: false });
  expect(gone.failure).toMatch(/nowhere/);
});

it('changes zone, week and name of the workspace, for answers and for a rebuilt catalogue', async () => {
  const before = engine.store()!.revision;
  expect(await call('command.workspace.configure', { zone: 'Europe/Oslo', weekStart: 'sunday' })).toEqual({
    name: 'Test',
    zone: 'Europe/Oslo',
    weekStart: 'sunday',
  });
  expect(engine.store()!.revision).toBe(before + 1);
  expect(JSON.parse(readFileSync(path.join(workspace.dataDir, 'workspace.json'), 'utf8'))).toMatchObject({
    zone: 'Europe/Oslo',
    weekStart: 'sunday',
  });
  await expect(call('command.workspace.configure', { zone: 'Mars/Olympus' })).rejects.toThrow(
    /unknown time zone/,
  );
  workspace.raw('a.ndjson', [eventOf(1)]);
  await call('command.source.add', { source: folder() });
  await call('command.jobs.run', {});
  expect(engine.store()!.revision).toBeGreaterThan(before + 1);
});

it('counts what waits among annotations, and since when', async () => {
  expect((await call('query.freshness', {})).queue).toMatchObject({
    annotationsToSend: 0,
    annotationConflicts: 0,
  });
  const remote = path.join(workspace.rawDir, 'notes');
  mkdirSync(remote);
  const notes = openAnnotationService(workspace.dataDir, {
    wallMs: () => Date.parse('2026-11-19T12:00:00Z'),
  });
  try {
    notes.addRemote({ name: 'Notes', environment: 'test', config: { kind: 'folder', path: remote } });
    for (const title of ['one', 'two']) notes.create(aNote({ environment: 'test', title }));
    expect((await call('query.freshness', {})).queue).toMatchObject({
      annotationsToSend: 2,
      annotationConflicts: 0,
      oldest: '2026-11-19T12:00:00.000Z',
    });
    expect((await call('query.freshness', { environment: 'other' })).queue.annotationsToSend).toBe(0);
  } finally {
    await notes.close();
  }
});

it('keeps a secret out of every answer and file of the folder', async () => {
  const PLANTED = 'planted-AKID:planted-SECRET';
  await secrets.set('bucket', PLANTED);
  const source = {
    kind: 's3',
    name: 'Bucket',
    environment: 'test',
    bucket: 'events',
    endpoint: 'http://127.0.0.1:9',
    credentials: { kind: 'keys', secret: 'bucket' },
  };
  const tested = await call('query.source.test', { source });
  expect(tested.ok).toBe(false);
  const added = await call('command.source.add', { source });
  expect(JSON.stringify([tested, added, await call('query.sources', {})])).not.toContain('planted');
  for (const file of filesUnder(workspace.dataDir))
    expect(readFileSync(file, 'latin1')).not.toContain('planted');
});

const filesUnder = (folderPath: string): string[] =>
  readdirSync(folderPath, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folderPath, name))
    .filter((file) => statSync(file).isFile());
