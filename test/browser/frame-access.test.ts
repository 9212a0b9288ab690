import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ViewId } from '../../renderer/state/address.ts';
import { launchBrowser } from '../support/browser.ts';
import { speakPseudo } from '../support/pseudo-locale.ts';
import { type SampleHost, startHostOnCopy } from '../support/sample-host.ts';
import { startSyncedSample } from '../support/synced-sample.ts';
import { axeViolations, misplacedParts, takePicture } from '../support/view-checks.ts';
import { openWorkbench, type Workbench } from '../support/workbench.ts';

// What the frame holds for every view: small windows, large text, system colours, no motion, paper, other languages; and
// what is selected or brushed in one chart.

const VIEWS: ViewId[] = ['practices', 'funnels', 'cohorts']; // those with a panel, a triangle, small multiples

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

async function open(options: { width?: number; height?: number; query?: string; view?: ViewId } = {}) {
  workbench = await openWorkbench({ host, browser, ...options });
  return workbench;
}

const hash = (page: Page): string => new URL(page.url()).hash;

/** Parts of the frame that stand outside the window. */
const partsOutside = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('.title-bar > *, .sidebar, .app-main, .status-bar')]
      .filter((part) => {
        const { left, right, width } = part.getBoundingClientRect();
        return width > 0 && (left < -1 || right > innerWidth + 1);
      })
      .map((part) => `${part.className}: ${part.textContent.slice(0, 40)}`),
  );

it('finds what is planted: a button without a name, and text too faint to read', async () => {
  const { page } = await open();
  await page.locator('.page-head').evaluate((head) => {
    const button = document.createElement('button');
    const text = document.createElement('p');
    text.textContent = 'too faint to read';
    text.style.color = '#e8e8e8';
    head.append(button, text);
  });
  const found = await axeViolations(page);
  expect(found.map((line) => line.slice(0, line.indexOf(':')))).toEqual(['button-name', 'color-contrast']);
});

