import type { Browser, Page, WebSocketRoute } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ViewId } from '../../renderer/state/address.ts';
import { launchBrowser } from '../support/browser.ts';
import { SMALL_SAMPLE } from '../support/sample-host.ts';
import { type SyncedSample, startSyncedSample } from '../support/synced-sample.ts';
import { axeViolations, takePicture } from '../support/view-checks.ts';
import { openWorkbench, type Workbench } from '../support/workbench.ts';

// What a tile does while its answer is slow, missing or out of reach. The host is real; only the wire is disturbed.

const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';

let sample: SyncedSample;
let browser: Browser;
let workbench: Workbench | undefined;

beforeAll(async () => {
  [sample, browser] = await Promise.all([startSyncedSample(1, SMALL_SAMPLE), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await sample.host.stop();
});
afterEach(async () => {
  await workbench?.close();
  workbench = undefined;
});

interface Frame {
  t: string;
  id?: number;
  m?: string;
  p?: {
    spec?: {
      kind?: string;
      interval?: string;
      show?: string;
      type?: string;
      series?: { measure?: string }[];
    };
  };
}

interface Wire {
  /** Questions that the page sent and that pass the filter now. */
  hold: (isHeld: (frame: Frame) => boolean) => void;
  /** Lets held questions go. */
  release: () => void;
  /** Answers matching questions with an error instead. */
  fail: (isFailing: (frame: Frame) => boolean) => void;
  cut: () => Promise<void>;
  /** While true no new link opens. */
  isDown: boolean;
  sent: Frame[];
}

/** A wire between page and host that can hold, refuse and cut. */
async function disturb(page: Page): Promise<Wire> {
  let isHeld: (frame: Frame) => boolean = () => false;
  let isFailing: (frame: Frame) => boolean = () => false;
  let held: { send: () => void }[] = [];
  let open: WebSocketRoute | undefined;
  const wire: Wire = {
    hold: (test) => (isHeld = test),
    release: () => {
      isHeld = () => false;
      for (const { send } of held) send();
      held = [];
    },
    fail: (test) => (isFailing = test),
    cut: async () => {
      await open?.close({ code: 3000, reason: 'cut by the test' });
    },
    isDown: false,
    sent: [],
  };
  await page.routeWebSocket(/\/rpc$/, (socket) => {
    if (wire.isDown) {
      void socket.close({ code: 3000, reason: 'down' });
      return;
    }
    open = socket;
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const frame = typeof message === 'string' ? (JSON.parse(message) as Frame) : { t: 'bytes' };
      wire.sent.push(frame);
      if (frame.t === 'req' && isFailing(frame)) {
        const error = {
          t: 'err',
          id: frame.id,
          code: 'corrupt',
          message: 'segment 7 does not match its checksum',
          retry: false,
        };
        socket.send(JSON.stringify(error));
      } else if (frame.t === 'req' && isHeld(frame))
        held.push({
          send: () => {
            server.send(message);
          },
        });
      else server.send(message);
    });
  });
  return wire;
}

const isCaptureRate = ({ m, p }: Frame): boolean =>
  m === 'query.run' && p?.spec?.series?.[0]?.measure === 'capture_rate';

async function open(
  before?: (wire: Wire) => void,
  view: ViewId = 'practices',
  query = '',
): Promise<{ page: Page; wire: Wire; settled: () => Promise<void> }> {
  const ready: { wire?: Wire } = {};
  workbench = await openWorkbench({
    host: sample.host,
    browser,
    view,
    query,
    prepare: async (page) => {
      ready.wire = await disturb(page);
      before?.(ready.wire);
    },
  });
  const { wire } = ready;
  if (wire === undefined) throw new Error('the wire was not laid');
  return { page: workbench.page, wire, settled: workbench.settled };
}

const tileOf = (page: Page) => page.locator('[data-tile="capture-rate"]');
const points = (page: Page) =>
  tileOf(page).locator('svg path[stroke="var(--data)"], svg g[stroke="var(--data)"] path');

