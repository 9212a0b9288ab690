import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ViewId } from '../../renderer/state/address.ts';
import type { FreshnessReport } from '../../shared/rpc/contract/freshness.ts';
import { launchBrowser } from '../support/browser.ts';
import { startHostOnCopy, WHOLE_SAMPLE } from '../support/sample-host.ts';
import { type SyncedSample, startSyncedSample } from '../support/synced-sample.ts';
import {
  SLICED_THEMES,
  axeViolations,
  misplacedParts,
  takePicture,
  takesPictures,
} from '../support/view-checks.ts';
import { numberIn, openWorkbench, type Theme, type Workbench } from '../support/workbench.ts';

// Freshness, rejected rows, sources and settings on a sample, in a real browser on the real host. What the screens show is
// compared with what the store says; what they change is looked for in the store.

const SIZE = takesPictures ? WHOLE_SAMPLE : { events: 30_000, days: 28 };

let sample: SyncedSample;
let browser: Browser;
let workbench: Workbench | undefined;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-operate-'));
  [sample, browser] = await Promise.all([startSyncedSample(1, SIZE), launchBrowser()]);
}, 180_000);
afterAll(async () => {
  await browser.close();
  await sample.host.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  const complaints = workbench?.complaints ?? [];
  await workbench?.close();
  workbench = undefined;
  expect(complaints).toEqual([]);
});

async function open(
  view: ViewId,
  options: { theme?: Theme; width?: number; height?: number; query?: string } = {},
): Promise<Page> {
  workbench = await openWorkbench({ host: sample.host, browser, view, ...options });
  return workbench.page;
}

const report = (): Promise<FreshnessReport> => sample.host.client.call('query.freshness', {});
const count = (n: number): string => n.toLocaleString('en-GB');

const minutesIn = (text: string): number => {
  const [, hours = '0'] = /(\d+) h/.exec(text) ?? [];
  const [, minutes = '0'] = /(\d+) min/.exec(text) ?? [];
  return Number(hours) * 60 + Number(minutes);
};

