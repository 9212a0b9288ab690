import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { dayOf, localDay, type RawData, type RawEvent, readRaw, recountCapture } from '../support/recount.ts';
import { bestTries, recountRetention, userOf, weekOf } from '../support/recount-people.ts';
import { type SyncedSample, startSyncedSample } from '../support/synced-sample.ts';
import { openWorkbench, type Workbench } from '../support/workbench.ts';

// Three whole tasks by the keyboard alone: the page is never clicked, hovered or focused by the test, only keys are
// pressed. What is read on the way is what a screen reader is told.

const SIZE = { events: 134_000, days: 84 };
const FROM = '2026-10-23';
const TO = '2026-11-19';
const MOST_STEPS = 120; // presses of Tab from one end of a page to the other

let sample: SyncedSample;
let browser: Browser;
let raw: RawData;
let workbench: Workbench;
let page: Page;

beforeAll(async () => {
  [sample, browser] = await Promise.all([startSyncedSample(1, SIZE), launchBrowser()]);
  raw = readRaw(sample.rawDir, { environment: 'sample', asOf: sample.asOf });
}, 180_000);
afterAll(async () => {
  await browser.close();
  await sample.host.stop();
});
afterEach(async () => {
  const { complaints } = workbench;
  await workbench.close();
  expect(complaints).toEqual([]);
});

const open = async () => {
  workbench = await openWorkbench({ host: sample.host, browser });
  ({ page } = workbench);
};

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** Tab until what has the focus matches; it must be reachable. */
async function tabTo(selector: string): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step++) {
    const isThere = await page.evaluate(
      (wanted) => document.activeElement?.matches(wanted) === true,
      selector,
    );
    if (isThere) return;
    await press('Tab');
  }
  throw new Error(`no way by Tab to ${selector}`);
}

/** G and the letter of the view. */
async function goTo(letter: string): Promise<void> {
  await press('g', letter);
  await page.waitForTimeout(150); // the address changes with the next frame
  await workbench.settled();
}

/** A tile by Tab, and Enter into its chart. */
async function enterTile(tile: string): Promise<void> {
  await tabTo(`[data-tile="${tile}"]`);
  await press('Enter');
}

/** What was read out last in a tile. */
const said = async (tile: string): Promise<string> =>
  (await page.locator(`[data-tile="${tile}"] [aria-live="polite"]`).allTextContents()).join('');

const spoken = (tile: string): Promise<string | null> =>
  page.locator(`[data-tile="${tile}"]`).getAttribute('aria-label');

const savedCohorts = async () =>
  (await sample.host.client.call('query.cohorts', { environment: 'sample' })).cohorts;

/** The name in the dialog that is open, Enter, and the cohort as it was stored; with the count that was shown. */
async function saveAs(name: string): Promise<{ cohortId: string; size: number }> {
  const size = page.locator('.save-cohort-size strong');
  await size.waitFor();
  const shown = Number((await size.textContent())?.replaceAll(',', ''));
  await press('Control+A');
  await page.keyboard.type(name);
  await press('Enter');
  await page.locator('.save-cohort').waitFor({ state: 'detached' });
  const cohort = (await savedCohorts()).find((each) => each.name === name);
  if (cohort === undefined) throw new Error(`${name} was not saved`);
  return { cohortId: cohort.cohortId, size: shown };
}

const day = (event: RawEvent): string => dayOf(sample.zone)(event);
const inRange = (event: RawEvent): boolean => day(event) >= FROM && day(event) <= TO;

