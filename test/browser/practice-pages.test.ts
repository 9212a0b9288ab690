import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TileId, ViewId } from '../../renderer/state/address.ts';
import { launchBrowser } from '../support/browser.ts';
import {
  type Capture,
  dayOf,
  type GroupKey,
  isNew,
  localDay,
  type RawData,
  type RawEvent,
  readRaw,
  recountCapture,
  recountMasterImpact,
  recountStates,
  type StateCounts,
  valueOf,
  type Where,
} from '../support/recount.ts';
import { type Counted, recountDifference, recountWilson } from '../support/recount-intervals.ts';
import { quantile, recountRetention, userOf, weekOf } from '../support/recount-people.ts';
import type { SampleHost } from '../support/sample-host.ts';
import { startSyncedSample } from '../support/synced-sample.ts';
import { SLICED_THEMES, axeViolations, misplacedParts, takePicture } from '../support/view-checks.ts';
import {
  numberIn,
  openWorkbench,
  readTwin,
  type Theme,
  type TwinRow,
  type Workbench,
} from '../support/workbench.ts';

// Practices, Masters and their pages on the sample that `npm start` makes: every figure against a recount of the raw files
// that shares no code with the product, in a real browser on the real host.

const ZONE = 'Europe/Oslo';
const FIRST_DAY = '2026-10-23';
const LAST_DAY = '2026-11-19';
const STATES = ['tense', 'restless', 'heavy', 'neutral', 'calm', 'clear', 'uplifted'];
const PRACTICE = 'focus_primer';
const MASTER = 'mst_novak';
const DAY_MS = 86_400_000;

let host: SampleHost;
let browser: Browser;
let raw: RawData;
let workbench: Workbench | undefined;
let names: Map<string, string>;

beforeAll(async () => {
  const [sample, launched] = await Promise.all([startSyncedSample(), launchBrowser()]);
  host = sample.host;
  browser = launched;
  raw = readRaw(sample.rawDir, { environment: 'sample', asOf: sample.asOf });
  const { environments } = await host.client.call('query.workspace', {});
  const { practices = [], masters = [] } = environments[0] ?? {};
  names = new Map([...practices, ...masters].map(({ id, name }) => [name, id]));
}, 300_000);
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

interface Opened {
  /** A page without tiles has nothing to wait for. */
  prepare?: () => Promise<void>;
  theme?: Theme;
  width?: number;
  height?: number;
}

async function open(view: ViewId, query = '', options: Opened = {}): Promise<Workbench> {
  workbench = await openWorkbench({ host, browser, view, query, ...options });
  return workbench;
}

const day = dayOf(ZONE);
const week: GroupKey = (event) => weekOf(day(event));
const hourOf: GroupKey = ({ tsMs }) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, hour: '2-digit', hourCycle: 'h23' }).format(tsMs);
const between =
  (from: string, to: string): Where =>
  (event) =>
    day(event) >= from && day(event) <= to;
const inRange = between(FIRST_DAY, LAST_DAY);
const having =
  (property: string, value: string): Where =>
  (event) =>
    valueOf(property)(event) === value;
const both =
  (...tests: Where[]): Where =>
  (event) =>
    tests.every((test) => test(event));
const everything = () => '';
const ofNew: Where = (event) => isNew(event, raw) === true;
const ofReturning: Where = (event) => isNew(event, raw) === false;
const NOTHING: Capture = { completed: 0, captured: 0 };

/** Completions in range; a reaction counts up to 24 h after, also beyond the range's end. */
const captureBy = (by: GroupKey, test: Where = () => true, dates: Where = inRange) =>
  recountCapture(raw, by, both(dates, test), test);
const statesBy = (by: GroupKey, test: Where = () => true, dates: Where = inRange) =>
  recountStates(raw, by, both(dates, test));

