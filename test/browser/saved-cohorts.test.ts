import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ViewId } from '../../renderer/state/address.ts';
import type { CohortDefinition } from '../../shared/query/cohort.ts';
import { launchBrowser } from '../support/browser.ts';
import { dayOf, localDay, type RawData, type RawEvent, readRaw, type Where } from '../support/recount.ts';
import {
  bestTries,
  countsOf,
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
  misplacedParts,
  takePicture,
  takesPictures,
} from '../support/view-checks.ts';
import { numberIn, openWorkbench, readTwin, type Theme, type Workbench } from '../support/workbench.ts';

// Cohorts saved from marks, put together and compared, in a real browser on the real host; whom they hold is compared with
// a recount of the raw files that shares no code with the product.

const FROM = '2026-10-23';
const TO = '2026-11-19';
const WEEKS = Array.from({ length: 12 }, (_, index) =>
  new Date(Date.parse('2026-08-31') + index * 7 * 86_400_000).toISOString().slice(0, 10),
);
const SIZE = takesPictures ? WHOLE_SAMPLE : { events: 100_000, days: 100 };

let sample: SyncedSample;
let browser: Browser;
let raw: RawData;
let day: (event: RawEvent) => string;
let workbench: Workbench | undefined;

beforeAll(async () => {
  [sample, browser] = await Promise.all([startSyncedSample(1, SIZE), launchBrowser()]);
  raw = readRaw(sample.rawDir, { environment: 'sample', asOf: sample.asOf });
  day = dayOf(sample.zone);
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

interface Options {
  query?: string;
  theme?: Theme;
  width?: number;
  height?: number;
}

async function open(view: ViewId, options: Options = {}): Promise<Page> {
  await workbench?.close();
  workbench = await openWorkbench({ host: sample.host, browser, view, ...options });
  return workbench.page;
}

const save = async (name: string, definition: CohortDefinition): Promise<string> =>
  (
    await sample.host.client.call('command.cohort.save', {
      environment: 'sample',
      cohortId: null,
      name,
      definition,
    })
  ).cohortId;
const list = async () => (await sample.host.client.call('query.cohorts', { environment: 'sample' })).cohorts;

/** What comes with the next answers of a slow machine. */
const poll = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Save as cohort' });

/** How many people the dialog counts, once it has counted. */
async function dialogSize(page: Page): Promise<number> {
  const size = dialog(page).locator('.save-cohort-size[aria-busy="false"] strong');
  await size.waitFor();
  return numberIn((await size.textContent()) ?? '');
}

/** The entry of the menu of a mark that says this; closed again. */
async function sizeOfMark(page: Page, selector: string, entry: RegExp): Promise<number> {
  await page.locator(selector).first().click({ button: 'right' });
  await page.getByRole('menuitem', { name: entry }).click();
  const size = await dialogSize(page);
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  return size;
}

const isType =
  (type: string): Where =>
  (event) =>
    event.event_type === type;
const inRange: Where = (event) => day(event) >= FROM && day(event) <= TO;
const people = (where: Where): Set<string> =>
  new Set(
    raw.events
      .filter(where)
      .map(userOf)
      .filter((user) => user !== ''),
  );
const isCompleted = isType('session_completed');
const count = (n: number): string => n.toLocaleString('en-GB');
const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)}%`;

const STEPS = [
  'practice_opened',
  'session_started',
  'session_completed',
  'reaction_prompt_shown',
  'reaction_captured',
];
const USER_FUNNEL = JSON.stringify({
  steps: STEPS.slice(0, 3).map((event) => ({ event })),
  window: { value: 1, unit: 'day' },
});
const userTries = (where: Where = inRange) =>
  bestTries(raw.events.filter(where), {
    unitOf: userOf,
    steps: STEPS.slice(0, 3).map(isType),
    windowMs: 86_400_000,
  });

describe('the people of a mark', () => {
  it('are those of a step and those lost on the way to it', async () => {
    const page = await open('funnels', { query: `?define=${encodeURIComponent(USER_FUNNEL)}` });
    const counts = countsOf(userTries(), 3);
    expect(await sizeOfMark(page, '[data-step="1"]', /came to session started/)).toBe(counts[1]);
    expect(await sizeOfMark(page, '[data-loss="2"]', /left before session completed/)).toBe(
      counts[1]! - counts[2]!,
    );
  });

  it('are people where the funnel counts practice sessions: by the best of each person, in one session', async () => {
    const page = await open('funnels');
    const ofRun = (event: RawEvent): string => {
      const run = event.values['practice_session_id'];
      return typeof run === 'string' && userOf(event) !== '' ? `${userOf(event)} ${run}` : '';
    };
    const tries = bestTries(raw.events.filter(inRange), {
      unitOf: ofRun,
      steps: STEPS.map(isType),
      windowMs: 3_600_000,
    });
    const furthest = new Map<string, number>();
    for (const { unit, times } of tries) {
      const user = unit.split(' ')[0] ?? '';
      furthest.set(user, Math.max(furthest.get(user) ?? 0, times.length));
    }
    const reached = [...furthest.values()].filter((steps) => steps >= 5).length;
    expect(await sizeOfMark(page, '[data-step="4"]', /came to reaction captured/)).toBe(reached);
  });

  it('are those of a retention cell and row, a lifecycle week and a bar of stickiness', async () => {
    const page = await open('cohorts');
    const cohorts = recountRetention(raw.events, {
      zone: sample.zone,
      anchor: isCompleted,
      returned: isCompleted,
      isFirstOnly: true,
      weeks: WEEKS,
    });
    const third = cohorts.get(WEEKS[3]!)!;
    expect(await sizeOfMark(page, '[data-cell="3-4"]', /back in week 4/)).toBe(third.back[4]);
    expect(
      await sizeOfMark(page, `[data-cohort="${WEEKS[3]!}"] .retention-start`, /of the week of \d+ \w+$/),
    ).toBe(third.size);

    const life = await open('cohorts', { query: '?page=lifecycle' });
    const weeks = weeksByUser(raw.events, isCompleted, sample.zone);
    const [before, at] = [WEEKS[9]!, WEEKS[10]!];
    const stopped = [...weeks.values()].filter((own) => own.has(before) && !own.has(at)).length;
    await life.locator('[data-tile="lifecycle"]').focus();
    await life.keyboard.press('Enter');
    for (const key of ['End', 'ArrowLeft', 's']) await life.keyboard.press(key);
    await dialog(life)
      .getByLabel('Who')
      .selectOption({ label: `${count(stopped)} people: stopped, week of 9 Nov` });
    expect(await dialogSize(life)).toBe(stopped);
    await life.keyboard.press('Escape');
    const inTwo = [...weeks.values()].filter(
      (own) => WEEKS.filter((week) => own.has(week)).length === 2,
    ).length;
    await life.locator('[data-tile="stickiness"]').focus();
    await life.keyboard.press('Enter');
    for (const key of ['Home', 'ArrowRight', 's']) await life.keyboard.press(key);
    expect(await dialogSize(life)).toBe(inTwo);
  });

  it('are those of a practice, a state in a practice, a master, a first reaction and a link between pages', async () => {
    const page = await open('practices');
    const row = page.locator('[data-tile="states-by-practice"] tr[data-people]').first();
    const practice = (await row.getAttribute('data-row')) ?? '';
    const ofPractice: Where = (event) => inRange(event) && event.values['practice_id'] === practice;
    expect(await sizeOfMark(page, '.heat-table tr[data-people] .heat-name', /completed/)).toBe(
      people((event) => isCompleted(event) && ofPractice(event)).size,
    );
    expect(await sizeOfMark(page, `[data-people="state:calm:${practice}"]`, /felt calm/)).toBe(
      people(
        (event) =>
          event.event_type === 'reaction_captured' && ofPractice(event) && event.values['state'] === 'calm',
      ).size,
    );
    const master = (await page.locator('.impact-row[data-people]').first().getAttribute('data-row')) ?? '';
    expect(await sizeOfMark(page, '.impact-row[data-people]', /completed a session/)).toBe(
      people((event) => isCompleted(event) && inRange(event) && event.values['master_id'] === master).size,
    );

    const journeys = await open('journeys');
    const [link] = (await journeys
      .locator('[data-tile="journey-links"] tbody tr')
      .evaluateAll((rows) =>
        rows.map(
          (each) => JSON.parse((each as HTMLElement).dataset['row'] ?? '[]') as [number, string, string],
        ),
      )) as [[number, string, string]];
    expect(await sizeOfMark(journeys, '[data-tile="journey-links"] tbody tr', /from .* to /)).toBe(
      whoWent(link[1], link[2]).size,
    );
  });
});

/** People with one page straight after another, less than 30 minutes later. */
function whoWent(source: string, target: string): Set<string> {
  const found = new Set<string>();
  const views = Map.groupBy(
    raw.events.filter((event) => event.event_type === 'page_view' && inRange(event) && userOf(event) !== ''),
    userOf,
  );
  const pathOf = (event: RawEvent): string => {
    const text = String(event.values['page_path']);
    return text.length > 1 ? text.replace(/\/$/, '') : text;
  };
  for (const [user, own] of views) {
    const sorted = own.toSorted((a, b) => a.tsMs - b.tsMs || (a.event_id < b.event_id ? -1 : 1));
    const isTaken = sorted.some((event, index) => {
      const next = sorted[index + 1];
      return (
        next !== undefined &&
        pathOf(event) === source &&
        pathOf(next) === target &&
        next.tsMs - event.tsMs < 30 * 60_000
      );
    });
    if (isTaken) found.add(user);
  }
  return found;
}

describe('a cohort that is put together', () => {
  const times = new Map<string, number>();
  beforeAll(() => {
    for (const event of raw.events)
      if (isCompleted(event)) times.set(userOf(event), (times.get(userOf(event)) ?? 0) + 1);
    times.delete('');
  });

  it('counts whom each rule leaves, is saved, renamed, duplicated, removed and brought back', async () => {
    const page = await open('cohorts', { query: '?page=saved' });
    await page.getByRole('button', { name: 'New cohort' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Regulars');
    const often = page.getByRole('textbox', { name: 'Times' });
    await often.fill('5');
    await often.press('Enter');
    const left = page.locator('[data-rule="0"] .cohort-left strong');
    const regulars = [...times].filter(([, n]) => n >= 5).map(([user]) => user);
    await poll(() => left.textContent()).toBe(count(regulars.length));
    // and who did not react
    await page.getByRole('button', { name: 'Add a rule about events' }).click();
    await page.getByRole('option', { name: /^Reaction captured/ }).click();
    await page.locator('[data-rule="1"]').getByLabel('Did or did not').selectOption('not');
    const reacted = people(isType('reaction_captured'));
    const both = regulars.filter((user) => !reacted.has(user)).length;
    await poll(() => page.locator('[data-rule="1"] .cohort-left strong').textContent()).toBe(count(both));
    await poll(() => page.locator('.page-finding').textContent()).toContain(`${count(both)} people match.`);
    expect(await page.locator('.builder-words').textContent()).toContain(
      'People who did session completed at least 5 times and did not do reaction captured.',
    );
    await page.getByRole('button', { name: 'Remove rule 2' }).click();
    await page.keyboard.press('Control+s');
    await poll(async () => (await list()).map(({ name }) => name)).toContain('Regulars');
    await poll(() => page.url()).toContain('saved=regulars');

    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Steady people');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await poll(async () => (await list()).find(({ cohortId }) => cohortId === 'regulars')?.name).toBe(
      'Steady people',
    );
    await page.getByRole('button', { name: 'Saved', exact: true }).click();
    const row = page.locator('[data-saved="regulars"]');
    await poll(() => row.locator('[data-key="size"]').textContent()).toBe(count(regulars.length));
    await row.getByRole('button', { name: /^Actions for/ }).click();
    await page.getByRole('menuitem', { name: 'Duplicate' }).click();
    await page.locator('[data-saved="copy-of-steady-people"]').waitFor();
    await row.getByRole('button', { name: /^Actions for/ }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await row.waitFor();
    expect((await list()).find(({ cohortId }) => cohortId === 'regulars')?.definition).toMatchObject({
      all: [{ times: { value: 5 } }],
    });
  });

  it('of a list is counted, kept apart from what is shown, renamed and brought back', async () => {
    const page = await open('cohorts', { query: '?page=saved' });
    const some = [...times.keys()].slice(0, 25);
    await page.getByRole('button', { name: 'From a list' }).click();
    const paste = page.getByRole('dialog', { name: 'Cohort from a list' });
    await paste.getByLabel('Name').fill('Pasted');
    await paste.getByLabel('User ids, one per line').fill(`${some.join('\n')}\nusr_nobody, ${some[0]!}`);
    await poll(() => paste.locator('.save-cohort-size').textContent()).toBe('26ids, 25 of them known here');
    await paste.getByRole('button', { name: 'Save cohort' }).click();
    await poll(() => page.locator('.page-finding').textContent()).toContain('25 people match.');
    const shown = (await page.locator('body').textContent()) ?? '';
    for (const id of some) expect(shown + page.url()).not.toContain(id);
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Pasted, renamed');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await poll(async () => (await list()).find(({ cohortId }) => cohortId === 'pasted')).toMatchObject({
      name: 'Pasted, renamed',
      listedUsers: 26,
    });
    await page.getByRole('button', { name: /^Actions for/ }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await poll(async () => (await list()).find(({ cohortId }) => cohortId === 'pasted')?.listedUsers).toBe(
      26,
    );
  });

  it('warns before it is removed from under what uses it', async () => {
    const cohortId = await save('Used', {
      all: [{ did: { event: 'sign_up' }, times: { op: 'gte', value: 1 }, not: false }],
    });
    await sample.host.client.call('command.view.save', {
      viewId: null,
      name: 'Monday',
      address: `#/practices?cohort=saved%3A${cohortId}`,
    });
    const page = await open('cohorts', { query: '?page=saved' });
    const row = page.locator(`[data-saved="${cohortId}"]`);
    await row.getByText('saved view Monday').waitFor();
    await row.getByRole('button', { name: /^Actions for/ }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await page.getByText('Used is used by saved view Monday.').waitFor();
    await page.getByRole('button', { name: 'Keep it' }).click();
    expect((await list()).map(({ name }) => name)).toContain('Used');
  });
});

