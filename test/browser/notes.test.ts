import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { SMALL_SAMPLE } from '../support/sample-host.ts';
import { type SyncedSample, startSyncedSample } from '../support/synced-sample.ts';
import { axeViolations, takePicture } from '../support/view-checks.ts';
import { openWorkbench, type Workbench } from '../support/workbench.ts';

// Notes on charts and tables of the sample, by mouse and by keyboard, and their panel.

let sample: SyncedSample;
let browser: Browser;
let workbench: Workbench;
const environment = 'sample';

beforeAll(async () => {
  [sample, browser] = await Promise.all([startSyncedSample(1, SMALL_SAMPLE), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await sample.host.stop();
});
afterEach(async () => {
  expect(workbench.complaints).toEqual([]);
  await workbench.close();
});

const open = async (options: Partial<Parameters<typeof openWorkbench>[0]> = {}): Promise<Page> => {
  workbench = await openWorkbench({ host: sample.host, browser, ...options });
  return workbench.page;
};

const panel = (page: Page) => page.getByRole('complementary', { name: 'Annotations' });
const note = (page: Page, title: string) => panel(page).getByRole('article', { name: title });

async function stored(title: string) {
  const { annotations } = await sample.host.client.call('query.annotations', {
    environment,
    contains: title,
  });
  return annotations[0];
}

/** Writes into the composer that is open. */
async function write(page: Page, title: string, body = 'Seen in a test.'): Promise<void> {
  const composer = panel(page).getByRole('form', { name: 'New note' });
  await composer.getByLabel('Title').fill(title);
  await composer.getByLabel(/^Note about/).fill(body);
  await page.keyboard.press('Control+Enter');
  await note(page, title).waitFor();
}

describe('notes of the sample', () => {
  it('stand as numbered pins over the days that they explain, and open in the panel', async () => {
    const page = await open();
    const tile = page.locator('[data-tile="capture-rate"]');
    await tile.locator('.pin').first().waitFor();
    expect(await tile.locator('.pin').count()).toBe(3);
    const [one] = (await tile.locator('.note-bracket').all()).map((bracket) => bracket.getAttribute('d'));
    expect(await one).toMatch(/^M/);
    await page.getByRole('button', { name: '1 conflict' }).click();
    const conflict = panel(page).getByRole('group', { name: 'Conflict in the text' });
    await conflict.waitFor();
    expect(await conflict.locator('.note-version').count()).toBe(2);
    expect(await conflict.locator('mark').count()).toBeGreaterThan(0);
    await tile.locator('.pin').nth(1).click();
    const number = await tile.locator('.pin').nth(1).textContent();
    const chosen = panel(page).locator('.note[data-chosen="true"]');
    expect(await chosen.locator('.pin').textContent()).toBe(number);
  });

  it('are free of violations in both themes, and look as drawn', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const page = await open({ theme });
      await page.keyboard.press(']');
      await panel(page).locator('.note').first().waitFor();
      await page.locator('[data-tile="capture-rate"] .pin').first().waitFor();
      await workbench.settled();
      expect(await axeViolations(page)).toEqual([]);
      await takePicture(page, `annotations-${theme}`);
      if (theme === 'light') await workbench.close();
    }
  });
});

