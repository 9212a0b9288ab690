import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import type { SampleHost } from '../support/sample-host.ts';
import { startSyncedSample } from '../support/synced-sample.ts';
import { axeViolations, takePicture } from '../support/view-checks.ts';
import { openWorkbench, readTwin, type Theme, type Workbench } from '../support/workbench.ts';

// What all views share, in a real browser on the real host: palette, keys, tile menu, exports, passport, history, saved
// views, selection.

let host: SampleHost;
let browser: Browser;
let workbench: Workbench | undefined;

beforeAll(async () => {
  const [sample, launched] = await Promise.all([startSyncedSample(), launchBrowser()]);
  host = sample.host;
  browser = launched;
}, 180_000);
afterAll(async () => {
  await browser.close();
  await host.stop();
});
afterEach(async () => {
  const complaints = workbench?.complaints ?? [];
  await workbench?.close();
  workbench = undefined;
  expect(complaints).toEqual([]);
});

async function open(options: { theme?: Theme; width?: number; height?: number; query?: string } = {}) {
  workbench = await openWorkbench({ host, browser, ...options });
  await hearClipboard(workbench.page);
  return workbench;
}

const hash = (page: Page): string => new URL(page.url()).hash;

/** The page may write to the clipboard and not read it, so what it wrote is heard on the way. */
async function hearClipboard(page: Page): Promise<void> {
  await page.context().grantPermissions(['clipboard-write']);
  await page.evaluate(() => {
    const { clipboard } = navigator;
    const heard = window as unknown as { text: string; picture: Blob };
    const [writeText, write] = [clipboard.writeText.bind(clipboard), clipboard.write.bind(clipboard)];
    clipboard.writeText = async (text) => {
      await writeText(text);
      heard.text = text;
    };
    clipboard.write = async (items) => {
      await write(items);
      heard.picture = (await items[0]?.getType('image/png')) ?? new Blob();
    };
  });
}
const copied = (page: Page): Promise<string> =>
  page.evaluate(() => (window as unknown as { text: string }).text);
const notice = (page: Page) => page.locator('.notice');
const menuItem = (page: Page, name: string) => page.getByRole('menuitem', { name, exact: false });

async function typeIntoPalette(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Go to, filter or run' }).fill(text);
}

describe('the palette', () => {
  it('filters, adds to the filter, and is undone step by step, with the keyboard alone', async () => {
    const { page, settled } = await open();
    await typeIntoPalette(page, 'calm');
    expect(await page.locator('.palette-entry[data-active="true"]').textContent()).toContain('State is Calm');
    await page.keyboard.press('Enter');
    await settled();
    expect(hash(page)).toBe('#/practices?state=calm');

    await typeIntoPalette(page, 'state tense');
    await page.keyboard.press('Tab');
    expect(hash(page)).toBe('#/practices?state=calm&state=tense');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.palette[open]').count()).toBe(0);

    await page.keyboard.press('Control+z');
    await expect.poll(() => hash(page)).toBe('#/practices?state=calm');
    expect(await notice(page).textContent()).toBe('Undone: State Calm or Tense');
    await page.keyboard.press('Control+z');
    await expect.poll(() => hash(page)).toBe('#/practices');
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(() => hash(page)).toBe('#/practices?state=calm');
    expect(await notice(page).textContent()).toBe('Done again: State Calm');
    await page.keyboard.press('f');
    await page.keyboard.press('x');
    await expect.poll(() => hash(page)).toBe('#/practices');
    await settled();
  });

  it('goes to views, sets dates as typed and the theme', async () => {
    const { page, settled } = await open();
    await typeIntoPalette(page, 'funn');
    await page.keyboard.press('Enter');
    await settled();
    expect(hash(page)).toBe('#/funnels');
    await typeIntoPalette(page, '2026-10-01 to 2026-10-20');
    await page.keyboard.press('Enter');
    await settled();
    expect(hash(page)).toBe('#/funnels?from=2026-10-01&to=2026-10-20');
    await typeIntoPalette(page, 'theme dark');
    await page.keyboard.press('Enter');
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe('INPUT');
  });

  it.each<Theme>(['light', 'dark'])(
    'is accessible in the %s theme, as are keys and saved views',
    async (theme) => {
      const { page } = await open({ theme });
      await typeIntoPalette(page, 'rest');
      await takePicture(page, `palette-${theme}`);
      expect(await axeViolations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.locator('.palette[open]').count()).toBe(0);
      await page.keyboard.press('?');
      await page.locator('.key-list[open]').waitFor();
      await takePicture(page, `keys-${theme}`);
      expect(await axeViolations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.locator('.key-list[open]').count()).toBe(0);
      await page.keyboard.press('v');
      await page.getByRole('dialog', { name: 'Saved views' }).waitFor();
      expect(await axeViolations(page)).toEqual([]);
    },
  );
});