describe('Freshness', () => {
  it('shows each source as the store has it: lag, rows, status; every tile that is marked, and no other', async () => {
    const page = await open('freshness');
    const known = await report();
    const more = page.locator('.fresh-more');
    if (await more.isVisible()) await more.click();
    const rows = await page
      .locator('[data-tile="fresh-sources"] tbody tr[data-source]')
      .evaluateAll((lines) =>
        lines.map((line) => ({
          name: (line as HTMLElement).dataset['source'],
          lag: line.querySelector('[data-key="lag"]')?.textContent ?? '',
          rows: line.querySelector('[data-key="rows"]')?.textContent ?? '',
          status: line.querySelector('[data-key="status"]')?.textContent ?? '',
          gaps: line.querySelector('.badge-crit')?.textContent ?? '',
        })),
      );
    expect(rows.map(({ name }) => name).toSorted()).toEqual(
      known.sources.map(({ sourceName }) => sourceName).toSorted(),
    );
    for (const source of known.sources) {
      const row = rows.find(({ name }) => name === source.sourceName)!;
      expect(minutesIn(row.lag)).toBe(Math.round((source.lagMs ?? 0) / 60_000));
      expect(row.rows).toBe(count(source.rows24h));
      expect(row.status).toBe(source.status === 'late' ? 'Late' : 'On time');
      expect(row.gaps).toBe(
        source.openGaps === 0 ? '' : `${source.openGaps} gap${source.openGaps === 1 ? '' : 's'}`,
      );
    }
    const late = known.sources.filter(({ status }) => status === 'late');
    expect(late.map(({ sourceName }) => sourceName)).toEqual(['Reactions stream']);
    expect(await page.locator('.page-finding').textContent()).toMatch(
      /^One of 14 sources is past its target\./,
    );

    const listed = await page
      .locator('[data-marked]')
      .evaluateAll((lines) => lines.map((line) => (line as HTMLElement).dataset['marked']));
    await workbench?.close();
    const marked: string[] = [];
    for (const view of ['practices', 'masters', 'funnels', 'signals', 'journeys'] as const) {
      const other = await open(view);
      marked.push(
        ...(await other
          .locator('[data-tile]:has(.badge:text("Freshness degraded"))')
          .evaluateAll((tiles) => tiles.map((tile) => (tile as HTMLElement).dataset['tile'] ?? ''))),
      );
      await workbench?.close();
    }
    const OTHER_VIEWS = /^(usage|feature|engagement|retention|first-reaction|cohort|lifecycle|stickiness)/;
    expect(listed.filter((tile) => !OTHER_VIEWS.test(tile ?? '')).toSorted()).toEqual(marked.toSorted());
  }, 120_000);

  it('adds the last sync up, lists what waits, and requests by the time that is left', async () => {
    const page = await open('freshness');
    const known = await report();
    const counts = known.lastSync!.runs.map((run) => run.counts);
    const sum = counts.reduce((total, one) => total + one.read, 0);
    expect(await page.locator('.sync-sum').getAttribute('data-sum')).toBe(String(sum));
    const queue = (id: string) => page.locator(`[data-queue="${id}"] dd`).textContent();
    expect(await queue('objects')).toBe(count(known.queue.objectsToRead));
    expect(await queue('gaps')).toBe(count(known.queue.gapsToReplay));
    expect(await queue('rejected')).toBe(`${count(known.queue.quarantinedRows)}, inspect`);
    const requests = await page
      .locator('[data-request]')
      .evaluateAll((lines) => lines.map((line) => (line as HTMLElement).dataset['request']));
    expect(requests).toEqual(known.deletionRequests.map(({ requestId }) => requestId));
    expect(requests.length).toBe(3);
  });

  it('pauses and resumes one source and all of them, by keyboard, and the engine has it', async () => {
    const page = await open('freshness');
    const pause = page.getByRole('button', { name: 'Pause Sessions' });
    await pause.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Resume Sessions' }).waitFor();
    const stateOf = async (name: string) => {
      const { sources } = await sample.host.client.call('query.jobs.state', {});
      return sources.find(({ sourceName }) => sourceName === name)?.state;
    };
    expect([await stateOf('Sessions'), await stateOf('App events')]).toEqual(['paused', 'idle']);
    await page.getByRole('button', { name: 'Resume Sessions' }).click();
    await page.getByRole('button', { name: 'Pause Sessions' }).waitFor();
    await page.getByRole('button', { name: 'Pause sync' }).click();
    await page.getByRole('button', { name: 'Resume sync' }).waitFor();
    expect((await sample.host.client.call('query.jobs.state', {})).paused).toBe(true);
    await page.getByRole('button', { name: 'Resume sync' }).click();
    await page.getByRole('button', { name: 'Pause sync' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('q');
    await page.locator('.quarantine-sum').waitFor();
  });
});

describe('Rejected rows', () => {
  it('add up, by reason, and show the redacted copy of the row that is opened by keyboard', async () => {
    const page = await open('quarantine');
    const { sources } = await sample.host.client.call('query.sources', {});
    const figure = async (id: string) =>
      Number((await page.locator(`[data-figure="${id}"] strong`).textContent())?.replaceAll(',', ''));
    const [read, kept, duplicate, aside] = [
      await figure('read'),
      await figure('kept'),
      await figure('duplicate'),
      await figure('quarantined'),
    ];
    expect(read).toBe(sources.reduce((sum, source) => sum + source.read, 0));
    expect(kept + duplicate + aside).toBe(read);
    const { quarantine } = await report();
    expect(aside).toBe(quarantine.reduce((sum, { rows }) => sum + rows, 0));
    const unknown = quarantine
      .filter(({ reason }) => reason === 'unknown-state')
      .reduce((sum, { rows }) => sum + rows, 0);
    expect(unknown).toBe(17);
    expect(await page.locator('[data-reason="unknown-state"]').textContent()).toBe('17');
    await page.locator('#reason-unknown-state').click();
    await workbench?.settled();
    const opener = page.locator('.quarantine-open').first();
    await opener.focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary', { name: 'Row 1 of 17' });
    await panel.waitFor();
    const { rows } = await sample.host.client.call('query.quarantine.rows', {
      reason: 'unknown-state',
      limit: 1,
    });
    const shown: unknown = JSON.parse((await panel.locator('.row-panel-copy').textContent()) ?? '');
    expect(shown).toEqual(JSON.parse(rows[0]?.copy ?? ''));
    await opener.focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('complementary', { name: 'Row 2 of 17' }).waitFor();
    await page.keyboard.press('g');
    expect(page.url()).toContain('row=');
  });

  it('are judged again: what still cannot be an event stays, and the screen says how many came back', async () => {
    const page = await open('quarantine', { query: '?reason=unknown-state' });
    await page.locator('.quarantine-open').first().click();
    await page.getByRole('button', { name: 'Re-admit 17 rows' }).click();
    await page.locator('.quarantine-outcome:not([hidden])').waitFor({ timeout: 30_000 });
    expect(await page.locator('.quarantine-outcome').textContent()).toMatch(
      /^0 rows came back from \d+ objects?; 17 are still refused\.$/,
    );
  }, 60_000);
});

describe('an unknown state', () => {
  it('is read as a known one by keyboard: rows come back, a note says it, and it can be taken back', async () => {
    const page = await open('quarantine', { query: '?reason=unknown-state' });
    await page.locator('.quarantine-open').first().press('Enter');
    const repair = page.getByRole('group', { name: /as another state/ });
    const state = (await repair.locator('code').textContent()) ?? '';
    const choice = page.getByLabel(`Read ${state} as`, { exact: true });
    await choice.focus();
    await choice.selectOption('restless');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const outcome = page.locator('.quarantine-outcome:not([hidden])');
    await outcome.waitFor({ timeout: 30_000 });
    const came = numberIn(/^(\d+) rows? came back/.exec((await outcome.textContent()) ?? '')?.[1]);
    expect(came).toBeGreaterThan(0);
    const reading = page.locator('[data-tile="quarantine-readings"]');
    await expect.poll(() => reading.textContent()).toContain(`${state} is read as Restless`);
    const titles = async () => {
      const { annotations } = await sample.host.client.call('query.annotations', { environment: 'sample' });
      return annotations.map(({ title }) => title.text);
    };
    await expect.poll(titles).toContain(`“${state}” is read as Restless`);
    const back = page.getByRole('button', { name: new RegExp(`Read ${state} of .* as no other state`) });
    await expect.poll(() => back.isEnabled()).toBe(true);
    await back.press('Enter');
    await reading.waitFor({ state: 'detached', timeout: 60_000 }); // everything of the source is read again
    const { quarantine } = await report();
    expect(quarantine.find(({ reason }) => reason === 'unknown-state')?.rows).toBe(17);
  }, 90_000);
});

describe('Sources', () => {
  it('is tested, looked at, mapped, added, edited and removed; only then anything is stored', async () => {
    const rows = [1, 2, 3].map((n) => ({
      id: `sig-${n}`,
      event: 'signal_pre',
      timestamp: `2026-11-1${n}T08:00:00Z`,
      distinct_id: `usr_${n}`,
      goal: n === 2 ? 'mail ada@example.org' : 'calm',
      comment: 'free text',
    }));
    const bad = { ...rows[0], id: 'sig-4', timestamp: 'never' };
    writeFileSync(
      path.join(folder, 'a.ndjson'),
      [...rows, bad].map((row) => `${JSON.stringify(row)}\n`).join(''),
    );

    const page = await open('sources', { query: '?new=folder' });
    await page.getByLabel('Name', { exact: true }).fill('Extra signals');
    await page.locator('[data-field="path"]').fill(folder);
    await page.getByRole('button', { name: 'Test and look' }).click();
    await page.locator('.field-map tbody tr').first().waitFor();
    await workbench?.settled();
    expect(await page.locator('[data-amount="objects"] strong').textContent()).toBe('1');
    expect(await page.locator('[data-amount="rows"] strong').textContent()).toBe('4');
    expect(await page.getByLabel('timestamp becomes').inputValue()).toBe('ts');
    expect(await page.getByLabel('comment becomes').inputValue()).toBe(''); // not pulled
    expect(await page.locator('.field-map tr[data-rejected="true"]').textContent()).toContain(
      'Rejected: a time is neither',
    );
    expect(await page.locator('.field-map').textContent()).not.toMatch(/ada@|free text/);
    expect(
      (await sample.host.client.call('query.sources', {})).sources.map(({ name }) => name),
    ).not.toContain('Extra signals');

    await page.getByLabel('goal becomes').selectOption('Not pulled');
    await page.locator('.field-map td[data-scrubbed="true"]').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Save and sync' }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).waitFor();
    await expect.poll(async () => (await stored('Extra signals'))?.kept, { timeout: 20_000 }).toBe(3);
    expect(await stored('Extra signals')).toMatchObject({ read: 4, quarantined: 1, duplicate: 0 });

    await page.getByLabel('Name', { exact: true }).fill('Signals by hand');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('link', { name: /Signals by hand/ }).waitFor();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('button', { name: 'Remove the source' }).click();
    await page.getByRole('link', { name: /Signals by hand/ }).waitFor({ state: 'detached' });
    expect(await stored('Signals by hand')).toBeUndefined();
  }, 90_000);

  it('begins the workspace of a folder that holds none', async () => {
    const empty = mkdtempSync(path.join(tmpdir(), 'tidemark-empty-'));
    const raw = path.join(folder, 'first');
    mkdirSync(raw);
    const event = { event_id: 'a', event_type: 'page_view', ts: '2026-11-12T08:00:00Z', user_id: 'usr_1' };
    writeFileSync(path.join(raw, 'a.ndjson'), `${JSON.stringify(event)}\n`);
    const first = await startHostOnCopy(empty);
    try {
      workbench = await openWorkbench({
        host: first,
        browser,
        view: 'sources',
        query: '?new=folder',
        prepare: () => Promise.resolve(),
      });
      const { page } = workbench;
      await page.locator('[data-field="name"]').fill('Orders');
      await page.locator('[data-field="environment"]').fill('prod');
      await page.locator('[data-field="path"]').fill(raw);
      await page.getByRole('button', { name: 'Save and sync' }).click();
      await page.getByRole('link', { name: /Orders/ }).waitFor();
      await page.keyboard.press('g');
      await page.keyboard.press('d');
      await page.locator('tr[data-source="Orders"]').waitFor();
      await expect
        .poll(async () => (await first.client.call('query.workspace', {})).store.events, { timeout: 20_000 })
        .toBe(1);
    } finally {
      await workbench?.page.close();
      await first.stop();
      rmSync(empty, { recursive: true });
    }
  }, 60_000);

  it('explains a refusal, and takes a secret that it never shows again', async () => {
    const PLANTED = 'PLANTEDID:planted-secret-value';
    const page = await open('sources', { query: '?new=folder' });
    await page.getByLabel('Name', { exact: true }).fill('Sessions');
    await page.locator('[data-field="path"]').fill(folder);
    await page.getByRole('button', { name: 'Save and sync' }).click();
    expect(await page.getByRole('alert').textContent()).toContain(
      'there is already a source named "Sessions"',
    );

    await page.getByRole('radio', { name: 'S3 and compatible' }).check({ force: true });
    await page.getByLabel('Credentials').selectOption('Access key');
    await page.getByLabel('Name', { exact: true }).fill('Bucket of tests');
    await page.getByLabel('Access key', { exact: true }).fill(PLANTED);
    await page.getByRole('button', { name: 'Store' }).click();
    await page.getByText('The secret “bucket-of-tests” is set').waitFor();
    expect(await page.content()).not.toContain('planted-secret');
    const asked = await askedOfBucket('bucket-of-tests');
    expect(asked[0]).toContain('Credential=PLANTEDID/'); // it came to the engine, and from there to the service alone
    for (const file of filesUnder(sample.host.dataDir))
      expect(readFileSync(file, 'latin1')).not.toContain('planted-secret');
    await page.goto(`${sample.host.address}/#/settings`);
    await page.getByRole('button', { name: 'Delete the secret bucket-of-tests' }).click();
    await page.getByText('None is set.').waitFor();
  }, 60_000);
});

describe('Settings', () => {
  it('change week and zone for every answer, and when a source is read', async () => {
    const page = await open('settings');
    await page.getByRole('radio', { name: 'Sunday' }).click({ force: true }); // it is checked once the engine has it
    await page.getByText('Weeks begin on Sunday.').waitFor();
    const zone = page.getByLabel('Time zone', { exact: true });
    await zone.fill('Asia/Tokyo');
    await zone.press('Enter');
    await page.getByText('Days begin at midnight in Asia/Tokyo.').waitFor();
    const info = await sample.host.client.call('query.workspace', {});
    expect([info.weekStart, info.zone]).toEqual(['sunday', 'Asia/Tokyo']);
    await sample.host.client.call('command.workspace.configure', { weekStart: 'monday', zone: sample.zone });
    await page.getByLabel('Check Sessions every').selectOption('30 min');
    await expect
      .poll(async () => {
        const { sources } = await sample.host.client.call('query.jobs.state', {});
        return sources.find(({ sourceName }) => sourceName === 'Sessions')?.settings.intervalMs;
      })
      .toBe(1_800_000);
    await sample.host.client.call('command.jobs.configure', {
      sourceName: 'Sessions',
      settings: { intervalMs: null },
    });
  });
});

describe('every view of Operate', () => {
  const VIEWS = ['freshness', 'quarantine', 'sources', 'settings'] as const;

  it.each(VIEWS)(
    '%s passes axe in both themes and keeps its parts in place at both sizes',
    async (view) => {
      for (const theme of SLICED_THEMES) {
        const page = await open(view, { theme });
        await prepare(page, view);
        expect(await axeViolations(page)).toEqual([]);
        expect(await misplacedParts(page)).toEqual([]);
        await takePicture(page, theme === 'light' ? `${view}-light` : `${view}-dark`);
        await workbench?.close();
      }
      const page = await open(view, { width: 1100, height: 720 });
      await prepare(page, view);
      expect(await misplacedParts(page)).toEqual([]);
      await takePicture(page, `${view}-1100x720`);
    },
    90_000,
  );
});

async function prepare(page: Page, view: ViewId): Promise<void> {
  if (view === 'quarantine') await page.locator('.quarantine-open').first().click();
  if (view !== 'sources') return;
  await page.getByRole('link', { name: /Reactions stream/ }).click();
  await page.getByRole('button', { name: 'Test and look' }).click();
  await page.locator('.field-map').waitFor({ timeout: 20_000 });
  await workbench?.settled();
}

/** What a service is told by a source that connects with a secret; it refuses everything. */
async function askedOfBucket(secret: string): Promise<string[]> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization ?? '');
    response.writeHead(403).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const tested = await sample.host.client.call('query.source.test', {
    source: {
      kind: 's3',
      name: 'Bucket',
      environment: 'sample',
      bucket: 'events',
      endpoint: `http://127.0.0.1:${port}`,
      pathStyle: true,
      credentials: { kind: 'keys', secret },
    },
  });
  server.close();
  expect(tested.ok).toBe(false);
  return asked;
}

async function stored(name: string) {
  const { sources } = await sample.host.client.call('query.sources', {});
  return sources.find((source) => source.name === name);
}

const filesUnder = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(dir, name))
    .filter((file) => statSync(file).isFile() && !file.endsWith('.gz'));
