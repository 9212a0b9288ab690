import { text as streamText } from 'node:stream/consumers';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { SMALL_SAMPLE } from '../support/sample-host.ts';
import { type SyncedSample, startSyncedSample } from '../support/synced-sample.ts';
import { takePicture, takesPictures } from '../support/view-checks.ts';
import { openWorkbench, type Workbench } from '../support/workbench.ts';

// Notes in what leaves: CSV, SVG, pictures and paper, under the numbers that they have on screen.

let sample: SyncedSample;
let browser: Browser;
let workbench: Workbench;
const environment = 'sample';

beforeAll(async () => {
  [sample, browser] = await Promise.all([startSyncedSample(1, SMALL_SAMPLE), launchBrowser()]);
}, 180_000);
afterAll(async () => {
  await browser.close();
  await sample.host.stop();
});
afterEach(async () => {
  expect(workbench.complaints).toEqual([]);
  await workbench.close();
});

async function open(query = ''): Promise<Page> {
  workbench = await openWorkbench({
    host: sample.host,
    browser,
    query,
    prepare: async (page) => {
      await page.addInitScript(() => {
        const written = globalThis as unknown as { copied: string };
        navigator.clipboard.writeText = (text) => {
          written.copied = text;
          return Promise.resolve();
        };
      });
    },
  });
  await workbench.settled();
  return workbench.page;
}

const notice = (page: Page) => page.locator('.notice');

async function run(page: Page, tile: string, action: string): Promise<void> {
  await page.locator(`[data-tile="${tile}"]`).focus();
  await page.keyboard.press('.');
  await page.getByRole(action.includes('Notes') ? 'menuitemcheckbox' : 'menuitem', { name: action }).click();
}

async function csvOf(page: Page, tile: string): Promise<string> {
  await page.evaluate(() => {
    (globalThis as unknown as { copied: string }).copied = '';
  });
  await run(page, tile, 'Copy as CSV');
  const read = () => page.evaluate(() => (globalThis as unknown as { copied: string }).copied);
  await expect.poll(read).not.toBe('');
  return read();
}

async function svgOf(page: Page, tile: string): Promise<string> {
  await page.locator(`[data-tile="${tile}"]`).focus();
  await page.keyboard.press('.');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Save as SVG' }).click(),
  ]);
  return streamText(await download.createReadStream());
}

async function takePictureOf(svg: string, name: string): Promise<void> {
  if (!takesPictures) return;
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.setContent(svg);
  await page
    .locator('svg')
    .first()
    .screenshot({ path: `test/screenshots/${name}.png` });
  await page.close();
}

async function pinsOn(page: Page, tile: string): Promise<string[]> {
  const pins = page.locator(`[data-tile="${tile}"] .pin`);
  await pins.first().waitFor();
  return (await pins.allTextContents()).toSorted((a, b) => Number(a) - Number(b));
}

const footnotesIn = (csv: string): string[] =>
  csv.split('\r\n').filter((line) => /^"?# Note \d+:/.test(line));

describe('notes leave with a tile', () => {
  it('as CSV: a column with the numbers of the screen, and their words above', async () => {
    const page = await open();
    const numbers = await pinsOn(page, 'capture-rate');
    const csv = await csvOf(page, 'capture-rate');
    expect(footnotesIn(csv).map((line) => /Note (\d+):/.exec(line)?.[1])).toEqual(numbers);
    const { annotations } = await sample.host.client.call('query.annotations', { environment });
    for (const number of numbers) {
      const title = annotations.find(
        (one) => String(one.number) === number && one.target?.view === 'practices',
      )?.title.text;
      expect(csv).toContain(`# Note ${number}: ${title ?? '?'}`);
    }
    const cells = csv
      .split('\r\n')
      .filter((line) => line.startsWith('rate,all,current,'))
      .map((line) => line.split(',').at(-1) ?? '');
    expect([...new Set(cells.flatMap((cell) => cell.split(' ')).filter(Boolean))].sort()).toEqual(numbers);
  });

  it('as SVG: pins where they are on screen, and words below; neither where they are switched off', async () => {
    const page = await open();
    const numbers = await pinsOn(page, 'capture-rate');
    const title = await page.locator('[data-tile="capture-rate"] .note-title').first().textContent();
    const svg = await svgOf(page, 'capture-rate');
    for (const number of numbers) expect(svg.split(`>${number}</text>`).length - 1).toBeGreaterThanOrEqual(2);
    expect(svg).toContain(title ?? '?');
    expect(svg).toContain('#83307a');
    await takePictureOf(svg, 'notes-export');
    await run(page, 'capture-rate', 'Notes in exports');
    await expect.poll(() => notice(page).textContent()).toContain('stay out');
    const bare = await svgOf(page, 'capture-rate');
    expect(bare).not.toContain('#83307a');
    expect(bare).not.toContain('rgb(131, 48, 122)');
    expect(bare).not.toContain(title ?? '?');
    expect(footnotesIn(await csvOf(page, 'capture-rate'))).toEqual([]);
    await run(page, 'capture-rate', 'Notes in exports');
    await expect.poll(() => notice(page).textContent()).toContain('go along');
  });

  it('without their words where the row is masked', async () => {
    const page = await open('?locale=sv');
    const csv = await csvOf(page, 'states-by-practice');
    const masked = csv.split('\r\n').find((line) => /^[^,#]+,current,[^,]*,fewer than 10/.test(line));
    const id = masked?.split(',')[0];
    if (id === undefined) throw new Error(`no masked practice in\n${csv}`);
    await sample.host.client.call('command.annotation.create', {
      environment,
      target: {
        view: 'practices',
        metric: 'capture_rate',
        filters: [],
        breakdown: null,
        tile: 'states-by-practice',
      },
      anchor: { kind: 'practice', id },
      title: 'Hushed title',
      body: 'Hushed words about very few.',
      isConfirmed: true,
    });
    const pin = page.locator('[data-tile="states-by-practice"] .mark-pins .pin');
    await pin.first().waitFor();
    const number = (await pin.first().textContent()) ?? '';
    for (const text of [await csvOf(page, 'states-by-practice'), await svgOf(page, 'states-by-practice')]) {
      expect(text).not.toContain('Hushed');
      expect(text).toContain('left out, it is about');
      expect(text).toContain(number);
    }
  });

  it('on paper: listed below the sheet by number, unless they are switched off', async () => {
    const page = await open();
    const numbers = await pinsOn(page, 'capture-rate');
    await page.keyboard.press(']');
    await page.locator('.printed-notes').waitFor({ state: 'attached' });
    await page.emulateMedia({ media: 'print' });
    const printed = page.locator('.printed-notes');
    expect(await printed.isVisible()).toBe(true);
    expect(await page.locator('.notes-panel').isVisible()).toBe(false);
    const listed = await printed.locator('.pin').allTextContents();
    for (const number of numbers) expect(listed).toContain(number);
    await page.pdf({ path: 'test/output/notes.pdf', printBackground: true });
    await takePicture(page, 'notes-print', { fullPage: true });
    await page.emulateMedia({ media: null });
    await run(page, 'capture-rate', 'Notes in exports');
    await page.emulateMedia({ media: 'print' });
    await expect.poll(() => page.locator('.printed-notes').count()).toBe(0);
    expect(await page.locator('[data-tile="capture-rate"] .pin').first().isVisible()).toBe(false);
  });
});