describe('the menu of a tile', () => {
  it('copies what the tile says as CSV, with filters, zone, watermark and finding, small groups left out', async () => {
    const { page } = await open({ query: '?locale=sv' });
    const finding = await page.locator('.page-finding').textContent();
    await page.locator('[data-tile="states-by-practice"]').focus();
    await page.keyboard.press('.');
    await menuItem(page, 'Copy as CSV').click();
    await expect
      .poll(() => notice(page).textContent())
      .toMatch(/^CSV copied; small groups left out of \d+ rows?$/);
    const text = await copied(page);
    const lines = text.split('\r\n');
    expect(text).toContain(finding?.slice(0, 20));
    expect(text).toContain('# Filters: Locale sv');
    expect(text).toContain('# Zone: Europe/Oslo');
    expect(text).toMatch(/# Complete to: .*2026|# Complete to: \d/);
    expect(text).toMatch(/# Address: .*locale=sv/);
    expect(lines).toContain('group,state,period,bucket,reactions,of,share,note');
    const masked = lines.filter((line) => line.includes(',fewer than 10'));
    expect(await notice(page).textContent()).toContain(`${masked.length} row`);
    for (const line of masked) expect(line).toMatch(/fewer than 10,+($|small sample|still filling)/);
  });

  it('copies the capture rate that the table shows', async () => {
    const { page } = await open();
    await page.locator('[data-tile="capture-rate"]').focus();
    await page.keyboard.press('Control+e');
    await menuItem(page, 'Copy as CSV').click();
    await expect.poll(() => notice(page).textContent()).toBe('CSV copied');
    const rows = (await copied(page))
      .split('\r\n')
      .filter((line) => line.startsWith('rate,all,current,2026'))
      .map((line) => line.split(','));
    const shown = await readTwin(page, 'capture-rate');
    expect(rows.length).toBe(shown.length);
    expect(rows.map(([, , , , rate]) => `${(Number(rate) * 100).toFixed(1)}%`)).toEqual(
      shown.map(({ rate }) => rate),
    );
  });

  it('saves an SVG and copies a picture that stand alone', async () => {
    const { page } = await open({ theme: 'dark' });
    await page.locator('[data-tile="capture-rate"]').focus();
    await page.keyboard.press('.');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      menuItem(page, 'Save as SVG').click(),
    ]);
    expect(download.suggestedFilename()).toBe('capture-rate.svg');
    const svg = await streamText(await download.createReadStream());
    expect(svg).toContain('Complete to:');
    expect(svg).toContain('Europe/Oslo');
    expect(svg).not.toContain('var(--');
    expect(svg).not.toContain('class=');
    expect(svg).toContain('rgb(25, 27, 30)'); // the ink of the light theme
    await page.locator('[data-tile="capture-rate"]').focus();
    await page.keyboard.press('.');
    await menuItem(page, 'Copy as picture').click();
    await expect.poll(() => notice(page).textContent()).toBe('Picture copied');
    const size = await page.evaluate(async () => {
      const bitmap = await createImageBitmap((window as unknown as { picture: Blob }).picture);
      return { width: bitmap.width, height: bitmap.height };
    });
    expect(size.width).toBeGreaterThan(1_200);
    expect(size.height).toBeGreaterThan(600);
  });

  it('copies the question and the address, and asks the question in Explore', async () => {
    const { page, settled } = await open();
    await page.locator('[data-tile="capture-rate"]').focus();
    await page.keyboard.press('.');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await expect.poll(() => notice(page).textContent()).toBe('QuerySpec copied');
    const [question] = [JSON.parse(await copied(page)) as object].flat(); // behind it what the expected range rests on
    expect(question).toMatchObject({ kind: 'trend', environment: 'sample' });
    await page.keyboard.press('.');
    await menuItem(page, 'Copy address').click();
    await expect.poll(() => notice(page).textContent()).toBe('Address copied');
    expect(await copied(page)).toBe(page.url());
    await page.locator('[data-tile="capture-rate"]').focus();
    await page.keyboard.press('e');
    await expect.poll(() => hash(page)).toMatch(/^#\/explore\?.*spec=/);
    expect(decodeURIComponent(hash(page))).toContain('"measure":"capture_rate"');
    await settled();
  });
});

describe('the passport of a number', () => {
  it('opens from a key figure, recounts to the same, and gives the focus back', async () => {
    const { page } = await open();
    const figure = page.locator('[data-figure="capture"] .number-button');
    const value = await figure.textContent();
    await figure.press('Enter');
    const passport = page.getByRole('dialog', { name: 'Passport of Capture rate' });
    expect(await passport.locator('.passport-lead strong').textContent()).toBe(value);
    for (const name of ['Zone', 'Taxonomy', 'Complete to', 'Rows read', 'Segments', 'Store'])
      expect(await passport.locator('dt', { hasText: name }).count()).toBeGreaterThan(0);
    await passport.getByRole('button', { name: 'Recount now' }).first().click();
    await expect
      .poll(() => passport.locator('.passport-recount [role=status]').first().textContent())
      .toMatch(/^Equal: \d+ numbers counted anew from [\d,]+ rows in /);
    await takePicture(page, 'passport-light');
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => passport.count()).toBe(0);
    expect(await figure.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('opens from any number of a table by keyboard', async () => {
    const { page } = await open();
    const tile = page.locator('[data-tile="capture-rate"]');
    await tile.focus();
    await page.keyboard.press('t');
    await tile.locator('.data-table').waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    const cell = tile.locator('[data-current]');
    const value = await cell.textContent();
    await page.keyboard.press('Enter');
    const passport = page.getByRole('dialog', { name: 'Passport of Capture rate' });
    expect(await passport.locator('.passport-lead strong').textContent()).toBe(value);
    expect(await passport.locator('.passport-lead p').textContent()).toMatch(
      /^Capture rate, 95% interval, 2026-/,
    );
    await page.keyboard.press('Escape');
  });
});

describe('saved views', () => {
  it('keep an address under a name, for other windows too', async () => {
    const { page, settled } = await open({ query: '?locale=sv&range=90d' });
    await page.keyboard.press('v');
    await page.getByLabel('Name of this view').fill('Swedish quarter');
    await page.keyboard.press('Enter');
    await expect.poll(() => notice(page).textContent()).toBe('Saved as Swedish quarter');
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await settled();
    await typeIntoPalette(page, 'swedish');
    await page.keyboard.press('Enter');
    await settled();
    expect(hash(page)).toBe('#/practices?range=90d&locale=sv');

    const other = await openWorkbench({ host, browser });
    await typeIntoPalette(other.page, 'remove saved swedish');
    await other.page.keyboard.press('Enter');
    await expect.poll(() => notice(other.page).textContent()).toBe('Removed Swedish quarter');
    await other.close();
    await page.keyboard.press('v');
    await expect
      .poll(() => page.getByRole('dialog', { name: 'Saved views' }).textContent())
      .toContain('Nothing is saved yet');
  });
});

async function streamText(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
}