const percent = (part: number, whole: number, decimals = 1): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(decimals)}%`;
/** "+1.2 pp" with a true minus; what rounds to zero has no sign. */
const points = (difference: number): string => {
  const text = Math.abs(100 * difference).toFixed(1);
  return `${Number(text) === 0 ? '' : difference < 0 ? '−' : '+'}${text} pp`;
};
const rateOf = ({ captured, completed }: Capture): number => captured / completed;

function expectCapture(row: TwinRow, counted: Capture = NOTHING): void {
  expect(numberIn(row['completed'])).toBe(counted.completed);
  expect(numberIn(row['captured'])).toBe(counted.captured);
  expect(row['rate']).toBe(percent(counted.captured, counted.completed));
  if ('interval' in row && !('impact' in row))
    expect(row['interval']).toBe(wilsonText({ count: counted.captured, n: counted.completed }));
}

/** "86.9% to 88.0%"; nothing of nothing. */
function wilsonText({ count, n }: Counted): string {
  const interval = recountWilson(count, n);
  return interval === null ? '–' : interval.map((end) => percent(end, 1)).join(' to ');
}

const rangeText = ({ low, high }: { low: number; high: number }): string =>
  `${points(low).replace(' pp', '')} to ${points(high)}`;

function expectDifference(row: TwinRow, one: Counted, other: Counted): void {
  const counted = recountDifference(one, other);
  expect(row['difference']).toBe(counted === null ? '–' : points(counted.points));
  expect(row['difference-interval']).toBe(counted === null ? '–' : rangeText(counted));
  if (!('p' in row)) return;
  const p = counted?.pValue ?? null;
  expect(row['p']).toBe(p === null ? '–' : p < 0.001 ? '<0.001' : p.toFixed(3));
}

interface Side {
  capture: Capture;
  n: number;
  byState: Record<string, number>;
}

function sideOf(test: Where): Side {
  const states = statesBy(everything, test).get('');
  return {
    capture: captureBy(everything, test).get('') ?? NOTHING,
    n: states?.n ?? 0,
    byState: states?.byState ?? {},
  };
}

/** Two sides, row by row: seven states, then the capture rate. */
function expectSides(rows: readonly TwinRow[], one: Side, other: Side): void {
  expect(rows).toHaveLength(STATES.length + 1);
  rows.forEach((row, index) => {
    const state = STATES[index];
    for (const [key, side] of [
      ['one', one],
      ['other', other],
    ] as const) {
      const count = state === undefined ? side.capture.captured : (side.byState[state] ?? 0);
      const n = state === undefined ? side.capture.completed : side.n;
      expect(numberIn(row[`${key}-count`])).toBe(count);
      expect(numberIn(row[`${key}-n`])).toBe(n);
      expect(row[key]).toBe(percent(count, n));
      expect(row[`${key}-interval`]).toBe(wilsonText({ count, n }));
    }
    const [a, b] = [one, other].map((side): Counted =>
      state === undefined
        ? { count: side.capture.captured, n: side.capture.completed }
        : { count: side.byState[state] ?? 0, n: side.n },
    ) as [Counted, Counted];
    expectDifference(row, a, b);
    expect(row['mark']).toBe(Math.min(a.n, b.n) < 200 ? 'Small sample' : '');
  });
}

/** A partner beside the same practice with the other masters. */
function expectElsewhere(row: TwinRow, own: Capture, rest: Capture): void {
  expect(row['elsewhere']).toBe(percent(rest.captured, rest.completed));
  expect(numberIn(row['elsewhere-n'])).toBe(rest.completed);
  expectDifference(
    row,
    { count: own.captured, n: own.completed },
    { count: rest.captured, n: rest.completed },
  );
}

const without = (all: Side, part: Side): Side => ({
  capture: {
    completed: all.capture.completed - part.capture.completed,
    captured: all.capture.captured - part.capture.captured,
  },
  n: all.n - part.n,
  byState: Object.fromEntries(
    STATES.map((state) => [state, (all.byState[state] ?? 0) - (part.byState[state] ?? 0)]),
  ),
});

const signed = (value: number, unit: string): string => {
  const text = Math.abs(value).toFixed(1);
  return `${Number(text) === 0 ? '' : value < 0 ? '−' : '+'}${text}${unit}`;
};

/** What stands beside a key figure. */
const delta = (page: Page, id: string): Promise<string | null> =>
  page.locator(`.key-figure[data-figure="${id}"] .key-figure-delta`).textContent();

/** Most common state, and the one that is furthest from all others beyond chance, where both sides have 200. */
async function expectStateFigures(page: Page, mine: Side, others: Side, hasFurthest: boolean): Promise<void> {
  const shares = STATES.map((state) => ({ state, count: mine.byState[state] ?? 0 }));
  const most = shares.toSorted((a, b) => b.count - a.count)[0]!;
  expect((await figure(page, 'most-common'))?.toLowerCase()).toBe(most.state);
  expect(await delta(page, 'most-common')).toBe(percent(most.count, mine.n));
  if (!hasFurthest) return;
  const [furthest] = STATES.map((state) => {
    const [one, other] = [mine, others].map(({ byState, n }) => ({ count: byState[state] ?? 0, n }));
    return { state, one: one!, other: other!, ...recountDifference(one!, other!)! };
  })
    .filter(({ low, high }) => low > 0 || high < 0)
    .toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points));
  const tile = page.locator('.key-figure[data-figure="furthest"]');
  expect((await tile.textContent())?.toLowerCase()).toContain(furthest!.state);
  expect(await figure(page, 'furthest')).toBe(percent(furthest!.one.count, mine.n));
  expect(await delta(page, 'furthest')).toBe(`others ${percent(furthest!.other.count, others.n)}`);
}

const figure = (page: Page, id: string): Promise<string | null> =>
  page.locator(`.key-figure[data-figure="${id}"] .key-figure-value`).textContent();

const WEEKS = Array.from({ length: 12 }, (_, index) =>
  new Date(Date.parse('2026-11-16') - (11 - index) * 7 * DAY_MS).toISOString().slice(0, 10),
);

/** Back in each week over the cohorts whose week is over; the last week is still running. */
function expectRetention(
  rows: readonly TwinRow[],
  anchors: (state: string | null) => { anchor: Where; isFirstOnly: boolean },
): void {
  expect(rows).toHaveLength((STATES.length + 1) * 11);
  for (const state of [...STATES, null]) {
    const counted = [
      ...recountRetention(raw.events, {
        zone: ZONE,
        ...anchors(state),
        returned: ({ event_type: type }) => type === 'session_completed',
        weeks: WEEKS,
      }).values(),
    ];
    const own = rows.filter((row) => row['state']?.toLowerCase() === (state ?? 'no reaction'));
    expect(own).toHaveLength(11);
    for (const row of own) {
      const k = Number(row['week']);
      const complete = counted.filter((_, index) => index + k <= 10);
      const used = complete.length > 0 ? complete : counted.slice(0, 1);
      const n = used.reduce((sum, { size }) => sum + size, 0);
      const back = used.reduce((sum, cohort) => sum + (cohort.back[k] ?? 0), 0);
      expect([state, k, numberIn(row['count']), numberIn(row['n'])]).toEqual([state, k, back, n]);
      expect(row['rate']).toBe(`${percent(back, n)}${complete.length === 0 ? ' so far' : ''}`);
      expect(row['interval']).toBe(wilsonText({ count: back, n }));
    }
  }
}

const reacted = (state: string | null, inside: Where): Where =>
  both(inside, (event) => event.event_type === 'reaction_captured' && event.values['state'] === state);

/** Completions of people who never reacted inside. */
function silent(inside: Where): Where {
  const spoke = new Set(
    raw.events.filter((event) => event.event_type === 'reaction_captured' && inside(event)).map(userOf),
  );
  return both(inside, (event) => event.event_type === 'session_completed' && !spoke.has(userOf(event)));
}

/** The earliest reaction of each person, if it is of the state and inside. */
function firstReacted(state: string | null, inside: Where): Where {
  const first = new Map<string, RawEvent>();
  for (const event of raw.events) {
    const known = first.get(userOf(event));
    if (event.event_type === 'reaction_captured' && (known === undefined || event.tsMs < known.tsMs))
      first.set(userOf(event), event);
  }
  return both(reacted(state, inside), (event) => first.get(userOf(event)) === event);
}

describe('the page of a practice', () => {
  const own = having('practice_id', PRACTICE);

  it('shows what a recount of the raw files gives, in every tile of its first sheet', async () => {
    const { page } = await open('practice', `?of=${PRACTICE}`);
    const byDay = captureBy(day, own);
    const byDayThen = captureBy(day, own, between('2026-09-25', '2026-10-22'));
    const reactions = statesBy(day, own);
    const rows = await readTwin(page, 'subject-capture');
    expect(rows).toHaveLength(28);
    for (const row of rows) {
      expectCapture(row, byDay.get(row['date'] ?? ''));
      expect(numberIn(row['reactions'])).toBe(reactions.get(row['date'] ?? '')?.n ?? 0);
      const then = byDayThen.get(row['previous-date'] ?? '') ?? NOTHING;
      expect(row['previous-date']).toBe(fourWeeksBefore(row['date'] ?? ''));
      expect(row['previous-rate']).toBe(percent(then.captured, then.completed));
    }
    expectExpected(rows, own);
    await expectChange(page, rows, [byDay, byDayThen]);
    const [mine, all] = [sideOf(own), sideOf(() => true)];
    expectSides(await readTwin(page, 'subject-others'), mine, without(all, mine));
    const byMaster = captureBy(valueOf('master_id'), own);
    const partners = await readTwin(page, 'subject-partners');
    expect(partners).toHaveLength(byMaster.size);
    for (const row of partners) {
      const counted = byMaster.get(names.get(row['name'] ?? '') ?? '') ?? NOTHING;
      expectCapture(row, counted);
      const rest = {
        completed: mine.capture.completed - counted.completed,
        captured: mine.capture.captured - counted.captured,
      };
      expectElsewhere(row, counted, rest);
    }
    await expectStatesByWeek(page, own);
    expect(await figure(page, 'capture')).toBe(percent(mine.capture.captured, mine.capture.completed));
    expect(numberIn((await figure(page, 'sessions')) ?? '')).toBe(mine.capture.completed);
    expect(await figure(page, 'partners')).toBe(
      String([...byMaster.keys()].filter((id) => id !== '').length),
    );
    expect(await figure(page, 'length')).toBe(medianLength(both(inRange, own)));
    await expectStateFigures(page, mine, without(all, mine), true);
    await expectSlices(page, own);
  });

  it('and of its second', async () => {
    const { page, go } = await open('practice', `?of=${PRACTICE}&page=people`);
    expectSides(
      await readTwin(page, 'cohort-shift'),
      sideOf(both(own, ofNew)),
      sideOf(both(own, ofReturning)),
    );
    const people = await readTwin(page, 'subject-people');
    for (const row of people) expectPeople(row, own);
    await expectHours(page, own);
    expectNext(await readTwin(page, 'subject-next'));
    expectRetention(await readTwin(page, 'reaction-retention'), (state) => ({
      anchor: state === null ? silent(own) : reacted(state, own),
      isFirstOnly: false,
    }));
    await go(`?of=${PRACTICE}&page=people&reaction=first&week=11`);
    expectRetention(await readTwin(page, 'reaction-retention'), (state) => ({
      anchor: state === null ? silent(own) : firstReacted(state, own),
      isFirstOnly: true,
    }));
  });
});

describe('the page of a master', () => {
  const own = having('master_id', MASTER);

  it('shows what a recount of the raw files gives', async () => {
    const { page, go } = await open('master', `?of=${MASTER}`);
    const [mine, all] = [sideOf(own), sideOf(() => true)];
    expectSides(await readTwin(page, 'subject-others'), mine, without(all, mine));
    const [led, everybody] = [captureBy(valueOf('practice_id'), own), captureBy(valueOf('practice_id'))];
    const partners = await readTwin(page, 'subject-partners');
    expect(partners).toHaveLength(led.size);
    for (const row of partners) {
      const id = names.get(row['name'] ?? '') ?? '';
      const counted = led.get(id) ?? NOTHING;
      expectCapture(row, counted);
      const whole = everybody.get(id) ?? NOTHING;
      expectElsewhere(row, counted, {
        completed: whole.completed - counted.completed,
        captured: whole.captured - counted.captured,
      });
    }
    const impact = recountMasterImpact(raw, inRange).get(MASTER)!;
    expect(await figure(page, 'impact')).toBe(points(impact.impact));
    expect(await delta(page, 'impact')).toBe(rangeText(impact).replace(' pp', ''));
    await expectStateFigures(page, mine, without(all, mine), false);
    expect(await figure(page, 'capture')).toBe(percent(mine.capture.captured, mine.capture.completed));
    const [fresh, returning] = [sideOf(both(own, ofNew)), sideOf(both(own, ofReturning))];
    const known = fresh.capture.completed + returning.capture.completed;
    expect(await figure(page, 'new')).toBe(percent(fresh.capture.completed, known));
    await expectStatesByWeek(page, own);
    await expectCourse(page, own);
    await go(`?of=${MASTER}&page=people`);
    expectSides(await readTwin(page, 'cohort-shift'), fresh, returning);
    await expectHours(page, own);
    await expectSlices(page, own);
  });

  it('lists what was written about the master on any view, and opens it', async () => {
    const write = (target: object, anchor: object, title: string) =>
      host.client.call('command.annotation.create', {
        environment: 'sample',
        target: { view: 'masters', metric: 'master_impact', filters: [], breakdown: null, ...target },
        anchor: anchor as { kind: 'view' },
        title,
        body: `About ${title}`,
      });
    await write({}, { kind: 'master', id: MASTER }, 'Took over a practice');
    await write({}, { kind: 'master', id: 'mst_iyer' }, 'Somebody else');
    const address = `#/master?of=${MASTER}`;
    const { annotationId } = await write({ view: 'master', address }, { kind: 'view' }, 'Slower close');
    await host.client.call('command.annotation.status', {
      environment: 'sample',
      annotationId,
      status: 'action',
    });
    await write({ view: 'master', address: '#/master?of=mst_iyer' }, { kind: 'view' }, 'Another page');
    const { page } = await open('master', `?of=${MASTER}`);
    const tile = page.locator('[data-tile="subject-notes"]');
    await expect.poll(() => tile.locator('.subject-note-title').count()).toBe(2);
    expect(
      (await readTwin(page, 'subject-notes')).map(({ title, status, body }) => [title, status, body]),
    ).toEqual([
      ['Slower close', 'Action', 'About Slower close'],
      ['Took over a practice', 'Note', 'About Took over a practice'],
    ]);
    await tile.press('t');
    await tile.getByRole('button', { name: /Slower close/ }).click();
    await page
      .getByRole('complementary', { name: 'Annotations' })
      .getByRole('article', { name: /Slower close/ })
      .waitFor();
  });
});

