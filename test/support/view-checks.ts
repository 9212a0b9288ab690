import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import type { Theme, Workbench } from './workbench.ts';

/** What every view is held to, whatever it shows. */

const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';

/** The light theme has the same parts; colours of both are held to their contrast by the test of tokens. */
export const SLICED_THEMES: readonly Theme[] =
  IS_DEEP || process.env['TIDEMARK_PICTURES'] === '1' ? ['light', 'dark'] : ['dark'];

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/**
 * WCAG 2.2 AA, as axe sees it. What it would say of parts that are in order is not asked for, and the page has no
 * frames that need a page of their own: a quarter of the time.
 */
export async function axeViolations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ runOnly: { type: 'tag', values: WCAG_22_AA }, resultTypes: ['violations'] })
    .analyze();
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 300)).join(' | ')}`,
  );
}

/** Parts that lie over each other, are cut off, or push the page sideways. */
export const misplacedParts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
    for (const sheet of document.querySelectorAll(
      '.page-sheet, .builder-form, .builder-result, .panel-body',
    )) {
      if (sheet.scrollWidth > sheet.clientWidth) found.push(`${sheet.className} scrolls sideways`);
    }
    for (const row of document.querySelectorAll(
      '.filter-bar, .title-bar, .status-bar, .tile-head, .page-head',
    )) {
      const parts = [...row.children]
        .map((child) => child.getBoundingClientRect())
        .filter(({ width }) => width > 0);
      const areApart = (one: DOMRect, other: DOMRect): boolean =>
        one.right <= other.left + 0.5 ||
        other.right <= one.left + 0.5 ||
        one.bottom <= other.top + 0.5 ||
        other.bottom <= one.top + 0.5;
      if (parts.some((one, index) => parts.slice(index + 1).some((other) => !areApart(one, other))))
        found.push(`parts of ${row.className} overlap: ${row.textContent.slice(0, 60)}`);
      const box = row.getBoundingClientRect();
      if (parts.some(({ right }) => right > box.right + 0.5))
        found.push(`${row.className} runs over: ${row.textContent.slice(0, 60)}`);
    }
    for (const badge of document.querySelectorAll<HTMLElement>('.badge')) {
      if (badge.scrollWidth > badge.clientWidth) found.push(`badge "${badge.textContent}" is cut`);
    }
    const tiles = [...document.querySelectorAll<HTMLElement>('[data-tile]')];
    for (const a of tiles) {
      for (const b of tiles) {
        const [one, other] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
        const isApart =
          one.right <= other.left + 1 ||
          other.right <= one.left + 1 ||
          one.bottom <= other.top + 1 ||
          other.bottom <= one.top + 1;
        const isUnderPanel = (a.closest('.panel') === null) !== (b.closest('.panel') === null);
        if (a !== b && !isApart && !isUnderPanel)
          found.push(`${a.dataset['tile'] ?? ''} lies over ${b.dataset['tile'] ?? ''}`);
      }
      const box = a.getBoundingClientRect();
      const body = a.querySelector('.tile-body');
      const content = body?.firstElementChild?.getBoundingClientRect();
      if (content !== undefined && content.bottom > box.bottom + 1)
        found.push(`${a.dataset['tile'] ?? ''} is too small for what it shows`);
    }
    return found;
  });

/** `TIDEMARK_PICTURES=1`: the stored pictures are taken anew, of the sample that `npm start` makes. */
export const takesPictures = process.env['TIDEMARK_PICTURES'] === '1';

export async function takePicture(
  page: Page,
  name: string,
  options: { fullPage?: boolean } = {},
): Promise<void> {
  if (!takesPictures) return;
  const file = path.resolve(import.meta.dirname, '../screenshots', `${name}.png`);
  await page.screenshot({ path: file, ...options });
}

const WINDOW_SIZES = [
  [1440, 900],
  [1280, 800],
  [1100, 720],
  [1000, 640],
  [720, 450], // 1440 × 900 at 200 %
] as const;

/** Nothing runs over its place in a window of any size; `picture` names the one of 1100 × 720. */
export async function expectInPlaceAtAllSizes(
  { page, settled }: Pick<Workbench, 'page' | 'settled'>,
  picture?: string,
): Promise<void> {
  for (const [width, height] of WINDOW_SIZES) {
    await page.setViewportSize({ width, height });
    await settled();
    await expect.poll(() => misplacedParts(page), { message: `${width} × ${height}` }).toEqual([]);
    if (width === 1100 && picture !== undefined) await takePicture(page, picture);
  }
}
