import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RetentionSource } from '../../shared/rpc/contract/privacy.ts';
import { launchBrowser } from '../support/browser.ts';
import { SMALL_SAMPLE, WHOLE_SAMPLE } from '../support/sample-host.ts';
import { type SyncedSample, startSyncedSample } from '../support/synced-sample.ts';
import { axeViolations, misplacedParts, takePicture, takesPictures } from '../support/view-checks.ts';
import { numberIn, openWorkbench, type Theme, type Workbench } from '../support/workbench.ts';

// Storage and schemas in the settings: what the screen says goes is what the store says, and what then went.

let sample: SyncedSample;
let browser: Browser;
let workbench: Workbench | undefined;

beforeAll(async () => {
  const size = takesPictures ? WHOLE_SAMPLE : SMALL_SAMPLE;
  [sample, browser] = await Promise.all([startSyncedSample(1, size), launchBrowser()]);
}, 180_000);
afterAll(async () => {
  await browser.close();
  await sample.host.stop();
});
afterEach(async () => {
  const complaints = workbench?.complaints ?? [];
  await workbench?.close();
  workbench = undefined;
  expect(complaints).toEqual([]);
});

async function open(options: { theme?: Theme; width?: number; height?: number } = {}): Promise<Page> {
  workbench = await openWorkbench({
    host: sample.host,
    browser,
    view: 'settings',
    query: '?part=retention',
    ...options,
  });
  return workbench.page;
}

const SOURCE = 'Sessions';
const draftOf = (hotDays: number) => ({ sourceName: SOURCE, hotDays, aggregateDays: 730 });

async function sourceIn(drafts: ReturnType<typeof draftOf>[] = []): Promise<RetentionSource> {
  const { sources } = await sample.host.client.call('query.retention', { drafts });
  return sources.find(({ sourceName }) => sourceName === SOURCE)!;
}

const rowOf = (page: Page) => page.locator(`tr[data-source="${SOURCE}"]`);
const shownRows = async (page: Page) =>
  numberIn((await rowOf(page).locator('[data-key="rows"]').textContent()) ?? '');

describe('retention', () => {
  it('previews exactly what settings would take before they are saved, by keyboard', async () => {
    const page = await open();
    const { next } = await sourceIn();
    expect(await shownRows(page)).toBe(next.rows);
    const days = page.getByLabel(`Days that ${SOURCE} keeps rows`);
    await days.focus();
    await days.fill('14');
    await page.keyboard.press('Enter');
    const change = page.getByRole('group', { name: `Unsaved settings of ${SOURCE}` });
    await change.waitFor();
    const drafted = await sourceIn([draftOf(14)]);
    expect(drafted.next.rows).toBeGreaterThan(100);
    await expect.poll(() => shownRows(page)).toBe(drafted.next.rows);
    await expect.poll(() => change.textContent()).toContain(`With purging on`);
    expect((await sourceIn()).hotDays).toBe(90); // nothing is saved yet
    await change.getByRole('button', { name: 'Discard' }).press('Enter');
    await change.waitFor({ state: 'detached' });
    await expect.poll(() => shownRows(page)).toBe(next.rows);
  });

  it('purges after a confirmation what it named, and says what went', async () => {
    const page = await open();
    expect(await page.getByRole('button', { name: 'Purge now' }).isDisabled()).toBe(true);
    const days = page.getByLabel(`Days that ${SOURCE} keeps rows`);
    await days.fill('14');
    await days.press('Enter');
    await page.getByLabel(`Purge ${SOURCE}`).press('Space');
    const { next } = await sourceIn([draftOf(14)]);
    await page.getByRole('button', { name: 'Switch purging on' }).click();
    await page
      .locator('.page-finding')
      .getByText(`The next purge takes ${next.rows.toLocaleString('en-GB')} rows.`)
      .waitFor();
    expect(await sourceIn()).toMatchObject({ hotDays: 14, purges: true, next });

    await page.getByRole('button', { name: 'Purge now' }).click();
    await page.getByRole('button', { name: 'Keep them' }).click();
    expect((await sourceIn()).next).toEqual(next);
    await page.getByRole('button', { name: 'Purge now' }).click();
    const confirm = page.getByRole('alertdialog', { name: 'Purge now' });
    expect(await confirm.textContent()).toContain(`of “${SOURCE}”`);
    await page.keyboard.press('Enter'); // the button that purges has the focus
    await page.locator('.retention-outcome:not([hidden])').waitFor({ timeout: 30_000 });
    expect(await page.locator('.retention-outcome').textContent()).toContain(
      `Of ${next.days} days ${next.rowsToAggregates.toLocaleString('en-GB')} rows became aggregates and 0 are gone`,
    );
    const after = await sourceIn();
    expect(after).toMatchObject({
      next: { rows: 0 },
      purged: {
        days: next.days,
        firstDay: next.firstDay,
        lastDay: next.lastDay,
        rowsToAggregates: next.rows,
        rowsRemoved: 0,
      },
    });
    await page.getByText('The next purge takes nothing.').waitFor();
    expect(await rowOf(page).textContent()).toContain(`${next.rows.toLocaleString('en-GB')} rows went of`);
  }, 60_000);
});

