import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../../shared/annotations/operation.ts';
import { launchBrowser } from '../support/browser.ts';
import { ENVIRONMENT_NAME, type NotesPlace, startS3Place } from '../support/notes/notes-places.ts';
import { startClickHousePlace, startPostgresPlace } from '../support/notes/table-places.ts';
import { SMALL_SAMPLE } from '../support/sample-host.ts';
import { type SyncedSample, startSyncedSample } from '../support/synced-sample.ts';
import { axeViolations, takePicture } from '../support/view-checks.ts';
import { openWorkbench, type Workbench } from '../support/workbench.ts';

// Where notes go, chosen on the screen against real servers: describe, store the secret, look, make the table, use, edit,
// remove.

const environment = ENVIRONMENT_NAME;
const PLACES = { s3: startS3Place, postgres: startPostgresPlace, clickhouse: startClickHousePlace } as const;

let sample: SyncedSample;
let browser: Browser;
let workbench: Workbench;

beforeAll(async () => {
  [sample, browser] = await Promise.all([startSyncedSample(1, SMALL_SAMPLE), launchBrowser()]);
  await sample.host.client.call('command.annotations.author', { name: 'Ada' });
}, 180_000);
afterAll(async () => {
  await browser.close();
  await sample.host.stop();
});
afterEach(async () => {
  expect(workbench.complaints).toEqual([]);
  await workbench.close();
});

const panel = (page: Page) => page.getByRole('complementary', { name: 'Annotations' });
const form = (page: Page) => panel(page).getByRole('form', { name: 'Place for notes' });
const row = (page: Page, name: string) => panel(page).getByRole('listitem', { name });

async function openPlaces(options: Partial<Parameters<typeof openWorkbench>[0]> = {}): Promise<Page> {
  workbench = await openWorkbench({ host: sample.host, browser, ...options });
  const { page } = workbench;
  await page.keyboard.press(']');
  await panel(page).getByRole('button', { name: 'Where notes go' }).click();
  return page;
}

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, text] of Object.entries(fields))
    await form(page).getByLabel(label, { exact: true }).fill(text);
}

async function writeNote(page: Page, title: string): Promise<void> {
  await panel(page).getByRole('button', { name: 'Back' }).click();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('a');
  const composer = panel(page).getByRole('form', { name: 'New note' });
  await composer.getByLabel('Title').fill(title);
  await composer.getByLabel(/^Note about/).fill('Sent to where it was chosen.');
  await page.keyboard.press('Control+Enter');
  await panel(page).getByRole('article', { name: title }).waitFor();
  await panel(page).getByRole('button', { name: 'Where notes go' }).click();
}

async function removePlace(page: Page, name: string): Promise<void> {
  await panel(page)
    .getByRole('button', { name: `Edit ${name}` })
    .click();
  await form(page).getByRole('button', { name: 'Remove' }).click();
  await form(page).getByRole('button', { name: 'Remove the place' }).click();
  await panel(page).getByRole('button', { name: 'Add a place' }).waitFor();
  await row(page, name).waitFor({ state: 'detached' });
}

async function describeS3(page: Page, place: NotesPlace): Promise<void> {
  const config = place.config();
  if (config.kind !== 's3') throw new Error('no bucket');
  await form(page).getByLabel('Kind').selectOption('s3');
  await fill(page, {
    Name: 'Team',
    Bucket: config.bucket,
    'Before annotations/': config.prefix ?? '',
    Endpoint: config.endpoint ?? '',
  });
  await form(page).getByLabel('Bucket in the path').check();
  await form(page).getByLabel('Credentials to write').selectOption('keys');
}

async function describeDatabase(page: Page, place: NotesPlace): Promise<void> {
  const config = place.config();
  if (config.kind !== 'postgres' && config.kind !== 'clickhouse') throw new Error('no database');
  await form(page).getByLabel('Kind').selectOption(config.kind);
  await fill(page, {
    Name: 'Team',
    Host: config.host,
    Port: String(place.port),
    Database: config.database,
    'User who may insert': config.user,
  });
  await form(page).getByLabel('Encryption').selectOption('off');
}

