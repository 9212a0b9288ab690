import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Target } from '../../shared/annotations/anchor.ts';
import { launchBrowser } from '../support/browser.ts';
import { type Capture, type RawData, dayOf, readRaw, recountCapture, rowsOf } from '../support/recount.ts';
import { SMALL_SAMPLE } from '../support/sample-host.ts';
import { type SyncedSample, startSyncedSample } from '../support/synced-sample.ts';
import { openWorkbench, type Workbench } from '../support/workbench.ts';

// What becomes of a note: its number after late data, what an action changed, its way back, and what a deletion takes.

let sample: SyncedSample;
let browser: Browser;
let workbench: Workbench;
const environment = 'sample';
const target: Target = {
  view: 'practices',
  metric: 'capture_rate',
  filters: [],
  breakdown: null,
  interval: 'day',
};

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

async function openPanel(query = ''): Promise<Page> {
  workbench = await openWorkbench({ host: sample.host, browser, query });
  await workbench.page.keyboard.press(']');
  return workbench.page;
}

const panel = (page: Page) => page.getByRole('complementary', { name: 'Annotations' });
const note = (page: Page, title: string) => panel(page).getByRole('article', { name: title });
const figureOf = (thread: Locator) => thread.locator('.note-figure').allTextContents();

const recounted = (): RawData => readRaw(sample.rawDir, { environment, asOf: sample.asOf });
const captureBetween = (raw: RawData, from: string, to: string): Capture => {
  const day = dayOf(sample.zone);
  const isInside = (event: RawData['events'][number]) => day(event) >= from && day(event) <= to;
  const total = recountCapture(
    raw,
    () => '',
    isInside,
    () => true,
  ).get('');
  return total ?? { completed: 0, captured: 0 };
};
const rateOf = ({ completed, captured }: Capture): number => captured / completed;
const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)}%`;

/** Completions without a reaction, of one day, that come a week late. */
function deliverLate(date: string, count: number): void {
  const day = dayOf(sample.zone);
  const rows = rowsOf(path.join(sample.rawDir, 'sessions')).filter(
    ({ row }) => row?.['event_type'] === 'session_completed' && typeof row['ts'] === 'number',
  );
  const onDay = rows.find(
    ({ row }) => day({ tsMs: Number(row?.['ts']) } as RawData['events'][number]) === date,
  );
  if (onDay?.row === undefined) throw new Error(`no completion on ${date}`);
  const received = Date.parse(sample.asOf) - 60_000;
  const lines = Array.from({ length: count }, (_, at) =>
    JSON.stringify({
      ...onDay.row,
      event_id: `late-${at}`,
      practice_session_id: `late-session-${at}`,
      received_at: received,
    }),
  );
  writeFileSync(path.join(path.dirname(onDay.file), 'late.ndjson'), `${lines.join('\n')}\n`);
}

describe('a note', () => {
  it('says what its number was and is now, once late data has changed it by more than its interval', async () => {
    const date = '2026-11-12';
    const before = captureBetween(recounted(), date, date);
    const page = await openPanel();
    await page.locator('[data-tile="capture-rate"]').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Home');
    for (let day = Date.parse('2026-10-23'); day < Date.parse(date); day += 86_400_000)
      await page.keyboard.press('ArrowRight');
    await page.keyboard.press('a');
    await panel(page)
      .getByRole('form', { name: 'New note' })
      .getByLabel('Title')
      .fill('Before the rest came');
    await page.keyboard.press('Control+Enter');
    const thread = note(page, 'Before the rest came');
    await expect.poll(() => figureOf(thread)).toEqual([`${percent(rateOf(before))} when it was written`]);

    deliverLate(date, before.completed);
    await sample.host.client.call('command.sync.run', {});
    const after = captureBetween(recounted(), date, date);
    expect(after.completed).toBe(2 * before.completed);
    const words = `was ${percent(rateOf(before))}, now ${percent(rateOf(after))}, outside the interval it had`;
    await expect.poll(() => figureOf(thread)).toEqual([words]);
    expect(await thread.locator('.note-figure').getAttribute('data-beyond')).toBe('true');
  });

  it('that became an action shows what was measured before and after its date, and keeps it as an outcome', async () => {
    const actionOn = '2026-11-09';
    await sample.host.client.call('command.annotation.create', {
      environment,
      target,
      anchor: { kind: 'range', from: actionOn, to: actionOn },
      title: 'Prompt moved up',
      body: '',
    });
    const page = await openPanel();
    const thread = note(page, 'Prompt moved up');
    await thread.getByLabel('Status').selectOption('action');
    const raw = recounted();
    const before = rateOf(captureBetween(raw, '2026-10-30', '2026-11-08'));
    const after = rateOf(captureBetween(raw, '2026-11-09', '2026-11-18'));
    const change = ((after - before) * 100).toFixed(1).replace('-', '\u2212');
    const words = [
      `Action on 9 Nov: ${percent(before)} in the 10 days before, ${percent(after)} after`,
      `(${after < before ? '' : '+'}${change} pp)`,
    ].join(' ');
    await expect.poll(() => figureOf(thread)).toEqual([words]);
    await thread.getByLabel('Status').selectOption('outcome');
    const stored = async () => {
      const { annotations } = await sample.host.client.call('query.annotations', {
        environment,
        contains: 'Prompt moved up',
      });
      return annotations[0];
    };
    await expect.poll(async () => (await stored())?.status).toBe('outcome');
    expect(await figureOf(thread)).toEqual([words]);
    await thread.getByLabel('Date of the action').fill('2026-11-16');
    await expect
      .poll(async () => (await figureOf(thread))[0])
      .toMatch(/^Action on 16 Nov: .* in the 3 days before/);
  });

  it('leads back to the state that it was written in', async () => {
    const page = await openPanel('?locale=sv&from=2026-11-02&to=2026-11-15');
    const written = page.url();
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('a');
    await panel(page).getByRole('form', { name: 'New note' }).getByLabel('Title').fill('Swedish fortnight');
    await page.keyboard.press('Control+Enter');
    await note(page, 'Swedish fortnight').waitFor();
    await workbench.go('?locale=de'); // the panel stays open
    await note(page, 'Swedish fortnight').waitFor();
    expect(page.url()).not.toBe(written);
    await note(page, 'Swedish fortnight')
      .getByRole('button', { name: /^Show note \d+ in the view/ })
      .press('Enter');
    await expect.poll(() => page.url()).toBe(written);
    await page.goBack();
    await expect.poll(() => page.url()).toContain('locale=de');
  });

  it('loses what names a person who asked to be forgotten, in the window that shows it', async () => {
    const [userId = ''] = recounted().firstSeenMs.keys();
    const { client } = sample.host;
    const write = (title: string, body: string) =>
      client.call('command.annotation.create', {
        environment,
        target,
        anchor: { kind: 'view' },
        title,
        body,
        isConfirmed: true,
      });
    const about = await write('Seen once', `only in the sessions of ${userId}.`);
    const beside = await write('Seen often', 'in many sessions.');
    await client.call('command.annotation.reply', {
      environment,
      annotationId: beside.annotationId,
      body: `also in those of ${userId}.`,
      isConfirmed: true,
    });
    const page = await openPanel();
    await panel(page).getByText(`only in the sessions of ${userId}.`).waitFor();
    await panel(page).getByText(`also in those of ${userId}.`).waitFor();
    await client.call('command.privacy.delete', { userId, requestId: 'request-1' });
    await note(page, 'Seen often').getByText('Personal data was removed from this reply.').waitFor();
    await note(page, 'Seen often').getByText('in many sessions.').waitFor();
    await panel(page).getByRole('button', { name: 'Search and filter notes' }).click();
    await panel(page).getByLabel('Scope').selectOption('all');
    const emptied = panel(page).locator(`.note[data-annotation="${about.annotationId}"]`);
    await emptied.getByText('Personal data was removed from this note.').waitFor();
    expect(await page.locator('body').textContent()).not.toContain(userId);
  });
});