describe('the Masters view', () => {
  it('lists every master beside what the practice mix leads to expect, and the sums close', async () => {
    const { page } = await open('masters');
    const impacts = recountMasterImpact(raw, inRange);
    const states = statesBy(valueOf('master_id'));
    const [fresh, returning] = [
      captureBy(valueOf('master_id'), ofNew),
      captureBy(valueOf('master_id'), ofReturning),
    ];
    const pairs = captureBy((event) => `${valueOf('master_id')(event)} ${valueOf('practice_id')(event)}`);
    const list = await readTwin(page, 'masters-list');
    expect(list).toHaveLength(impacts.size);
    for (const row of list) {
      const id = names.get(row['name'] ?? '') ?? '';
      const counted = impacts.get(id)!;
      expectCapture(row, counted);
      expect(row['impact']).toBe(points(counted.impact));
      expect(row['expected']).toBe(percent(counted.expected, counted.completed));
      expect(row['interval']).toBe(rangeText(counted));
      expect(row['mark']).toBe(counted.completed < 200 ? 'Small sample, below 200' : '');
      expect(numberIn(row['practices'])).toBe(
        [...pairs.keys()].filter((key) => key.startsWith(`${id} `)).length,
      );
      const [a, b] = [fresh.get(id)?.completed ?? 0, returning.get(id)?.completed ?? 0];
      expect(row['new']).toBe(`${a.toLocaleString('en-GB')} of ${(a + b).toLocaleString('en-GB')}`);
      expect(numberIn(row['n'])).toBe(states.get(id)?.n ?? 0);
      for (const state of STATES) expect(numberIn(row[state])).toBe(states.get(id)?.byState[state] ?? 0);
    }
    const impactValues = list
      .filter((row) => row['name'] !== 'No master')
      .map((row) => Number((row['impact'] ?? '').replace('−', '-').replace(' pp', '')));
    expect(impactValues).toEqual(impactValues.toSorted((a, b) => b - a)); // sorted by difference
    const clear = [...impacts].filter(
      ([id, { low, high, completed }]) => id !== '' && completed >= 200 && (low > 0 || high < 0),
    );
    const named = [...impacts].filter(([id]) => id !== '').map(([, counted]) => counted);
    const led = named.reduce((sum, { completed }) => sum + completed, 0);
    const every = [...impacts.values()].reduce((sum, { completed }) => sum + completed, 0);
    const judged = named.filter(({ completed }) => completed >= 200).map(({ impact }) => impact);
    expect(await figure(page, 'masters')).toBe(String(named.length));
    expect(await delta(page, 'masters')).toBe(`${String(named.length - judged.length)} below n 200`);
    expect(numberIn((await figure(page, 'led')) ?? '')).toBe(led);
    expect(await delta(page, 'led')).toBe(`${percent(led, every)} of all`);
    expect(await figure(page, 'spread')).toBe(
      points(Math.max(...judged) - Math.min(...judged)).replace('+', ''),
    );
    const knownBy = (counts: ReadonlyMap<string, Capture>): number =>
      [...counts.values()].reduce((sum, { completed }) => sum + completed, 0);
    expect(await figure(page, 'new')).toBe(percent(knownBy(fresh), knownBy(fresh) + knownBy(returning)));
    await expectSmallCells(page, states);
    expect(await figure(page, 'clear')).toBe(`${String(clear.length)} of ${String(impacts.size - 1)}`);
    expect(await page.locator('.page-finding strong').textContent()).toContain(`${String(clear.length)} of`);
    for (const row of await readTwin(page, 'masters-over-time')) {
      const monday = row['date'] ?? '';
      const ofWeek = recountMasterImpact({
        events: raw.events.filter(
          (event) => event.event_type !== 'session_completed' || week(event) === monday,
        ),
      });
      for (const id of names.values()) {
        if (!(id in row)) continue;
        const counted = ofWeek.get(id);
        expect(row[id]).toBe(counted === undefined ? '–' : points(counted.impact));
        expect(row[`${id}-interval`]).toBe(counted === undefined ? '–' : rangeText(counted));
        expect(numberIn(row[`${id}-n`])).toBe(counted?.completed ?? 0);
      }
    }
    for (const [key, test] of [
      ['fresh', ofNew],
      ['returning', ofReturning],
    ] as const) {
      const own = recountMasterImpact({ events: raw.events.filter(test) }, inRange);
      for (const row of await readTwin(page, 'masters-new')) {
        const counted = own.get(names.get(row['name'] ?? '') ?? '');
        expect(row[key]).toBe(counted === undefined ? '–' : points(counted.impact));
        expect(row[`${key}-interval`]).toBe(counted === undefined ? '–' : rangeText(counted));
        expect(numberIn(row[`${key}-n`])).toBe(counted?.completed ?? 0);
      }
    }
  });
});