describe('by the keyboard alone', () => {
  it('finds the low days on Practices and notes the release', async () => {
    await open();
    await enterTile('capture-rate');
    const days: { text: string; rate: number; isLow: boolean; release: string | null }[] = [];
    await press('Home');
    for (let index = 0; index < 28; index++) {
      const text = await said('capture-rate');
      days.push({
        text,
        rate: Number(/Capture rate (\d+\.\d)%/.exec(text)?.[1]),
        isLow: text.includes('Below 85%'),
        release: /Release ([\w.-]+)/.exec(text)?.[1] ?? null,
      });
      await press('ArrowRight');
    }
    const low = days.flatMap(({ isLow }, index) => (isLow ? [index] : []));
    const captures = recountCapture(raw, dayOf(sample.zone));
    const expected = Array.from({ length: 28 }, (_, index) =>
      new Date(Date.parse(FROM) + index * 86_400_000).toISOString().slice(0, 10),
    ).flatMap((date, index) => {
      const { completed, captured } = captures.get(date) ?? { completed: 0, captured: 0 };
      return date < TO && completed >= 200 && captured / completed < 0.85 ? [index] : [];
    });
    expect(low).toEqual(expected);
    expect(low.length).toBeGreaterThan(0);
    const release = days.slice(0, low[0]! + 1).findLast((each) => each.release !== null)?.release;
    expect(release).toBe('4.18');
    // back to the first low day, and a note on it
    await press(
      'Home',
      ...low.slice(0, 1).flatMap((at) => Array<string>(at).fill('ArrowRight')),
      'Shift+ArrowRight',
      'a',
    );
    await page.getByRole('form', { name: 'New note' }).waitFor();
    await page.keyboard.type(`Low since release ${release ?? ''}`);
    await press('Control+Enter');
    await page.getByRole('article', { name: 'Low since release 4.18' }).waitFor();
    const { annotations } = await sample.host.client.call('query.annotations', {
      environment: 'sample',
      contains: 'Low since release 4.18',
    });
    expect(annotations[0]?.anchor?.kind).toBe('range');
  });

  it('builds a funnel and saves the drop-off as a cohort', async () => {
    await open();
    await goTo('f');
    await tabTo('.page-head-actions .button');
    await press('Enter');
    await workbench.settled();
    // people instead of practice sessions
    await tabTo('[role="group"][aria-label="Count"] select');
    await page.keyboard.type('People');
    await workbench.settled();
    await tabTo('.page-head-actions .button-primary');
    await press('Enter');
    await workbench.settled();
    await enterTile('funnel-steps');
    await press('ArrowDown', 'ArrowDown', 'ArrowDown');
    expect(await said('funnel-steps')).toMatch(/^3 Session completed, People [\d,]+/);
    await press('s');
    const dialog = page.getByRole('dialog', { name: 'Save as cohort' });
    await dialog.waitFor();
    // whom: the second offer of the step, those who were lost on the way to it
    await press('Shift+Tab', 'ArrowDown', 'Tab');
    const { size, cohortId } = await saveAs('Left before completing');
    const steps = ['practice_opened', 'session_started', 'session_completed'];
    const tries = bestTries(raw.events.filter(inRange), {
      unitOf: userOf,
      steps: [
        'practice_opened',
        'session_started',
        'session_completed',
        'reaction_prompt_shown',
        'reaction_captured',
      ].map((type) => (event) => event.event_type === type),
      windowMs: 3_600_000,
    });
    expect(size).toBe(tries.filter(({ times }) => times.length === steps.length - 1).length);
    expect(size).toBeGreaterThan(0);
    const saved = (await savedCohorts()).find((each) => each.cohortId === cohortId);
    expect(saved?.definition).toMatchObject({
      question: { kind: 'funnel', unit: 'user' },
      cell: { step: 2, dropped: true },
    });
  });

  it("compares two cohorts' week-4 retention", async () => {
    await open();
    const felt: { cohortId: string; practice: string; state: string }[] = [];
    for (const [index, name] of ['Felt one', 'Felt other'].entries()) {
      await goTo('p');
      await enterTile('states-by-practice');
      await press(
        'ArrowRight',
        ...Array<string>(index).fill('ArrowDown'),
        'ArrowRight',
        'ArrowRight',
        'ArrowRight',
        'ArrowRight',
      );
      const key = await page.evaluate(
        () => document.querySelector('.heat-cell[data-current="true"]')?.getAttribute('data-people') ?? '',
      );
      await press('s');
      const { cohortId, size } = await saveAs(name);
      const [, state = '', practice = ''] = key.split(':');
      felt.push({ cohortId, practice, state });
      expect(size).toBe(peopleWhoFelt(state, practice).size);
    }
    await goTo('c');
    await press('f', 'c');
    await page.getByRole('menu', { name: 'Cohort' }).waitFor();
    await page.keyboard.type('f');
    await press('Enter');
    await press('f', 'v');
    await page.getByRole('menu', { name: 'Compare with a cohort' }).waitFor();
    await tabTo('[role="menu"][aria-label="Compare with a cohort"] [role="menuitemradio"]');
    await page.keyboard.type('f');
    await press('Enter');
    await page.locator('[data-tile="retention-compared"]').waitFor();
    await workbench.settled();
    const text = (await spoken('retention-compared')) ?? '';
    const [one, other] = felt.map(({ state, practice }) => weekFour(peopleWhoFelt(state, practice)));
    expect(text).toContain(`Felt one ${one!.percent} of ${one!.n}`);
    expect(text).toContain(`Felt other ${other!.percent} of ${other!.n}`);
    expect(one!.n).toBeGreaterThan(0);
    expect(await page.locator('.page-finding').textContent()).toContain(
      `In week 4 ${one!.percent} of Felt one come back`,
    );
  });
});

function peopleWhoFelt(state: string, practice: string): Set<string> {
  return new Set(
    raw.events
      .filter(
        (event) =>
          event.event_type === 'reaction_captured' &&
          inRange(event) &&
          event.values['state'] === state &&
          event.values['practice_id'] === practice,
      )
      .map(userOf)
      .filter((user) => user !== ''),
  );
}

const WEEKS = Array.from({ length: 12 }, (_, index) =>
  new Date(Date.parse('2026-08-31') + index * 7 * 86_400_000).toISOString().slice(0, 10),
);

/** Of the first cohorts of the last 12 weeks whose week 4 is over. */
function weekFour(people: Set<string>): { percent: string; n: number } {
  const isCompleted = (event: RawEvent): boolean => event.event_type === 'session_completed';
  const cohorts = recountRetention(
    raw.events.filter((event) => people.has(userOf(event))),
    { zone: sample.zone, anchor: isCompleted, returned: isCompleted, isFirstOnly: true, weeks: WEEKS },
  );
  const thisWeek = weekOf(localDay(Date.parse(sample.asOf), sample.zone));
  let [n, back] = [0, 0];
  WEEKS.forEach((week, index) => {
    const fourth = WEEKS[index + 4];
    if (fourth === undefined || fourth >= thisWeek) return;
    n += cohorts.get(week)!.size;
    back += cohorts.get(week)!.back[4]!;
  });
  return { percent: n === 0 ? '–' : `${((100 * back) / n).toFixed(1)}%`, n };
}
