import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ViewId } from '../../renderer/state/address.ts';
import { launchBrowser } from '../support/browser.ts';
import {
  localDay,
  type RawData,
  type RawEvent,
  readRaw,
  rowsOf,
  valueOf,
  type Where,
} from '../support/recount.ts';
import { quantile, userOf, weekOf } from '../support/recount-people.ts';
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

// The views over what people do in the product, in a real browser on the real host: every figure is compared with a
// recount of the raw files that shares no code with the product.

const FROM = '2026-10-23';
const TO = '2026-11-19';
const BEFORE_FROM = '2026-09-25';
const BEFORE_TO = '2026-10-22';
const SIZE = takesPictures ? WHOLE_SAMPLE : { events: 80_000, days: 100 };
const VIEWS: ViewId[] = ['engagement', 'explore', 'journeys', 'usage', 'features', 'signals'];

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

interface Opened {
  theme?: Theme;
  width?: number;
  height?: number;
  query?: string;
}

async function open(view: ViewId, options: Opened = {}): Promise<Workbench> {
  workbench = await openWorkbench({ host: sample.host, browser, view, ...options });
  return workbench;
}

const day = ({ tsMs }: RawEvent): string => localDay(tsMs, sample.zone);
const within =
  (from: string, to: string): Where =>
  (event) =>
    day(event) >= from && day(event) <= to;
const inRange = within(FROM, TO);
const inRangeBefore = within(BEFORE_FROM, BEFORE_TO);
const isType =
  (type: string): Where =>
  ({ event_type: own }) =>
    own === type;
