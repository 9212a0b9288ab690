import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TileId, ViewId } from '../../renderer/state/address.ts';
import { launchBrowser } from '../support/browser.ts';
import { SMALL_SAMPLE } from '../support/sample-host.ts';
import { type SyncedSample, startSyncedSample } from '../support/synced-sample.ts';
import { openWorkbench, readTwin, type TwinRow, type Workbench } from '../support/workbench.ts';

// Drawings of several answers while one of their questions is slow. The host is real; one question is held on the wire.

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

interface Spec {
  kind?: string;
  interval?: string;
  groupBy?: string;
  filters?: { property?: string }[];
  cohort?: { new?: boolean } | null;
  anchor?: { filters?: { value?: string }[] };
}

interface Wire {
  isHeld: (spec: Spec) => boolean;
  release: () => void;
}

async function layWire(page: Page): Promise<Wire> {
  const held: (() => void)[] = [];
  const wire: Wire = {
    isHeld: () => false,
    release: () => {
      wire.isHeld = () => false;
      for (const send of held.splice(0)) send();
    },
  };
  await page.routeWebSocket(/\/rpc$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const frame = (typeof message === 'string' ? JSON.parse(message) : {}) as {
        m?: string;
        p?: { spec?: Spec };
      };
      const send = () => {
        server.send(message);
      };
      if (frame.m === 'query.run' && frame.p?.spec !== undefined && wire.isHeld(frame.p.spec))
        held.push(send);
      else send();
    });
  });
  return wire;
}

const isStatesBy =
  (groupBy: string) =>
  ({ kind, interval, groupBy: by, cohort }: Spec): boolean =>
    kind === 'states' && interval === undefined && by === groupBy && cohort?.new === undefined;
const isOfEveryMaster = ({ filters = [] }: Spec): boolean =>
  !filters.some(({ property }) => property === 'master_id');

interface Drawing {
  view: ViewId;
  query: string;
  tile: TileId;
  isHeld: (spec: Spec) => boolean;
  /** A tile of the page that asks something else. */
  other: TileId;
}

const DRAWINGS: readonly Drawing[] = [
  { view: 'masters', query: '', tile: 'masters-list', isHeld: isStatesBy('master_id'), other: 'masters-new' },
  {
    view: 'masters',
    query: '',
    tile: 'masters-new',
    isHeld: ({ kind, cohort }) => kind === 'trend' && cohort?.new === false,
    other: 'masters-list',
  },
  {
    view: 'master',
    query: '&of=mst_novak',
    tile: 'subject-partners',
    isHeld: (spec) => isStatesBy('practice_id')(spec) && isOfEveryMaster(spec),
    other: 'subject-others',
  },
  {
    view: 'practice',
    query: '&of=focus_primer&page=people',
    tile: 'cohort-shift',
    isHeld: ({ cohort }) => cohort?.new === false,
    other: 'subject-people',
  },
  {
    view: 'practices',
    query: '',
    tile: 'master-impact',
    isHeld: isStatesBy('master_id'),
    other: 'states-by-practice',
  },
  {
    view: 'practices',
    query: '&page=people&week=1',
    tile: 'reaction-retention',
    isHeld: ({ anchor }) => anchor?.filters?.some(({ value }) => value === 'calm') === true,
    other: 'cohort-shift',
  },
];

describe.each(DRAWINGS)('$tile of $view', ({ view, query, tile, isHeld, other }) => {
  it('never mixes answers of two ranges', async () => {
    const ready: { wire?: Wire } = {};
    workbench = await openWorkbench({
      host: sample.host,
      browser,
      view,
      query: `?range=14d${query}`,
      prepare: async (page) => {
        ready.wire = await layWire(page);
      },
    });
    const { page, settled } = workbench;
    const { wire } = ready;
    if (wire === undefined) throw new Error('the wire was not laid');
    await settled();
    const before = sorted(await readTwin(page, tile));
    await watchRows(page, tile);
    wire.isHeld = isHeld;
    const next = page.url().replace('range=14d', 'locale=sv');
    await page.goto(next);
    const busy = (id: TileId) => page.locator(`[data-tile="${id}"]`).getAttribute('aria-busy');
    await expect.poll(() => busy(tile)).toBe('true');
    await expect.poll(() => busy(other)).toBe('false');
    expect(sorted(await readTwin(page, tile))).toEqual(before);
    wire.release();
    await settled();
    const seen = await seenRows(page);
    expect(sorted(await readTwin(page, tile))).not.toEqual(before);
    expect(seen).toHaveLength(2); // those of before, then those of now
  });
});

/** Another tile may set the order of the rows. */
const sorted = (rows: readonly TwinRow[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

/** From here on every different content of the table is noted. */
const watchRows = (page: Page, tile: TileId): Promise<void> =>
  page.evaluate((id) => {
    const texts = new Set<string>();
    const note = () => {
      const rows = document.querySelectorAll(`[data-tile="${id}"] .data-table :is(tbody, tfoot) tr`);
      if (rows.length > 0)
        texts.add(
          [...rows]
            .map((row) => row.textContent)
            .sort()
            .join('\n'),
        );
    };
    note();
    new MutationObserver(note).observe(document.body, {
      childList: true,
      characterData: true,
      subtree: true,
    });
    Object.assign(globalThis, { seenTexts: texts });
  }, tile);

const seenRows = (page: Page): Promise<string[]> =>
  page.evaluate(() => [...(globalThis as unknown as { seenTexts: Set<string> }).seenTexts]);