describe.each(VIEWS)('the %s view', (view) => {
  it('fits a window of 1000 × 640', async () => {
    const { page } = await open({ view, width: 1000, height: 640 });
    expect(await misplacedParts(page)).toEqual([]);
    expect(await partsOutside(page)).toEqual([]);
  });

  it('stays readable with text twice as large', async () => {
    const { page } = await open({ view, width: 720, height: 450 });
    await takePicture(page, `large-text-${view}`);
    expect(await partsOutside(page)).toEqual([]);
    const main = page.locator('.app-main');
    const last = page.locator('[data-tile]').last();
    await last.scrollIntoViewIfNeeded();
    const box = await last.boundingBox();
    expect(box?.height).toBeGreaterThan(100);
    expect(await main.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
    expect(await axeViolations(page)).toEqual([]);
  });

  it('holds long accented words that run from right to left', async () => {
    const { page } = await open({ view });
    await speakPseudo(page);
    await takePicture(page, `pseudo-locale-${view}`);
    expect(await partsOutside(page)).toEqual([]);
    const sidebar = await page.locator('.sidebar').boundingBox();
    const main = await page.locator('.app-main').boundingBox();
    expect(sidebar?.x).toBeGreaterThan(main?.x ?? 0);
    const charts = await page
      .locator('.chart')
      .evaluateAll((all) => all.map((each) => getComputedStyle(each).direction));
    expect(new Set(charts)).toEqual(new Set(charts.length === 0 ? [] : ['ltr']));
  });

  it('prints its sheet alone, whole, on a few pages', async () => {
    const { page } = await open({ view });
    const pdf = await page.pdf({ format: 'A4', landscape: true, printBackground: true });
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
    expect(pages).toBeGreaterThanOrEqual(1);
    expect(pages).toBeLessThanOrEqual(4);
    await page.emulateMedia({ media: 'print' });
    for (const part of ['.title-bar', '.sidebar', '.status-bar'])
      expect(await page.locator(part).isVisible()).toBe(false);
    expect(await page.locator('.page-finding').isVisible()).toBe(true);
    for (const tile of await page.locator('[data-tile]').all()) expect(await tile.isVisible()).toBe(true);
  });
});

describe('system settings', () => {
  it('draws in the colours of the system where it forces them', async () => {
    const { page } = await open();
    await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
    await takePicture(page, 'forced-colours-practices');
    const colours = await page.evaluate(() => {
      const line = document.querySelector(
        '[data-tile="capture-rate"] .chart-surface [aria-label="line"] path',
      );
      const text = document.querySelector('.page-finding strong');
      return [line, text].map((each) => {
        if (each === null) return '';
        const style = getComputedStyle(each);
        return each instanceof SVGElement ? style.stroke : style.color;
      });
    });
    expect(colours[1]).toBe('rgb(255, 255, 255)');
    expect(await page.locator('[data-tile="capture-rate"] .chart-surface svg').isVisible()).toBe(true);
    await page.keyboard.press('Control+k');
    await page.locator('.palette[open]').waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  it('does not move where motion is not wanted', async () => {
    const { page } = await open();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const moving = await page.evaluate(
      () =>
        [...document.querySelectorAll('*')]
          .map((each) => getComputedStyle(each))
          .filter(({ transitionDuration, animationDuration }) =>
            [transitionDuration, animationDuration].some((all) =>
              all.split(',').some((one) => parseFloat(one) > 0),
            ),
          ).length,
    );
    expect(moving).toBe(0);
  });
});

describe('days in charts', () => {
  it('are selected in every chart of the view, and become its dates', async () => {
    const { page, settled } = await open();
    const chart = page.locator('[data-tile="capture-rate"] [data-chart-area]');
    const box = await chart.boundingBox();
    if (box === null) throw new Error('no chart');
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(() => page.locator('.chart-selection line').count()).toBe(2);
    const selected = await page.locator('.selection-line strong').textContent();
    expect(selected).toMatch(/^\d+ (Oct|Nov)$/);
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Show only these dates' }).click();
    await settled();
    expect(hash(page)).toMatch(/^#\/practices\?from=(2026-\d\d-\d\d)&to=\1$/);
    expect(await page.locator('.selection-line').count()).toBe(0);
    await page.keyboard.press('Escape');
    await expect.poll(() => hash(page)).toBe('#/practices');
    await settled();
  });

  it('are brushed by pointer and by keyboard, and Esc takes that back', async () => {
    const { page, settled } = await open();
    const chart = page.locator('[data-tile="capture-rate"] [data-chart-area]');
    const box = await chart.boundingBox();
    if (box === null) throw new Error('no chart');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + 100, y);
    await page.mouse.down();
    await page.mouse.move(box.x + 300, y, { steps: 4 });
    await expect.poll(() => page.locator('.chart-selection rect').count()).toBe(1);
    await page.mouse.up();
    await settled();
    const [, from = '', to = ''] = /from=([\d-]+)&to=([\d-]+)/.exec(hash(page)) ?? [];
    expect(from < to).toBe(true);
    await page.locator('[data-tile="capture-rate"]').focus();
    await page.keyboard.press('Escape');
    await expect.poll(() => hash(page)).toBe('#/practices');
    await settled();

    await chart.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    for (let step = 0; step < 3; step++) await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Enter');
    await settled();
    expect(hash(page)).toBe('#/practices?from=2026-11-15&to=2026-11-18');
    await page.keyboard.press('Control+z');
    await expect.poll(() => hash(page)).toBe('#/practices');
    await settled();
  });
});

describe('the first start', () => {
  it('offers where events may come from, and begins the sample by its number', async () => {
    const empty = mkdtempSync(path.join(tmpdir(), 'tidemark-empty-'));
    const first = await startHostOnCopy(empty);
    try {
      workbench = await openWorkbench({ host: first, browser, prepare: () => Promise.resolve() });
      const { page } = workbench;
      await page.getByRole('heading', { name: 'Where do your events live?' }).waitFor();
      await takePicture(page, 'first-run-light');
      expect(await axeViolations(page)).toEqual([]);
      await page.keyboard.press('4');
      await page.locator('[data-field="path"]').waitFor();
      expect(hash(page)).toBe('#/sources?new=folder');
      expect(await axeViolations(page)).toEqual([]);
      await page.goBack();
      await page.getByRole('heading', { name: 'Where do your events live?' }).waitFor();
      await page.keyboard.press('5');
      await page.getByRole('heading', { name: 'Writing the sample as raw files' }).waitFor();
      const progress = page.getByRole('progressbar', { name: 'Files written' });
      await expect.poll(async () => Number(await progress.getAttribute('value'))).toBeGreaterThan(0);
    } finally {
      await workbench?.page.close();
      await first.stop();
      rmSync(empty, { recursive: true });
    }
  });
});
