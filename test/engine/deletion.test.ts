import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertsOf, saveRule, saveSettings } from '../../main/engine/alerts/alert-store.ts';
import { openNotes } from '../../main/engine/annotations/notes-store.ts';
import { createAnnotation } from '../../main/engine/annotations/commands.ts';
import { saveCohort } from '../../main/engine/cohorts/cohort-store.ts';
import { openEngine } from '../../main/engine/engine-service.ts';
import { noteExport } from '../../main/engine/privacy/export-list.ts';
import { replacedInJson } from '../../main/engine/privacy/erase-json.ts';
import { createUserNames } from '../../main/engine/privacy/user-names.ts';
import { configureWorkspace } from '../../main/engine/store/configure-workspace.ts';
import { type DeletionOptions, runDeletions } from '../../main/engine/privacy/apply-deletions.ts';
import {
  deletionRequests,
  privacyState,
  requestDeletion,
} from '../../main/engine/privacy/privacy-handlers.ts';
import type { EngineStore } from '../../main/engine/store/engine-store.ts';
import { DEAD_GRACE_MS } from '../../main/engine/store/recover.ts';
import { mergeDeltas } from '../../main/engine/store/merge/merge-deltas.ts';
import { createQueryEngine } from '../../main/query/create-query-engine.ts';
import { AlertRule } from '../../shared/alerts/rule.ts';
import { AlertSettings } from '../../shared/rpc/contract/alerts.ts';
import type { QuerySpecInput } from '../../shared/query/spec.ts';
import { filesHolding } from '../support/byte-search.ts';
import { Crash, crashAtStep } from '../support/crash.ts';
import { aNote } from '../support/notes/notes-folder.ts';
import { plainRows } from '../support/plain-rows.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { disorderOf, faultsOf } from '../support/store-check.ts';
import { type TestWorkspace, NOW_MS, eventOf, testWorkspace } from '../support/workspace.ts';

const USER = 'usr_f0rg3t7me';
const OTHER = 'usr_f0rg3t7me2'; // somebody else, whose id begins alike
const HOUR_MS = 3_600_000;
const STEP_STRIDE = process.env['TIDEMARK_DEEP'] === '1' ? 1 : 4;
const CRASH_TIMEOUT_MS = 120_000; // copies the folder at every step

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = testWorkspace('memory');
});
afterEach(() => workspace.remove());

/** Takes a request down and applies it, with no reader to wait for. */
const forget = (store: EngineStore, userId = USER, options: DeletionOptions = {}): Promise<number> =>
  requestDeletion(store, { userId, requestId: null }).then(() =>
    runDeletions(store, { graceMs: 0, ...options }),
  );

const userOf = (n: number): string => (n % 5 === 0 ? USER : n % 5 === 1 ? OTHER : `usr_${n % 5}`);

/** Everything that can hold an id: rows, sessions, texts of others, quarantine, dimensions, keys, cohorts, notes. */
async function fill(isForgotten: (userId: string) => boolean = () => false): Promise<void> {
  await workspace.addFolder({ name: 'web', keyTemplate: 'web/' });
  await workspace.addFolder({ name: 'users', keyTemplate: 'users/', dataset: 'users' });
  await workspace.addFolder({ name: 'practices', keyTemplate: 'practices/', dataset: 'practices' });
  const welcome = (rows: Record<string, unknown>[]) =>
    rows.filter((row) => !isForgotten(String(row['user_id'])));
  const event = (n: number, fields: object = {}) =>
    eventOf(n, {
      ts: Date.UTC(2026, 10, 1) + n * 1_700_000,
      user_id: userOf(n),
      session_id: `${userOf(n)}-session-${Math.floor(n / 20)}`,
      properties: {
        page_path: `/page/${n % 9}`,
        mixed: n % 3 === 0 ? n : `text ${n}`,
        own: `only ${userOf(n)}`,
      },
      ...fields,
    });
  for (let file = 0; file < 3; file++) {
    const rows = Array.from({ length: 200 }, (_, i) => event(file * 200 + i));
    if (file === 1) rows.push(event(9001, { ts: 'never' }), event(9005, { ts: 'never' }));
    workspace.raw(`web/${file}.ndjson.gz`, welcome(rows));
  }
  // an object whose key names the user
  workspace.raw(
    isForgotten(USER) ? 'web/nobody.json' : `web/${USER}-1.json`,
    welcome([event(5000, { event_type: 'only_theirs', ts: Date.UTC(2026, 10, 5) })]),
  );
  workspace.raw(
    'users/1.ndjson',
    welcome(
      [USER, OTHER, 'usr_2'].map((user_id) => ({ user_id, plan: 'early', first_seen_at: '2026-10-01' })),
    ),
  );
  workspace.raw('practices/1.ndjson', [{ id: 'p1', name: 'One' }]);
  await workspace.sync();
}