/** Beside each share of a small sample half of its interval, in whole points. */
async function expectSmallCells(page: Page, states: ReadonlyMap<string, StateCounts>): Promise<void> {
  await page.locator('[data-tile="masters-list"]').press('t');
  const rows = page.locator('.masters-table tbody tr[data-small="true"]');
  await rows.first().waitFor();
  for (const row of await rows.all()) {
    const counted = states.get((await row.getAttribute('data-row')) ?? '');
    expect(await row.locator('.heat-interval').allTextContents()).toEqual(
      STATES.map((state) => {
        const [low, high] = recountWilson(counted?.byState[state] ?? 0, counted?.n ?? 0)!;
        return ` ±${((high - low) * 50).toFixed(0)}`;
      }),
    );
  }
}

describe('Practices', () => {
  it('counts the same by hour, by week and in the levels of the 90-day lens', async () => {
    const { page, go } = await open('practices', '?from=2026-11-10&to=2026-11-14&bucket=hour');
    const byHour = captureBy(
      (event) => `${day(event)} ${hourOf(event)}:00`,
      () => true,
      between('2026-11-10', '2026-11-14'),
    );
    const hours = await readTwin(page, 'capture-rate');
    expect(hours).toHaveLength(5 * 24);
    for (const row of hours) expectCapture(row, byHour.get(row['date'] ?? ''));
    await go('?bucket=week&compare=none');
    const byWeek = captureBy(week);
    const weeks = await readTwin(page, 'capture-rate');
    expect(weeks.map((row) => row['date'])).toEqual([...byWeek.keys()].toSorted());
    for (const row of weeks) expectCapture(row, byWeek.get(row['date'] ?? ''));
    await go('?lens=changes&range=90d');
    const levels = await readTwin(page, 'changes');
    expectLevels(levels);
    expect(levels[0]?.['from']).toBe('2026-08-22');
    expect(
      levels.some((row) => (row['from'] ?? '') >= '2026-11-10' && (row['from'] ?? '') <= '2026-11-12'),
    ).toBe(true); // the drop after 4.18
    const ninety = between('2026-08-22', LAST_DAY);
    const byDay = statesBy(day, () => true, ninety);
    for (const row of await readTwin(page, 'change-states')) {
      for (const state of STATES)
        expect(numberIn(row[state])).toBe(byDay.get(row['date'] ?? '')?.byState[state] ?? 0);
    }
    const byPractice = captureBy(
      (event) => `${day(event)} ${valueOf('practice_id')(event)}`,
      () => true,
      ninety,
    );
    for (const row of await readTwin(page, 'change-practices')) {
      for (const id of names.values()) {
        if (!(id in row)) continue;
        const counted = byPractice.get(`${row['date'] ?? ''} ${id}`) ?? NOTHING;
        expect([numberIn(row[id]), numberIn(row[`${id}-n`])]).toEqual([counted.captured, counted.completed]);
      }
    }
  });

  it('counts the same on its sheet about people', async () => {
    const { page } = await open('practices', '?page=people');
    const states = statesBy(valueOf('practice_id'));
    const multiples = await page.locator('.multiple').evaluateAll((items) =>
      items.map((item) => ({
        id: (item as HTMLElement).dataset['row'] ?? '',
        n: item.querySelector('.multiple-n')?.textContent ?? '',
        words: item.querySelector('.visually-hidden')?.textContent ?? '',
      })),
    );
    expect(multiples).toHaveLength(12);
    for (const { id, n, words } of multiples) {
      const counted = states.get(id);
      expect(numberIn(n.replace('n ', ''))).toBe(counted?.n ?? 0);
      for (const state of STATES)
        expect(words.toLowerCase()).toContain(
          `${state} ${((100 * (counted?.byState[state] ?? 0)) / (counted?.n ?? 1)).toFixed(0)}%`,
        );
      expect(words.includes('small sample')).toBe((counted?.n ?? 0) < 200);
    }
    expectSides(await readTwin(page, 'cohort-shift'), sideOf(ofNew), sideOf(ofReturning));
    expectRetention(await readTwin(page, 'reaction-retention'), (state) => ({
      anchor: state === null ? silent(() => true) : reacted(state, () => true),
      isFirstOnly: false,
    }));
  });
});

