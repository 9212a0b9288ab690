import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VIEW_IDS, type ViewId } from '../../renderer/state/address.ts';
import { launchBrowser } from '../support/browser.ts';
import { chartsAsText, isLike, openPictureJudge, type PictureJudge } from '../support/pictures.ts';
import { type SyncedSample, startSyncedSample } from '../support/synced-sample.ts';
import { openWorkbench, type Theme } from '../support/workbench.ts';

// Pages and charts against stored ones. `TIDEMARK_BASELINES=1` stores them anew: look at them, and name in the commit
// which changed and why. A failed comparison leaves what it saw in test/output/pictures.

const STORED = path.resolve(import.meta.dirname, '../baselines');
const SEEN = path.resolve(import.meta.dirname, '../output/pictures');
const STORES = process.env['TIDEMARK_BASELINES'] === '1';
const SIZE = { events: 40_000, days: 100 };
/** What these show follows the clock of this machine: when it synced, checked and looked, and how long that took. */
const OF_THE_CLOCK: readonly ViewId[] = ['alerts', 'explore', 'freshness', 'sources', 'settings'];
const VIEWS = VIEW_IDS.filter((view) => !OF_THE_CLOCK.includes(view));
const QUERIES: Partial<Record<ViewId, string>> = { practice: '?of=focus_primer', master: '?of=mst_novak' };
/** The same in parts of other views; alerts appear once they were checked. */
const OF_THE_MOMENT = ['.status-bar', '.sidebar-store', '.alert-mark', '.alert-expected'];

let sample: SyncedSample;
let browser: Browser;
let judge: PictureJudge;

beforeAll(async () => {
  [sample, browser] = await Promise.all([startSyncedSample(1, SIZE), launchBrowser()]);
  judge = await openPictureJudge(browser);
  rmSync(SEEN, { recursive: true, force: true });
}, 180_000);
afterAll(async () => {
  await judge.close();
  await browser.close();
  await sample.host.stop();
});

describe.each(VIEWS)('%s', (view) => {
  it.each<Theme>(['light', 'dark'])('looks as it is stored, %s', async (theme) => {
    const query = QUERIES[view] ?? '';
    const workbench = await openWorkbench({ host: sample.host, browser, view, theme, query, height: 1500 });
    const { page } = workbench;
    const seen = await judge.shrink(await pictureOf(page));
    const charts = theme === 'light' ? await chartsAsText(page) : {};
    await workbench.close();
    if (STORES) {
      store(view, theme, seen, charts);
      return;
    }
    const file = path.join(STORED, 'pages', `${view}-${theme}.png`);
    const cells = existsSync(file) ? await judge.differingCells(readFileSync(file), seen) : Infinity;
    if (!isLike(cells)) leave(`${view}-${theme}.png`, seen);
    expect.soft(isLike(cells), `${cells} cells of ${view} in ${theme} differ`).toBe(true);
    for (const [tile, text] of Object.entries(charts)) {
      const chart = path.join(STORED, 'charts', `${view}-${tile}.txt`);
      expect.soft(text, `the chart of ${tile}`).toBe(existsSync(chart) ? readFileSync(chart, 'utf8') : '');
    }
  });
});

it('tells a page with one word less from the page', async () => {
  const { page, close } = await openWorkbench({ host: sample.host, browser, height: 1500 });
  const before = await judge.shrink(await pictureOf(page));
  expect(isLike(await judge.differingCells(before, await judge.shrink(await pictureOf(page))))).toBe(true);
  await page
    .locator('h1')
    .first()
    .evaluate((title) => {
      title.style.visibility = 'hidden';
    });
  expect(isLike(await judge.differingCells(before, await judge.shrink(await pictureOf(page))))).toBe(false);
  await close();
});

async function pictureOf(page: Page): Promise<Buffer> {
  await page.locator('.title-bar-syncing').waitFor({ state: 'detached' }); // a sync by schedule may be under way
  return page.screenshot({
    animations: 'disabled',
    caret: 'hide',
    mask: OF_THE_MOMENT.map((selector) => page.locator(selector)),
  });
}

function store(view: ViewId, theme: Theme, page: Buffer, charts: Record<string, string>): void {
  for (const folder of ['pages', 'charts']) mkdirSync(path.join(STORED, folder), { recursive: true });
  writeFileSync(path.join(STORED, 'pages', `${view}-${theme}.png`), page);
  for (const [tile, text] of Object.entries(charts))
    writeFileSync(path.join(STORED, 'charts', `${view}-${tile}.txt`), text);
}

function leave(name: string, picture: Buffer): void {
  mkdirSync(SEEN, { recursive: true });
  writeFileSync(path.join(SEEN, name), picture);
}
