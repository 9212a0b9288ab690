import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { localDay, type RawData, type RawEvent, readRaw, valueOf, type Where } from '../support/recount.ts';
import {
  type CohortCounts,
  firstReactions,
  recountRetention,
  userOf,
  weekOf,
  weeksByUser,
} from '../support/recount-people.ts';
import { WHOLE_SAMPLE } from '../support/sample-host.ts';
import { type SyncedSample, startSyncedSample } from '../support/synced-sample.ts';
import {
  SLICED_THEMES,
  axeViolations,
  expectInPlaceAtAllSizes,
  takePicture,
  takesPictures,
} from '../support/view-checks.ts';
import { numberIn, openWorkbench, readTwin, type Theme, type Workbench } from '../support/workbench.ts';

// The Cohorts view on a sample, in a real browser on the real host; every figure is compared with a recount of the raw
// files that shares no code with the product.

const FIRST_WEEK = '2026-08-31';
const WEEKS = Array.from({ length: 12 }, (_, index) =>
  new Date(Date.parse(FIRST_WEEK) + index * 7 * 86_400_000).toISOString().slice(0, 10),
);
const STATES = ['tense', 'restless', 'heavy', 'neutral', 'calm', 'clear', 'uplifted'];
const SIZE = takesPictures ? WHOLE_SAMPLE : { events: 100_000, days: 120 };

let sample: SyncedSample;
let browser: Browser;
let raw: RawData;
let workbench: Workbench | undefined;

