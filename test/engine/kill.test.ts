import { spawn } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../support/seeded-random.ts';
import { contentOf, disorderOf, faultsOf } from '../support/store-check.ts';
import { type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

const CHILD = path.resolve(import.meta.dirname, '../support/sync-child.ts');
const BATCH_ROWS = 250;
const SEED = 20_261_119;
const KILLS = process.env['TIDEMARK_DEEP'] === '1' ? 50 : 2; // of each of the two random ways

const STEP_KINDS = [
  'before-segment-write',
  'before-rename',
  'before-folder-sync',
  'before-dictionary-append',
  'before-transaction',
  'inside-transaction',
  'after-transaction',
  'before-sweep-transaction',
  'before-merge-transaction',
];

interface Ended {
  killed: boolean;
  steps: string[];
  /** From the opened store to the end. */
  tookMs: number;
}

interface Kill {
  /** Before the n-th step, or the n-th of a kind. */
  step?: number;
  kind?: string;
  afterMs?: number;
}

function runChild(dataDir: string, { step = 0, kind = '', afterMs }: Kill = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, dataDir, String(BATCH_ROWS), String(step), kind], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    let timer: NodeJS.Timeout | undefined;
    let openedMs = 0;
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (openedMs !== 0) return;
      openedMs = performance.now();
      if (afterMs !== undefined) timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
    });
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      const tookMs = performance.now() - openedMs;
      if (signal === 'SIGKILL') resolve({ killed: true, steps: [], tookMs });
      else if (code === 0)
        resolve({ killed: false, steps: (output.split('\n')[1] ?? '').split(' '), tookMs });
      else reject(new Error(errors));
    });
  });
}

/** Three sources with everything that a sync decides: several files and days, duplicates near and far, refusals. */
async function fill(workspace: TestWorkspace): Promise<void> {
  await workspace.addFolder({ name: 'web', keyTemplate: 'web/' });
  await workspace.addFolder({ name: 'app', keyTemplate: 'app/' });
  await workspace.addFolder({ name: 'practices', keyTemplate: 'practices/', dataset: 'practices' });
  const event = (n: number, fields: object = {}) =>
    eventOf(n, {
      ts: Date.UTC(2026, 10, 1) + n * 400_000,
      user_id: `usr_${n % 40}`,
      session_id: `session-${Math.floor(n / 9)}`,
      properties: { page_path: `/page/${n % 5}`, mixed: n },
      ...fields,
    });
  for (let file = 0; file < 6; file++) {
    const rows = Array.from({ length: 400 }, (_, i) => event(file * 350 + i)); // the last fifty come again
    rows.push(event(file, { ts: Date.UTC(2026, 10, 12) + file }), event(9000 + file, { ts: 'never' }));
    rows.push(
      event(1990 + file, { event_id: `mail-${file}`, properties: { goal: `mail ${file}@example.org` } }),
    );
    workspace.raw(`web/${file}.ndjson.gz`, rows);
  }
  for (let file = 0; file < 3; file++) {
    workspace.raw(
      `app/${file}.ndjson`,
      Array.from({ length: 300 }, (_, i) => event(2000 + file * 290 + i, { properties: { mixed: 'text' } })),
    );
  }
  workspace.raw(
    'practices/1.json',
    JSON.stringify([{ id: 'p1', name: 'One' }, { id: 'p2', name: 'Two' }, {}]),
  );
}

let undisturbed: unknown;
let steps: string[] = [];
let runMs = 0;

async function withWorkspace(work: (workspace: TestWorkspace) => Promise<void>): Promise<void> {
  const workspace = testWorkspace();
  try {
    await fill(workspace);
    await work(workspace);
  } finally {
    workspace.remove();
  }
}

beforeAll(async () => {
  await withWorkspace(async ({ dataDir }) => {
    ({ steps, tookMs: runMs } = await runChild(dataDir));
    undisturbed = contentOf(dataDir);
    expect(faultsOf(dataDir)).toEqual([]);
  });
});

/** The store after the kill, once the next start has tidied up and the sync has run to its end. */
async function expectUndisturbed(workspace: TestWorkspace, message: string): Promise<void> {
  await workspace.withStore(() => undefined);
  expect(faultsOf(workspace.dataDir), `${message}, after a restart`).toEqual([]);
  await runChild(workspace.dataDir);
  expect(faultsOf(workspace.dataDir), message).toEqual([]);
  expect(disorderOf(workspace.dataDir), message).toEqual([]);
  expect(contentOf(workspace.dataDir), message).toEqual(undisturbed);
}

describe('a sync that is killed', () => {
  it('saw every kind of row in the undisturbed run', () => {
    expect(steps.length).toBeGreaterThan(100);
    expect(new Set(steps)).toEqual(new Set(STEP_KINDS));
    expect(undisturbed).toMatchObject({
      sources: [
        { name: 'app', files: 3, read: 900 },
        { name: 'practices', files: 1, read: 3, kept: 2, quarantined: 1 },
        { name: 'web', files: 6, read: 2418, quarantined: 6, scrubbed: 6 },
      ],
    });
  });

  const random = seededRandom(SEED);
  const shares = Array.from({ length: KILLS }, () => random());

  it.each(STEP_KINDS)('%s ends as if undisturbed', async (kind) => {
    await withWorkspace(async (workspace) => {
      const step = Math.ceil(steps.filter((one) => one === kind).length / 2);
      expect((await runChild(workspace.dataDir, { kind, step })).killed).toBe(true);
      await expectUndisturbed(workspace, `killed ${kind}, number ${step}`);
    });
  });

  /** Of these, the last one of a run is part of a merge. */
  it.each(['before-segment-write', 'before-folder-sync', 'before-dictionary-append', 'after-transaction'])(
    '%s of a merge ends as if undisturbed',
    async (kind) => {
      await withWorkspace(async (workspace) => {
        expect(steps.lastIndexOf(kind)).toBeGreaterThan(steps.lastIndexOf('before-sweep-transaction'));
        const step = steps.filter((one) => one === kind).length;
        expect((await runChild(workspace.dataDir, { kind, step })).killed).toBe(true);
        await expectUndisturbed(workspace, `killed ${kind}, number ${step}`);
      });
    },
  );

  it.each(shares)('before any step of a commit (%f of all) ends as if undisturbed', async (share) => {
    await withWorkspace(async (workspace) => {
      const step = 1 + Math.floor(share * steps.length);
      expect((await runChild(workspace.dataDir, { step })).killed).toBe(true);
      if (share < 0.5) await runChild(workspace.dataDir, { step: 1 + Math.floor(share * 40) }); // and once more
      await expectUndisturbed(workspace, `seed ${SEED}, killed before step ${step} of ${steps.length}`);
    });
  });

  it.each(shares)('at any moment (%f of its time) ends as if undisturbed', async (share) => {
    await withWorkspace(async (workspace) => {
      const afterMs = share * runMs;
      await runChild(workspace.dataDir, { afterMs }); // too late at times: then nothing was to be put right
      await expectUndisturbed(workspace, `seed ${SEED}, killed after ${afterMs} ms`);
    });
  });
});