describe('a tile whose answer is slow', () => {
  it('draws grid and axes at once, stays quiet at first, then offers to cancel', async () => {
    const { page, wire } = await open((laid) => {
      laid.hold(isCaptureRate);
    });
    await page.locator('[data-tile="states-by-practice"] .heat-cell').first().waitFor();
    expect(await tileOf(page).locator('svg text').allTextContents()).toContain('26 Oct');
    expect(await tileOf(page).getAttribute('aria-busy')).toBe('true');
    await tileOf(page).getByRole('status').waitFor();
    await tileOf(page).getByRole('button', { name: 'Cancel' }).click();
    await tileOf(page).getByText('Stopped').waitFor();
    wire.release();
    await tileOf(page).getByRole('button', { name: 'Ask again' }).click();
    await points(page).first().waitFor();
    expect(await tileOf(page).getAttribute('aria-busy')).toBe('false');
  });

  it('says nothing of a question that is answered within the patience', async () => {
    const { page, settled } = await open();
    await settled();
    const seen = await page.evaluate(() => document.querySelectorAll('.tile-fetching').length);
    expect(seen).toBe(0);
  });

  it('keeps the last answer on screen while the next one is asked, and shows the newest only', async () => {
    const { page, wire, settled } = await open();
    await settled();
    const matched = () => page.locator('.filter-bar-matched').textContent();
    const before = await matched();
    wire.hold(isCaptureRate);
    await page.goto(`${sample.host.address}/#/practices?range=7d`);
    await page.goto(`${sample.host.address}/#/practices?range=14d`);
    await page.goto(`${sample.host.address}/#/practices?range=7d&compare=none`);
    await tileOf(page).getByRole('status').waitFor();
    expect(await matched()).toBe(before);
    expect(await points(page).count()).toBeGreaterThan(0);
    wire.release();
    await settled();
    expect(await matched()).not.toBe(before);
    expect(await page.locator('.filter-value').nth(1).textContent()).toBe('none');
    expect(wire.sent.some(({ t }) => t === 'cancel')).toBe(true);
  });
});

describe('a tile whose question fails', () => {
  it('says why, shows the detail, and asks again on request', async () => {
    const { page, wire } = await open((laid) => {
      laid.fail(isCaptureRate);
    });
    const block = tileOf(page).getByRole('alert');
    await block.waitFor();
    expect(await block.locator('h3').textContent()).toBe('A stored file is damaged');
    expect(await block.locator('pre').textContent()).toBe('segment 7 does not match its checksum');
    wire.fail(() => false);
    await block.getByRole('button', { name: 'Try again' }).click();
    await points(page).first().waitFor();
  });

  it('keeps the last good result with its time', async () => {
    const { page, wire, settled } = await open();
    await settled();
    wire.fail(isCaptureRate);
    await page.goto(`${sample.host.address}/#/practices?range=7d`);
    const line = tileOf(page).locator('.tile-line-crit');
    await line.waitFor();
    expect(await line.textContent()).toMatch(
      /^A stored file is damaged\. Showing the answer of \d\d:\d\d\.Try again$/,
    );
    expect(await points(page).count()).toBeGreaterThan(0);
    wire.fail(() => false);
    await line.getByRole('button', { name: 'Try again' }).click();
    await line.waitFor({ state: 'detached' });
  });
});

describe('a window that lost its link', () => {
  it('says so, keeps its numbers, and comes back by itself', async () => {
    const { page, wire, settled } = await open();
    await settled();
    const finding = await page.locator('.page-finding').textContent();
    wire.isDown = true;
    await wire.cut();
    await page
      .locator('.status-bar')
      .getByText(/^Offline since \d\d:\d\d, reconnecting$/)
      .waitFor();
    expect(await page.locator('.tile .badge', { hasText: 'Offline' }).count()).toBe(4);
    expect(await page.locator('.page-finding').textContent()).toBe(finding);
    await page.getByRole('button', { name: /^Dates:/ }).click();
    await page.getByRole('menuitemradio', { name: 'Last 7 days' }).click();
    wire.isDown = false;
    await page.locator('.status-bar').getByText('Online').waitFor();
    await settled();
    await expect.poll(() => page.locator('.tile .badge', { hasText: 'Offline' }).count()).toBe(0);
    expect(await page.locator('.filter-value').first().textContent()).toBe('13 Nov – 19 Nov');
    expect(await tileOf(page).getAttribute('aria-busy')).toBe('false');
  });
});

