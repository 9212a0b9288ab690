import type { Browser, Page } from 'playwright';

/** Stored pictures: pages as small images, charts as plain text. */

const SHRINK = 3; // a cell of 3 × 3 pixels: edges that two machines smooth differently disappear in its mean
const CELL_TOLERANCE = 28; // of 255, the largest of the three colours
const CELLS_TOLERATED = 60; // about the size of one word

export interface PictureJudge {
  /** A screenshot as the small image that is stored, PNG. */
  shrink: (screenshot: Buffer) => Promise<Buffer>;
  /** How many cells of two small images differ; an image of another size differs everywhere. */
  differingCells: (one: Buffer, other: Buffer) => Promise<number>;
  close: () => Promise<void>;
}

export const isLike = (differingCells: number): boolean => differingCells <= CELLS_TOLERATED;

/** Compares in a blank page of the browser, which can read images already. */
export async function openPictureJudge(browser: Browser): Promise<PictureJudge> {
  const context = await browser.newContext();
  const page = await context.newPage();
  return {
    shrink: async (screenshot) => {
      const url = await page.evaluate(shrinkInPage, { url: urlOf(screenshot), by: SHRINK });
      return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
    },
    differingCells: (one, other) =>
      page.evaluate(compareInPage, { one: urlOf(one), other: urlOf(other), tolerance: CELL_TOLERANCE }),
    close: () => context.close(),
  };
}

const urlOf = (png: Buffer): string => `data:image/png;base64,${png.toString('base64')}`;

async function shrinkInPage({ url, by }: { url: string; by: number }): Promise<string> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(image.width / by);
  canvas.height = Math.ceil(image.height / by);
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('no canvas');
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png');
}

async function compareInPage({
  one,
  other,
  tolerance,
}: {
  one: string;
  other: string;
  tolerance: number;
}): Promise<number> {
  const pixelsOf = async (url: string): Promise<ImageData> => {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    const pen = canvas.getContext('2d');
    if (pen === null) throw new Error('no canvas');
    pen.drawImage(image, 0, 0);
    return pen.getImageData(0, 0, image.width, image.height);
  };
  const [a, b] = [await pixelsOf(one), await pixelsOf(other)];
  if (a.width !== b.width || a.height !== b.height) return Math.max(a.data.length, b.data.length) / 4;
  let count = 0;
  for (let cell = 0; cell < a.data.length; cell += 4) {
    const distance = Math.max(
      ...[0, 1, 2].map((channel) => Math.abs((a.data[cell + channel] ?? 0) - (b.data[cell + channel] ?? 0))),
    );
    if (distance > tolerance) count += 1;
  }
  return count;
}

/** Every chart of a page by its tile: one element a line, numbers to the whole pixel, no generated names. */
export const chartsAsText = (page: Page): Promise<Record<string, string>> =>
  page.evaluate(() => {
    const KEPT = ['d', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'r', 'width', 'height', 'points'];
    const LOOK = ['transform', 'fill', 'stroke', 'stroke-dasharray', 'opacity', 'fill-opacity', 'aria-label'];
    const rounded = (text: string): string =>
      text
        .replaceAll(/-?\d+\.\d+/g, (number) => String(Math.round(Number(number))))
        .replaceAll(/url\([^)]*\)/g, 'url()');
    const linesOf = (element: Element, depth: number): string[] => {
      const attributes = [...KEPT, ...LOOK].flatMap((name) => {
        const value = element.getAttribute(name);
        return value === null ? [] : [`${name}="${rounded(value)}"`];
      });
      const text = element.childElementCount === 0 ? (element.textContent ?? '').trim() : '';
      const line = `${' '.repeat(depth)}${[element.tagName.toLowerCase(), ...attributes].join(' ')}${text === '' ? '' : ` | ${text}`}`;
      const inner = [...element.children].filter(({ tagName }) => tagName.toLowerCase() !== 'style');
      return [line, ...inner.flatMap((child) => linesOf(child, depth + 1))];
    };
    const found: Record<string, string> = {};
    for (const tile of document.querySelectorAll<HTMLElement>('[data-tile]')) {
      const charts = [...tile.querySelectorAll('.tile-body svg')].filter(
        (svg) =>
          svg.parentElement?.closest('svg') === null &&
          svg.getBoundingClientRect().width > 60 &&
          svg.closest('.alert-mark, .alert-expected') === null,
      );
      if (charts.length > 0)
        found[tile.dataset['tile'] ?? ''] = charts.flatMap((svg) => linesOf(svg, 0)).join('\n') + '\n';
    }
    return found;
  });
