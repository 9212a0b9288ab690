import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { ENVIRONMENT_NAME, type NotesPlace, startS3Place } from '../support/notes/notes-places.ts';
import { SMALL_SAMPLE } from '../support/sample-host.ts';
import { type SyncedSample, startSyncedSample } from '../support/synced-sample.ts';
import { openWorkbench, type Workbench } from '../support/workbench.ts';
import type { Operation } from '../../shared/annotations/operation.ts';

// Two workbenches on two data folders, two browsers, one real server between them, and a network that comes and goes.

const environment = ENVIRONMENT_NAME;
const PLACES = { s3: startS3Place } as const;

let browsers: Browser[];
let samples: SyncedSample[];

interface Desk {
  page: Page;
  workbench: Workbench;
  sample: SyncedSample;
}

describe.each(Object.entries(PLACES))('two workbenches and %s', (_kind, start) => {
  let place: NotesPlace;
  let network: FaultProxy;
  let isOnline = true;
  const desks: Desk[] = [];

  beforeAll(async () => {
    place = await start(environment);
    for (const [name, value] of Object.entries(place.secrets)) vi.stubEnv(name, value);
    network = await startFaultProxy(place.port, () => (isOnline ? { kind: 'none' } : { kind: 'refuse' }));
    browsers = await Promise.all([launchBrowser(), launchBrowser()]);
    samples = [await startSyncedSample(1, SMALL_SAMPLE), await startSyncedSample(1, SMALL_SAMPLE)];
    for (const [index, sample] of samples.entries()) {
      const { client } = sample.host;
      const { remotes } = await client.call('query.annotations.state', { environment });
      for (const { remoteId } of remotes)
        await client.call('command.annotations.remote.remove', { remoteId });
      await client.call('command.annotations.author', { name: ['Ada', 'Bo'][index] ?? '' });
      const remote = { name: 'Team', environment, config: place.config(network.port) };
      await client.call('command.annotations.remote.add', { remote, makesTable: true });
      const browser = browsers[index];
      if (browser === undefined) throw new Error('a browser is missing');
      const workbench = await openWorkbench({ host: sample.host, browser });
      desks.push({ page: workbench.page, workbench, sample });
    }
  });
  afterEach(() => {
    for (const { workbench } of desks) expect(workbench.complaints).toEqual([]);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    for (const { workbench } of desks) await workbench.close();
    for (const sample of samples) await sample.host.stop();
    for (const browser of browsers) await browser.close();
    await network.close();
    await place.close();
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
    await write(ada.page, 'Shared', 'as Ada wrote it');
    await sync();
    await bo.page.keyboard.press(']');
    await thread(bo.page, 'Shared').getByText('as Ada wrote it').waitFor();

    isOnline = false;
    network.drop();
    await edit(ada.page, 'Shared', 'changed by Ada on a plane');
    await edit(bo.page, 'Shared', 'changed by Bo on a train');
    await write(bo.page, 'Only of Bo', 'written without a network');
    await sync();
    const pending = thread(bo.page, 'Only of Bo').getByRole('button', { name: 'Pending' });
    await pending.click();
    await bo.page
      .getByRole('dialog', { name: 'Why is this pending?' })
      .getByText(/could not be sent to Team/)
      .waitFor();
    await bo.page.keyboard.press('Escape');
    await bo.page.getByRole('button', { name: /annotations? pending/ }).waitFor();
    expect(await thread(ada.page, 'Only of Bo').count()).toBe(0);

    isOnline = true;
    await sync();
    await sync();
    for (const { page } of desks) {
      const conflict = thread(page, 'Shared').getByRole('group', { name: 'Conflict in the text' });
      await conflict.getByText('changed by Ada on a plane').or(conflict).first().waitFor();
      const texts = (await conflict.locator('.note-version p').allTextContents()).sort();
      expect(texts).toEqual(['changed by Ada on a plane', 'changed by Bo on a train']);
      await page.getByRole('button', { name: /^\d+ conflicts?$/ }).waitFor();
    }
    await thread(ada.page, 'Only of Bo').getByText('written without a network').waitFor();

    await thread(bo.page, 'Shared').getByRole('button', { name: 'Keep theirs' }).click();
    await thread(bo.page, 'Shared').getByText('changed by Ada on a plane').waitFor();
    await sync();
    await sync();
    for (const { page } of desks) {
      await thread(page, 'Shared').getByRole('group').waitFor({ state: 'detached' });
      await thread(page, 'Shared').getByText('Synced').waitFor();
      expect(await thread(page, 'Shared').locator('.note-body').textContent()).toBe(
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