describe('schemas', () => {
  const AVRO = {
    type: 'record',
    name: 'session_completed',
    fields: [{ name: 'mood', type: 'string' }],
  };

  it('are pasted or taken from a file, listed with what breaks them, and removed', async () => {
    const page = await open();
    const form = page.getByRole('form', { name: 'Import a schema' });
    const text = form.getByLabel('Avro record or JSON Schema');
    await text.fill('{');
    await form.getByRole('button', { name: 'Import' }).click();
    await form.getByText('The text is not valid JSON.').waitFor();
    await text.fill('{"title": "page_view"}');
    await form.getByRole('button', { name: 'Import' }).click();
    await form.getByText(/expected an Avro record or a JSON Schema/).waitFor();
    await form.locator('input[type="file"]').setInputFiles({
      name: 'session.avsc',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(AVRO)),
    });
    await expect.poll(() => text.inputValue()).toContain('mood');
    await form.getByRole('button', { name: 'Import' }).click();
    const row = page.locator('tr[data-expectation="session_completed"]');
    await row.waitFor();
    expect(await row.locator('[data-key="violations"]').textContent()).toBe('0');
    const { expectations } = await sample.host.client.call('query.expectations', {});
    expect(expectations).toMatchObject([{ eventType: 'session_completed', origin: 'avro', fields: 1 }]);
    await page.getByRole('button', { name: /Remove the schema of session_completed/ }).press('Enter');
    await row.waitFor({ state: 'detached' });
    expect((await sample.host.client.call('query.expectations', {})).expectations).toEqual([]);
  });
});

describe('a user who asks to be forgotten', () => {
  it('leaves a list of what left with that user in it, opened by keyboard', async () => {
    const practices = await openWorkbench({ host: sample.host, browser });
    await practices.page.locator('[data-tile="capture-rate"]').focus();
    await practices.page.keyboard.press('.');
    await Promise.all([
      practices.page.waitForEvent('download'),
      practices.page.getByRole('menuitem', { name: 'Save as SVG' }).click(),
    ]);
    await practices.close();
    const users = { environment: 'sample', property: 'user_id', search: '', limit: 1 };
    const { values } = await sample.host.client.call('query.values', users);
    const request = await sample.host.client.call('command.privacy.delete', {
      userId: values[0]?.value ?? '',
      requestId: 'ticket 9',
    });
    expect(request.receipt?.exports).toMatchObject([{ form: 'svg', environment: 'sample' }]);

    workbench = await openWorkbench({ host: sample.host, browser, view: 'freshness' });
    const { page } = workbench;
    await page.getByRole('button', { name: '1 export to recall for ticket 9' }).press('Enter');
    const list = page.getByRole('list', { name: 'Exports that may need recall' });
    expect(await list.textContent()).toMatch(/^Capture rate, .*SVG of .*, sample, made /);
    expect(await axeViolations(page)).toEqual([]);
    expect(await misplacedParts(page)).toEqual([]);
  }, 60_000);
});

describe('Storage and schemas', () => {
  it('passes axe in both themes and keeps its parts in place at every size', async () => {
    await sample.host.client.call('command.expectation.import', {
      environment: 'sample',
      schema: { title: 'page_view', properties: { page_path: { type: 'string' } } },
    });
    const prepare = async (page: Page) => {
      const days = page.getByLabel('Days that App events keeps rows');
      await days.fill('10');
      await days.press('Enter');
      await page.getByText(/With purging on/).waitFor();
      await workbench?.settled();
    };
    for (const theme of ['light', 'dark'] as const) {
      const page = await open({ theme });
      await prepare(page);
      expect(await axeViolations(page)).toEqual([]);
      expect(await misplacedParts(page)).toEqual([]);
      await takePicture(page, `settings-retention-${theme}`);
      await workbench?.close();
    }
    for (const [width, height] of [
      [1100, 720],
      [1000, 640],
    ] as const) {
      const page = await open({ width, height });
      await prepare(page);
      expect(await misplacedParts(page)).toEqual([]);
      if (width === 1100) await takePicture(page, 'settings-retention-1100x720');
      await workbench?.close();
    }
  }, 90_000);
});
