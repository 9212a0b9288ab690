import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import {
  dayOf,
  isNew,
  type RawData,
  type RawEvent,
  readRaw,
  valueOf,
  type Where,
} from '../support/recount.ts';
import {
  bestTries,
  countsOf,
  nextEvents,
  quantile,
  secondsInto,
  type UnitTry,
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

// The Funnels view on a sample, in a real browser on the real host; every figure is compared with a recount of the raw
// files that shares no code with the product.

const FIRST_DAY = '2026-10-23';
const LAST_DAY = '2026-11-19';
const HOUR_MS = 3_600_000;
const PRACTICE_STEPS = [
  'practice_opened',
  'session_started',
  'session_completed',
  'reaction_prompt_shown',
  'reaction_captured',
];
const SIZE = takesPictures ? WHOLE_SAMPLE : { events: 134_000, days: 60 }; // as dense as the whole sample, two periods of 28 days

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

async function open(options: { theme?: Theme; width?: number; height?: number; query?: string } = {}) {
  workbench = await openWorkbench({ host: sample.host, browser, view: 'funnels', ...options });
  return workbench;
}

const inRange: Where = (event) => day(event) >= FIRST_DAY && day(event) <= LAST_DAY;
const inPrevious: Where = (event) => day(event) >= '2026-09-25' && day(event) < FIRST_DAY;
const isType =
  (type: string): Where =>
  (event) =>
    event.event_type === type;
const practiceRules = {
  unitOf: valueOf('practice_session_id'),
  steps: PRACTICE_STEPS.map(isType),
  windowMs: HOUR_MS,
};
const practiceTries = (where: Where = inRange): UnitTry[] =>
  bestTries(raw.events.filter(where), practiceRules);

const percent = (part: number, whole: number, decimals = 1): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(decimals)}%`;
const count = (n: number): string => n.toLocaleString('en-GB');
const signedCount = (n: number): string => `${n < 0 ? '−' : n > 0 ? '+' : ''}${count(Math.abs(n))}`;
/** "+1.2 pp" with a true minus; what rounds to zero has no sign. */
const points = (difference: number): string => {
  const text = Math.abs(100 * difference).toFixed(1);
  return `${Number(text) === 0 ? '' : difference < 0 ? '−' : '+'}${text} pp`;
};

/** "11 min 40 s", "26 s": two largest units, rounded to the smaller. */
function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) {
    const rest = whole % 60;
    return rest === 0 ? `${Math.floor(whole / 60)} min` : `${Math.floor(whole / 60)} min ${rest} s`;
  }
  throw new Error('longer than this funnel can take');
}

/** What the rows of the Steps tile show. */
const shownSteps = (page: Page) =>
  page.locator('.steps-row').evaluateAll((rows) =>
    rows.map((row) => {
      const text = (selector: string) => row.querySelector(selector)?.textContent.trim() ?? '';
      const numbers = [...row.querySelectorAll('.steps-number')].map((cell) => cell.textContent);
      const width = row.querySelector<HTMLElement>('.step-bar-fill')?.style.width ?? '';
      const tick = row.querySelector<HTMLElement>('.step-bar-tick')?.style.left ?? '';
      return { name: text('.steps-select'), event: text('.steps-events code'), numbers, width, tick };
    }),
  );

describe('figures of the Funnels view', () => {
  it('are those of the recount, step by step, with bars and the compared period', async () => {
    const { page } = await open();
    const [tries, before] = [practiceTries(), practiceTries(inPrevious)];
    const [counts, then] = [countsOf(tries, 5), countsOf(before, 5)];
    const rows = await shownSteps(page);
    expect(rows.map(({ event }) => event)).toEqual(PRACTICE_STEPS);
    rows.forEach(({ numbers, width, tick }, index) => {
      const median = index === 0 ? '–' : duration(quantile(secondsInto(tries, index), 0.5));
      expect(numbers).toEqual([
        count(counts[index]!),
        index === 0 ? '–' : percent(counts[index]!, counts[index - 1]!),
        percent(counts[index]!, counts[0]!),
        median,
      ]);
      expect(parseFloat(width)).toBeCloseTo((100 * counts[index]!) / counts[0]!, 2);
      if (index > 0) expect(parseFloat(tick)).toBeCloseTo((100 * then[index]!) / then[0]!, 2);
    });
    const losses = await page.locator('.steps-loss').allTextContents();
    losses.forEach((text, index) => {
      const left = counts[index]! - counts[index + 1]!;
      expect(text).toContain(`\u2212${percent(left, counts[index]!)}${count(left)} left`);
    });
    expect(await page.locator('.filter-bar-matched strong').textContent()).toBe(count(counts[0]!));
    const finding = await page.locator('.page-finding').textContent();
    expect(finding).toContain(`${percent(counts[4]!, counts[0]!)} of openings end in a captured reaction.`);
    expect(finding).toMatch(/Prompt shown lost \d+\.\d% on 1[12] to 13 November\.$/);
    const twin = await readTwin(page, 'funnel-steps');
    twin.forEach((row, index) => {
      expect(numberIn(row['count'])).toBe(counts[index]);
      expect(numberIn(row['previous-count'])).toBe(then[index]);
      expect(row['previous-from-first']).toBe(percent(then[index]!, then[0]!));
      if (index === 0) return;
      const seconds = secondsInto(tries, index);
      expect(numberIn(row['left'])).toBe(counts[index - 1]! - counts[index]!);
      expect(row['p90']).toBe(duration(quantile(seconds, 0.9)));
      expect(row['mean']).toBe(duration(seconds.reduce((a, b) => a + b, 0) / seconds.length));
    });
  });

  it('are those of the recount in the time to convert', async () => {
    const { page, go } = await open();
    for (const [query, from, to] of [
      ['', 3, 4],
      ['?time=1-5', 0, 4],
    ] as const) {
      await go(query);
      const seconds = practiceTries()
        .filter(({ times }) => times.length > to)
        .map(({ times }) => (times[to]! - times[from]!) / 1_000);
      const rows = await readTwin(page, 'funnel-time');
      const edges = rows.map((row) => Number(row['from']));
      expect(rows.reduce((sum, row) => sum + numberIn(row['count']), 0)).toBe(seconds.length);
      rows.forEach((row, index) => {
        const [low, high] = [edges[index]!, edges[index + 1] ?? Infinity];
        const inside = seconds.filter((each) => each >= low - 1e-9 && each < high - 1e-9).length;
        expect(numberIn(row['count'])).toBe(inside);
        expect(row['share']).toBe(percent(inside, seconds.length));
      });
      await page.keyboard.press('t');
      const sorted = seconds.toSorted((a, b) => a - b);
      await expect
        .poll(() => page.locator('[data-tile="funnel-time"] text').allTextContents())
        .toContain(`Median ${duration(quantile(sorted, 0.5))}`);
    }
  });

  it('are those of the recount by release, locale and channel of the person', async () => {
    const { page, go } = await open();
    const channelOf = new Map(
      (await usersOf(sample)).map(({ user_id: user, acquisition_channel: channel }) => [
        String(user),
        typeof channel === 'string' ? channel : '',
      ]),
    );
    const groupings: [string, (event: RawEvent) => string][] = [
      ['?by=app_version', valueOf('app_version')],
      ['?by=locale', valueOf('locale')],
      ['?by=user%3Aacquisition_channel', (event) => channelOf.get(valueOf('user_id')(event)) ?? ''],
    ];
    for (const [query, groupOf] of groupings) {
      await go(query);
      const inAll = raw.events
        .filter(inRange)
        .filter((event) => practiceRules.steps.some((step) => step(event)));
      const firstWithValue = new Map<string, RawEvent>();
      for (const event of inAll) {
        const unit = practiceRules.unitOf(event);
        const known = firstWithValue.get(unit);
        if (groupOf(event) !== '' && (known === undefined || event.tsMs < known.tsMs))
          firstWithValue.set(unit, event);
      }
      const groupOfTry = ({ unit }: UnitTry): string => {
        const event = firstWithValue.get(unit);
        return event === undefined ? '' : groupOf(event);
      };
      const tries = practiceTries();
      const rows = await readTwin(page, 'funnel-groups');
      for (const row of rows) {
        const name = row['name'] ?? '';
        const own =
          name === 'All'
            ? tries
            : tries.filter((each) => groupOfTry(each) === (name === '(none)' ? '' : name));
        const counts = countsOf(own, 5);
        counts.forEach((each, index) => {
          expect(numberIn(row[`count-${index + 1}`])).toBe(each);
          if (index > 0) expect(row[`rate-${index + 1}`]).toBe(percent(each, counts[0]!));
        });
      }
      const named = new Set(tries.map(groupOfTry));
      expect(rows).toHaveLength(named.size + 1);
      await page.keyboard.press('t');
    }
  });

  it('are those of the recount in the panel: by day, by group, and what they did next', async () => {
    const { page } = await open({ query: '?step=4' });
    const tries = practiceTries();
    const counts = countsOf(tries, 5);
    const [base, left] = [counts[2]!, counts[2]! - counts[3]!];
    expect(await page.locator('.panel-figure strong').textContent()).toBe(percent(left, base));
    expect(await page.locator('.panel-lead p').textContent()).toContain(`${count(left)} of ${count(base)}`);

    const days = await readTwin(page, 'funnel-drop-off');
    expect(days).toHaveLength(28);
    const byDay = new Map<string, UnitTry[]>();
    for (const each of dayTries()) byDay.set(each.day, [...(byDay.get(each.day) ?? []), each]);
    for (const row of days) {
      const reached = (byDay.get(row['date'] ?? '') ?? []).filter(({ times }) => times.length > 2);
      const went = reached.filter(({ times }) => times.length > 3);
      expect(numberIn(row['entered'])).toBe(reached.length);
      expect(numberIn(row['converted'])).toBe(went.length);
      expect(row['loss']).toBe(percent(reached.length - went.length, reached.length));
    }
    expect(days.filter((row) => row['mark'] !== '').map((row) => row['date'])).toEqual([LAST_DAY]);

    const dropped = new Set(tries.filter(({ times }) => times.length === 3).map(({ unit }) => unit));
    const { n, next } = nextEvents(raw.events.filter(inRange), {
      type: 'session_completed',
      isStart: (event) => dropped.has(valueOf('practice_session_id')(event)),
    });
    const rows = await readTwin(page, 'funnel-next');
    const shown = new Map(rows.map((row) => [row['event'] ?? '', numberIn(row['count'])]));
    for (const [event, times] of next) {
      const label = event.charAt(0).toUpperCase() + event.slice(1).replaceAll('_', ' ');
      expect([label, shown.get(label)]).toEqual([label, times]);
    }
    expect([...shown.values()].reduce((a, b) => a + b, 0)).toBe(n);
  });

  it('follow filters, cohorts and other funnels', async () => {
    const { page, go } = await open();
    await go('?locale=sv');
    const sv: Where = (event) => inRange(event) && valueOf('locale')(event) === 'sv';
    expect(numberIn((await readTwin(page, 'funnel-steps'))[4]?.['count'])).toBe(
      countsOf(practiceTries(sv), 5)[4],
    );
    await go('?cohort=new');
    const fresh: Where = (event) => inRange(event) && isNew(event, raw) === true;
    expect(numberIn((await readTwin(page, 'funnel-steps'))[0]?.['count'])).toBe(
      countsOf(practiceTries(fresh), 5)[0],
    );
    await go('?funnel=deployment');
    const feature =
      (action: string): Where =>
      (event) =>
        event.event_type === 'feature_usage' &&
        event.values['feature_name'] === 'deployment' &&
        event.values['action'] === action;
    const deployment = bestTries(raw.events.filter(inRange), {
      unitOf: valueOf('user_id'),
      steps: ['start', 'confirm', 'finish'].map(feature),
      windowMs: 14 * 24 * HOUR_MS,
    });
    expect((await readTwin(page, 'funnel-steps')).map((row) => numberIn(row['count']))).toEqual(
      countsOf(deployment, 3),
    );
    await go('?funnel=onboarding');
    const onboarding = await shownSteps(page);
    expect(onboarding.map(({ numbers }) => numberIn(numbers[0]))).toEqual(recountOnboarding());
    expect(await page.locator('.tile-line-quiet').textContent()).toContain(
      'has not had the whole 14 days yet',
    );
  });
});

/** Sign-up, first chat ever, first feature ever, then active in four of the 14 windows of 24 h after it. */
function recountOnboarding(): number[] {
  const inAll = (type: string) => {
    const first = new Map<string, number>();
    for (const event of raw.events) {
      const user = valueOf('user_id')(event);
      if (event.event_type === type && user !== '')
        first.set(user, Math.min(first.get(user) ?? Infinity, event.tsMs));
    }
    return first;
  };
  const [chat, feature] = [inAll('chat_interaction'), inAll('feature_usage')];
  const isFirst =
    (of: Map<string, number>, type: string): Where =>
    (event) =>
      event.event_type === type && of.get(valueOf('user_id')(event)) === event.tsMs;
  const tries = bestTries(raw.events.filter(inRange), {
    unitOf: valueOf('user_id'),
    steps: [isType('sign_up'), isFirst(chat, 'chat_interaction'), isFirst(feature, 'feature_usage')],
    windowMs: 14 * 24 * HOUR_MS,
  });
  const regular = tries.filter(({ unit, times }) => {
    if (times.length < 3) return false;
    const days = raw.events
      .filter((event) => inRange(event) && valueOf('user_id')(event) === unit && event.tsMs >= times[2]!)
      .map(({ tsMs }) => Math.floor((tsMs - times[2]!) / (24 * HOUR_MS)));
    return new Set(days.filter((each) => each >= 1 && each <= 14)).size >= 4;
  });
  return [...countsOf(tries, 3), regular.length];
}

interface DayTry extends UnitTry {
  day: string;
}

/** A unit counts once per day, by its best try begun there. */
function dayTries(): DayTry[] {
  const all = raw.events.filter(inRange);
  const byUnitAndDay = bestTries(all, practiceRules).map((each) => ({ ...each, day: day(each.events[0]!) }));
  const several = all.filter(isType('practice_opened')).reduce((seen, event) => {
    const unit = practiceRules.unitOf(event);
    return seen.set(unit, (seen.get(unit) ?? new Set()).add(day(event)));
  }, new Map<string, Set<string>>());
  // in the sample a run is opened once; a run opened on two days would need its tries apart
  expect([...several.values()].every((days) => days.size === 1)).toBe(true);
  return byUnitAndDay;
}

async function usersOf({ rawDir }: SyncedSample): Promise<Record<string, unknown>[]> {
  const { rowsOf } = await import('../support/recount.ts');
  return rowsOf(`${rawDir}/users`).flatMap(({ row }) => (row === undefined ? [] : [row]));
}

describe('the Funnels view by keyboard and mouse', () => {
  it('opens a step with Enter, walks the steps, and gives the focus back', async () => {
    const { page, settled } = await open();
    await page.locator('[data-tile="funnel-steps"]').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('[data-tile="funnel-steps"] [aria-live]').textContent()).toMatch(
      /^2 Session started, Practice sessions [\d,]+, From last \d+\.\d% of/,
    );
    await page.keyboard.press('Enter');
    await settled();
    expect(new URL(page.url()).hash).toBe('#/funnels?step=2');
    const panel = page.getByRole('complementary', { name: /^Step 2, session started/ });
    await panel.getByRole('button', { name: 'Next step' }).click();
    await settled();
    await page.getByRole('complementary', { name: /^Step 3/ }).waitFor();
    await page.locator('.panel [data-tile="funnel-drop-off"]').focus();
    await page.keyboard.press('Escape');
    expect(await page.locator('.panel').count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Session completed');
    await page.locator('[data-step="3"]').click({ position: { x: 300, y: 10 } });
    await settled();
    expect(new URL(page.url()).hash).toBe('#/funnels?step=4');
  });

  it('chooses funnel, breakdown and timed steps from menus, and the address holds them', async () => {
    const { page, settled } = await open();
    await page.getByRole('button', { name: 'Funnel: Practice to reaction' }).click();
    await page.getByRole('menuitemradio', { name: /^Onboarding/ }).click();
    await settled();
    await page.getByRole('button', { name: 'Breakdown: Release' }).click();
    await page.getByRole('menuitemradio', { name: 'Channel of the person' }).click();
    await settled();
    await page.getByRole('button', { name: 'Steps timed: step 2 to 3' }).click();
    await page.getByRole('menuitemradio', { name: /^Step 1 to 3/ }).click();
    await settled();
    expect(new URL(page.url()).hash).toBe(
      '#/funnels?funnel=onboarding&time=1-3&by=user%3Aacquisition_channel',
    );
    const before = await page.locator('.page-finding').textContent();
    await page.reload();
    await settled();
    expect(await page.locator('.page-finding').textContent()).toBe(before);
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await settled();
    expect(new URL(page.url()).hash).toBe('#/practices');
    await page.getByRole('link', { name: 'Funnels' }).click();
    await settled();
    expect(new URL(page.url()).hash).toContain('funnel=onboarding');
  });

  it('strikes out a filter that it cannot apply, and says why', async () => {
    const { page } = await open({ query: '?state=calm' });
    const button = page.getByRole('button', {
      name: /^State: Calm, not applied: Practice opened has no state/,
    });
    expect(await button.evaluate((element) => getComputedStyle(element).textDecorationLine)).toBe(
      'line-through',
    );
    const rows = await readTwin(page, 'funnel-steps');
    expect(numberIn(rows[0]?.['count'])).toBe(countsOf(practiceTries(), 5)[0]);
  });

  it('says when nobody enters, why, and offers the removal that helps most', async () => {
    const { page, settled } = await open({ query: '?locale=nb&release=0.0.1' });
    const nb: Where = (event) => inRange(event) && valueOf('locale')(event) === 'nb';
    const alone = countsOf(practiceTries(nb), 5)[0]!;
    const block = page.locator('[data-tile="funnel-steps"] .tile-block');
    await block.getByText(`Without the release there are ${count(alone)} practice sessions.`).waitFor();
    await block.getByRole('button', { name: 'Remove release' }).click();
    await settled();
    expect(await page.locator('.filter-bar-matched strong').textContent()).toBe(count(alone));
  });
});

describe('the funnel builder', () => {
  it('makes another funnel by keyboard alone, with its result beside it', async () => {
    const { page, settled } = await open();
    await page.getByRole('button', { name: 'Edit' }).focus();
    await page.keyboard.press('Enter');
    await settled();
    expect(await page.locator('.page-finding').textContent()).toContain('Nothing is changed yet.');
    // the prompt is moved before the completion and back, then taken out
    await page.getByRole('button', { name: 'Step 4: Prompt shown' }).focus();
    await page.keyboard.press('Alt+ArrowUp');
    await settled();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Step 3: Prompt shown');
    await page.keyboard.press('Alt+ArrowDown');
    await settled();
    await page.getByRole('button', { name: 'More about step 4' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove', exact: true }).focus();
    await page.keyboard.press('Enter');
    await settled();
    // a longer practice only
    await page.getByRole('button', { name: 'Add a filter to step 3' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('combobox', { name: 'Property', exact: true }).focus();
    await page.keyboard.type('duration_seconds');
    await page.keyboard.press('Tab');
    await page.getByRole('combobox', { name: 'Comparison' }).selectOption('gte');
    await page.getByRole('textbox', { name: 'Value', exact: true }).focus();
    await page.keyboard.type('600');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Add filter' }).focus();
    await page.keyboard.press('Enter');
    await settled();

    const long: Where = (event) =>
      isType('session_completed')(event) && Number(event.values['duration_seconds']) >= 600;
    const [opened, started, , , captured] = practiceRules.steps;
    const tries = bestTries(raw.events.filter(inRange), {
      ...practiceRules,
      steps: [opened!, started!, long, captured!],
    });
    const counts = countsOf(tries, 4);
    expect((await readTwin(page, 'funnel-preview')).map((row) => numberIn(row['count']))).toEqual(counts);
    expect(await page.locator('.page-finding').textContent()).toContain(
      `${percent(counts[3]!, counts[0]!)} would convert,`,
    );
    expect(await page.locator('.builder-words').textContent()).toContain(
      'A practice session converts when it goes through all four steps in order within 1 hour of practice opened.',
    );
    expect(await page.locator('.changes tr[data-row="draft"] td').allTextContents()).toEqual([
      count(counts[0]!),
      percent(counts[3]!, counts[0]!),
    ]);
    expect(await page.locator('.changes tr[data-row="steps"]').textContent()).toContain(
      '4 instead of 5 steps',
    );

    await page.getByRole('button', { name: 'Use this funnel' }).focus();
    await page.keyboard.press('Enter');
    await settled();
    expect((await shownSteps(page)).map(({ numbers }) => numbers[0])).toEqual(counts.map(count));
    expect(new URL(page.url()).hash).toContain('define=');
    await page.getByRole('button', { name: 'Back' }).click();
    await settled();
    await page.getByText('In words.').waitFor();
  });

  it('changes order, window, unit and what is held, and each change does what it says', async () => {
    const { page, settled } = await open();
    await page.getByRole('button', { name: 'Edit' }).click();
    await settled();
    await page.getByRole('combobox', { name: 'What is counted' }).selectOption({ label: 'People' });
    await settled();
    await page.getByRole('textbox', { name: 'Length of the window' }).fill('2');
    await page.keyboard.press('Enter');
    await settled();
    const tries = bestTries(raw.events.filter(inRange), {
      ...practiceRules,
      unitOf: valueOf('user_id'),
      windowMs: 2 * HOUR_MS,
    });
    expect((await readTwin(page, 'funnel-preview')).map((row) => numberIn(row['count']))).toEqual(
      countsOf(tries, 5),
    );
    expect(await page.locator('.changes tbody th').allTextContents()).toEqual([
      'Practice to reaction',
      'Within 2 hours',
      'Counting people',
      'This version',
    ]);
    const rules = [
      ['base', {}],
      ['window', { windowMs: 2 * HOUR_MS }],
      ['unit', { unitOf: valueOf('user_id') }],
      ['draft', { unitOf: valueOf('user_id'), windowMs: 2 * HOUR_MS }],
    ] as const;
    const effects = rules.map(([, changed]) => {
      const counts = countsOf(bestTries(raw.events.filter(inRange), { ...practiceRules, ...changed }), 5);
      return { entered: counts[0]!, rate: counts[4]! / counts[0]!, counts };
    });
    const base = effects[0]!;
    expect(
      await page
        .locator('.changes tbody tr')
        .evaluateAll((rows) =>
          rows.map((row) => [...row.querySelectorAll('td')].map(({ textContent }) => textContent)),
        ),
    ).toEqual(
      effects.map(({ entered, rate }, index) =>
        index === 0 || index === effects.length - 1
          ? [count(entered), `${(100 * rate).toFixed(1)}%`]
          : [signedCount(entered - base.entered), points(rate - base.rate)],
      ),
    );
    const draft = effects.at(-1)!;
    await page.locator('[data-tile="funnel-preview"]').press('t'); // back to the bars
    await expect
      .poll(() => page.locator('.preview tbody .preview-change').allTextContents())
      .toEqual(
        draft.counts.map((reached, step) =>
          step === 0 ? '–' : points(reached / draft.entered - base.counts[step]! / base.entered),
        ),
      );
    await page.getByRole('radio', { name: 'Any order' }).check();
    await settled();
    expect(await page.locator('.builder-words').textContent()).toContain(
      'through all five steps in any order',
    );
    await page.getByRole('button', { name: 'Discard' }).click();
    await settled();
    expect(new URL(page.url()).hash).not.toContain('draft=');
  });
});

describe.each<Theme>([...SLICED_THEMES])('the Funnels view in the %s theme', (theme) => {
  it('passes axe with panel, tables and builder', async () => {
    const { page, go, settled } = await open({ theme });
    expect(await axeViolations(page)).toEqual([]);
    await takePicture(page, `funnels-${theme}`);
    await go('?step=4');
    await takePicture(page, `funnels-panel-${theme}`);
    await go(
      '?step=4&table=funnel-steps&table=funnel-time&table=funnel-groups&table=funnel-drop-off&table=funnel-drop-off-groups&table=funnel-next&state=calm',
    );
    expect(await axeViolations(page)).toEqual([]);
    await go('');
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.locator('[data-preview-step="4"]').waitFor();
    await settled();
    await takePicture(page, `funnel-builder-${theme}`);
    await page.getByRole('button', { name: 'Add a filter to step 1' }).click();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'More about step 2' }).click();
    expect(await axeViolations(page)).toEqual([]);
  });
});

describe('the Funnels view in small and large windows', () => {
  it('fits all sizes, nothing runs over its place', async () => {
    const opened = await open();
    const { page, go, settled } = opened;
    await expectInPlaceAtAllSizes(opened, 'funnels-1100x720');
    await go('?step=3&by=locale&locale=nb&locale=sv&release=4.18&cohort=returning');
    await expectInPlaceAtAllSizes(opened);
    await page.setViewportSize({ width: 1440, height: 900 });
    await go('?funnel=onboarding');
    await page.getByRole('button', { name: 'Edit' }).click();
    await settled();
    await expectInPlaceAtAllSizes(opened);
  });
});

describe('charts of the Funnels view', () => {
  it('have a name, a summary and points that are read out', async () => {
    const { page } = await open({ query: '?step=4' });
    const summaries = await page
      .locator('[data-tile]')
      .evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('aria-label')));
    expect(summaries).toEqual([
      expect.stringMatching(
        /^Steps\. [\d,]+ practice sessions enter, [\d,]+ reach Reaction captured, \d+\.\d%\./,
      ),
      expect.stringMatching(
        /^Time to convert\. [\d,]+ practice sessions from step 4 to 5: median \d+ s, mean/,
      ),
      expect.stringMatching(/^By release\. 4 values of release\. Through the funnel: /),
      expect.stringMatching(
        /^Drop-off by day\. Latest complete 2026-11-18: \d+\.\d%\. Highest 2026-11-1[123]: /,
      ),
      expect.stringMatching(/^By release\. 4\.18 \d+\.\d%/),
      expect.stringMatching(/^What they did next\. Of [\d,]+: Nothing else within 30 min\*/),
    ]);
    await page.locator('[data-tile="funnel-drop-off"] [data-chart-area]').focus();
    await page.keyboard.press('Home');
    expect(await page.locator('[data-tile="funnel-drop-off"] [aria-live]').textContent()).toMatch(
      /^Friday 23 October, Drop-off \d+\.\d%, 95% interval/,
    );
    await page.locator('[data-tile="funnel-groups"] [data-chart-area]').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('[data-tile="funnel-groups"] [aria-live]').textContent()).toMatch(
      /^4\.17, 2 Session started, From first \d+\.\d%/,
    );
  });
});
