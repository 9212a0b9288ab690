import path from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type Capture, dayOf, readRaw, recountCapture, recountStates } from '../support/recount.ts';
import { startSampleHost } from '../support/sample-host.ts';
import { type SyncedSample, startSyncedSample } from '../support/synced-sample.ts';
import { numberIn, openWorkbench, readTwin, type Workbench } from '../support/workbench.ts';

// The finding and the figures follow the data, whatever the data is: other seeds of the sample, as dense as the one of
// `npm start` but shorter, and a workspace that fills up under the open window.

const TWO_PERIODS = { events: 134_000, days: 60 };
const THRESHOLD = 0.85;
const SMALL = 200;

let browser: Browser;
let workbench: Workbench | undefined;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
afterEach(async () => {
  const complaints = workbench?.complaints ?? [];
  await workbench?.close();
  workbench = undefined;
  expect(complaints).toEqual([]);
});

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const inWords = (date: string): string =>
  `${Number(date.slice(8))} ${MONTHS[Number(date.slice(5, 7)) - 1] ?? ''}`;

/** Days of the newest 28 that are complete, large enough and below the threshold, by the recount. */
function failingDays(byDay: Map<string, Capture>, today: string): string[] {
  const newest = [...byDay.keys()]
    .toSorted()
    .filter((date) => date <= today)
    .slice(-28, -2); // the last two still fill
  return newest.filter((date) => {
    const { completed, captured } = byDay.get(date) ?? { completed: 0, captured: 0 };
    return completed >= SMALL && captured / completed < THRESHOLD;
  });
}

describe.each(process.env['TIDEMARK_DEEP'] === '1' ? [0, 2, 3] : [0, 2])('seed %i of the sample', (seed) => {
  let sample: SyncedSample;
  beforeAll(async () => {
    sample = await startSyncedSample(seed, TWO_PERIODS);
  });
  afterAll(() => sample.host.stop());

  it('opens with a finding and figures that follow its data', async () => {
    const { host, asOf, zone, rawDir } = sample;
    workbench = await openWorkbench({ host, browser });
    const { page } = workbench;
    const raw = readRaw(rawDir, { environment: 'sample', asOf });
    const day = dayOf(zone);
    const byDay = recountCapture(raw, day);
    const reactionsByDay = recountStates(raw, day);
    const rows = await readTwin(page, 'capture-rate');
    expect(rows).toHaveLength(28);
    for (const row of rows) {
      const date = row['date'] ?? '';
      expect(numberIn(row['completed'])).toBe(byDay.get(date)?.completed ?? 0);
      expect(numberIn(row['captured'])).toBe(byDay.get(date)?.captured ?? 0);
      expect(numberIn(row['reactions'])).toBe(reactionsByDay.get(date)?.n ?? 0);
    }
    const failing = failingDays(byDay, rows.at(-1)?.['date'] ?? '');
    const lead = await page.locator('.page-finding strong').textContent();
    if (failing.length === 0) expect(lead).toBe('Nothing stands out.');
    else {
      expect(lead).toContain('below 85%');
      expect(lead).toContain(inWords(failing.at(-1) ?? ''));
    }
    expect(failing.length === 0).toBe(seed === 0);
    const { sources } = await host.client.call('query.workspace', {});
    const late = sources.filter((source) => source.late).map(({ name }) => name);
    const isRead = late.some((name) => ['Sessions', 'Reactions stream'].includes(name));
    expect(await page.locator('.tile .badge-warn').count()).toBe(isRead ? 4 : 0);
    expect(await page.locator('.title-bar-late').count()).toBe(late.length === 0 ? 0 : 1);
  });
});

describe('a workspace that fills up under the open window', () => {
  it('shows how far the first sync is, with rows that add up, then opens the view', async () => {
    const host = await startSampleHost(1, { events: 40_000, days: 40 });
    try {
      workbench = await openWorkbench({ host, browser, prepare: () => Promise.resolve() });
      const { page, settled } = workbench;
      await page.getByRole('heading', { name: 'No events yet' }).waitFor();
      await page.getByRole('button', { name: 'Sync now' }).click();
      await page.getByText('Rows so far').waitFor();
      const sums = await page.locator('.first-run-sum dd').allTextContents();
      const [read = 0, kept = 0, duplicate = 0, setAside = 0] = sums.map(numberIn);
      expect(read).toBe(kept + duplicate + setAside);
      await page.locator('.page-finding').waitFor();
      await page
        .getByText(/^Syncing/)
        .first()
        .waitFor({ state: 'detached' });
      await settled();
      const raw = readRaw(path.join(host.dataDir, 'sample'), {
        environment: 'sample',
        asOf: '2026-11-19T13:32:00.000Z',
      });
      const day = dayOf('Europe/Oslo');
      const all = recountCapture(
        raw,
        () => '',
        (event) => day(event) >= '2026-10-23',
        () => true,
      ).get('');
      await expect
        .poll(async () => numberIn((await page.locator('.filter-bar-matched strong').textContent()) ?? ''))
        .toBe(all?.completed);
    } finally {
      await workbench?.page.close();
      await host.stop();
    }
  });
});