describe.each([
  {
    view: 'funnels' as const,
    tile: 'funnel-steps',
    isMain: ({ p }: Frame) => p?.spec?.kind === 'funnel' && p.spec.show === undefined,
    known: 'practice_opened',
    mark: '.step-bar-fill',
    tiles: 3,
  },
  {
    view: 'cohorts' as const,
    tile: 'retention',
    isMain: ({ p }: Frame) => p?.spec?.kind === 'retention' && p.spec.type === 'first_time',
    known: '26 Oct',
    mark: '.retention-cell',
    tiles: 4,
  },
  {
    view: 'practice' as const,
    of: 'of=focus_primer&',
    tile: 'subject-capture',
    isMain: ({ m }: Frame) => m === 'query.run',
    known: '26 Oct',
    mark: 'svg circle',
    tiles: 5,
  },
])('the $view view', ({ view, of = '', tile, isMain, known, mark, tiles }) => {
  it('shows what is known before its answer, cancels, fails with the way on, and keeps the last result', async () => {
    const { page, wire, settled } = await open(
      (laid) => {
        laid.hold(isMain);
      },
      view,
      `?${of}`,
    );
    const main = page.locator(`[data-tile="${tile}"]`);
    await main.getByText(known).first().waitFor();
    expect(await page.locator('.page-finding').getAttribute('aria-busy')).toBe('true');
    await main.getByRole('button', { name: 'Cancel' }).click();
    await main.getByText('Stopped').waitFor();
    wire.release();
    wire.fail(isMain);
    await main.getByRole('button', { name: 'Ask again' }).click();
    await main.getByRole('alert').getByText('A stored file is damaged').waitFor();
    wire.fail(() => false);
    await main.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
    await main.locator(mark).first().waitFor();
    await settled();
    const finding = await page.locator('.page-finding strong').textContent();
    wire.fail(isMain);
    await page.goto(`${sample.host.address}/#/${view}?${of}range=14d`);
    await main.locator('.tile-line-crit').waitFor();
    expect(await main.locator(mark).count()).toBeGreaterThan(0);
    wire.fail(() => false);
    wire.isDown = true;
    await wire.cut();
    await expect.poll(() => page.locator('.tile .badge', { hasText: 'Offline' }).count()).toBe(tiles);
    expect(await page.locator('.page-finding strong').textContent()).toBe(finding);
    wire.isDown = false;
    await page.locator('.status-bar').getByText('Online').waitFor();
    await settled();
    expect(await main.locator('.tile-line-crit').count()).toBe(0);
  });
});

/** Views whose tiles answer questions of the range; the views of operation look at the moment. */
const ASKING: readonly (readonly [ViewId, string])[] = [
  ['practices', 'lens=90d&'],
  ['practice', 'of=focus_primer&page=people&'],
  ['funnels', ''],
  ['cohorts', ''],
  ['usage', ''],
];
const ASKING_TOO: typeof ASKING = [
  ['practices', ''],
  ['masters', ''],
  ['practice', 'of=focus_primer&'],
  ['master', 'of=mst_novak&'],
  ['engagement', ''],
  ['journeys', ''],
  ['features', ''],
  ['signals', ''],
];

describe.each([...ASKING, ...(IS_DEEP ? ASKING_TOO : [])])(
  '%s?%s while every tile waits for its next answer',
  (view, query) => {
    it('can be read and stopped by everybody', async () => {
      const { page, wire, settled } = await open(undefined, view, `?${query}`);
      await settled();
      wire.hold(({ m }) => m === 'query.run');
      await page.goto(`${sample.host.address}/#/${view}?${query}range=14d`);
      await page.locator('.tile-fetching').first().waitFor();
      await page.waitForTimeout(150);
      if (view === 'cohorts') await takePicture(page, 'tile-states-asked-again');
      expect(await axeViolations(page)).toEqual([]);
      expect(await coveredButtons(page, '.tile-fetching button')).toEqual([]);
      wire.release();
      await settled();
    });
  },
);

/** Buttons of which a corner or the middle lies below something else. */
const coveredButtons = (page: Page, selector: string): Promise<string[]> =>
  page.evaluate((buttons) => {
    const covered: string[] = [];
    for (const button of document.querySelectorAll(buttons)) {
      button.scrollIntoView({ block: 'center' });
      const { left, right, top, bottom } = button.getBoundingClientRect();
      for (const [x, y] of [
        [left + 2, top + 2],
        [right - 2, bottom - 2],
        [(left + right) / 2, (top + bottom) / 2],
      ] as const) {
        const found = document.elementFromPoint(x, y);
        if (found === null || !button.contains(found))
          covered.push(
            `${button.closest('[data-tile]')?.getAttribute('data-tile') ?? ''}: ${found?.outerHTML.slice(0, 90) ?? 'nothing'}`,
          );
      }
    }
    return covered;
  }, selector);