describe('a deletion request', () => {
  it('leaves no byte of the id below the data folder, packed or not', async () => {
    await fill();
    await workspace.withStore(async (store) => {
      saveCohort(store, {
        environment: 'test',
        cohortId: null,
        name: 'Listed',
        definition: { users: [USER, OTHER] },
      });
      saveCohort(store, {
        environment: 'test',
        cohortId: null,
        name: `About ${USER}`,
        definition: { all: [{ user: { property: 'user_id', op: 'is', value: USER } }] } as never,
      });
      const notes = openNotes(store.dataDir);
      createAnnotation(notes, aNote({ environment: 'test', body: `ask ${USER} about it` }));
      notes.close();
      mkdirSync(path.join(store.dataDir, 'set-aside', 'then'), { recursive: true });
      writeFileSync(path.join(store.dataDir, 'set-aside', 'then', 'catalogue.sqlite'), `old page ${USER}`);
      mkdirSync(path.join(store.dataDir, 'logs'), { recursive: true });
      writeFileSync(path.join(store.dataDir, 'logs', 'tidemark.log'), `web/${USER}-1.json cannot be read\n`);
      writeFileSync(path.join(store.dataDir, 'saved-views.json'), `{"address":"#filter=${USER}"}`);
      await mergeDeltas(store);
      expect(filesHolding(store.dataDir, USER).length).toBeGreaterThan(5);
      expect(await forget(store)).toBe(1);
      const holders = filesHolding(store.dataDir, USER).filter((file) => !onlyOther(store.dataDir, file));
      expect(holders).toEqual([]);
      const [request] = deletionRequests(store);
      expect(request).toMatchObject({
        state: 'done',
        origin: 'manual',
        timeLeftMs: null,
        receipt: { rows: 121, cohorts: 2, annotations: 1, dimensionRows: 1, quarantined: 1, asideFiles: 1 },
      });
      expect(JSON.stringify(privacyState(store))).not.toContain(USER);
    });
    expect(faultsOf(workspace.dataDir)).toEqual([]);
    expect(disorderOf(workspace.dataDir)).toEqual([]);
  });

  it('is found nowhere in what people wrote: sources, rules and channels of alerts, the name of the workspace', async () => {
    await fill();
    await workspace.addFolder({
      name: `Tickets of ${USER}`,
      keyTemplate: `tickets/${USER}/`,
      map: { columns: { ts: `${USER}.at` }, constants: { page_path: `/of/${USER}` }, event_id: 'column' },
    });
    await workspace.withStore(async (store) => {
      saveRule(store, { environment: 'test', ruleId: `rule-${USER}`, rule: ruleAbout(USER) });
      saveSettings(
        store,
        'test',
        AlertSettings.parse({
          detectorChannels: [],
          channels: [
            {
              kind: 'mail',
              name: `Mail ${USER}`,
              host: 'mail.test',
              from: 'a@mail.test',
              to: [`${USER}@mail.test`],
            },
            { kind: 'webhook', name: 'Hook', url: `https://hook.test/${USER}`, signingSecret: 'hook' },
          ],
        }),
      );
      configureWorkspace(store, { name: `About ${USER}` });
      expect(await forget(store)).toBe(1);
      expect(store.workspace.name).toMatch(/^About ~[0-9a-f]+$/);
      const holders = filesHolding(store.dataDir, USER).filter((file) => !onlyOther(store.dataDir, file));
      expect(holders).toEqual([]);
      const { rules, settings } = alertsOf(store, 'test');
      expect(rules).toMatchObject([{ rule: { name: expect.stringMatching(/^Watch x/) as string } }]);
      expect(settings.channels).toHaveLength(2);
      expect(deletionRequests(store)[0]?.receipt?.texts).toBeGreaterThanOrEqual(4);
    });
    expect((await workspace.sync()).state).toBe('idle'); // every source can still be read
  });

  it('lists what left of the days in which the user had rows, as it may need recall', async () => {
    await fill();
    await workspace.withStore(async (store) => {
      const of = (name: string, from: string, to: string, environment = 'test') =>
        noteExport(store, { environment, name, form: 'csv', from, to });
      of('before any row', '2026-10-01', '2026-10-30');
      of(`Capture rate of ${USER}`, '2026-10-20', '2026-11-02');
      of('inside', '2026-11-05', '2026-11-06');
      of('elsewhere', '2026-11-05', '2026-11-06', 'other');
      of('behind', '2026-11-20', '2026-11-25');
      await forget(store);
      const exports = deletionRequests(store)[0]?.receipt?.exports ?? [];
      expect(exports.map(({ name }) => name)).toEqual([
        'inside',
        expect.stringMatching(/^Capture rate of ~[0-9a-f]+$/) as string,
      ]);
      await forget(store, 'usr_nobody');
      const nobody = deletionRequests(store).find(({ receipt }) => receipt?.rows === 0);
      expect(nobody?.receipt?.exports).toEqual([]);
    });
  });

  it('leaves settings readable where the id of a user is a word of the product', () => {
    const names = createUserNames([{ userId: 'kind', hash: 'abcdef' }]);
    const isValid = (value: unknown) => typeof (value as { kind?: unknown }).kind === 'string';
    const text = JSON.stringify({ kind: 's3', prefix: 'of/kind/', list: ['kind'] });
    expect(JSON.parse(replacedInJson(text, names, isValid))).toEqual({
      kind: 's3',
      prefix: 'of/xabc/',
      list: ['kind'], // the same word as the key that has to stay
    });
  });

  it('empties notes while the engine has them open', async () => {
    await fill();
    const engine = await openEngine(workspace.dataDir, {
      onRevision: () => undefined,
      onSyncState: () => undefined,
      onCohort: () => undefined,
      onUpkeepFault: (message) => {
        throw new Error(message);
      },
    });
    const context = { signal: new AbortController().signal, progress: () => undefined } as never;
    try {
      const { annotationId } = await engine.handlers['command.annotation.create'](
        aNote({
          environment: 'test',
          title: `Call ${USER}`,
          body: `ask ${USER} about it`,
          isConfirmed: true,
        }),
        context,
      );
      expect(filesHolding(workspace.dataDir, `ask ${USER}`).length).toBeGreaterThan(0);
      const request = await engine.handlers['command.privacy.delete'](
        { userId: USER, requestId: null },
        context,
      );
      expect(request.receipt).toMatchObject({ annotations: 1 });
      const one = { environment: 'test', annotationId };
      expect(await engine.handlers['query.annotations.one'](one, context)).toMatchObject({
        isRedacted: true,
        title: { text: '' },
        body: { text: '' },
      });
      expect(filesHolding(workspace.dataDir, `ask ${USER}`)).toEqual([]);
    } finally {
      await engine.close();
    }
    expect(filesHolding(workspace.dataDir, `ask ${USER}`)).toEqual([]);
  });

  it('leaves the rows of a store that never had the user', async () => {
    await fill();
    await workspace.withStore((store) => forget(store));
    const after = plainRows(workspace.dataDir);
    const facts = factsOf(workspace.dataDir);
    workspace.remove();
    workspace = testWorkspace('memory');
    await fill((userId) => userId === USER);
    expect(after).toEqual(plainRows(workspace.dataDir));
    expect(facts).toEqual(factsOf(workspace.dataDir));
  });

  it('refuses rows of the user that come later, and counts them', async () => {
    await fill();
    await workspace.withStore((store) => forget(store));
    const rows = plainRows(workspace.dataDir);
    workspace.raw('web/late.ndjson', [
      eventOf(7000, { user_id: USER, session_id: `${USER}-late`, properties: { own: `only ${USER}` } }),
      eventOf(7001, { user_id: USER, ts: 'never' }),
      eventOf(7002, { user_id: 'usr_2', properties: { friend: `of ${USER}`, [`for.${USER}`]: 1 } }),
    ]);
    workspace.raw(`web/${USER}-2.json`, [eventOf(7003, { user_id: USER })]);
    workspace.raw('users/2.ndjson', [{ user_id: USER, plan: 'mid' }]);
    const { counts } = await workspace.sync();
    expect(counts).toMatchObject({ files: 3, read: 5, kept: 1, refused: 4, quarantined: 0 });
    expect(plainRows(workspace.dataDir)).toHaveLength((rows as unknown[]).length + 1);
    const again = await workspace.sync();
    expect(again.counts.files).toBe(0); // an object that is known by its hash is not read again
    await workspace.withStore((store) => runDeletions(store, { graceMs: 0 }));
    const holders = filesHolding(workspace.dataDir, USER).filter(
      (file) => !onlyOther(workspace.dataDir, file),
    );
    expect(holders).toEqual([]);
  });

  it('comes from a control feed, whose row keeps a hash and stays that way', async () => {
    await fill();
    await workspace.addFolder({ name: 'requests', keyTemplate: 'requests/', dataset: 'deletion_requests' });
    const request = (n: number, userId: string) => ({
      request_id: `request-${n}`,
      user_id: userId,
      requested_at: new Date(NOW_MS - n * HOUR_MS).toISOString(),
    });
    workspace.raw('requests/1.ndjson', [request(1, USER), request(2, 'usr_nobody')]);
    await workspace.sync();
    await workspace.withStore((store) => {
      expect(deletionRequests(store)).toMatchObject([
        { requestId: 'request-2', state: 'applied', timeLeftMs: 70 * HOUR_MS, receipt: { rows: 0 } },
        { requestId: 'request-1', state: 'applied', timeLeftMs: 71 * HOUR_MS, receipt: { rows: 121 } },
      ]);
    });
    workspace.raw('requests/2.ndjson', [request(1, USER), request(3, USER)]);
    await workspace.sync({}, { now: () => NOW_MS + DEAD_GRACE_MS + 1 });
    const holders = filesHolding(workspace.dataDir, USER).filter(
      (file) => !onlyOther(workspace.dataDir, file),
    );
    expect(holders).toEqual([]);
    await workspace.withStore((store) => {
      expect(deletionRequests(store).map(({ state }) => state)).toEqual(['done', 'done']);
    });
  });

  it('waits to be applied by hand in a workspace that stands still', async () => {
    await fill();
    await workspace.withStore(({ db }) => db.prepare('UPDATE workspace SET as_of_ms = ?').run(NOW_MS));
    await workspace.addFolder({ name: 'requests', keyTemplate: 'requests/', dataset: 'deletion_requests' });
    workspace.raw('requests/1.ndjson', [{ request_id: 'r', user_id: USER, requested_at: NOW_MS - HOUR_MS }]);
    await workspace.sync();
    await workspace.withStore(async (store) => {
      expect(deletionRequests(store)).toMatchObject([
        { requestId: 'r', state: 'pending', timeLeftMs: 71 * HOUR_MS, receipt: null },
      ]);
      await runDeletions(store, { graceMs: 0 });
      expect(deletionRequests(store)).toMatchObject([{ state: 'done', receipt: { rows: 121 } }]);
    });
  });

  it('keeps the old files for readers for a while, and says so', async () => {
    await fill();
    await workspace.withStore(async (store) => {
      await forget(store, USER, { graceMs: DEAD_GRACE_MS });
      expect(deletionRequests(store)[0]?.state).toBe('applied');
      await runDeletions(store, { graceMs: 0 });
      expect(deletionRequests(store)[0]?.state).toBe('done');
    });
  });

  it('reaches the answers of an engine that has them in its cache, and the values it lists', async () => {
    await fill();
    const engine = createQueryEngine({
      dataDir: workspace.dataDir,
      memoryBudgetBytes: 64 << 20,
      nowMs: () => NOW_MS,
    });
    const own = { environment: 'test', property: 'own', search: '', limit: 100 };
    const question: QuerySpecInput = {
      kind: 'trend',
      environment: 'test',
      range: { from: '2026-11-01', to: '2026-11-19' },
      interval: 'day',
      series: [
        { event: null, measure: 'events' },
        { event: null, measure: 'users' },
      ],
      breakdown: { property: 'own' },
    };
    try {
      expect(JSON.stringify(await engine.run(question))).toContain(USER);
      expect((await engine.values(own)).values.map(({ value }) => value)).toContain(`only ${USER}`);
      await workspace.withStore((store) => forget(store));
      const { result } = await engine.run(question);
      const { values } = await engine.values(own);
      workspace.remove();
      workspace = testWorkspace('memory');
      await fill((userId) => userId === USER);
      const never = createQueryEngine({
        dataDir: workspace.dataDir,
        memoryBudgetBytes: 64 << 20,
        nowMs: () => NOW_MS,
      });
      expect(result).toEqual((await never.run(question)).result);
      expect(values).toEqual((await never.values(own)).values);
      never.close();
    } finally {
      engine.close();
    }
  });

  it('is the same when asked twice', async () => {
    await fill();
    await workspace.withStore(async (store) => {
      for (let n = 0; n < 2; n++) {
        await requestDeletion(store, { userId: USER, requestId: `about ${USER}` });
        await runDeletions(store, { graceMs: 0 });
      }
      expect(deletionRequests(store)).toHaveLength(1);
      expect(JSON.stringify(deletionRequests(store))).not.toContain(USER);
      const revision = store.revision;
      expect(await runDeletions(store)).toBe(0);
      expect(store.revision).toBe(revision);
    });
  });

  it('refuses to sync where the key of the refusal list is gone', async () => {
    await fill();
    await workspace.withStore((store) => forget(store));
    writeFileSync(path.join(workspace.dataDir, 'deletion.key'), '00');
    await expect(workspace.sync()).rejects.toMatchObject({ code: 'auth-failed' });
  });

  it('finishes after a stop before any of its steps', { timeout: CRASH_TIMEOUT_MS }, async () => {
    await fill();
    const { dataDir } = workspace;
    const untouched = `${dataDir}.untouched`;
    cpSync(dataDir, untouched, { recursive: true });
    const expected = { rows: 0 };
    let last = 0;
    for (let step = 1; ; step += STEP_STRIDE) {
      rmSync(dataDir, { recursive: true });
      cpSync(untouched, dataDir, { recursive: true });
      const crash = crashAtStep(workspace.dataDir, step);
      const stopped = await workspace
        .withStore((store) => forget(store), { onStep: crash.onStep })
        .then(() => false)
        .catch((error: unknown) => {
          if (error instanceof Crash || (error as Error).cause instanceof Crash) return true;
          throw error;
        });
      if (!crash.restore()) break;
      expect(stopped).toBe(true);
      await workspace.withStore((store) => runDeletions(store, { graceMs: 0 }));
      const message = `stopped before step ${step}`;
      expect(faultsOf(workspace.dataDir), message).toEqual([]);
      const holders = filesHolding(workspace.dataDir, USER).filter(
        (file) => !onlyOther(workspace.dataDir, file),
      );
      expect(holders, message).toEqual([]);
      await workspace.withStore((store) => {
        expect(deletionRequests(store), message).toMatchObject([{ state: 'done', receipt: { rows: 121 } }]);
      });
      expected.rows ||= (plainRows(workspace.dataDir) as unknown[]).length;
      expect(plainRows(workspace.dataDir), message).toHaveLength(expected.rows);
      last = step;
    }
    expect(last).toBeGreaterThan(8);
  });
});