/** Stretches of days, each against the one before it. Days scatter: their intervals are never narrower than chance alone. */
function expectLevels(rows: readonly TwinRow[]): void {
  let before: Capture | undefined;
  for (const row of rows) {
    const own = captureBy(everything, () => true, between(row['from'] ?? '', row['to'] ?? '')).get('')!;
    const { interval = '', ...others } = row;
    expectCapture(others, own);
    const [low = NaN, high = NaN] = interval.split(' to ').map(Number.parseFloat);
    const [least, most] = recountWilson(own.captured, own.completed)!.map((end) => 100 * end) as [
      number,
      number,
    ];
    expect([low <= least + 0.05, high >= most - 0.05, low < high]).toEqual([true, true, true]);
    expect(row['change']).toBe(before === undefined ? '–' : points(rateOf(own) - rateOf(before)));
    before = own;
  }
}

const fourWeeksBefore = (date: string): string =>
  new Date(Date.parse(date) - 28 * DAY_MS).toISOString().slice(0, 10);

/** What the figures changed by, over the days that are over and their counterparts. */
async function expectChange(
  page: Page,
  rows: readonly TwinRow[],
  [now, then]: readonly [ReadonlyMap<string, Capture>, ReadonlyMap<string, Capture>],
): Promise<void> {
  const dates = rows.filter(({ mark }) => mark !== 'Still filling').map(({ date }) => date ?? '');
  const sum = (days: ReadonlyMap<string, Capture>, of: readonly string[]): Capture => ({
    completed: of.reduce((all, date) => all + (days.get(date)?.completed ?? 0), 0),
    captured: of.reduce((all, date) => all + (days.get(date)?.captured ?? 0), 0),
  });
  const [a, b] = [sum(now, dates), sum(then, dates.map(fourWeeksBefore))];
  expect(dates.length).toBeGreaterThan(20);
  expect(await delta(page, 'capture')).toBe(points(rateOf(a) - rateOf(b)));
  expect(await delta(page, 'sessions')).toBe(signed(100 * (a.completed / b.completed - 1), '%'));
}