describe('a saved cohort', () => {
  const members = (): Set<string> =>
    people((event) => event.event_type === 'reaction_captured' && event.values['state'] === 'calm');
  let calm = '';
  beforeAll(async () => {
    calm = await save('Calm people', {
      all: [
        {
          did: { event: 'reaction_captured', filters: [{ property: 'state', op: 'is', value: 'calm' }] },
          times: { op: 'gte', value: 1 },
          not: false,
        },
      ],
    });
  });

  it('filters a view, chosen in the Cohort filter', async () => {
    const page = await open('practices');
    await page.keyboard.press('f');
    await page.keyboard.press('c');
    await page.getByRole('menuitemradio', { name: /^Calm people/ }).click();
    await workbench?.settled();
    const own = members();
    const sessions = new Set(
      raw.events
        .filter((event) => isCompleted(event) && inRange(event) && own.has(userOf(event)))
        .map((event) => String(event.values['practice_session_id'])),
    );
    await poll(() => page.locator('.filter-bar-matched strong').textContent()).toBe(count(sessions.size));
    expect(page.url()).toContain('cohort=saved%3Acalm-people');
    expect(await page.locator('[data-filter-letter="c"]').getAttribute('aria-label')).toBe(
      'Cohort: Calm people',
    );
  });

  it('stands beside everybody in a funnel, step by step', async () => {
    const query = `?define=${encodeURIComponent(USER_FUNNEL)}&cohort=saved%3A${calm}&against=all`;
    const page = await open('funnels', { query });
    const own = members();
    const [counts, all] = [
      countsOf(
        userTries((event) => inRange(event) && own.has(userOf(event))),
        3,
      ),
      countsOf(userTries(), 3),
    ];
    const twin = await readTwin(page, 'funnel-steps');
    twin.forEach((row, index) => {
      expect(numberIn(row['count'])).toBe(counts[index]);
      expect(numberIn(row['previous-count'])).toBe(all[index]);
      expect(row['previous-from-first']).toBe(percent(all[index]!, all[0]!));
    });
    expect(await page.getByRole('button', { name: 'vs: All people' }).count()).toBe(1);
  });

  it('stands beside everybody in retention: two tables, two curves, the difference', async () => {
    const page = await open('cohorts', { query: `?cohort=saved%3A${calm}&against=all` });
    const own = members();
    const rules = {
      zone: sample.zone,
      anchor: isCompleted,
      returned: isCompleted,
      isFirstOnly: true,
      weeks: WEEKS,
    };
    const thisWeek = weekOf(localDay(Date.parse(sample.asOf), sample.zone));
    for (const [side, tile, events] of [
      ['own', 'retention', raw.events.filter((event) => own.has(userOf(event)))],
      ['other', 'retention-against', raw.events],
    ] as const) {
      const cohorts = recountRetention(events, rules);
      for (const row of await readTwin(page, tile)) {
        const cohort = cohorts.get(row['start'] ?? '')!;
        expect(numberIn(row['size'])).toBe(cohort.size);
        WEEKS.forEach((_, column) => {
          const shown = row[`count-${column}`];
          if (column > 0 && shown !== undefined && shown !== '')
            expect(numberIn(shown)).toBe(cohort.back[column]);
        });
      }
      const twin = await readTwin(page, 'retention-compared');
      const over = WEEKS.filter((_, index) => (WEEKS[index + 4] ?? '9') < thisWeek).map((week) =>
        cohorts.get(week)!,
      );
      const n = over.reduce((sum, { size }) => sum + size, 0);
      expect(numberIn(twin[4]?.[`${side}-n`])).toBe(n);
      expect(twin[4]?.[`${side}-rate`]).toBe(
        percent(
          over.reduce((sum, { back }) => sum + back[4]!, 0),
          n,
        ),
      );
    }
    expect(await page.locator('[data-tile="retention-compared"]').getAttribute('aria-label')).toMatch(
      /In week 4: Calm people \d+\.\d% of [\d,]+, All people \d+\.\d% of [\d,]+, [+−]\d+\.\d pp, p /,
    );
  });
});