const ruleAbout = (userId: string): AlertRule =>
  AlertRule.parse({
    name: `Watch ${userId}`,
    subject: {
      measure: 'events',
      filters: [{ property: 'own', op: 'is', value: `only ${userId}` }],
    },
    condition: { kind: 'threshold', side: 'below', value: 1 },
    channels: [`Mail ${userId}`],
  });

/** Ids that merely begin with the one that is searched for are somebody else's. */
function onlyOther(dataDir: string, file: string): boolean {
  const bytes = readFileSync(path.join(dataDir, file));
  const text = Buffer.from(USER);
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1))
    if (bytes[at + text.length] !== 0x32) return false;
  return true;
}

/** What answers rest on beside the rows. */
function factsOf(dataDir: string): unknown {
  const db = new SqliteDatabase(path.join(dataDir, 'catalogue.sqlite'), { readonly: true });
  try {
    const all = (sql: string) => db.prepare(sql).all();
    return {
      properties: all('SELECT environment, event_type, property, rows FROM properties ORDER BY 1, 2, 3'),
      types: all('SELECT environment, event_type, rows FROM source_event_types ORDER BY 1, 2'),
      state: all('SELECT source_id, environment, newest_ts_ms, watermark_ms FROM source_state ORDER BY 1, 2'),
      dimensions: all('SELECT dataset, key, row FROM dimension_rows ORDER BY 1, 2'),
      days: all(
        'SELECT day, sum(rows) AS rows FROM segments WHERE dead_revision IS NULL GROUP BY day ORDER BY day',
      ),
    };
  } finally {
    db.close();
  }
}