/** The same hours, days: pooled over the four weeks before without the last day; the range that alerts judge by. */
function expectExpected(rows: readonly TwinRow[], own: Where): void {
  const byDay = recountCapture(raw, day, own, own);
  for (const row of rows.slice(3, 6)) {
    const date = row['date'] ?? '';
    const sums = { completed: 0, captured: 0 };
    for (let back = 2; back <= 28; back += 1) {
      const then = byDay.get(localDay(Date.parse(`${date}T12:00:00Z`) - back * DAY_MS, ZONE)) ?? NOTHING;
      sums.completed += then.completed;
      sums.captured += then.captured;
    }
    const n = byDay.get(date)?.completed ?? 0;
    const usual = rateOf(sums);
    const smoothed = (sums.captured + 0.5) / (sums.completed + 1);
    const hours = date === '2026-10-25' ? 25 : 24;
    const spread =
      2.576 * Math.sqrt((smoothed * (1 - smoothed) * (1 + Math.max(0, n / hours - 1) * 0.01)) / n);
    expect(row['expected']).toBe(
      `${percent(Math.max(0, usual - spread), 1)} to ${percent(Math.min(1, usual + spread), 1)}`,
    );
  }
}

async function expectStatesByWeek(page: Page, own: Where): Promise<void> {
  const dates = between(WEEKS[0] ?? '', LAST_DAY);
  const [mine, all] = [statesBy(week, own, dates), statesBy(week, () => true, dates)];
  const rows = await readTwin(page, 'subject-states');
  expect(rows.map((row) => row['date'])).toEqual(WEEKS);
  for (const row of rows) {
    const [part, whole] = [mine.get(row['date'] ?? ''), all.get(row['date'] ?? '')];
    expect(numberIn(row['n'])).toBe(part?.n ?? 0);
    for (const state of STATES) {
      const [count, total] = [part?.byState[state] ?? 0, whole?.byState[state] ?? 0];
      expect(numberIn(row[state])).toBe(count);
      expect(row[`${state}-share`]).toBe(percent(count, part?.n ?? 0));
      expect(row[`${state}-reference`]).toBe(percent(total - count, (whole?.n ?? 0) - (part?.n ?? 0)));
    }
  }
}

async function expectCourse(page: Page, own: Where): Promise<void> {
  const dates = between(WEEKS[0] ?? '', LAST_DAY);
  const lines = [
    ['all', captureBy(week, own, dates)],
    ['fresh', captureBy(week, both(own, ofNew), dates)],
    ['returning', captureBy(week, both(own, ofReturning), dates)],
  ] as const;
  const rows = await readTwin(page, 'subject-course');
  expect(rows.map((row) => row['date'])).toEqual(WEEKS);
  for (const row of rows) {
    const monday = row['date'] ?? '';
    for (const [key, counts] of lines) {
      const { captured, completed } = counts.get(monday) ?? NOTHING;
      expect([numberIn(row[`${key}-captured`]), numberIn(row[`${key}-n`])]).toEqual([captured, completed]);
      expect(row[key]).toBe(percent(captured, completed));
      expect(row[`${key}-interval`]).toBe(wilsonText({ count: captured, n: completed }));
    }
    const ofWeek = recountMasterImpact({
      events: raw.events.filter(
        (event) => event.event_type !== 'session_completed' || week(event) === monday,
      ),
    }).get(MASTER);
    expect(row['expected']).toBe(ofWeek === undefined ? '–' : percent(ofWeek.expected, ofWeek.completed));
  }
}

