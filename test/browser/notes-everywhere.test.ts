import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ViewId } from '../../renderer/state/address.ts';
import { launchBrowser } from '../support/browser.ts';
import { SMALL_SAMPLE } from '../support/sample-host.ts';
import { type SyncedSample, startSyncedSample } from '../support/synced-sample.ts';
import { axeViolations, misplacedParts, takePicture } from '../support/view-checks.ts';
import { openWorkbench, type Workbench } from '../support/workbench.ts';

// A note on whatever a view shows, by the pointer and by the keys; and strangers' operations in the source.

let sample: SyncedSample;
let browser: Browser;
let workbench: Workbench | undefined;
const environment = 'sample';

beforeAll(async () => {
  [sample, browser] = await Promise.all([startSyncedSample(1, SMALL_SAMPLE), launchBrowser()]);
  await sample.host.client.call('command.annotations.author', { name: 'Ada' });
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

async function open(view: ViewId, query = ''): Promise<Page> {
  workbench = await openWorkbench({ host: sample.host, browser, view, query });
  return workbench.page;
}

const panel = (page: Page) => page.getByRole('complementary', { name: 'Annotations' });
const note = (page: Page, title: string) => panel(page).getByRole('article', { name: title });
const tileIn = (page: Page, tile: string) => page.locator(`[data-tile="${tile}"]`);

async function write(page: Page, title: string): Promise<void> {
  const composer = panel(page).getByRole('form', { name: 'New note' });
  await composer.getByLabel('Title').fill(title);
  await page.keyboard.press('Control+Enter');
  await note(page, title).waitFor();
  await page.keyboard.press(']');
  await panel(page).waitFor({ state: 'detached' });
}

async function anchorOf(title: string) {
  const { annotations } = await sample.host.client.call('query.annotations', {
    environment,
    contains: title,
    limit: 500,
  });
  const found = annotations.find((one) => one.title.text === title);
  if (found === undefined) throw new Error(`no note "${title}"`);
  return { view: found.target?.view, tile: found.target?.['tile'], anchor: found.anchor };
}

interface Place {
  view: ViewId;
  tile: string;
  /** What is pointed at in the tile. */
  mark: string;
  /** From the tile with the focus to the same kind of place. */
  keys: readonly string[];
  kind: string;
}

const ROW_KEYS = ['Enter', 'ArrowDown', 'ArrowDown'];
const BAR_ROW = 'tbody tr[data-note]';
const PLACES: readonly Place[] = [
  {
    view: 'practices',
    tile: 'reaction-states',
    mark: '.series-end',
    keys: ['Enter', 'ArrowDown'],
    kind: 'series',
  },
  {
    view: 'practices',
    tile: 'states-by-practice',
    mark: 'tr[data-note]',
    keys: ['t', 'Enter', 'ArrowDown'],
    kind: 'practice',
  },
  {
    view: 'practices',
    tile: 'master-impact',
    mark: '[data-note]',
    keys: ['t', 'Enter', 'ArrowDown'],
    kind: 'master',
  },
  {
    view: 'funnels',
    tile: 'funnel-steps',
    mark: 'tr[data-note]',
    keys: ['t', 'Enter', 'ArrowDown'],
    kind: 'funnel_step',
  },
  { view: 'funnels', tile: 'funnel-time', mark: '.chart', keys: ['Enter', 'Home'], kind: 'series' },
  {
    view: 'cohorts',
    tile: 'retention',
    mark: 'td[data-note]',
    keys: ['t', 'Enter', 'ArrowDown'],
    kind: 'retention',
  },
  { view: 'cohorts', tile: 'retention-curves', mark: '.chart', keys: ['Enter', 'Home'], kind: 'series' },
  {
    view: 'journeys',
    tile: 'journey-paths',
    mark: 'button[data-item]',
    keys: ['Tab', 'Tab', 'Tab', 'Tab', 'Tab'],
    kind: 'series',
  },
  { view: 'journeys', tile: 'journey-links', mark: BAR_ROW, keys: ROW_KEYS, kind: 'series' },
  { view: 'usage', tile: 'usage-actives', mark: '.series-end', keys: ['Enter', 'ArrowDown'], kind: 'series' },
  { view: 'usage', tile: 'usage-pages', mark: BAR_ROW, keys: ROW_KEYS, kind: 'series' },
  { view: 'usage', tile: 'usage-stickiness', mark: '.chart', keys: ['Enter', 'Home'], kind: 'instant' },
  { view: 'features', tile: 'feature-adoption', mark: BAR_ROW, keys: ROW_KEYS, kind: 'series' },
  {
    view: 'features',
    tile: 'feature-plans',
    mark: '[data-note]',
    keys: ['Enter', 'ArrowDown'],
    kind: 'series',
  },
  { view: 'signals', tile: 'signal-lift', mark: '.chart', keys: ['Enter', 'Home'], kind: 'days' },
  {
    view: 'signals',
    tile: 'signal-goals',
    mark: '[data-note]',
    keys: ['Enter', 'ArrowDown'],
    kind: 'series',
  },
  { view: 'engagement', tile: 'engagement-models', mark: BAR_ROW, keys: ROW_KEYS, kind: 'series' },
  { view: 'engagement', tile: 'engagement-errors', mark: BAR_ROW, keys: ROW_KEYS, kind: 'series' },
  {
    view: 'engagement',
    tile: 'engagement-response',
    mark: '.series-end',
    keys: ['Enter', 'ArrowDown'],
    kind: 'series',
  },
  {
    view: 'explore',
    tile: 'explore-table',
    mark: 'tbody tr[data-note]',
    keys: ['Enter', 'ArrowDown'],
    kind: 'any',
  },
  { view: 'freshness', tile: 'fresh-sources', mark: 'tr[data-note]', keys: [], kind: 'series' },
];

const isKind = (kind: string, wanted: string): boolean => {
  if (wanted === 'any') return kind !== 'view';
  if (wanted === 'days') return kind === 'instant' || kind === 'range';
  return wanted === 'retention' ? kind.startsWith('retention_') : kind === wanted;
};

const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const FEW_VIEWS: readonly ViewId[] = ['practices', 'journeys', 'freshness'];
const VIEWS = IS_DEEP ? [...new Set(PLACES.map(({ view }) => view))] : FEW_VIEWS;

describe.each(VIEWS)('%s', (view) => {
  const places = PLACES.filter((place) => place.view === view);

  it('takes notes on its marks by the pointer, and shows where they are', async () => {
    const page = await open(view);
    for (const { tile, mark, kind } of places) {
      const title = `Pointed at in ${tile}`;
      await tileIn(page, tile).locator(mark).first().hover();
      await page.keyboard.press('a');
      await write(page, title);
      const saved = await anchorOf(title);
      expect(saved).toMatchObject({ view, tile });
      expect(`${tile}: ${saved.anchor?.kind ?? ''}`).toSatisfy(() => isKind(saved.anchor?.kind ?? '', kind));
      await tileIn(page, tile).locator('.pin').first().waitFor();
    }
  }, 180_000);

  it('takes them by the keys alone, and one on the whole view', async () => {
    const page = await open(view);
    await page.mouse.move(0, 0);
    for (const { tile, keys, kind } of places.filter(({ keys: some }) => some.length > 0)) {
      const title = `Read in ${tile}`;
      await tileIn(page, tile).focus();
      for (const key of keys) await page.keyboard.press(key);
      await page.keyboard.press('a');
      await write(page, title);
      const saved = await anchorOf(title);
      expect(saved).toMatchObject({ view, tile });
      expect(`${tile}: ${saved.anchor?.kind ?? ''}`).toSatisfy(() => isKind(saved.anchor?.kind ?? '', kind));
    }
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('a');
    await write(page, `All of ${view}`);
    expect((await anchorOf(`All of ${view}`)).anchor).toEqual({ kind: 'view' });
  }, 180_000);
});

describe('strangers in the source', () => {
  it('are plain text or set aside in sight, run nothing, and hold up nobody', async () => {
    const { remotes } = await sample.host.client.call('query.annotations.state', { environment });
    const config = remotes[0]?.config;
    if (config?.kind !== 'folder') throw new Error('the sample keeps its notes in a folder');
    const folder = path.join(sample.host.dataDir, config.path, 'annotations', environment, 'ops', 'stranger');
    mkdirSync(folder, { recursive: true });
    const put = (name: string, content: string | Uint8Array) => {
      writeFileSync(path.join(folder, `${name}.json`), content);
    };
    const operation = (id: string, change: object = {}, fields: object = {}) =>
      JSON.stringify({
        op_id: id,
        annotation_id: `ann-${id}`,
        kind: 'create',
        fields: {
          target: { view: 'practices', metric: 'capture_rate', filters: [], breakdown: null },
          anchor: { kind: 'view' },
          title: `Stranger ${id}`,
          body: '',
          ...fields,
        },
        hlc: `001795100000000-0000-stranger`,
        device: 'stranger',
        author: 'Stranger',
        ...change,
      });
    const script = '<script>document.title="run"</script><img src=x onerror="document.title=\'run\'">';
    put('000001-bad', '{"op_id": "half');
    put('000002-kind', operation('kind', { kind: 'explode' }));
    put('000003-future', operation('future', {}, { schema: 9 }));
    put('000004-huge', operation('huge', {}, { body: 'x'.repeat(10 * 1024 * 1024) }));
    put('000005-elsewhere', operation('elsewhere', { environment: 'other' }));
    put('000006-bytes', Uint8Array.of(0x22, 0xff, 0xfe, 0x22));
    put(
      '000007-script',
      operation('script', { author: script }, { title: script, body: script, tags: [script] }),
    );
    put('000008-clock', operation('clock', { hlc: '999999999999999-9999-stranger' }));
    put('000009-script-aside', `${script} {`);
    put('000010-honest', operation('honest'));
    await sample.host.client.call('command.annotations.sync', { environment });

    const page = await open('practices');
    await page.keyboard.press(']');
    await note(page, 'Stranger honest').waitFor();
    await note(page, 'Stranger clock').waitFor();
    const marked = panel(page).locator('[data-annotation="ann-script"].note');
    expect(await marked.locator('h3').textContent()).toBe(script);
    expect(await marked.locator('.note-body').textContent()).toBe(script);
    expect(await marked.locator('script, img').count()).toBe(0);

    const { counts } = await sample.host.client.call('query.annotations.state', { environment });
    expect(counts.quarantined).toBe(7);
    await panel(page).getByText('7 things in the sources could not be read as notes').waitFor();
    await panel(page).getByRole('button', { name: 'Look at them' }).click();
    const aside = panel(page).getByRole('listitem');
    await expect.poll(() => aside.count()).toBe(7);
    const words = await aside.allTextContents();
    for (const reason of [
      'not JSON',
      'kind is not known',
      'newer version',
      'larger than',
      'another environment',
    ])
      expect(words.some((text) => text.includes(reason))).toBe(true);
    expect(words.some((text) => text.includes(script))).toBe(true);
    expect(await panel(page).locator('.note-aside script, .note-aside img').count()).toBe(0);
    await takePicture(page, 'notes-aside');
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await workbench?.settled();
      expect(await axeViolations(page)).toEqual([]);
      expect(await misplacedParts(page)).toEqual([]);
    }
    await page.keyboard.press('Escape');
    await panel(page).getByRole('heading', { name: 'Annotations' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('a');
    await write(page, 'Not held up');
    await sample.host.client.call('command.annotations.sync', { environment });
    const own = (await sample.host.client.call('query.annotations', { environment, contains: 'Not held up' }))
      .annotations[0];
    expect(own?.sync).toBe('synced');
    expect(await page.title()).toContain('Practices');
  });
});