const SEED = 20_261_130;
const RUNS = process.env['TIDEMARK_DEEP'] === '1' ? 60 : 6;
const RUN_TIMEOUT_MS = 10_000; // two stores are filled, and one is forgotten in

describe('deletions of several users', () => {
  it(
    'leave what a store without them holds, however rows came and in whatever order',
    { timeout: RUNS * RUN_TIMEOUT_MS },
    async () => {
      const ids = ['a', 'user one', 'usr-7.x', 'öä_1', 'u"q\\', 'usr_12', 'usr_1'];
      const row = fc.record({
        user: fc.constantFrom(...ids, null),
        day: fc.integer({ min: 0, max: 5 }),
        type: fc.constantFrom('page_view', 'sign_up', 'custom'),
        session: fc.constantFrom('own', 'shared', 'none'),
        tags: fc.subarray(['x', 'y', 'z']),
        value: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('p', 'q', 'r')),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(row, { minLength: 1, maxLength: 60 }),
          fc.subarray(ids, { minLength: 1, maxLength: 4 }),
          fc.integer(),
          async (rows, forgotten, seed) => {
            const random = seededRandom(seed);
            const events = rows.map((one, n) =>
              eventOf(n, {
                event_type: one.type,
                ts: Date.UTC(2026, 10, 2 + one.day) + n * 1000,
                user_id: one.user ?? undefined,
                session_id: one.session === 'none' ? undefined : `s-${one.session === 'own' ? one.user : 0}`,
                properties: { tags: one.tags, value: one.value, mine: `v${ids.indexOf(one.user ?? '')}` },
              }),
            );
            const store = async (kept: object[]): Promise<TestWorkspace> => {
              const made = testWorkspace('memory');
              await made.addFolder();
              const cut = Math.floor(random() * kept.length);
              made.raw('1.ndjson', kept.slice(0, cut));
              await made.sync();
              made.raw('2.ndjson', kept.slice(cut));
              await made.sync();
              return made;
            };
            const full = await store(events);
            const never = await store(
              events.filter((event) => !forgotten.includes(String(event['user_id']))),
            );
            try {
              await full.withStore(async (open) => {
                for (const userId of forgotten) await requestDeletion(open, { userId, requestId: null });
                await runDeletions(open, { graceMs: 0 });
              });
              expect(plainRows(full.dataDir)).toEqual(plainRows(never.dataDir));
              const { properties, types, state } = factsOf(full.dataDir) as Record<string, unknown>;
              expect({ properties, types, state }).toEqual(pick(factsOf(never.dataDir)));
              expect(faultsOf(full.dataDir)).toEqual([]);
              expect(disorderOf(full.dataDir)).toEqual([]);
            } finally {
              full.remove();
              never.remove();
            }
          },
        ),
        { seed: SEED, numRuns: RUNS },
      );
    },
  );
});

function pick(facts: unknown): unknown {
  const { properties, types, state } = facts as Record<string, unknown>;
  return { properties, types, state };
}