const count = (n: number): string => n.toLocaleString('en-GB');
const percent = (part: number, whole: number, decimals = 1): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(decimals)}%`;
/** "+1.2 pp" with a true minus; what rounds to zero has no sign. */
const points = (difference: number): string => {
  const text = Math.abs(100 * difference).toFixed(1);
  return `${Number(text) === 0 ? '' : difference < 0 ? '−' : '+'}${text} pp`;
};
/** "9 s", "11 min 40 s"; a zero is left out. */
function meanText(ms: number): string {
  const whole = Math.round(ms / 1_000);
  const rest = whole % 60;
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min${rest === 0 ? '' : ` ${rest} s`}`;
}
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const money = (amount: number): string =>
  amount.toLocaleString('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
/** Counted in cents, so that the sum is exact. */
const spentOn = (events: readonly RawEvent[]): number =>
  numbers(events.filter(isType('prompt_analysed')), 'cost').reduce(
    (sum, cost) => sum + Math.round(cost * 100),
    0,
  ) / 100;
const people = (events: readonly RawEvent[]): number =>
  new Set(events.map(userOf).filter((user) => user !== '')).size;
const numbers = (events: readonly RawEvent[], property: string): number[] =>
  events
    .map(({ values }) => values[property])
    .filter((value) => typeof value === 'number')
    .toSorted((a, b) => a - b);

/** The figures that a page opens with, by their ids. */
const keyFigures = (page: Page): Promise<Record<string, { value: string; delta: string }>> =>
  page.locator('.key-figure').evaluateAll((figures) =>
    Object.fromEntries(
      figures.map((figure) => [
        (figure as HTMLElement).dataset['figure'] ?? '',
        {
          value: figure.querySelector('.key-figure-value')?.textContent ?? '',
          delta: figure.querySelector('.key-figure-delta')?.textContent ?? '',
        },
      ]),
    ),
  );

/** Rows of a table with bars, by name. */
const barRows = (page: Page, tile: string): Promise<Record<string, Record<string, string>>> =>
  page
    .locator(`[data-tile="${tile}"] .bar-table tbody tr`)
    .evaluateAll((rows) =>
      Object.fromEntries(
        rows.map((row) => [
          (row as HTMLElement).dataset['row'] ?? '',
          Object.fromEntries(
            [...row.querySelectorAll<HTMLElement>('td[data-key]')].map((cell) => [
              cell.dataset['key'] ?? '',
              cell.textContent,
            ]),
          ),
        ]),
      ),
    );

describe('figures of the Engagement view', () => {
  const isPrompt: Where = (event) =>
    event.event_type === 'chat_interaction' && event.values['message_type'] === 'user_prompt';
  const isAnswer: Where = (event) =>
    event.event_type === 'chat_interaction' && event.values['message_type'] === 'ai_response';
  const isFollowUp: Where = ({ values }) => values['is_follow_up'] === true;

  it('are those of the recount, opening figures first', async () => {
    const { page } = await open('engagement');
    const figures = await keyFigures(page);
    const nowMs = Date.parse(sample.asOf);
    const last5 = raw.events.filter(({ tsMs }) => tsMs >= nowMs - 300_000 && tsMs < nowMs);
    expect(figures['active-now']?.value).toBe(count(people(last5)));
    const chats = new Set(last5.filter(isType('chat_interaction')).map(valueOf('session_id')));
    expect(figures['chats-now']?.value).toBe(count(chats.size));
    const prompts = raw.events.filter((event) => inRange(event) && isPrompt(event));
    expect(figures['follow-up']?.value).toBe(percent(prompts.filter(isFollowUp).length, prompts.length));
    expect(await page.locator('.filter-bar-matched strong').textContent()).toBe(count(prompts.length));
    const times = numbers(
      raw.events.filter((event) => inRange(event) && isAnswer(event)),
      'response_time_ms',
    );
    expect(figures['response']).toEqual({
      value: seconds(quantile(times, 0.5)),
      delta: `p95 ${seconds(quantile(times, 0.95))}`,
    });
    const requests = raw.events.filter((event) => inRange(event) && isType('performance_metric')(event));
    const failed = requests.filter(({ values }) => values['success'] === false);
    expect(figures['errors']?.value).toBe(percent(failed.length, requests.length));
    const inWeeks = raw.events.filter(within('2026-08-31', TO));
    const spent = spentOn(inWeeks);
    const outcomes = inWeeks.filter(isType('cost_savings_identified')).length;
    expect(figures['cost']).toEqual({
      value: money(spent / outcomes),
      delta: `${count(outcomes)} outcomes`,
    });
  });

  it('are those of the recount, bucket by bucket', async () => {
    const { page } = await open('engagement');
    for (const row of await readTwin(page, 'engagement-response')) {
      const times = numbers(
        raw.events.filter((event) => day(event) === row['date'] && isAnswer(event)),
        'response_time_ms',
      );
      for (const [key, q] of [
        ['p50', 0.5],
        ['p95', 0.95],
        ['p99', 0.99],
      ] as const)
        expect(row[key]).toBe(times.length === 0 ? '–' : seconds(quantile(times, q)));
    }
    for (const row of await readTwin(page, 'engagement-follow-up')) {
      const prompts = raw.events.filter((event) => day(event) === row['date'] && isPrompt(event));
      expect(numberIn(row['n'])).toBe(prompts.length);
      expect(numberIn(row['numerator'])).toBe(prompts.filter(isFollowUp).length);
      expect(row['rate']).toBe(percent(prompts.filter(isFollowUp).length, prompts.length));
    }
    for (const row of await readTwin(page, 'engagement-error-rate')) {
      const requests = raw.events.filter(
        (event) => day(event) === row['date'] && isType('performance_metric')(event),
      );
      const failed = requests.filter(({ values }) => values['success'] === false).length;
      expect(row['rate']).toBe(percent(failed, requests.length));
    }
    for (const row of await readTwin(page, 'engagement-cost')) {
      const own = raw.events.filter((event) => weekOf(day(event)) === row['date'] && day(event) <= TO);
      const outcomes = own.filter(isType('cost_savings_identified')).length;
      const spent = spentOn(own);
      expect(row['cost']).toBe(outcomes === 0 ? '–' : money(spent / outcomes));
    }
    const hours = await readTwin(page, 'engagement-active');
    expect(hours).toHaveLength(25);
    const nowMs = Date.parse(sample.asOf);
    for (const row of hours) {
      const [date = '', time = ''] = (row['date'] ?? '').split(' ');
      const own = raw.events.filter(
        (event) =>
          day(event) === date &&
          hourOf(event.tsMs) === time.slice(0, 2) &&
          event.tsMs >= nowMs - 86_400_000 &&
          event.tsMs < nowMs,
      );
      expect(numberIn(row['users'])).toBe(people(own));
    }
  });

  const hourOf = (tsMs: number): string =>
    new Intl.DateTimeFormat('en-GB', { timeZone: sample.zone, hour: '2-digit', hourCycle: 'h23' }).format(
      tsMs,
    );

  it('are those of the recount, kind by kind', async () => {
    const { page } = await open('engagement');
    const errors = raw.events.filter((event) => inRange(event) && isType('error_tracking')(event));
    const errorsBefore = raw.events.filter(
      (event) => inRangeBefore(event) && isType('error_tracking')(event),
    );
    const byKind = Map.groupBy(errors, valueOf('error_type'));
    const shown = await barRows(page, 'engagement-errors');
    expect(Object.keys(shown).toSorted()).toEqual([...byKind.keys()].toSorted());
    for (const [kind, own] of byKind)
      expect(shown[kind]).toMatchObject({
        count: count(own.length),
        share: percent(own.length, errors.length),
      });
    for (const row of await readTwin(page, 'engagement-errors')) {
      const then = errorsBefore.filter((event) => valueOf('error_type')(event) === row['kind']).length;
      expect(row['previous-count']).toBe(count(then));
      expect(row['previous-share']).toBe(percent(then, errorsBefore.length));
    }
    const byModel = Map.groupBy(
      raw.events.filter((event) => inRange(event) && (isPrompt(event) || isAnswer(event))),
      valueOf('model_used'),
    );
    const models = await barRows(page, 'engagement-models');
    expect(Object.keys(models).toSorted()).toEqual([...byModel.keys()].toSorted());
    for (const [model, own] of byModel) {
      const times = numbers(own.filter(isAnswer), 'response_time_ms');
      const tokens = numbers(own.filter(isAnswer), 'tokens_consumed');
      const prompts = own.filter(isPrompt);
      expect(models[model]).toEqual({
        prompts: count(prompts.length),
        p50: seconds(quantile(times, 0.5)),
        p95: seconds(quantile(times, 0.95)),
        'follow-ups': percent(prompts.filter(isFollowUp).length, prompts.length),
        tokens: (tokens.reduce((a, b) => a + b, 0) / tokens.length).toFixed(0),
      });
    }
    const left = raw.events.filter(
      (event) => inRange(event) && isType('thread_lifecycle')(event) && event.values['action'] !== 'created',
    );
    const threads = await readTwin(page, 'engagement-threads');
    expect(threads).toHaveLength(3);
    for (const row of threads) {
      const action = row['action'] === 'Continued later' ? 'continued' : row['action']?.toLowerCase();
      const own = left.filter(({ values }) => values['action'] === action);
      expect(row['count']).toBe(count(own.length));
      expect(row['share']).toBe(percent(own.length, left.length));
    }
  });

  it('follow the filters that they can take, and say which they cannot', async () => {
    const { page } = await open('engagement', { query: '?locale=sv&practice=unknown' });
    const prompts = raw.events.filter(
      (event) => inRange(event) && isPrompt(event) && valueOf('locale')(event) === 'sv',
    );
    expect(await page.locator('.filter-bar-matched strong').textContent()).toBe(count(prompts.length));
    expect(await page.locator('.filter[data-unfit="true"]').count()).toBe(1);
  });
});

describe('figures of the Explore view', () => {
  const specQuery = (spec: object): string => `?spec=${encodeURIComponent(JSON.stringify(spec))}`;
  const range = { from: FROM, to: TO };

  it('are those of the recount, by form, as a table and as JSON', async () => {
    const { page, settled } = await open('explore');
    const completions = raw.events.filter((event) => inRange(event) && isType('session_completed')(event));
    await page.getByLabel('Measure 1').selectOption('completed_sessions');
    await settled();
    await page.getByLabel('Break down by').fill('locale');
    await page.getByLabel('Break down by').press('Enter');
    await settled();
    await page.getByLabel('Show', { exact: true }).selectOption('total');
    await settled();
    const byLocale = Map.groupBy(completions, valueOf('locale'));
    const rows = await readTwin(page, 'explore-table');
    const shown = rows.filter(({ period }) => period === 'current');
    expect(shown).toHaveLength(byLocale.size);
    for (const row of shown) {
      const runs = new Set((byLocale.get(row['group'] ?? '') ?? []).map(valueOf('practice_session_id')));
      expect(row['value']).toBe(count(runs.size));
    }
    const bars = await barRows(page, 'explore-result');
    expect(Object.values(bars).map(({ value }) => value)).toEqual(shown.map(({ value }) => value));
    const answer = JSON.parse((await page.locator('.explore-json pre').textContent()) ?? '') as {
      result: { series: { total: number; compare: string }[] };
    };
    expect(
      answer.result.series.filter(({ compare }) => compare === 'current').map(({ total }) => count(total)),
    ).toEqual(shown.map(({ value }) => value));
    expect(decodeURIComponent(page.url())).toContain('completed_sessions');
  });

  it('are those of the recount for a question written as text, and a senseless one is refused', async () => {
    const { page, settled } = await open('explore');
    await page.getByRole('radiogroup', { name: 'Ask by' }).getByRole('radio', { name: 'JSON' }).check();
    const text = page.getByLabel('Question as JSON');
    await text.fill(
      '{"kind":"trend","environment":"sample","interval":"dya","series":[{"event":"payment"}]}',
    );
    expect(await page.locator('.question-problem').textContent()).toContain('interval');
    expect(await page.getByRole('button', { name: 'Run', exact: true }).isDisabled()).toBe(true);
    await text.fill(
      JSON.stringify({
        kind: 'distribution',
        environment: 'sample',
        range,
        event: 'feature_usage',
        property: 'duration_ms',
      }),
    );
    await text.press('Control+Enter');
    await settled();
    const values = numbers(
      raw.events.filter((event) => inRange(event) && isType('feature_usage')(event)),
      'duration_ms',
    );
    const rows = await readTwin(page, 'explore-table');
    const measured = new Map(rows.map((row) => [row['measure'], row['value']]));
    expect(measured.get('n')).toBe(count(values.length));
    expect(measured.get('min')).toBe(count(values[0]!));
    expect(numberIn(measured.get('quantile 0.95'))).toBeCloseTo(quantile(values, 0.95), 3);
  });

  it('answers every kind of question that the form offers', async () => {
    const { page, settled } = await open('explore');
    for (const kind of [
      'states',
      'funnel',
      'retention',
      'lifecycle',
      'stickiness',
      'paths',
      'sessions',
      'experiment',
    ]) {
      await page.getByLabel('Kind', { exact: true }).selectOption(kind);
      await settled();
      expect(await page.locator('[data-tile="explore-table"] tbody tr').count(), kind).toBeGreaterThan(0);
    }
  });

  it('draws several lines with their names', async () => {
    const spec = {
      kind: 'trend',
      environment: 'sample',
      range,
      interval: 'week',
      series: [{ event: 'page_view', measure: 'users' }],
      breakdown: { property: 'plan' },
    };
    const { page } = await open('explore', { query: specQuery(spec) });
    const plans = new Set(raw.events.filter(inRange).filter(isType('page_view')).map(valueOf('plan')));
    for (const row of await readTwin(page, 'explore-table')) {
      const plan = row['group'] === '(none)' ? '' : (row['group'] ?? '');
      expect(plans.has(plan)).toBe(true);
      const own = raw.events.filter(
        (event) =>
          isType('page_view')(event) &&
          inRange(event) &&
          weekOf(day(event)) === row['bucket'] &&
          valueOf('plan')(event) === plan,
      );
      expect(numberIn(row['value'])).toBe(people(own));
    }
  });
});

describe('figures of the Journeys view', () => {
  /** Pages of people in order, cut by pauses of half an hour, repeats collapsed onto the last one. */
  const pathsOfPages = (where: Where, isInDates: Where = inRange): { item: string; tsMs: number }[][] => {
    const views = raw.events.filter(
      (event) => isType('page_view')(event) && isInDates(event) && where(event) && userOf(event) !== '',
    );
    return [...Map.groupBy(views, userOf).values()].flatMap((own) => {
      const items = own
        .map((event) => ({
          item: valueOf('page_path')(event).replace(/(.)\/$/, '$1'),
          tsMs: event.tsMs,
          event,
        }))
        .filter(({ item }) => item !== '')
        .toSorted((a, b) => a.tsMs - b.tsMs || (a.event.event_id < b.event.event_id ? -1 : 1));
      const paths: { item: string; tsMs: number }[][] = [];
      let lastMs = -Infinity;
      for (const { item, tsMs } of items) {
        if (tsMs - lastMs >= 30 * 60_000) paths.push([]);
        lastMs = tsMs;
        const path = paths.at(-1)!;
        if (path.at(-1)?.item === item) path.pop();
        path.push({ item, tsMs });
      }
      return paths;
    });
  };

  const linksOf = (paths: { item: string; tsMs: number }[][], columns: number) => {
    const links = new Map<string, { count: number; ms: number }>();
    const beyond = { count: 0, links: new Set<string>() };
    for (const path of paths)
      path.slice(1).forEach(({ item, tsMs }, index) => {
        const before = path[index]!;
        const key = `${index + 1} ${before.item} ${item}`;
        if (index + 1 >= columns) {
          beyond.count += 1;
          beyond.links.add(key);
          return;
        }
        const link = links.get(key) ?? { count: 0, ms: 0 };
        links.set(key, { count: link.count + 1, ms: link.ms + tsMs - before.tsMs });
      });
    return { links, beyond };
  };

  it.each([
    ['', 4, () => true],
    ['?steps=2&locale=sv', 2, (event: RawEvent) => valueOf('locale')(event) === 'sv'],
  ] as const)('are those of the recount: %s', async (query, columns, where) => {
    const { page } = await open('journeys', { query });
    const paths = pathsOfPages(where);
    const { links, beyond } = linksOf(paths, columns);
    const pathsThen = pathsOfPages(where, inRangeBefore);
    const { links: linksThen } = linksOf(pathsThen, columns);
    const shareOf = (link: { count: number } | undefined, of: readonly unknown[][]): number =>
      (link?.count ?? 0) / of.filter(({ length }) => length > 1).length;
    const shown = await readTwin(page, 'journey-links');
    expect(shown).toHaveLength(links.size);
    for (const row of shown) {
      const link = links.get(`${row['step']} ${row['source']} ${row['target']}`)!;
      expect(numberIn(row['count'])).toBe(link.count);
      expect(row['mean']).toBe(meanText(link.ms / link.count));
      const then = linksThen.get(`${row['step']} ${row['source']} ${row['target']}`);
      expect(numberIn(row['then'])).toBe(then?.count ?? 0);
      expect(row['change']).toBe(points(shareOf(link, paths) - shareOf(then, pathsThen)));
    }
    expect(await page.locator('[data-tile="journey-links"] .tile-subtitle').textContent()).toContain(
      `beyond the last column: ${count(beyond.count)} step`,
    );
    const long = paths.filter(({ length }) => length > 1);
    expect(await page.locator('.filter-bar-matched strong').textContent()).toBe(count(long.length));
    for (const row of await readTwin(page, 'journey-paths')) {
      const column = Number(row['column']) - 1;
      const here = long.filter((path) => path[column]?.item === row['item']);
      expect(numberIn(row['count'])).toBe(here.length);
      expect(row['share']).toBe(percent(here.length, long.length));
      if (row['ended'] !== '–')
        expect(numberIn(row['ended'])).toBe(here.filter((path) => path.length === column + 1).length);
    }
  });

  it('agree with a funnel: whoever opens a practice and later completes one', async () => {
    const common = { environment: 'sample', range: { from: FROM, to: TO } };
    const [opened, completed] = [{ event: 'practice_opened' }, { event: 'session_completed' }];
    const ask = async (spec: object) => {
      const { page } = await open('explore', { query: `?spec=${encodeURIComponent(JSON.stringify(spec))}` });
      const rows = await readTwin(page, 'explore-table');
      await workbench?.close();
      return rows;
    };
    const gap = { start: 'practice_opened', steps: 2, gapMinutes: 525_600 };
    const [link] = await ask({ kind: 'paths', ...common, items: [opened, completed], ...gap });
    const window = { value: 12, unit: 'month' };
    const steps = await ask({ kind: 'funnel', ...common, steps: [opened, completed], window });
    expect(numberIn(link?.['count'])).toBeGreaterThan(0);
    expect(numberIn(link?.['count'])).toBe(numberIn(steps[1]?.['count']));
  });

  it('shows what goes through a chosen place', async () => {
    const { page, settled } = await open('journeys');
    const first = page.locator('button.sankey-label[data-column="1"]').first();
    const item = (await first.getAttribute('data-item')) ?? '';
    await first.click();
    await settled();
    expect(page.url()).toContain(encodeURIComponent(`1:${item}`));
    const { links } = linksOf(
      pathsOfPages(() => true),
      4,
    );
    const through = [...links.keys()].filter((key) => {
      const [step, source, target] = key.split(' ');
      return (step === '1' && target === item) || (step === '2' && source === item);
    });
    expect(await page.locator('[data-tile="journey-links"] tbody tr').count()).toBe(through.length);
    expect(await page.locator('.sankey-flows path[data-chosen="true"]').count()).toBeGreaterThan(0);
  });
});

describe('figures of the Usage view', () => {
  const DAYS = Array.from({ length: 28 }, (_, index) =>
    new Date(Date.parse(FROM) + index * 86_400_000).toISOString().slice(0, 10),
  );
  const dayBefore = (date: string, days: number): string =>
    new Date(Date.parse(date) - days * 86_400_000).toISOString().slice(0, 10);

  /** People by day, over the whole sample. */
  const usersByDay = (): Map<string, Set<string>> => {
    const byDay = new Map<string, Set<string>>();
    for (const event of raw.events) {
      const user = userOf(event);
      if (user === '') continue;
      const users = byDay.get(day(event)) ?? new Set();
      byDay.set(day(event), users.add(user));
    }
    return byDay;
  };
  const trailing = (byDay: Map<string, Set<string>>, date: string, days: number): number => {
    const users = new Set<string>();
    for (let back = 0; back < days; back += 1)
      for (const user of byDay.get(dayBefore(date, back)) ?? []) users.add(user);
    return users.size;
  };

  it('are those of the recount: who was active, by day, in 7 and in 30 days', async () => {
    const { page } = await open('usage');
    const byDay = usersByDay();
    const figures = await keyFigures(page);
    const everyone = people(raw.events.filter(inRange));
    expect(figures['users']?.value).toBe(count(everyone));
    expect(await page.locator('.filter-bar-matched strong').textContent()).toBe(count(everyone));
    const complete = DAYS.slice(0, -1).filter((date) => date !== TO);
    const rows = await readTwin(page, 'usage-actives');
    expect(rows.map((row) => row['date'])).toEqual(DAYS);
    for (const row of rows) {
      const date = row['date']!;
      expect(numberIn(row['dau'])).toBe(trailing(byDay, date, 1));
      expect(numberIn(row['wau'])).toBe(trailing(byDay, date, 7));
      expect(numberIn(row['mau'])).toBe(trailing(byDay, date, 30));
      expect(numberIn(row['mau-previous'])).toBe(trailing(byDay, dayBefore(date, 28), 30));
    }
    const daily = complete.map((date) => trailing(byDay, date, 1)).reduce((a, b) => a + b, 0);
    const monthly = complete.map((date) => trailing(byDay, date, 30)).reduce((a, b) => a + b, 0);
    expect(figures['daily']?.value).toBe(count(Math.round(daily / complete.length)));
    expect(figures['stickiness']?.value).toBe(percent(daily, monthly));
    for (const row of await readTwin(page, 'usage-stickiness')) {
      const date = row['date']!;
      expect(row['rate']).toBe(percent(trailing(byDay, date, 1), trailing(byDay, date, 30)));
    }
  });

  it('are those of the recount: pages', async () => {
    const { page } = await open('usage');
    const views = raw.events.filter((event) => inRange(event) && isType('page_view')(event));
    const before = raw.events.filter((event) => inRangeBefore(event) && isType('page_view')(event));
    expect((await keyFigures(page))['views']?.value).toBe(count(views.length));
    for (const row of await readTwin(page, 'usage-views'))
      expect(numberIn(row['views'])).toBe(views.filter((event) => day(event) === row['date']).length);
    const byPage = Map.groupBy(views, valueOf('page_path'));
    const shown = await barRows(page, 'usage-pages');
    for (const [name, own] of byPage) {
      if (name.includes('@')) continue; // scrubbed: the raw files still hold what was replaced
      expect(shown[name]?.['views']).toBe(count(own.length));
      expect(shown[name]?.['users']).toBe(count(people(own)));
    }
    for (const row of await readTwin(page, 'usage-pages')) {
      if (row['page']?.includes('[') === true) continue;
      const then = before.filter((event) => valueOf('page_path')(event) === row['page']).length;
      expect(numberIn(row['previous'])).toBe(then);
    }
  });

  /** Sessions of the whole sample: by session id, else by person and half an hour of pause. */
  const sessionsOf = (): RawEvent[][] => {
    const sessions = new Map<string, RawEvent[]>();
    const byUser = Map.groupBy(
      raw.events.filter((event) => valueOf('session_id')(event) === '' && userOf(event) !== ''),
      userOf,
    );
    for (const event of raw.events) {
      const id = valueOf('session_id')(event);
      if (id !== '') sessions.set(id, [...(sessions.get(id) ?? []), event]);
    }
    for (const [user, own] of byUser) {
      let lastMs = -Infinity;
      let number = 0;
      for (const event of own.toSorted((a, b) => a.tsMs - b.tsMs)) {
        if (event.tsMs - lastMs >= 30 * 60_000) number += 1;
        lastMs = event.tsMs;
        const key = `${user} ${number}`;
        sessions.set(key, [...(sessions.get(key) ?? []), event]);
      }
    }
    return [...sessions.values()].map((own) =>
      own.toSorted((a, b) => a.tsMs - b.tsMs || (a.event_id < b.event_id ? -1 : 1)),
    );
  };

  it('are those of the recount: sessions, their length, bounces and referrers', async () => {
    const { page } = await open('usage');
    const figures = await keyFigures(page);
    const sessions = sessionsOf().filter((own) => own.some(inRange));
    const touches = (own: RawEvent[], date: string): boolean =>
      day(own[0]!) <= date && day(own.at(-1)!) >= date;
    const isBounce = (own: RawEvent[]): boolean => own.length === 1 && isType('page_view')(own[0]!);
    const bounces = sessions.filter(isBounce).length;
    expect(figures['bounce']?.value).toBe(percent(bounces, sessions.length));
    const lengths = sessions.map((own) => own.at(-1)!.tsMs - own[0]!.tsMs);
    const mean = lengths.reduce((a, b) => a + b, 0) / lengths.length / 1_000;
    expect(figures['length']?.value).toBe(
      `${Math.floor(Math.round(mean) / 60)} min ${Math.round(mean) % 60} s`,
    );
    for (const row of await readTwin(page, 'usage-bounce')) {
      const own = sessions.filter((session) => touches(session, row['date']!));
      expect(numberIn(row['n'])).toBe(own.length);
      expect(numberIn(row['numerator'])).toBe(own.filter(isBounce).length);
    }
    const rows = await readTwin(page, 'usage-referrers');
    expect(rows.reduce((sum, row) => sum + numberIn(row['sessions']), 0)).toBe(sessions.length);
    for (const row of rows) {
      const referrer = row['referrer'] === 'No referrer' ? '' : row['referrer'];
      if (referrer?.includes('[') === true) continue; // scrubbed, too
      const own = sessions.filter(([first]) => valueOf('referrer')(first!) === referrer);
      expect(numberIn(row['sessions'])).toBe(own.length);
      expect(row['share']).toBe(percent(own.length, sessions.length));
      expect(row['bounce']).toBe(percent(own.filter(isBounce).length, own.length));
    }
  });
});

describe('figures of the Features view', () => {
  const isUse =
    (feature: string): Where =>
    (event) =>
      isType('feature_usage')(event) && valueOf('feature_name')(event) === feature;

  it('are those of the recount: adoption, uses, errors and weeks', async () => {
    const { page } = await open('features');
    const own = raw.events.filter(inRange);
    const active = people(own);
    const activeBefore = people(raw.events.filter(inRangeBefore));
    const features = new Set(own.filter(isType('feature_usage')).map(valueOf('feature_name')));
    const rows = await readTwin(page, 'feature-adoption');
    expect(rows).toHaveLength(features.size);
    for (const row of rows) {
      const feature = [...features].find(
        (name) => name.replaceAll('_', ' ') === row['feature']?.toLowerCase(),
      )!;
      const uses = own.filter(isUse(feature));
      const failed = uses.filter(({ values }) => values['success'] === false).length;
      const before = people(raw.events.filter((event) => inRangeBefore(event) && isUse(feature)(event)));
      expect(row).toMatchObject({
        adoption: percent(people(uses), active),
        users: count(people(uses)),
        active: count(active),
        previous: percent(before, activeBefore),
        uses: count(uses.length),
        each: (uses.length / people(uses)).toFixed(1),
        failed: count(failed),
        errors: percent(failed, uses.length),
      });
      const weeks = Array.from({ length: 11 }, (_, index) =>
        new Date(Date.parse('2026-08-31') + index * 7 * 86_400_000).toISOString().slice(0, 10),
      );
      const shares = weeks.map((week) => {
        const inWeek = raw.events.filter((event) => weekOf(day(event)) === week);
        return percent(people(inWeek.filter(isUse(feature))), people(inWeek));
      });
      expect(row['weeks']).toBe(shares.join(' '));
    }
    expect(await page.locator('.filter-bar-matched strong').textContent()).toBe(count(active));
  });

  it('are those of the recount for the chosen feature, over time and by plan', async () => {
    const { page, settled } = await open('features');
    await page.getByRole('button', { name: 'Deployment' }).click();
    await settled();
    expect(page.url()).toContain('feature=deployment');
    for (const row of await readTwin(page, 'feature-over-time')) {
      const own = raw.events.filter((event) => day(event) === row['date']);
      expect(numberIn(row['numerator'])).toBe(people(own.filter(isUse('deployment'))));
      expect(numberIn(row['n'])).toBe(people(own));
    }
    const plans = new Map(
      rowsOf(path.join(sample.rawDir, 'users')).map(({ row }) => [String(row?.['user_id']), row?.['plan']]),
    );
    for (const row of await readTwin(page, 'feature-plans')) {
      const plan = row['plan'] === 'No plan' ? undefined : row['plan']?.toLowerCase();
      const own = raw.events.filter(
        (event) => inRange(event) && (plans.get(userOf(event)) ?? undefined) === plan,
      );
      expect(numberIn(row['n'])).toBe(people(own));
      expect(row['rate']).toBe(percent(people(own.filter(isUse('deployment'))), people(own)));
    }
  });
});

describe('figures of the Signals view', () => {
  const FIRST_DAY = '2026-08-31';
  interface Pair {
    pre: RawEvent;
    post: RawEvent | undefined;
  }
  /** First start and last end of each signal, joined at any distance. */
  const pairsOf = (): Pair[] => {
    const byId = Map.groupBy(
      raw.events.filter(({ event_type: type }) => type === 'signal_pre' || type === 'signal_post'),
      valueOf('signal_id'),
    );
    return [...byId.values()].flatMap((own) => {
      const sorted = own.toSorted((a, b) => a.tsMs - b.tsMs);
      const pre = sorted.find(isType('signal_pre'));
      return pre !== undefined && day(pre) >= FIRST_DAY && day(pre) <= TO
        ? [{ pre, post: sorted.findLast(isType('signal_post')) }]
        : [];
    });
  };
  const isFinished = ({ post }: Pair): boolean => post !== undefined;
  const liftOf = ({ pre, post }: Pair): number =>
    Number(post?.values['confidence']) - Number(pre.values['confidence']);
  const lift = (pairs: Pair[], penalty: number): number => {
    const finished = pairs.filter(isFinished);
    const sum = finished.reduce((total, pair) => total + liftOf(pair), 0);
    return (sum + penalty * (pairs.length - finished.length)) / pairs.length;
  };
  const signed = (value: number): string => (value < 0 ? '−' : '+') + Math.abs(value).toFixed(2);
  const answerOf = ({ post }: Pair): string => (post === undefined ? '' : valueOf('goal_completed')(post));

  it('are those of the recount, and the penalty moves what depends on it', async () => {
    const { page, settled } = await open('signals');
    const pairs = pairsOf();
    const finished = pairs.filter(isFinished);
    const figures = await keyFigures(page);
    const met = pairs.filter((pair) => answerOf(pair) === 'yes').length;
    const partly = pairs.filter((pair) => answerOf(pair) === 'partly').length;
    expect(figures['starts']?.value).toBe(count(pairs.length));
    expect(figures['pairs']?.value).toBe(signed(lift(finished, 0)));
    expect(figures['all']).toEqual({
      value: signed(lift(pairs, -1)),
      delta: `${signed(lift(pairs, 0))} to ${signed(lift(pairs, -3))}`,
    });
    expect(figures['goal']?.value).toBe(percent(met + partly / 2, pairs.length));
    expect(figures['abandoned']?.value).toBe(percent(pairs.length - finished.length, pairs.length));
    const scores = numbers(raw.events.filter(within(FIRST_DAY, TO)), 'experience_score');
    expect(figures['experience']?.value).toBe((scores.reduce((a, b) => a + b, 0) / scores.length).toFixed(1));
    await page.locator('#penalty-slider').focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('ArrowRight');
    await settled();
    expect((await keyFigures(page))['all']?.value).toBe(signed(lift(pairs, -2.1)));
    expect(page.url()).toContain('penalty=-2.1');
    for (const row of await readTwin(page, 'signal-lift')) {
      const own = pairs.filter(({ pre }) => weekOf(day(pre)) === row['date']);
      expect(row['all']).toBe(signed(lift(own, -2.1)));
      expect(row['pairs']).toBe(signed(lift(own.filter(isFinished), 0)));
    }
    await page.getByRole('button', { name: 'Reset' }).click();
    await settled();
    expect((await keyFigures(page))['all']?.value).toBe(signed(lift(pairs, -1)));
  });

  it('are those of the recount: answers, goals and what arrived', async () => {
    const { page } = await open('signals');
    const pairs = pairsOf();
    for (const row of await readTwin(page, 'signal-answers')) {
      const own = pairs.filter(({ pre }) => weekOf(day(pre)) === row['date']);
      expect(numberIn(row['starts'])).toBe(own.length);
      for (const answer of ['yes', 'partly', 'no'])
        expect(numberIn(row[answer])).toBe(own.filter((pair) => answerOf(pair) === answer).length);
      expect(numberIn(row['abandoned'])).toBe(own.filter((pair) => !isFinished(pair)).length);
    }
    const goals = await readTwin(page, 'signal-goals');
    expect(goals.reduce((sum, row) => sum + numberIn(row['n']), 0)).toBe(pairs.length);
    for (const row of goals) {
      if (row['goal']?.includes('[') === true) continue; // scrubbed
      const own = pairs.filter(({ pre }) => valueOf('goal')(pre) === row['goal']?.toLowerCase());
      const left = own.filter((pair) => !isFinished(pair)).length;
      expect(numberIn(row['n'])).toBe(own.length);
      expect(row['rate']).toBe(percent(left, own.length));
    }
    const stages = new Map(
      (await readTwin(page, 'signal-completeness')).map((row) => [row['stage'], numberIn(row['count'])]),
    );
    const idsOf = (type: string): Set<string> =>
      new Set(raw.events.filter(isType(type)).filter(within(FIRST_DAY, TO)).map(valueOf('signal_id')));
    const [starts, ends] = [idsOf('signal_pre'), idsOf('signal_post')];
    expect(stages.get('Starts')).toBe(pairs.length);
    expect(stages.get('Ends in these dates')).toBe(ends.size);
    expect(stages.get('Ends without a start before them in these dates')).toBe(
      [...ends].filter((id) => !starts.has(id)).length,
    );
  });
});

describe.each(VIEWS)('the view %s', (view) => {
  it.each(SLICED_THEMES)('has no violation of WCAG 2.2 AA in the %s theme', async (theme) => {
    const { page } = await open(view, { theme });
    expect(await axeViolations(page)).toEqual([]);
    await takePicture(page, `${view}-${theme}`);
  });

  it('fits windows of all sizes: nothing runs over its place', async () => {
    await expectInPlaceAtAllSizes(await open(view), `${view}-1100x720`);
  });

  it('names every tile with a summary', async () => {
    const { page } = await open(view);
    const summaries = await page
      .locator('[data-tile]')
      .evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('aria-label') ?? ''));
    for (const summary of summaries) expect(summary).toMatch(/^.+\. .*\d/);
  });
});