describe('a note is pinned', () => {
  it('to a point that was clicked, with the number as it stood', async () => {
    const page = await open();
    const chart = page.locator('[data-tile="capture-rate"] .chart');
    const box = await chart.boundingBox();
    if (box === null) throw new Error('no chart');
    await page.mouse.click(box.x + box.width * 0.4, box.y + box.height * 0.6);
    await page.keyboard.press('a');
    await write(page, 'A clicked day');
    const saved = await stored('A clicked day');
    expect(saved?.anchor?.kind).toBe('instant');
    expect(saved?.target).toMatchObject({ view: 'practices', metric: 'capture_rate', tile: 'capture-rate' });
    expect(saved?.discussed?.value).toBeGreaterThan(0.5);
    expect(saved?.discussed?.interval).toHaveLength(2);
    await page
      .getByRole('button', { name: /A clicked day/ })
      .first()
      .waitFor();
  });

  it('to a range by the keyboard alone', async () => {
    const page = await open();
    await page.locator('[data-tile="capture-rate"]').focus();
    await page.keyboard.press('Enter');
    for (const key of ['Home', 'ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight', 'a'])
      await page.keyboard.press(key);
    await write(page, 'Three days by keys');
    const anchor = (await stored('Three days by keys'))?.anchor;
    if (anchor?.kind !== 'range') throw new Error(`a ${anchor?.kind ?? 'missing'} anchor`);
    expect((Date.parse(anchor.to) - Date.parse(anchor.from)) / 86_400_000).toBe(2);
    await page.locator('[data-tile="capture-rate"] .note-bracket').first().waitFor();
  });

  it('to a practice row, a master row and the whole view', async () => {
    const page = await open();
    const rows = [
      { tile: 'states-by-practice', title: 'About a practice', kind: 'practice' },
      { tile: 'master-impact', title: 'About a master', kind: 'master' },
    ];
    for (const { tile, title, kind } of rows) {
      const row = page.locator(`[data-tile="${tile}"] [data-note]`).nth(1);
      const id = await row.getAttribute('data-row');
      await row.hover();
      await page.keyboard.press('a');
      await write(page, title);
      expect((await stored(title))?.anchor).toEqual({ kind, id });
      await page.locator(`[data-tile="${tile}"] .mark-pins .pin`).first().waitFor();
    }
    await page.locator('.page-finding').hover();
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('a');
    await write(page, 'About the view');
    expect((await stored('About the view'))?.anchor).toEqual({ kind: 'view' });
  });

  it('to a step of a funnel, and to a cell and a row of cohorts', async () => {
    let page = await open({ view: 'funnels' });
    await page.locator('[data-tile="funnel-steps"] tr[data-step="1"]').hover();
    await page.keyboard.press('a');
    await write(page, 'Second step');
    expect((await stored('Second step'))?.anchor).toMatchObject({ kind: 'funnel_step', step: 1 });
    await workbench.close();
    page = await open({ view: 'cohorts' });
    const cohort = await page
      .locator('[data-tile="retention"] tr[data-cohort]')
      .first()
      .getAttribute('data-cohort');
    await page.locator('[data-tile="retention"] td[data-cell="0-1"]').hover();
    await page.keyboard.press('a');
    await write(page, 'One cell');
    expect((await stored('One cell'))?.anchor).toEqual({ kind: 'retention_cell', cohort, period: 1 });
    await page.locator('[data-tile="retention"] tr[data-cohort] th').first().hover();
    await page.keyboard.press('a');
    await write(page, 'One cohort');
    expect((await stored('One cohort'))?.anchor).toEqual({ kind: 'retention_row', cohort });
  });
});

