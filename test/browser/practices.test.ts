import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import {
  type Capture,
  dayOf,
  isNew,
  type RawData,
  type RawEvent,
  readRaw,
  recountCapture,
  recountMasterImpact,
  recountStates,
  valueOf,
  type Where,
} from '../support/recount.ts';
import type { SampleHost } from '../support/sample-host.ts';
import { startSyncedSample } from '../support/synced-sample.ts';
import { SLICED_THEMES, axeViolations } from '../support/view-checks.ts';
import {
  numberIn,
  openWorkbench,
  readTwin,
  type Theme,
  type TwinRow,
  type Workbench,
} from '../support/workbench.ts';

// The Practices view on the sample that `npm start` makes, in a real browser on the real host; every number is compared
// with a recount of the raw files that shares no code with the product.

const ZONE = 'Europe/Oslo';
const FIRST_DAY = '2026-10-23';
const LAST_DAY = '2026-11-19';
const STATES = ['tense', 'restless', 'heavy', 'neutral', 'calm', 'clear', 'uplifted'];

let host: SampleHost;
let browser: Browser;
let raw: RawData;
let workbench: Workbench | undefined;

beforeAll(async () => {
  const [sample, launched] = await Promise.all([startSyncedSample(), launchBrowser()]);
  host = sample.host;
  browser = launched;
  raw = readRaw(sample.rawDir, { environment: 'sample', asOf: sample.asOf });
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

async function open(options: { theme?: Theme; width?: number; height?: number; query?: string } = {}) {
  workbench = await openWorkbench({ host, browser, ...options });
  return workbench;
}

const day = dayOf(ZONE);
const inRange: Where = (event) => day(event) >= FIRST_DAY && day(event) <= LAST_DAY;
const where =
  (property: string, ...values: string[]): Where =>
  (event) =>
    values.includes(valueOf(property)(event));
const both =
  (...tests: Where[]): Where =>
  (event) =>
    tests.every((test) => test(event));
const everything = () => '';

/** Rounded as a person would, on exact counts. */
const percent = (part: number, whole: number, decimals = 1): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(decimals)}%`;

/** Completions in range; a reaction counts up to 24 h after, also beyond the range's end. */
const captureIn = (by: (event: RawEvent) => string, test: Where = () => true, reactions: Where = test) =>
  recountCapture(raw, by, both(inRange, test), reactions);
const statesIn = (by: (event: RawEvent) => string, test: Where = () => true) =>
  recountStates(raw, by, both(inRange, test));
const NOTHING: Capture = { completed: 0, captured: 0 };

function expectStates(
  row: TwinRow,
  counted: { n: number; byState: Record<string, number> } | undefined,
): void {
  expect(numberIn(row['n'])).toBe(counted?.n ?? 0);
  for (const state of STATES) {
    const count = counted?.byState[state] ?? 0;
    expect(numberIn(row[state])).toBe(count);
    if (`${state}-share` in row) expect(row[`${state}-share`]).toBe(percent(count, counted?.n ?? 0));
  }
}

function expectCapture(row: TwinRow, counted: Capture = NOTHING): void {
  expect(numberIn(row['completed'])).toBe(counted.completed);
  expect(numberIn(row['captured'])).toBe(counted.captured);
  expect(row['rate']).toBe(percent(counted.captured, counted.completed));
}

/** What the view says in large: sessions matched, and the key figures by name. */
async function headline({ page }: Workbench) {
  const figures = await page
    .locator('.key-figure')
    .evaluateAll((elements) =>
      elements.map((element) => [
        element.querySelector('dt')?.textContent ?? '',
        element.querySelector('.key-figure-value')?.textContent ?? '',
      ]),
    );
  return {
    matched: numberIn((await page.locator('.filter-bar-matched strong').textContent()) ?? ''),
    figures: Object.fromEntries(figures) as Record<string, string>,
  };
}

/** The view under a filter, against the recount of the events that pass it. */
async function expectView(opened: Workbench, test: Where): Promise<void> {
  const { page } = opened;
  const counted = captureIn(everything, test).get('') ?? NOTHING;
  const reactions = statesIn(everything, test).get('')?.n ?? 0;
  const { matched, figures } = await headline(opened);
  expect(matched).toBe(counted.completed);
  expect(figures['Capture rate']).toBe(percent(counted.captured, counted.completed));
  expect(numberIn(figures['Reactions captured'])).toBe(reactions);
  expect(numberIn(figures['Completed sessions'])).toBe(counted.completed);
  const byDay = captureIn(day, test);
  const reactionsByDay = statesIn(day, test);
  for (const row of await readTwin(page, 'capture-rate')) {
    expectCapture(row, byDay.get(row['date'] ?? ''));
    expect(numberIn(row['reactions'])).toBe(reactionsByDay.get(row['date'] ?? '')?.n ?? 0);
  }
  if (reactions === 0) {
    expect(await page.locator('[data-tile="reaction-states"] h3').textContent()).toBe('No reactions match');
    return;
  }
  for (const row of await readTwin(page, 'reaction-states')) {
    expectStates(row, reactionsByDay.get(row['date'] ?? ''));
  }
}

describe('numbers of the Practices view', () => {
  it('are those of an independent recount, per day and in all', async () => {
    const opened = await open();
    await expectView(opened, () => true);
    const rows = await readTwin(opened.page, 'capture-rate');
    expect(rows.map((row) => row['date'])).toEqual(
      expect.arrayContaining([FIRST_DAY, '2026-11-12', LAST_DAY]),
    );
    expect(rows).toHaveLength(28);
    expect(numberIn(rows[10]?.['completed'])).toBeGreaterThan(200);
  });

  it('compare each day with the same weekday of the period before', async () => {
    const opened = await open();
    const before = recountCapture(
      raw,
      day,
      (event) => day(event) < FIRST_DAY,
      () => true,
    );
    for (const row of await readTwin(opened.page, 'capture-rate')) {
      const date = row['date'] ?? '';
      const earlier = new Date(Date.parse(date) - 28 * 86_400_000).toISOString().slice(0, 10);
      const counted = before.get(earlier) ?? NOTHING;
      expect(row['previous-date']).toBe(earlier);
      expect(row['previous-rate']).toBe(percent(counted.captured, counted.completed));
    }
  });

  it('change over complete days only, against the days before them', async () => {
    const opened = await open();
    const complete: Where = (event) => day(event) <= '2026-11-17';
    const now = captureIn(everything, complete, () => true).get('') ?? NOTHING;
    const before = recountCapture(
      raw,
      everything,
      (event) => day(event) >= '2026-09-25' && day(event) <= '2026-10-20',
      () => true,
    ).get('');
    const change = ((now.completed / (before?.completed ?? NaN) - 1) * 100).toFixed(1);
    const points = (
      (now.captured / now.completed - (before?.captured ?? NaN) / (before?.completed ?? NaN)) *
      100
    ).toFixed(1);
    const delta = (figure: string) => opened.page.locator(`[data-figure="${figure}"] .key-figure-delta`);
    const signed = (text: string) => text.replace(/^-/, '\u2212').replace(/^(?=\d)/, '+');
    expect(await delta('sessions').textContent()).toBe(`${signed(change)}%`);
    expect(await delta('capture').textContent()).toBe(`${signed(points)} pp`);
  });

  it('are those of the recount per practice and state, in the table and in its twin', async () => {
    const opened = await open();
    const capture = captureIn(valueOf('practice_id'));
    const states = statesIn(valueOf('practice_id'));
    const cells = await opened.page.locator('.heat-table tbody tr').evaluateAll((rows) =>
      rows.map((row) => ({
        id: row.getAttribute('data-row') ?? '',
        rate: row.querySelector('.heat-rate')?.textContent ?? '',
        shares: [...row.querySelectorAll('.heat-cell')].map((cell) => cell.firstChild?.textContent ?? ''),
      })),
    );
    expect(cells.map(({ id }) => id).toSorted()).toEqual([...capture.keys()].toSorted());
    for (const { id, rate, shares } of cells) {
      const counted = capture.get(id) ?? NOTHING;
      expect(rate).toBe(percent(counted.captured, counted.completed));
      const { n = 0, byState = {} } = states.get(id) ?? {};
      expect(shares).toEqual(STATES.map((state) => percent(byState[state] ?? 0, n, 0).replace('%', '')));
    }
    const order = cells.map(({ id }) => id);
    const twin = await readTwin(opened.page, 'states-by-practice');
    twin.slice(0, -1).forEach((row, index) => {
      expectCapture(row, capture.get(order[index] ?? ''));
      expectStates(row, states.get(order[index] ?? ''));
    });
    const total = twin.at(-1) ?? {};
    expect(total['name']).toBe('All practices');
    expectCapture(total, captureIn(everything).get(''));
    expectStates(total, statesIn(everything).get(''));
  });

  it('are those of the recount per master, with impact and interval', async () => {
    const opened = await open();
    const impacts = recountMasterImpact(raw, inRange);
    const states = statesIn(valueOf('master_id'));
    const rows = await readTwin(opened.page, 'master-impact');
    await opened.page.keyboard.press('t');
    const ids = await opened.page
      .locator('.impact-row')
      .evaluateAll((items) => items.map((item) => item.getAttribute('data-row') ?? ''));
    expect(rows).toHaveLength(impacts.size);
    const signed = (value: number) =>
      `${value < 0 ? '\u2212' : '+'}${Math.abs(value * 100).toFixed(1)}`.replace(/^.0\.0$/, '0.0');
    rows.forEach((row, index) => {
      const id = ids[index] ?? '';
      const counted = impacts.get(id);
      expectCapture(row, counted);
      expectStates(row, states.get(id));
      expect(row['impact']).toBe(`${signed(counted?.impact ?? NaN)} pp`);
      expect(row['interval']).toBe(`${signed(counted?.low ?? NaN)} to ${signed(counted?.high ?? NaN)} pp`);
    });
  });

  it('follow every locale and release', async () => {
    const opened = await open({ query: '?table=capture-rate&table=reaction-states' });
    for (const [filter, property] of [
      ['locale', 'locale'],
      ['release', 'app_version'],
    ] as const) {
      for (const value of captureIn(valueOf(property)).keys()) {
        await opened.go(`?table=capture-rate&table=reaction-states&${filter}=${encodeURIComponent(value)}`);
        await expectView(opened, where(property, value));
      }
    }
  });

  it('follow cohorts, several values of a filter, and filters together', async () => {
    const opened = await open();
    const newUsers: Where = (event) => isNew(event, raw) === true;
    await opened.go('?cohort=new');
    await expectView(opened, newUsers);
    await opened.go('?cohort=returning');
    await expectView(opened, (event) => isNew(event, raw) === false);
    await opened.go('?locale=nb&locale=sv&cohort=new');
    await expectView(opened, both(newUsers, where('locale', 'nb', 'sv')));
  });

  it('of a tile that sets a filter still show what the filter leaves out', async () => {
    const opened = await open({ query: '?practice=focus_primer' });
    await expectView(opened, where('practice_id', 'focus_primer'));
    const rows = await readTwin(opened.page, 'states-by-practice');
    expectCapture(rows.at(-1) ?? {}, captureIn(everything).get(''));
    expectStates(rows.at(-1) ?? {}, statesIn(everything).get(''));
  });

  it('narrow the rate to a state without judging it against the rule', async () => {
    const opened = await open({ query: '?state=restless' });
    const { completed, captured } =
      captureIn(everything, () => true, where('state', 'restless')).get('') ?? NOTHING;
    const { figures, matched } = await headline(opened);
    expect(matched).toBe(completed);
    expect(figures['Capture rate, Restless']).toBe(percent(captured, completed));
    expect(await opened.page.locator('.page-finding').textContent()).toContain(
      `Restless followed ${percent(captured, completed)} of completed sessions.`,
    );
    expect(await opened.page.locator('[data-tile="capture-rate"] text').allTextContents()).not.toContain(
      'Below 85%*',
    );
    for (const row of await readTwin(opened.page, 'reaction-states'))
      expectStates(row, statesIn(day).get(row['date'] ?? ''));
  });
});

describe('what the Practices view says', () => {
  it('opens with the finding, its release and the state that rose', async () => {
    const { page } = await open();
    expect(await page.locator('.page-finding').textContent()).toBe(
      'Capture fell below 85% on 11 to 13 November, after release 4.18. Restless rose in the same days.',
    );
    const labels = await page.locator('.key-figure dt').allTextContents();
    expect(labels.slice(0, 4)).toEqual([
      'Capture rate',
      'Reactions captured',
      'Completed sessions',
      'Most common state',
    ]);
    expect(labels[4]).toMatch(/^Restless, \d+ to \d+ Nov$/);
    expect(await page.locator('.title-bar').textContent()).toContain('Sample, as of 19 Nov 2026, 14:32');
  });

  it('marks every tile of the late source, says complete to when, and names the source', async () => {
    const { page } = await open();
    expect(await page.locator('.tile .badge-warn').allTextContents()).toEqual(
      Array(4).fill('Freshness degraded'),
    );
    expect(await page.locator('.tile-line-warn span').textContent()).toBe(
      'Complete to 12:22, 2 h 10 min ago. Today is still filling.',
    );
    await page.getByRole('button', { name: '1 source late' }).click();
    const rows = page.getByRole('dialog', { name: 'Late sources' }).locator('tbody tr');
    expect(await rows.allTextContents()).toEqual(['Reactions stream12:222 h 10 min1 h']);
    await page.keyboard.press('Escape');
    expect(await page.locator('.status-bar').textContent()).toContain('Reactions stream 2 h 10 min late');
  });

  it('shows only what exists', async () => {
    const { page } = await open();
    expect(await page.getByRole('navigation', { name: 'Views' }).getByRole('link').allTextContents()).toEqual(
      [
        'Practices',
        'Masters',
        'Funnels',
        'Cohorts',
        'Usage',
        'Features',
        'Signals',
        'Journeys',
        'Explore',
        'Engagement',
        expect.stringMatching(/^Freshness/),
        expect.stringMatching(/^Alerts/),
        expect.stringMatching(/^Local store/),
      ],
    );
    for (const later of ['Events', 'Save as cohort'])
      expect(await page.getByRole('button', { name: later }).count()).toBe(0);
  });

  it('says when nothing matches, why, and offers the removal that helps most', async () => {
    const { page, settled } = await open({ query: '?locale=nb&release=0.0.1' });
    const block = page.locator('[data-tile="capture-rate"] .tile-block');
    const alone = captureIn(everything, where('locale', 'nb')).get('') ?? NOTHING;
    await block
      .getByText(`Without the release there are ${alone.completed.toLocaleString('en-GB')} sessions.`)
      .waitFor();
    expect(await block.textContent()).toContain('Locale nb and release 0.0.1 share none in these 28 days.');
    await block.getByRole('button', { name: 'Remove release' }).click();
    await settled();
    expect(numberIn((await page.locator('.filter-bar-matched strong').textContent()) ?? '')).toBe(
      alone.completed,
    );
    expect(new URL(page.url()).hash).toBe('#/practices?locale=nb');
  });
});

describe('filters of the Practices view', () => {
  it('are chosen by keyboard alone, and focus returns', async () => {
    const opened = await open();
    const { page, settled } = opened;
    await page.keyboard.press('f');
    await page.keyboard.press('l');
    await page.getByRole('option', { name: /^nb/ }).waitFor();
    await page.keyboard.type('sv');
    await expect
      .poll(() => page.getByRole('option').allTextContents())
      .toEqual([expect.stringMatching(/^sv/)]);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await settled();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Locale: sv');
    expect((await headline(opened)).matched).toBe(
      captureIn(everything, where('locale', 'sv')).get('')?.completed,
    );
    await page.getByRole('button', { name: 'Remove filter Locale' }).click();
    await settled();
    expect((await headline(opened)).matched).toBe(captureIn(everything).get('')?.completed);
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Locale: all');
  });

  it('list values with how many events carry them, states in the order of the taxonomy', async () => {
    const { page } = await open();
    const byLocale = new Map<string, number>();
    for (const event of raw.events) {
      const locale = valueOf('locale')(event);
      if (locale !== '') byLocale.set(locale, (byLocale.get(locale) ?? 0) + 1);
    }
    await page.getByRole('button', { name: 'Locale: all' }).click();
    await page.getByRole('option').first().waitFor();
    const most = [...byLocale].toSorted(([, a], [, b]) => b - a);
    expect(await page.getByRole('option').allTextContents()).toEqual(
      most.map(
        ([locale, count]) =>
          `${locale}${count < 10_000 ? count.toLocaleString('en-GB') : `${(count / 1000).toFixed(1)}k`}`,
      ),
    );
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'State: all' }).click();
    await page.getByRole('option').first().waitFor();
    expect(
      (await page.getByRole('option').allTextContents()).map((text) => text.replace(/[\d.,k]+$/, '')),
    ).toEqual(STATES.map((state) => state.charAt(0).toUpperCase() + state.slice(1)));
  });

  it('take dates from presets, from the calendar and from typing', async () => {
    const opened = await open();
    const { page, settled } = opened;
    const rangeOf = async () => (await readTwin(page, 'capture-rate')).map((row) => row['date']);
    await page.getByRole('button', { name: /^Dates:/ }).click();
    await page.getByRole('menuitemradio', { name: 'Last 7 days' }).click();
    await settled();
    expect(await rangeOf()).toEqual(Array.from({ length: 7 }, (_, index) => `2026-11-${13 + index}`));

    await page.getByRole('button', { name: /^Dates:/ }).click();
    await page.getByRole('gridcell', { name: 'Tuesday 10 November' }).click();
    await page.getByRole('gridcell', { name: 'Thursday 12 November' }).click();
    await settled();
    expect(await rangeOf()).toEqual(['2026-11-10', '2026-11-11', '2026-11-12']);
    expect(new URL(page.url()).hash).toContain('from=2026-11-10&to=2026-11-12');

    await page.getByRole('button', { name: /^Dates:/ }).click();
    await page.getByRole('textbox', { name: 'First day' }).fill('2026-11-32');
    expect(await page.getByRole('alert').textContent()).toBe('"2026-11-32" is not a date like 2026-11-19');
    await page.getByRole('textbox', { name: 'First day' }).fill('2026-11-12');
    await page.getByRole('textbox', { name: 'Last day' }).press('Enter');
    await settled();
    expect(await rangeOf()).toEqual(['2026-11-12']);
  });

  it('are set by a row or a state head and taken back by a second press', async () => {
    const opened = await open();
    const { page, settled } = opened;
    await page.getByRole('button', { name: 'Focus primer' }).click();
    await settled();
    expect((await headline(opened)).matched).toBe(
      captureIn(everything, where('practice_id', 'focus_primer')).get('')?.completed,
    );
    await page.locator('.heat-name-button', { hasText: 'Focus primer' }).click();
    await settled();
    expect(new URL(page.url()).hash).toBe('#/practices');
    await page.locator('.impact-name').first().click();
    await settled();
    expect(new URL(page.url()).hash).toMatch(/^#\/practices\?master=mst_/);
    await page.locator('.impact-name[aria-pressed="true"]').click();
    await page.locator('.heat-state-head', { hasText: 'Calm' }).click();
    await settled();
    expect(new URL(page.url()).hash).toBe('#/practices?state=calm');
  });

  it('compare with a shift or with nothing, and C turns it off and on', async () => {
    const opened = await open();
    const { page, settled } = opened;
    await page.getByRole('button', { name: /^vs:/ }).click();
    await page.getByRole('menuitemradio', { name: '1 week earlier' }).click();
    await settled();
    expect((await readTwin(page, 'capture-rate'))[0]?.['previous-date']).toBe('2026-10-16');
    await page.keyboard.press('c');
    await settled();
    expect((await readTwin(page, 'capture-rate'))[0]).not.toHaveProperty('previous-date');
    expect(await page.locator('.key-figure-delta').first().textContent()).toBe('');
    await page.keyboard.press('c');
    await settled();
    expect((await readTwin(page, 'capture-rate'))[0]?.['previous-date']).toBe('2026-09-25');
  });
});

describe('the keyboard in the Practices view', () => {
  it('walks the tiles, enters a chart, reads its points and comes out again', async () => {
    const { page } = await open();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-tile'));
    await page.locator('[data-tile="capture-rate"]').focus();
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('master-impact');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('states-by-practice');
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe('reaction-states');
    await page.keyboard.press('ArrowUp');
    expect(await focused()).toBe('capture-rate');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Home');
    const said = page.locator('[data-tile="capture-rate"] [aria-live]');
    expect(await said.textContent()).toMatch(
      /^Friday 23 October, Capture rate \d+\.\d% ±\d\.\d, Captured \d+ of \d+/,
    );
    await page.keyboard.press('ArrowRight');
    expect(await said.textContent()).toMatch(/^Saturday 24 October/);
    await page.keyboard.press('Escape');
    expect(await said.textContent()).toBe('');
    await page.keyboard.press('Escape');
    expect(await focused()).toBe('capture-rate');
  });

  it('turns chart and table with T, and leaves letters alone in fields', async () => {
    const { page } = await open();
    const tile = page.locator('[data-tile="reaction-states"]');
    await tile.focus();
    await page.keyboard.press('t');
    expect(await tile.getAttribute('data-mode')).toBe('table');
    expect(new URL(page.url()).hash).toBe('#/practices?table=reaction-states');
    await page.keyboard.press('t');
    expect(await tile.getAttribute('data-mode')).toBe('chart');
    await page.getByRole('button', { name: 'Release: all' }).click();
    await page.keyboard.type('ct');
    expect(new URL(page.url()).hash).toBe('#/practices');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('checkbox', { name: 'Single letters work as keys' }).uncheck();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.keyboard.press('c');
    expect(new URL(page.url()).hash).toBe('#/practices');
  });

  it('reads the cells of the heat table', async () => {
    const { page } = await open();
    await page.locator('.heat').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    const { n = 0, byState = {} } = statesIn(valueOf('practice_id')).get('morning_stillness') ?? {};
    const restless = byState['restless'] ?? 0;
    expect(await page.locator('.heat [aria-live]').textContent()).toContain(
      `Morning stillness, Restless ${percent(restless, n)}`,
    );
  });
});

describe('the address of the Practices view', () => {
  it('survives a reload, and back and forward walk it', async () => {
    const { page, settled } = await open({
      query: '?range=7d&compare=none&locale=sv&sort=-state%3Acalm&table=capture-rate',
    });
    const shown = () => page.locator('.filter-value').allTextContents();
    const before = [await shown(), await page.locator('.heat-table tbody th').allTextContents()];
    await page.reload();
    await settled();
    expect([await shown(), await page.locator('.heat-table tbody th').allTextContents()]).toEqual(before);
    expect(await page.locator('[data-tile="capture-rate"]').getAttribute('data-mode')).toBe('table');

    await page.getByRole('button', { name: 'Remove filter Locale' }).click();
    await settled();
    expect(new URL(page.url()).hash).not.toContain('locale');
    await page.getByRole('button', { name: 'Back' }).click();
    await expect.poll(() => new URL(page.url()).hash).toContain('locale=sv');
    await settled();
    await page.getByRole('button', { name: 'Forward' }).click();
    await expect.poll(() => new URL(page.url()).hash).not.toContain('locale');
    expect(await page.getByRole('button', { name: 'Forward' }).isDisabled()).toBe(true);
  });

  it('gives the defaults for what makes no sense, and says so', async () => {
    const opened = await open({ query: '?from=2026-13-40&compare=sideways&zoom=9' });
    const { page } = opened;
    expect(await page.locator('.address-notice code').textContent()).toBe(
      'from=2026-13-40  compare=sideways  zoom',
    );
    expect((await headline(opened)).matched).toBe(captureIn(everything).get('')?.completed);
    expect(new URL(page.url()).hash).toBe('#/practices');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.locator('.address-notice').count()).toBe(0);
  });
});

describe.each<Theme>([...SLICED_THEMES])('the Practices view in the %s theme', (theme) => {
  it('passes axe, with charts, tables and an open menu', async () => {
    const { page, go } = await open({ theme });
    const violations = () => axeViolations(page);
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe(theme);
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'State: all' }).click();
    await page.getByRole('option').first().waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Dates:/ }).click();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await go(
      '?table=capture-rate&table=master-impact&table=reaction-states&table=states-by-practice&state=calm&cohort=new',
    );
    expect(await violations()).toEqual([]);
  });

  it('draws with the tokens of the theme', async () => {
    const { page } = await open({ theme });
    const sheet = theme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(21, 23, 26)';
    const ink = theme === 'light' ? 'rgb(25, 27, 30)' : 'rgb(236, 237, 237)';
    const colour = (selector: string, property: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
    expect(await colour('.app-main', 'background-color')).toBe(sheet);
    expect(
      await colour(
        '[data-tile="capture-rate"] svg g[aria-label="line"] path[stroke="var(--data)"], [data-tile="capture-rate"] svg g[stroke="var(--data)"]',
        'stroke',
      ),
    ).toBe(ink);
    const restless = theme === 'light' ? 'rgb(179, 77, 4)' : 'rgb(219, 131, 54)';
    expect(await colour('[data-tile="reaction-states"] rect[fill="var(--state-2)"]', 'fill')).toBe(restless);
  });
});

describe('the frame', () => {
  it('asks before it follows a link from outside', async () => {
    const { page, settled } = await open();
    const propose = (kind: string, id: string) =>
      page.evaluate(
        (body) => {
          window.postMessage({ type: 'tidemark:proposal', body }, location.origin);
        },
        { kind, id },
      );
    const asked = page.getByRole('alertdialog', { name: 'Link from outside' });
    await propose('practice', 'focus-primer');
    await asked.getByText('A link asks to show the practice Focus primer.').waitFor();
    expect(new URL(page.url()).hash).toBe('#/practices');
    await asked.getByRole('button', { name: 'Show' }).click();
    await settled();
    expect(new URL(page.url()).hash).toBe('#/practices?practice=focus_primer');
    await propose('practice', 'no-such-thing');
    await asked.getByText('which this workspace does not have').waitFor();
    await asked.getByRole('button', { name: 'Ignore' }).click();
    await propose('run', 'rm');
    await page.waitForTimeout(200);
    expect(await asked.count()).toBe(0);
  });

  it('keeps a chosen theme over a reload and follows the system again', async () => {
    const { page, settled } = await open({ theme: 'dark' });
    const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
    await page.getByRole('button', { name: /^Theme:/ }).click();
    await page.getByRole('menuitemradio', { name: 'Light' }).click();
    expect(await theme()).toBe('light');
    await page.reload();
    await settled();
    expect(await theme()).toBe('light');
    await page.getByRole('button', { name: /^Theme:/ }).click();
    await page.getByRole('menuitemradio', { name: 'As the system' }).click();
    expect(await theme()).toBe('dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(theme).toBe('light');
  });

  const SIZES = [
    [1440, 900],
    [1280, 800],
    [1180, 800],
    [1100, 720],
    [1000, 640],
    [720, 450], // 1440 × 900 at 200 %
  ] as const;

  it('fits windows of all sizes, also with many filters: nothing runs over its place', async () => {
    const { page, go } = await open();
    const held = async (width: number, height: number) => {
      await page.setViewportSize({ width, height });
      await expect.poll(() => misplaced(page), { message: String(width) }).toEqual([]);
    };
    for (const [width, height] of SIZES) {
      await held(width, height);
      expect(await page.locator('.page-head').isVisible()).toBe(true);
      const scrolls = await page
        .locator('.page-sheet')
        .evaluate((sheet) => sheet.scrollHeight > sheet.clientHeight);
      expect(scrolls).toBe(width !== 1440);
    }
    await go('?locale=nb&locale=sv&release=4.18&practice=evening_wind_down&state=calm&cohort=returning');
    for (const [width, height] of SIZES) await held(width, height);
  });
});

/** Parts that lie over each other, are cut off, or push the page sideways. */
const misplaced = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
    const sheet = document.querySelector('.page-sheet');
    if (sheet !== null && sheet.scrollWidth > sheet.clientWidth) found.push('the sheet scrolls sideways');
    for (const row of document.querySelectorAll('.filter-bar, .title-bar, .status-bar, .tile-head')) {
      const parts = [...row.children]
        .map((child) => child.getBoundingClientRect())
        .filter(({ width }) => width > 0);
      parts.forEach((part, index) => {
        const next = parts[index + 1];
        const isBeside = next === undefined || part.right <= next.left + 0.5 || part.bottom <= next.top + 0.5;
        if (!isBeside) found.push(`parts of ${row.className} overlap`);
      });
      const box = row.getBoundingClientRect();
      if (parts.some(({ right }) => right > box.right + 0.5)) found.push(`${row.className} runs over`);
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
        if (a !== b && !isApart)
          found.push(`${a.dataset['tile'] ?? ''} lies over ${b.dataset['tile'] ?? ''}`);
      }
      const body = a.querySelector('.tile-body')?.getBoundingClientRect();
      if (body !== undefined && body.bottom > a.getBoundingClientRect().bottom + 1)
        found.push('a tile is too small');
    }
    return found;
  });