const twoHours = (event: RawEvent): string => {
  const from = Math.floor(Number(hourOf(event)) / 2) * 2;
  return `${String(from).padStart(2, '0')} to ${String(from + 2).padStart(2, '0')}`;
};

async function expectSlices(page: Page, own: Where): Promise<void> {
  for (const [slice, by] of [
    ['Release', valueOf('app_version')],
    ['Locale', valueOf('locale')],
    ['Hour', twoHours],
  ] as const) {
    const tile = page.locator('[data-tile="subject-slices"]');
    await tile.getByRole('radio', { name: slice }).check({ force: true });
    await page.waitForFunction(
      () => document.querySelector('[data-tile="subject-slices"]')?.getAttribute('aria-busy') === 'false',
    );
    const counted = captureBy(by, own);
    const rows = await readTwin(page, 'subject-slices');
    expect(rows.reduce((sum, row) => sum + numberIn(row['completed']), 0)).toBe(
      [...counted.values()].reduce((sum, { completed }) => sum + completed, 0),
    );
    for (const row of rows)
      expectCapture(row, counted.get(row['name'] === '(none)' ? '' : (row['name'] ?? '')));
  }
}

const WEEKDAY = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, weekday: 'long' });

async function expectHours(page: Page, own: Where): Promise<void> {
  const counted = captureBy((event) => `${WEEKDAY.format(event.tsMs)} ${twoHours(event)}`, own);
  const rows = await readTwin(page, 'subject-hours');
  expect(rows).toHaveLength(84);
  for (const row of rows) {
    const cell = counted.get(row['when'] ?? '') ?? NOTHING;
    expect([row['when'], numberIn(row['count']), numberIn(row['n'])]).toEqual([
      row['when'],
      cell.captured,
      cell.completed,
    ]);
    expect(row['rate']).toBe(percent(cell.captured, cell.completed));
    expect(row['interval']).toBe(wilsonText({ count: cell.captured, n: cell.completed }));
  }
}

function expectPeople(row: TwinRow, own: Where): void {
  const events = raw.events.filter((event) => day(event) === row['date'] && own(event));
  const completed = events.filter((event) => event.event_type === 'session_completed');
  expect(numberIn(row['opened'])).toBe(
    events.filter((event) => event.event_type === 'practice_opened').length,
  );
  expect(numberIn(row['sessions'])).toBe(new Set(completed.map(valueOf('practice_session_id'))).size);
  expect(numberIn(row['people'])).toBe(new Set(completed.map(userOf).filter((user) => user !== '')).size);
}

/** Completions less than a day apart make one row of practices; what follows the first of this practice in it. */
function expectNext(rows: readonly TwinRow[]): void {
  const byUser = new Map<string, RawEvent[]>();
  for (const event of raw.events) {
    if (event.event_type !== 'session_completed' || !inRange(event) || userOf(event) === '') continue;
    byUser.set(userOf(event), [...(byUser.get(userOf(event)) ?? []), event]);
  }
  const next = new Map<string, { count: number; ms: number }>();
  for (const events of byUser.values()) {
    const sorted = events.toSorted((a, b) => a.tsMs - b.tsMs);
    const paths: { item: string; tsMs: number }[][] = [];
    sorted.forEach((event, index) => {
      const before = sorted[index - 1];
      const item = valueOf('practice_id')(event);
      if (before === undefined || event.tsMs - before.tsMs >= DAY_MS) paths.push([]);
      const path = paths.at(-1)!;
      if (path.at(-1)?.item === item) path.pop(); // repeats are the last of them
      path.push({ item, tsMs: event.tsMs });
    });
    for (const path of paths) {
      const at = path.findIndex(({ item }) => item === PRACTICE);
      const [here, after] = at < 0 ? [] : path.slice(at, at + 2);
      if (here === undefined || after === undefined) continue;
      const known = next.get(after.item) ?? { count: 0, ms: 0 };
      next.set(after.item, { count: known.count + 1, ms: known.ms + after.tsMs - here.tsMs });
    }
  }
  const n = [...next.values()].reduce((sum, { count }) => sum + count, 0);
  expect(rows).toHaveLength(next.size);
  for (const row of rows) {
    const { count, ms } = next.get(names.get(row['name'] ?? '') ?? '') ?? { count: 0, ms: 0 };
    expect(numberIn(row['count'])).toBe(count);
    expect(row['share']).toBe(percent(count, n));
    expect(row['wait']).toBe(waitText(ms / count / 1_000));
  }
}

/** "12 h 3 min", to the minute from an hour on. */
function waitText(seconds: number): string {
  const whole = Math.round(seconds / 60);
  const minutes = String(whole % 60);
  if (whole >= 60) return `${String(Math.floor(whole / 60))} h${minutes === '0' ? '' : ` ${minutes} min`}`;
  return `${String(Math.floor(seconds / 60))} min ${String(Math.round(seconds) % 60)} s`;
}

function medianLength(test: Where): string {
  const lengths = raw.events
    .filter((event) => event.event_type === 'session_completed' && test(event))
    .map(({ values }) => Number(values['duration_seconds']))
    .filter((seconds) => !Number.isNaN(seconds))
    .toSorted((a, b) => a - b);
  const seconds = Math.round(quantile(lengths, 0.5));
  return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}

const pathIn = (page: Page): string => new URL(page.url()).hash.split('?')[0] ?? '';