describe('the drop-off of a step', () => {
  it('stands beside the range that the 28 days before each day lead to expect', async () => {
    const page = await open('funnels', { query: '?step=4' });
    const runs = bestTries(
      raw.events.filter((event) => day(event) >= '2026-09-24' && day(event) <= TO),
      {
        unitOf: (event) =>
          typeof event.values['practice_session_id'] === 'string' ? event.values['practice_session_id'] : '',
        steps: STEPS.map(isType),
        windowMs: 3_600_000,
      },
    );
    const byDay = new Map<string, { k: number; n: number }>();
    for (const { times } of runs) {
      if (times.length < 3) continue;
      const date = localDay(times[0]!, sample.zone);
      const at = byDay.get(date) ?? { k: 0, n: 0 };
      byDay.set(date, { k: at.k + (times.length === 3 ? 1 : 0), n: at.n + 1 });
    }
    const dayBefore = (date: string, days: number) =>
      new Date(Date.parse(date) - days * 86_400_000).toISOString().slice(0, 10);
    const rows = (await readTwin(page, 'funnel-drop-off')).filter((row) => row['mark'] === '');
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) {
      const date = row['date'] ?? '';
      const past = Array.from(
        { length: 27 },
        (_, index) => byDay.get(dayBefore(date, index + 2)) ?? { k: 0, n: 0 },
      );
      const [k, trials] = [
        past.reduce((sum, each) => sum + each.k, 0),
        past.reduce((sum, each) => sum + each.n, 0),
      ];
      const { n } = byDay.get(date)!;
      const smoothed = (k + 0.5) / (trials + 1);
      const spread =
        2.576 * Math.sqrt((smoothed * (1 - smoothed) * (1 + Math.max(0, n / 24 - 1) * 0.01)) / n);
      const low = Math.max(0, k / trials - spread);
      expect(row['expected']).toBe(
        `${(100 * low).toFixed(1)}% to ${(100 * (k / trials + spread)).toFixed(1)}%`,
      );
    }
    expect(await page.locator('[data-tile="funnel-drop-off"]').getAttribute('aria-label')).toContain(
      'Beyond the range expected from the 28 days before: 2026-11-1',
    );
  });
});