describe('the panel', () => {
  it('resolves the conflict of the sample, and says so everywhere', async () => {
    const page = await open();
    await page.getByRole('button', { name: '1 conflict' }).click();
    const conflict = panel(page).getByRole('group', { name: 'Conflict in the text' });
    await conflict.getByRole('button', { name: 'Keep both' }).click();
    await conflict.waitFor({ state: 'detached' });
    const { counts } = await sample.host.client.call('query.annotations.state', { environment });
    expect(counts.conflict).toBe(0);
  });

  it('edits, replies, changes the status with what was measured since, deletes and brings back', async () => {
    const page = await open();
    await page.keyboard.press(']');
    await page.keyboard.press('a');
    await write(page, 'To be changed', 'first words');
    const thread = note(page, 'To be changed');
    await thread.getByRole('button', { name: 'Edit' }).click();
    await thread.getByLabel('Text').fill('other words');
    await thread.getByRole('button', { name: 'Save' }).click();
    await thread.getByText('other words').waitFor();
    await thread.getByLabel(/^Reply to/).fill('an answer');
    await thread.getByRole('button', { name: 'Reply' }).last().waitFor();
    await page.keyboard.press('Control+Enter');
    await thread.getByText('an answer').waitFor();
    await thread.getByLabel('Status').selectOption('action');
    await thread.getByText(/^Action on/).waitFor();
    await thread.getByRole('button', { name: 'Delete', exact: true }).click();
    await thread.waitFor({ state: 'detached' });
    await panel(page).getByRole('button', { name: 'Undo' }).click();
    await thread.waitFor();
  });

  it('warns of personal data before it is saved', async () => {
    const page = await open();
    await page.keyboard.press('a');
    const composer = panel(page).getByRole('form', { name: 'New note' });
    await composer.getByLabel('Title').fill('Who said so');
    await composer.getByLabel(/^Note about/).fill('ask maya.brandt@example.com about it');
    await page.keyboard.press('Control+Enter');
    await composer.getByRole('alert').waitFor();
    expect(await stored('Who said so')).toBeUndefined();
    await composer.getByRole('button', { name: 'Remove it' }).click();
    expect(await composer.getByLabel(/^Note about/).inputValue()).not.toContain('@');
    await page.keyboard.press('Control+Enter');
    await note(page, 'Who said so').waitFor();
  });

  it('filters by tag, author, status and scope, and keeps what is typed over a reload', async () => {
    const page = await open();
    await page.keyboard.press(']');
    await panel(page).getByRole('button', { name: 'Search and filter notes' }).click();
    await panel(page).getByLabel('Author').selectOption('Tomas Ek');
    await expect.poll(() => panel(page).locator('.note').count()).toBe(1);
    await panel(page).getByLabel('Author').selectOption('');
    await panel(page).getByLabel('Tag', { exact: true }).selectOption('experiment');
    await expect.poll(() => panel(page).locator('.note').count()).toBe(1);
    await panel(page).getByLabel('Tag', { exact: true }).selectOption('');
    await panel(page).getByLabel('Scope').selectOption('all');
    await panel(page).getByRole('searchbox').fill('took over');
    await expect.poll(() => panel(page).locator('.note').count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.locator('.page-finding').click();
    await page.keyboard.press('a');
    await panel(page)
      .getByLabel(/^Note about/)
      .fill('half a thought');
    await page.reload();
    await workbench.settled();
    await page.keyboard.press(']');
    expect(
      await panel(page)
        .getByLabel(/^Note about/)
        .inputValue(),
    ).toBe('half a thought');
    await panel(page)
      .getByLabel(/^Note about/)
      .fill('');
  });

  it('says what became of the number that a note discusses', async () => {
    await sample.host.client.call('command.annotation.create', {
      environment,
      target: { view: 'practices', metric: 'capture_rate', filters: [], breakdown: null, interval: 'day' },
      anchor: { kind: 'range', from: sample.asOf.slice(0, 10), to: sample.asOf.slice(0, 10) },
      discussed: { value: 0.123, interval: [0.12, 0.13], n: 900, measured_at: sample.asOf },
      title: 'A number that moved',
      body: '',
    });
    const page = await open();
    await page.keyboard.press(']');
    const thread = note(page, 'A number that moved');
    await thread.getByText(/was 12\.3%, now \d+\.\d%, outside the interval it had/).waitFor();
  });

  it('shows markup of strangers as the text that it is', async () => {
    const text =
      '<img src=x onerror="document.title=\'hacked\'"><script>alert(1)</script> javascript:alert(1)';
    await sample.host.client.call('command.annotation.create', {
      environment,
      target: { view: 'practices', metric: 'capture_rate', filters: [], breakdown: null },
      anchor: { kind: 'view' },
      title: '<b>bold</b>',
      body: text,
    });
    const page = await open();
    await page.keyboard.press(']');
    const thread = note(page, '<b>bold</b>');
    expect(await thread.locator('.note-body').textContent()).toBe(text);
    expect(await thread.locator('.note-body img, .note-body script, .note-body a, h3 b').count()).toBe(0);
    expect(await page.title()).toContain('Practices');
  });
});