describe('the way to a page and back', () => {
  it('leads from a row by keyboard, keeps the filters, and back and forward walk it', async () => {
    const { page, settled } = await open('practices', '?locale=sv');
    await page.locator('.heat').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await settled();
    expect(pathIn(page)).toBe('#/practice');
    expect(page.url()).toContain('locale=sv');
    const crumb = page.getByRole('navigation', { name: 'Breadcrumb' });
    expect(await crumb.textContent()).toMatch(/^Practices \/ \S/);
    await page.goBack();
    await settled();
    expect(pathIn(page)).toBe('#/practices');
    await page.goForward();
    await settled();
    expect(pathIn(page)).toBe('#/practice');
    await page.locator('[data-tile="subject-partners"] .subject-link').first().click();
    await settled();
    expect(pathIn(page)).toBe('#/master');
    await crumb.getByRole('link', { name: 'Masters' }).click();
    await settled();
    expect(pathIn(page)).toBe('#/masters');
    expect(page.url()).not.toContain('of=');
    await page.locator('.masters-heat').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await settled();
    expect(pathIn(page)).toBe('#/master');
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await settled();
    expect(pathIn(page)).toBe('#/masters');
  });

  it('says what is wrong with an unknown id, and names those it knows', async () => {
    const { page, settled } = await open('practice', '?of=nothing_like_it', {
      prepare: () => Promise.resolve(),
    });
    await page.getByText('There is no practice “nothing_like_it”.').waitFor();
    await page.getByRole('link', { name: 'Body scan' }).click();
    await settled();
    expect(page.url()).toContain('of=body_scan');
    expect(await page.locator('.page-crumb').textContent()).toBe('Practices / Body scan');
  });

  it('says which filter keeps everything away', async () => {
    const { page } = await open('practice', `?of=${PRACTICE}&locale=xx`);
    expect(await page.locator('.page-finding').textContent()).toContain('match these filters');
    await page.locator('[data-tile="subject-capture"]').getByText('No sessions match').waitFor();
    await page
      .locator('[data-tile="subject-capture"]')
      .getByRole('button', { name: 'Remove locale' })
      .click();
    await expect.poll(() => page.url()).not.toContain('locale');
  });

  it('opens the passport of a figure', async () => {
    const { page } = await open('master', `?of=${MASTER}`);
    await page.locator('.key-figure[data-figure="impact"] .number-button').click();
    await page.getByRole('dialog').getByText('Against expected').first().waitFor();
  });
});

const SHEETS: readonly { name: string; view: ViewId; query: string; tile: TileId; says: RegExp }[] = [
  {
    name: 'practices-lens',
    view: 'practices',
    query: '?lens=changes&range=90d',
    tile: 'changes',
    says: /changes?: .*pp to/,
  },
  {
    name: 'practices-people',
    view: 'practices',
    query: '?page=people',
    tile: 'top-states',
    says: /Strongest state: Morning stillness Calm/,
  },
  {
    name: 'masters',
    view: 'masters',
    query: '',
    tile: 'masters-list',
    says: /Difference from expected: M\. Lindqvist \+/,
  },
  {
    name: 'practice',
    view: 'practice',
    query: `?of=${PRACTICE}`,
    tile: 'subject-states',
    says: /Restless 22%, others 8%/,
  },
  {
    name: 'practice-people',
    view: 'practice',
    query: `?of=${PRACTICE}&page=people`,
    tile: 'reaction-retention',
    says: /Back in week 4: Tense \d+/,
  },
  { name: 'master', view: 'master', query: `?of=${MASTER}`, tile: 'subject-partners', says: /n \d+/ },
  {
    name: 'master-people',
    view: 'master',
    query: `?of=${MASTER}&page=people`,
    tile: 'subject-hours',
    says: /Capture rate: highest|enough to judge/,
  },
];

/** Values at the end of a small multiple that reach into the next one, and headings that touch. */
const crowdedCells = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [
      ...document.querySelectorAll('.cells svg, .masters-cells svg, [data-tile="subject-course"] svg'),
    ].flatMap((svg) => {
      const starts = [...new Set([...svg.querySelectorAll('line')].map((line) => line.getAttribute('x1')))]
        .map(Number)
        .toSorted((a, b) => a - b);
      return [...svg.querySelectorAll<SVGTextElement>('text[font-weight="600"]')].flatMap((text) => {
        const { x, width } = text.getBBox();
        const next = starts.find((start) => start > x + 1);
        return next !== undefined && x + width > next - 3 ? [text.textContent] : [];
      });
    }),
  );

type Look = readonly [Theme, number, number];
const SLICED_LOOKS: readonly Look[] = [
  ['dark', 1440, 900],
  ['light', 1100, 720],
  ['light', 1000, 640],
];
const LOOKS: readonly Look[] =
  SLICED_THEMES.length === 1 ? SLICED_LOOKS : [['light', 1440, 900], ['dark', 1100, 720], ...SLICED_LOOKS];

describe.each(SHEETS)('$name', ({ name, view, query, tile, says }) => {
  it('holds in both themes and three sizes, and says itself to a screen reader', async () => {
    const { page, settled } = await open(view, query);
    expect(await page.locator(`[data-tile="${tile}"]`).getAttribute('aria-label')).toMatch(says);
    for (const [theme, width, height] of LOOKS) {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height });
      await settled();
      await page.waitForTimeout(150);
      const at = `${name}-${theme}-${String(width)}x${String(height)}`;
      const stored =
        width === 1440 ? `${name}-${theme}` : at === `${name}-light-1100x720` ? `${name}-1100x720` : null;
      if (stored !== null) await takePicture(page, stored);
      expect([at, await misplacedParts(page)]).toEqual([at, []]);
      expect([at, await crowdedCells(page)]).toEqual([at, []]);
      if (width !== 1000) expect([at, await axeViolations(page)]).toEqual([at, []]);
    }
  });
});