describe('what is pointed at in one tile', () => {
  it('lights up in the others, by mouse and by keys, and in its own tile not', async () => {
    const page = await open('practices');
    const lit = () =>
      page
        .locator('[data-lit]')
        .evaluateAll((all) =>
          [...new Set(all.map((each) => each.closest('[data-tile]')?.getAttribute('data-tile')))].toSorted(),
        );
    await page.locator('.heat-state-head').nth(1).hover();
    await poll(lit).toEqual(['master-impact', 'reaction-states']);
    await page.locator('.page-crumb').hover();
    await poll(lit).toEqual([]);
    await page.locator('[data-tile="states-by-practice"]').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowRight');
    await poll(lit).toEqual(['master-impact', 'reaction-states']);
  });
});

describe('the views of saved cohorts', () => {
  const VIEWS = {
    list: '?page=saved',
    builder: '?page=saved&saved=regulars',
    compared: '?cohort=saved%3Acalm-people&against=all',
  } as const;

  it.each(SLICED_THEMES)('have no violation and nothing out of place: %s', async (theme) => {
    for (const [name, query] of Object.entries(VIEWS)) {
      const page = await open('cohorts', { query, theme });
      expect(await axeViolations(page), name).toEqual([]);
      expect(await misplacedParts(page), name).toEqual([]);
      await takePicture(page, `saved-cohorts-${name}-${theme}`);
    }
    const page = await open('cohorts', { theme });
    await page.locator('[data-cell="2-2"]').click({ button: 'right' });
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('menuitem').first().click();
    await dialogSize(page);
    expect(await axeViolations(page)).toEqual([]);
    await takePicture(page, `save-cohort-${theme}`);
  });

  it.each([
    [1100, 720],
    [1000, 640],
  ] as const)('hold at %i × %i', async (width, height) => {
    for (const [name, query] of Object.entries(VIEWS)) {
      const page = await open('cohorts', { query, width, height });
      expect(await misplacedParts(page), name).toEqual([]);
      if (width === 1100) await takePicture(page, `saved-cohorts-${name}-1100x720`);
    }
  });
});