describe('a folder', () => {
  it('is added, takes notes, is renamed and removed, by keyboard where one wants', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-place-'));
    try {
      const page = await openPlaces();
      await row(page, 'Sample notes').waitFor();
      await panel(page).getByRole('button', { name: 'Add a place' }).press('Enter');
      await fill(page, { Name: 'Disk', Folder: path.join(folder, 'gone') });
      await form(page).getByRole('button', { name: 'Test' }).click();
      await form(page)
        .getByText(/is not there; is its disk connected/)
        .waitFor();
      await fill(page, { Folder: folder });
      await form(page).getByText('Changed since it was tested.').waitFor();
      await form(page).getByRole('button', { name: 'Test' }).click();
      await form(page)
        .getByText(/It answers\. Nobody wrote there yet\. Notes may be written\./)
        .waitFor();
      await page.keyboard.press('Tab');
      await form(page).getByRole('button', { name: 'Save and sync' }).press('Enter');
      await row(page, 'Disk').waitFor();
      await writeNote(page, 'Onto the disk');
      await row(page, 'Disk').getByRole('button', { name: 'Sync Disk now' }).click();
      await row(page, 'Disk').getByText('Synced', { exact: true }).waitFor();
      expect(readdirSync(path.join(folder, 'annotations', environment, 'ops'))).toHaveLength(1);
      await panel(page).getByRole('button', { name: 'Edit Disk' }).click();
      await fill(page, { Name: 'Same disk' });
      await form(page).getByRole('button', { name: 'Save and sync' }).click();
      await row(page, 'Same disk').getByText('Synced', { exact: true }).waitFor();
      await removePlace(page, 'Same disk');
      await page.keyboard.press('Escape');
      await panel(page).getByRole('heading', { name: 'Annotations' }).waitFor();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe.each(['s3', 'postgres', 'clickhouse'] as const)('%s', (kind) => {
  let place: NotesPlace;
  beforeAll(async () => {
    place = await PLACES[kind](environment);
  }, 180_000);
  afterAll(() => place.close());

  it('is described, looked into, gets its table where it needs one, and then notes', async () => {
    const page = await openPlaces();
    await panel(page).getByRole('button', { name: 'Add a place' }).click();
    await (kind === 's3' ? describeS3(page, place) : describeDatabase(page, place));
    const [secret = ''] = Object.values(place.secrets);
    await form(page)
      .getByLabel(kind === 's3' ? 'Access key' : 'Password')
      .fill(secret);
    await form(page).getByRole('button', { name: 'Store' }).click();
    await form(page).getByText('The secret “notes-team” is set').waitFor();
    expect(await form(page).textContent()).not.toContain(secret);
    await form(page).getByRole('button', { name: 'Test' }).click();
    if (kind === 's3') {
      await form(page)
        .getByText(/It answers\. Nobody wrote there yet\./)
        .waitFor();
    } else {
      await form(page)
        .getByText(/There is no table "annotation_ops" yet/)
        .waitFor();
      const sql = await form(page).locator('pre').textContent();
      expect(sql).toMatch(/^CREATE TABLE IF NOT EXISTS .*annotation_ops/);
      await expect(place.stored()).rejects.toThrow();
      await form(page).getByLabel('Run it when this place is saved').check();
    }
    await form(page).getByRole('button', { name: 'Save and sync' }).click();
    await row(page, 'Team').waitFor();
    await writeNote(page, `For ${kind}`);
    await row(page, 'Team').getByRole('button', { name: 'Sync Team now' }).click();
    await row(page, 'Team').getByText('Synced', { exact: true }).waitFor();
    const stored = (await place.stored()).map((text) => JSON.parse(text) as Operation);
    expect(stored.map(({ fields }) => (fields as { title?: string }).title)).toContain(`For ${kind}`);
    await panel(page).getByRole('button', { name: 'Edit Team' }).click();
    await form(page).getByRole('button', { name: 'Test' }).click();
    await form(page)
      .getByText(/It answers\. \d+ changes? of notes there\./)
      .waitFor();
    await panel(page).getByRole('button', { name: 'Back' }).click();
    await removePlace(page, 'Team');
  });
});

const SIZES = [
  ['light', 1440, 900],
  ['dark', 1100, 720],
  ['dark', 1440, 900],
  ['light', 1100, 720],
] as const;

describe('the page', () => {
  it.each(process.env['TIDEMARK_DEEP'] === '1' ? SIZES : SIZES.slice(0, 2))(
    'is free of violations in the %s theme, %i × %i',
    async (theme, width, height) => {
      const page = await openPlaces({ theme, width, height });
      await row(page, 'Sample notes').waitFor();
      await takePicture(page, `note-places-${width}-${theme}`);
      expect(await axeViolations(page)).toEqual([]);
      await panel(page).getByRole('button', { name: 'Add a place' }).click();
      await form(page).getByLabel('Kind').selectOption('postgres');
      await fill(page, {
        Name: 'Team',
        Host: 'db.example',
        Database: 'events',
        'User who may insert': 'notes',
      });
      await form(page).locator('pre').waitFor();
      await takePicture(page, `note-place-form-${width}-${theme}`);
      expect(await axeViolations(page)).toEqual([]);
    },
  );
});