beforeAll(async () => {
  [sample, browser] = await Promise.all([startSyncedSample(1, SIZE), launchBrowser()]);
  raw = readRaw(sample.rawDir, { environment: 'sample', asOf: sample.asOf });
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

async function open(options: { theme?: Theme; width?: number; height?: number; query?: string } = {}) {
  workbench = await openWorkbench({ host: sample.host, browser, view: 'cohorts', ...options });
  return workbench;
}

const isCompleted: Where = (event) => event.event_type === 'session_completed';
const weekOfEvent = ({ tsMs }: RawEvent): string => weekOf(localDay(tsMs, sample.zone));
const retention = (isFirstOnly: boolean, where: Where = () => true): Map<string, CohortCounts> =>
  recountRetention(raw.events.filter(where), {
    zone: sample.zone,
    anchor: isCompleted,
    returned: isCompleted,
    isFirstOnly,
    weeks: WEEKS,
  });

const percent = (part: number, whole: number, decimals = 1): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(decimals)}%`;
const count = (n: number): string => n.toLocaleString('en-GB');

/** Of the cohorts whose week is over: the sample's "now" is a Thursday of the last week. */
function totalAt(cohorts: Map<string, CohortCounts>, column: number): { count: number; n: number } {
  return WEEKS.slice(0, WEEKS.length - 1 - column).reduce(
    (sum, week) => {
      const cohort = cohorts.get(week)!;
      return { count: sum.count + cohort.back[column]!, n: sum.n + cohort.size };
    },
    { count: 0, n: 0 },
  );
}

const shownCells = (page: Page) =>
  page.locator('.retention-table tbody tr').evaluateAll((rows) =>
    rows.map((row) => ({
      start: row.getAttribute('data-cohort') ?? '',
      n: row.querySelector('.retention-n')?.textContent ?? '',
      cells: [...row.querySelectorAll('.retention-cell')].map((cell) => ({
        figure: cell.querySelector('span')?.firstChild?.textContent ?? '',
        isPartial: cell.getAttribute('data-partial') === 'true',
      })),
    })),
  );

async function expectTable(page: Page, cohorts: Map<string, CohortCounts>): Promise<void> {
  const rows = await shownCells(page);
  expect(rows.map(({ start }) => start)).toEqual(WEEKS);
  rows.forEach(({ start, n, cells }, index) => {
    const cohort = cohorts.get(start)!;
    expect(numberIn(n)).toBe(cohort.size);
    expect(cells.map(({ figure }) => figure)).toEqual(
      cohort.back
        .slice(0, WEEKS.length - index)
        .map((back) => percent(back, cohort.size, 0).replace('%', '')),
    );
    expect(cells.map(({ isPartial }) => isPartial)).toEqual(
      cells.map((_, column) => index + column === WEEKS.length - 1),
    );
  });
  const twin = await readTwin(page, 'retention');
  twin.forEach((row, index) => {
    const cohort = cohorts.get(row['start'] ?? '')!;
    expect(numberIn(row['size'])).toBe(cohort.size);
    for (let column = 1; column < WEEKS.length - index; column += 1) {
      expect(numberIn(row[`count-${column}`])).toBe(cohort.back[column]);
      expect(row[`rate-${column}`]?.replace(' so far', '')).toBe(percent(cohort.back[column]!, cohort.size));
    }
  });
  await page.keyboard.press('t');
}

describe('figures of the Cohorts view', () => {
  it('are those of the recount in every cell, for first and for every session', async () => {
    const { page, go } = await open();
    const fresh = retention(true);
    await expectTable(page, fresh);
    const { count: back, n } = totalAt(fresh, 4);
    const finding = (await page.locator('.page-finding').textContent()) ?? '';
    expect(finding).toMatch(/^(\d+\.\d% come back in week 4\.|Cohorts since )/);
    if (finding.includes('come back')) expect(finding).toContain(percent(back, n));
    const people = [...fresh.values()].reduce((sum, { size }) => sum + size, 0);
    expect(await page.locator('.filter-bar-matched strong').textContent()).toBe(count(people));
    await go('?type=recurring');
    await expectTable(page, retention(false));
    await go('?locale=sv');
    await expectTable(
      page,
      retention(true, (event) => valueOf('locale')(event) === 'sv'),
    );
  });

  it('are those of the recount for new and returning people, column by column', async () => {
    const { page } = await open();
    const [fresh, every] = [retention(true), retention(false)];
    const returning = new Map(
      WEEKS.map((week) => {
        const [all, part] = [every.get(week)!, fresh.get(week)!];
        return [
          week,
          { size: all.size - part.size, back: all.back.map((back, column) => back - part.back[column]!) },
        ] as const;
      }),
    );
    const rows = await readTwin(page, 'retention-curves');
    expect(rows).toHaveLength(12);
    for (let column = 1; column < 11; column += 1) {
      const row = rows[column]!;
      const [a, b] = [totalAt(fresh, column), totalAt(returning, column)];
      expect([numberIn(row['new-count']), numberIn(row['new-n'])]).toEqual([a.count, a.n]);
      expect([numberIn(row['returning-count']), numberIn(row['returning-n'])]).toEqual([b.count, b.n]);
      expect(row['new-rate']).toBe(percent(a.count, a.n));
      expect(row['returning-rate']).toBe(percent(b.count, b.n));
    }
    expect(rows[11]?.['new-rate']).toContain('so far');
  });

  it('are those of the recount at a chosen week, over the cohorts and by first reaction', async () => {
    const { page, go } = await open();
    for (const column of [4, 2]) {
      await go(`?column=${column}`);
      const fresh = retention(true);
      for (const row of await readTwin(page, 'retention-shift')) {
        const cohort = fresh.get(row['start'] ?? '')!;
        expect(numberIn(row['n'])).toBe(cohort.size);
        expect(row['rate']).toBe(percent(cohort.back[column]!, cohort.size));
      }
      const first = firstReactions(raw.events, sample.zone);
      const active = weeksByUser(raw.events, isCompleted, sample.zone);
      const weeks = WEEKS.slice(0, WEEKS.length - 1 - column);
      const rows = await readTwin(page, 'first-reaction');
      STATES.forEach((state, index) => {
        const people = [...first].filter(
          ([, reaction]) => reaction.state === state && weeks.includes(reaction.week),
        );
        const back = people.filter(([user, { week }]) => {
          const later = WEEKS[WEEKS.indexOf(week) + column] ?? '';
          return active.get(user)?.has(later) === true;
        });
        expect(rows[index]?.['state']?.toLowerCase()).toBe(state);
        expect([numberIn(rows[index]?.['count']), numberIn(rows[index]?.['n'])]).toEqual([
          back.length,
          people.length,
        ]);
      });
      expect(rows.at(-1)?.['state']).toBe('No reaction');
    }
    expect(await page.locator('[data-tile="first-reaction"] .tile-subtitle').textContent()).toContain(
      'association only',
    );
  });

  it('are those of the recount in the lifecycle and the stickiness', async () => {
    const { page } = await open({ query: '?page=lifecycle' });
    const active = weeksByUser(raw.events, isCompleted, sample.zone);
    const before = (week: string): string =>
      new Date(Date.parse(week) - 7 * 86_400_000).toISOString().slice(0, 10);
    const rows = await readTwin(page, 'lifecycle');
    expect(rows.map((row) => row['date'])).toEqual(WEEKS);
    for (const row of rows) {
      const week = row['date'] ?? '';
      const counts = { new: 0, returning: 0, resurrected: 0, dormant: 0 };
      for (const weeks of active.values()) {
        const isHere = weeks.has(week);
        const wasHere = weeks.has(before(week));
        const isFirst = [...weeks].toSorted()[0] === week;
        if (isHere && isFirst) counts.new += 1;
        else if (isHere && wasHere) counts.returning += 1;
        else if (isHere) counts.resurrected += 1;
        else if (wasHere) counts.dormant += 1;
      }
      for (const [key, expected] of Object.entries(counts))
        expect([key, numberIn(row[key])]).toEqual([key, expected]);
    }
    expect(rows.filter((row) => row['mark'] === 'Not over').map((row) => row['date'])).toEqual([
      WEEKS.at(-1),
    ]);
    const periods = [...active.values()]
      .map((weeks) => WEEKS.filter((week) => weeks.has(week)).length)
      .filter((each) => each > 0);
    for (const row of await readTwin(page, 'stickiness')) {
      const exactly = periods.filter((each) => each === Number(row['periods'])).length;
      expect(numberIn(row['count'])).toBe(exactly);
      expect(row['rate']).toBe(percent(exactly, periods.length));
    }
  });

  it('are those of the recount under brackets, minimum returns, rolling and days', async () => {
    const { page, go } = await open({ query: '?brackets=1-3&column=2' });
    const active = weeksByUser(raw.events, isCompleted, sample.zone);
    const fresh = retention(true);
    const later = (week: string, from: number, to: number): string[] =>
      WEEKS.slice(WEEKS.indexOf(week) + from, WEEKS.indexOf(week) + to + 1);
    const firstWeek = new Map([...active].map(([user, weeks]) => [user, [...weeks].toSorted()[0] ?? '']));
    const backIn = (week: string, wanted: readonly string[]): number =>
      [...firstWeek].filter(
        ([user, first]) => first === week && wanted.some((each) => active.get(user)?.has(each) === true),
      ).length;
    for (const row of await readTwin(page, 'retention')) {
      const week = row['start'] ?? '';
      expect(numberIn(row['size'])).toBe(fresh.get(week)!.size);
      if (row['count-2'] !== '') expect(numberIn(row['count-2'])).toBe(backIn(week, later(week, 2, 4)));
    }
    expect(await page.locator('[data-tile="retention-shift"] h2').textContent()).toBe('Weeks 2–4 by cohort');
    await go('?returns=2');
    const twice = new Map<string, number>();
    for (const event of raw.events.filter(isCompleted)) {
      const key = `${userOf(event)} ${weekOfEvent(event)}`;
      twice.set(key, (twice.get(key) ?? 0) + 1);
    }
    for (const row of await readTwin(page, 'retention')) {
      const week = row['start'] ?? '';
      const [next = ''] = later(week, 1, 1);
      const back = [...firstWeek].filter(
        ([user, first]) => first === week && (twice.get(`${user} ${next}`) ?? 0) >= 2,
      ).length;
      if (row['count-1'] !== '' && next !== '') expect(numberIn(row['count-1'])).toBe(back);
    }
    await go('?mode=rolling');
    for (const row of await readTwin(page, 'retention')) {
      const week = row['start'] ?? '';
      if (row['count-3'] !== '') expect(numberIn(row['count-3'])).toBe(backIn(week, later(week, 3, 11)));
    }
    expect(await page.locator('[data-tile="retention"] .tile-subtitle').textContent()).toContain(
      'in that week or any later one',
    );
    expect(await page.locator('.page-finding').textContent()).toMatch(
      /^So far \d+\.\d% have come back in week 4 or later\./,
    );
    await go('?unit=day&range=28d&column=7&figure=count');
    const days = await shownCells(page);
    expect(days).toHaveLength(28);
    const onDay = (day: string): Set<string> =>
      new Set(
        raw.events
          .filter((event) => isCompleted(event) && localDay(event.tsMs, sample.zone) === day)
          .map(userOf),
      );
    const firstDay = new Map<string, string>();
    for (const event of raw.events.filter(isCompleted)) {
      const [user, day] = [userOf(event), localDay(event.tsMs, sample.zone)];
      if (user !== '' && day < (firstDay.get(user) ?? '9')) firstDay.set(user, day);
    }
    for (const { start, cells } of days.slice(0, 3)) {
      const seventh = new Date(Date.parse(start) + 7 * 86_400_000).toISOString().slice(0, 10);
      const back = [...onDay(seventh)].filter((user) => firstDay.get(user) === start).length;
      expect(numberIn(cells[7]?.figure)).toBe(back);
    }
  });
});

describe('the Cohorts view by keyboard and mouse', () => {
  it('reads the cells, opens a cohort, walks the cohorts, and gives the focus back', async () => {
    const { page, settled } = await open();
    await page.locator('[data-tile="retention"]').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.retention [aria-live]').textContent()).toMatch(
      /^Week of 7 Sep, week 1, Came back \d+\.\d%, 95% interval/,
    );
    await page.keyboard.press('Enter');
    await settled();
    expect(new URL(page.url()).hash).toBe('#/cohorts?column=1&chosen=2026-09-07');
    const { size, back } = retention(true).get('2026-09-07')!;
    expect(await page.locator('.panel-figure strong').textContent()).toBe(percent(back[1]!, size));
    expect(await page.locator('.panel-lead p').textContent()).toContain(
      `${count(back[1]!)} of ${count(size)} people came back in week 1`,
    );
    await page.getByRole('button', { name: 'Next cohort' }).click();
    await settled();
    await page.getByRole('complementary', { name: 'Week of 14 Sep' }).waitFor();
    await page.getByRole('button', { name: 'Close', exact: true }).focus();
    await page.keyboard.press('Escape');
    expect(await page.locator('.panel').count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('14 Sep');
  });

  it('takes the parts of a cohort from its own groups', async () => {
    const { page } = await open({ query: '?chosen=2026-09-14' });
    const rows = await readTwin(page, 'cohort-groups');
    const { size } = retention(true).get('2026-09-14')!;
    expect(rows.reduce((sum, row) => sum + numberIn(row['n']), 0)).toBe(size);
  });

  it('compares week 4 of two cohorts by keyboard alone', async () => {
    const { page, settled } = await open();
    const fresh = retention(true);
    await page.locator('.retention-start button', { hasText: '7 Sep' }).focus();
    await page.keyboard.press('Enter');
    await settled();
    const read = async () => page.locator('.panel-figure').textContent();
    const first = await read();
    await page.getByRole('button', { name: 'Next cohort' }).focus();
    await page.keyboard.press('Enter');
    await settled();
    const second = await read();
    for (const [text, week] of [
      [first, '2026-09-07'],
      [second, '2026-09-14'],
    ] as const) {
      const { size, back } = fresh.get(week)!;
      expect(text).toContain(percent(back[4]!, size));
    }
  });

  it('chooses anchor, return and unit in the bar, and the address holds them', async () => {
    const { page, settled } = await open();
    await page.keyboard.press('f');
    await page.keyboard.press('b');
    await page.getByRole('radio', { name: 'Every' }).check();
    await page.getByRole('combobox', { name: 'Search Events that start a cohort' }).fill('practice open');
    await page.getByRole('option', { name: /^Practice opened/ }).waitFor();
    await page.keyboard.press('Enter');
    await settled();
    await page.getByRole('button', { name: 'Unit: week' }).click();
    await page.getByRole('menuitemradio', { name: 'That period or later' }).click();
    await settled();
    await page.getByRole('button', { name: 'Unit: week, rolling' }).click();
    await page.getByRole('textbox', { name: 'Columns of so many weeks' }).fill('1, two');
    expect(
      await page.getByRole('textbox', { name: 'Columns of so many weeks' }).getAttribute('aria-invalid'),
    ).toBe('true');
    await page.getByRole('textbox', { name: 'Columns of so many weeks' }).fill('1, 4');
    await page.keyboard.press('Enter');
    await settled();
    expect(new URL(page.url()).hash).toBe(
      '#/cohorts?anchor=practice_opened&type=recurring&mode=rolling&brackets=1-4&column=2',
    );
    const shown = await shownCells(page);
    await page.reload();
    await settled();
    expect(await shownCells(page)).toEqual(shown);
    await page.getByRole('radio', { name: 'Lifecycle' }).check();
    await settled();
    expect(await page.locator('[data-tile]').count()).toBe(2);
    expect(await page.locator('.page-finding').textContent()).toMatch(
      /^In the week of 9 November [\d,]+ people had/,
    );
  });

  it('says when nothing matches, and that new and returning are drawn apart', async () => {
    const { page, settled } = await open({ query: '?locale=nb&release=0.0.1&cohort=new' });
    await page
      .getByRole('button', { name: /^Cohort: new, not applied: new and returning people are drawn apart/ })
      .waitFor();
    const block = page.locator('[data-tile="retention"] .tile-block');
    await block.getByRole('button', { name: 'Remove release' }).click();
    await settled();
    const nb = retention(true, (event) => valueOf('locale')(event) === 'nb');
    const people = [...nb.values()].reduce((sum, { size }) => sum + size, 0);
    expect(await page.locator('.filter-bar-matched strong').textContent()).toBe(count(people));
  });
});

describe.each<Theme>([...SLICED_THEMES])('the Cohorts view in the %s theme', (theme) => {
  it('passes axe with panel, tables, menus and the lifecycle', async () => {
    const { page, go } = await open({ theme });
    expect(await axeViolations(page)).toEqual([]);
    await takePicture(page, `cohorts-${theme}`);
    await go('?chosen=2026-09-21&type=recurring');
    expect(await axeViolations(page)).toEqual([]);
    await takePicture(page, `cohorts-panel-${theme}`);
    await go('?table=retention&table=retention-curves&table=retention-shift&table=first-reaction&cohort=new');
    expect(await axeViolations(page)).toEqual([]);
    await go('?page=lifecycle');
    expect(await axeViolations(page)).toEqual([]);
    await takePicture(page, `lifecycle-${theme}`);
  });
});

describe('the Cohorts view in small and large windows', () => {
  const QUERIES = [
    '',
    '?chosen=2026-09-21&locale=nb&locale=sv&release=4.18&unit=week&mode=rolling',
    '?unit=day&range=28d&mode=24h',
    '?page=lifecycle',
  ];

  it.each(QUERIES)('fits all sizes, nothing runs over its place: "%s"', async (query) => {
    await expectInPlaceAtAllSizes(await open({ query }), query === '' ? 'cohorts-1100x720' : undefined);
  });
});

describe('charts of the Cohorts view', () => {
  it('have a name, a summary and points that are read out', async () => {
    const { page } = await open();
    const summaries = await page
      .locator('[data-tile]')
      .evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('aria-label')));
    expect(summaries).toEqual([
      expect.stringMatching(
        /^Retention\. 12 weekly cohorts\. \d+\.\d% come back in week 4\. Latest complete cohort 12 Oct/,
      ),
      expect.stringMatching(/^New and returning\. Returning \d+\.\d% in week 10, New \d+\.\d% in week 10\.$/),
      expect.stringMatching(/^Week 4 by cohort\. Latest complete cohort 2026-10-12: \d+\.\d%\./),
      expect.stringMatching(/^By first reaction\. Tense (\d+\.\d%|–), Restless/),
    ]);
    await page.locator('[data-tile="retention-curves"] [data-chart-area]').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('[data-tile="retention-curves"] [aria-live]').textContent()).toMatch(
      /^Week 1, Returning \d+\.\d% n [\d,]+, Returning, interval/,
    );
  });
});
