import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { ENVIRONMENT_NAME, type NotesPlace, startS3Place } from '../support/notes/notes-places.ts';
import { startClickHousePlace, startPostgresPlace } from '../support/notes/table-places.ts';
import { SMALL_SAMPLE } from '../support/sample-host.ts';
import { type SyncedSample, startOwnSyncedSample } from '../support/synced-sample.ts';
import { openWorkbench, type Workbench } from '../support/workbench.ts';
import type { Operation } from '../../shared/annotations/operation.ts';

// Two workbenches on two data folders, two browsers, one real server between them, and a network that comes and goes.

const environment = ENVIRONMENT_NAME;
const SETUP_WITHIN_MS = 240_000;
const PLACES = { s3: startS3Place, postgres: startPostgresPlace, clickhouse: startClickHousePlace } as const;
const NAMES = ['s3', 'postgres', 'clickhouse'] as const;
type PlaceName = (typeof NAMES)[number];

interface Desk {
  page: Page;
  workbench: Workbench;
  sample: SyncedSample;
}

const places = new Map<PlaceName, NotesPlace>();
const browsers: Browser[] = [];
const desks: Desk[] = [];

beforeAll(async () => {
  for (const name of NAMES) {
    const place = await PLACES[name](environment);
    places.set(name, place);
    for (const [variable, value] of Object.entries(place.secrets)) vi.stubEnv(variable, value); // hosts inherit them
  }
  for (const author of ['Ada', 'Bo']) {
    const [browser, sample] = await Promise.all([launchBrowser(), startOwnSyncedSample(1, SMALL_SAMPLE)]);
    browsers.push(browser);
    const { client } = sample.host;
    const { remotes } = await client.call('query.annotations.state', { environment });
    for (const { remoteId } of remotes) await client.call('command.annotations.remote.remove', { remoteId });
    await client.call('command.annotations.author', { name: author });
    const workbench = await openWorkbench({ host: sample.host, browser });
    desks.push({ page: workbench.page, workbench, sample });
  }
}, SETUP_WITHIN_MS);
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const { workbench } of desks) await workbench.close();
  for (const { sample } of desks) await sample.host.stop();
  for (const browser of browsers) await browser.close();
  for (const place of places.values()) await place.close();
});

describe.each(NAMES)('two workbenches and %s', (name) => {
  const shared = `Shared by ${name}`;
  const only = `Only of Bo, ${name}`;
  let place: NotesPlace;
  let network: FaultProxy;
  let isOnline = true;

  beforeAll(async () => {
    const found = places.get(name);
    if (found === undefined) throw new Error(`${name} was not started`);
    place = found;
    network = await startFaultProxy(place.port, () => (isOnline ? { kind: 'none' } : { kind: 'refuse' }));
    for (const { sample } of desks) {
      const remote = { name: 'Team', environment, config: place.config(network.port) };
      const { sql } = await sample.host.client.call('query.annotations.table', remote);
      expect(sql === null).toBe(name === 's3');
      await sample.host.client.call('command.annotations.remote.add', { remote, makesTable: true });
    }
  });
  afterAll(async () => {
    for (const { sample, page } of desks) {
      const { client } = sample.host;
      const { remotes } = await client.call('query.annotations.state', { environment });
      for (const { remoteId } of remotes)
        await client.call('command.annotations.remote.remove', { remoteId });
      await page.keyboard.press(']');
    }
    await network.close();
  });
  afterEach(() => {
    for (const { workbench } of desks) expect(workbench.complaints).toEqual([]);
  });
  const panel = (page: Page) => page.getByRole('complementary', { name: 'Annotations' });
  const thread = (page: Page, title: string) => panel(page).getByRole('article', { name: title });
  const sync = async (): Promise<void> => {
    for (const { sample } of desks)
      await sample.host.client.call('command.annotations.sync', { environment });
  };

  async function write(page: Page, title: string, body: string): Promise<void> {
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('a');
    const composer = panel(page).getByRole('form', { name: 'New note' });
    await composer.getByLabel('Title').fill(title);
    await composer.getByLabel(/^Note about/).fill(body);
    await page.keyboard.press('Control+Enter');
    await thread(page, title).waitFor();
  }

  async function edit(page: Page, title: string, body: string): Promise<void> {
    await thread(page, title).getByRole('button', { name: 'Edit' }).click();
    await thread(page, title).getByLabel('Text').fill(body);
    await thread(page, title).getByRole('button', { name: 'Save' }).click();
    await thread(page, title).getByText(body).waitFor();
  }

  it('write offline, meet again, see the conflict, resolve it, and hold the same', async () => {
    const [ada, bo] = desks;
    if (ada === undefined || bo === undefined) throw new Error('two desks are needed');
    await write(ada.page, shared, 'as Ada wrote it');
    await sync();
    await bo.page.keyboard.press(']');
    await thread(bo.page, shared).getByText('as Ada wrote it').waitFor();

    isOnline = false;
    network.drop();
    await edit(ada.page, shared, 'changed by Ada on a plane');
    await edit(bo.page, shared, 'changed by Bo on a train');
    await write(bo.page, only, 'written without a network');
    await sync();
    const pending = thread(bo.page, only).getByRole('button', { name: 'Pending' });
    await pending.click();
    await bo.page
      .getByRole('dialog', { name: 'Why is this pending?' })
      .getByText(/could not be sent to Team/)
      .waitFor();
    await bo.page.keyboard.press('Escape');
    await bo.page.getByRole('button', { name: /annotations? pending/ }).waitFor();
    expect(await thread(ada.page, only).count()).toBe(0);

    isOnline = true;
    await sync();
    await sync();
    for (const { page } of desks) {
      const conflict = thread(page, shared).getByRole('group', { name: 'Conflict in the text' });
      await conflict.getByText('changed by Ada on a plane').or(conflict).first().waitFor();
      const texts = (await conflict.locator('.note-version p').allTextContents()).sort();
      expect(texts).toEqual(['changed by Ada on a plane', 'changed by Bo on a train']);
      await page.getByRole('button', { name: /^\d+ conflicts?$/ }).waitFor();
    }
    await thread(ada.page, only).getByText('written without a network').waitFor();

    await thread(bo.page, shared).getByRole('button', { name: 'Keep theirs' }).click();
    await thread(bo.page, shared).getByText('changed by Ada on a plane').waitFor();
    await sync();
    await sync();
    for (const { page } of desks) {
      await thread(page, shared).getByRole('group').waitFor({ state: 'detached' });
      await thread(page, shared).getByText('Synced').waitFor();
      expect(await thread(page, shared).locator('.note-body').textContent()).toBe(
        'changed by Ada on a plane',
      );
    }
    const [ofAda, ofBo] = await Promise.all(
      desks.map(async ({ sample }) => {
        const page = await sample.host.client.call('query.annotations', { environment, limit: 500 });
        return page.annotations.map((one) => ({ ...one, isMine: null }));
      }),
    );
    expect(ofAda).toEqual(ofBo);
  });

  it('left in the source what was typed', async () => {
    const operations = (await place.stored()).map((text) => JSON.parse(text) as Operation);
    const bodies = operations.map(({ fields }) => (fields as { body?: string }).body ?? '');
    for (const text of [
      'as Ada wrote it',
      'changed by Ada on a plane',
      'changed by Bo on a train',
      'written without a network',
    ])
      expect(bodies).toContain(text);
    expect(new Set(operations.map(({ op_id: id }) => id)).size).toBe(operations.length);
    expect(new Set(operations.map(({ author }) => author))).toEqual(new Set(['Ada', 'Bo']));
  });
});
