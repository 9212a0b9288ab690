import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SampleManifest } from '../../main/engine/sample/facts.ts';
import { unpackAnswer } from '../../renderer/link/unpack-answer.ts';
import type { ViewId } from '../../renderer/state/address.ts';
import { AnswerCollector } from '../../shared/rpc/answer-parts.ts';
import { differences } from '../query/compare.ts';
import { launchBrowser } from '../support/browser.ts';
import { answerSlowly } from '../support/oracle/answer-slowly.ts';
import type { OracleContext, Spec, WireEvent } from '../support/oracle/types.ts';
import { startOfDate } from '../support/oracle/zone.ts';
import { type RawData, type RawEvent, readRaw, rowsOf } from '../support/recount.ts';
import { type SyncedSample, startSyncedSample } from '../support/synced-sample.ts';
import { numberIn, openWorkbench, readTwin } from '../support/workbench.ts';

// Every view in four zones and both week starts: what the page asks is asked of the slow reference too, over the raw
// files. The range holds a day of 25 hours in three of the zones.

interface Place {
  zone: string;
  weekStart: 'monday' | 'sunday';
  /** A day of the range that does not have 24 hours there. */
  longDay: string | null;
}

const PLACES: Place[] = [
  { zone: 'Europe/Oslo', weekStart: 'monday', longDay: '2026-10-25' },
  { zone: 'America/New_York', weekStart: 'sunday', longDay: '2026-11-01' },
  { zone: 'America/St_Johns', weekStart: 'sunday', longDay: '2026-11-01' },
  { zone: 'Asia/Kathmandu', weekStart: 'monday', longDay: null },
];
const VIEWS: ViewId[] = [
  'practices',
  'funnels',
  'cohorts',
  'engagement',
  'journeys',
  'usage',
  'features',
  'signals',
  'explore',
];
const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const SIZE = { events: IS_DEEP ? 20_000 : 8_000, days: 60 };
const HOUR_MS = 3_600_000;
/** Where a view differs by its address. */
const QUERIES: Partial<Record<ViewId, string[]>> = IS_DEEP ? { practices: ['', '?range=90d'] } : {};

let sample: SyncedSample;
let browser: Browser;
let raw: RawData;
let events: WireEvent[];
let context: Omit<OracleContext, 'zone' | 'weekStart'>;

beforeAll(async () => {
  [sample, browser] = await Promise.all([startSyncedSample(1, SIZE), launchBrowser()]);
  raw = readRaw(sample.rawDir, { environment: 'sample', asOf: sample.asOf });
  const allowed = allowedColumns(sample.rawDir);
  events = raw.events.map((event) => wireEvent(event, allowed));
  context = {
    nowMs: Date.parse(sample.asOf),
    users: dimension('users'),
    taxonomy: (dimension('taxonomy').at(-1)?.['states'] as { id: string }[]).map(({ id }) => id),
    costs: dimension('acquisition-costs'),
  };
}, 180_000);
afterAll(async () => {
  await browser.close();
  await sample.host.stop();
});

const dimension = (folder: string): Record<string, unknown>[] =>
  rowsOf(path.join(sample.rawDir, folder)).flatMap(({ row }) => (row === undefined ? [] : [row]));

function allowedColumns(rawDir: string): Map<string, ReadonlySet<string>> {
  const text = readFileSync(path.join(rawDir, 'sample-facts.json'), 'utf8');
  const { sources } = JSON.parse(text) as SampleManifest;
  return new Map(sources.map(({ folder, allowColumns }) => [folder, new Set(allowColumns)]));
}

/** What the sample plants in allowed texts, and what stands in the store for it (DATA §7). */
const PERSONAL: [RegExp, string][] = [
  [/[\w.+-]+@[\w.-]+\.\w+/g, '[email]'],
  [/\b\d{1,3}(\.\d{1,3}){3}\b/g, '[ip]'],
  [/\+\d[\d ]{7,}\d|\(\d{3}\) \d{3}-\d{4}/g, '[phone]'],
];

const scrubbed = (value: unknown): unknown =>
  typeof value === 'string'
    ? PERSONAL.reduce((text, [pattern, mark]) => text.replaceAll(pattern, mark), value)
    : value;

/** What the store may hold of a raw event. */
function wireEvent(
  { event_id, event_type, tsMs, source, values }: RawEvent,
  allowed: ReadonlyMap<string, ReadonlySet<string>>,
): WireEvent {
  const columns = allowed.get(source) ?? new Set();
  const kept = Object.entries(values)
    .filter(([name]) => columns.has(name))
    .map(([name, value]): [string, unknown] => [name, scrubbed(value)]);
  return { event_id, event_type, ts: tsMs, ...Object.fromEntries(kept) };
}

/** The questions that a page asks from now on. */
function listenTo(page: Page): Spec[] {
  const specs: Spec[] = [];
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      if (typeof payload !== 'string') return;
      const frame = JSON.parse(payload) as { t: string; m?: string; p?: { spec: Spec } };
      if (frame.t === 'req' && frame.m === 'query.run' && frame.p !== undefined) specs.push(frame.p.spec);
    });
  });
  return specs;
}

async function ask(spec: Spec): Promise<{ result: unknown; partial: unknown }> {
  const parts = new AnswerCollector();
  await sample.host.client.stream(
    'query.run',
    { spec, recount: true },
    {
      onPart: (part) => {
        parts.add(part);
      },
      onRestart: () => {
        parts.clear();
      },
    },
  );
  const { result, partial } = unpackAnswer(parts.packed());
  return { result, partial };
}

/** Every view in every place, or each view in one place that is not the sample's own. */
const viewsIn = (place: number): ViewId[] =>
  VIEWS.filter((_, index) => IS_DEEP || 1 + (index % (PLACES.length - 1)) === place);

describe.each(
  PLACES.map((place, index) => ({ ...place, views: viewsIn(index) })).filter(({ views }) => views.length > 0),
)('in $zone, weeks from $weekStart', ({ zone, weekStart, longDay, views }) => {
  const scene = (): OracleContext => ({ ...context, zone, weekStart });

  beforeAll(async () => {
    await sample.host.client.call('command.workspace.configure', { zone, weekStart });
  });

  it.each(views)('%s shows the answers of the reference', async (view) => {
    const asked: Spec[] = [];
    for (const query of QUERIES[view] ?? ['']) {
      let specs: Spec[] = [];
      const workbench = await openWorkbench({
        host: sample.host,
        browser,
        view,
        query,
        prepare: (page) => {
          specs = listenTo(page);
          return Promise.resolve();
        },
      });
      await workbench.settled();
      if (view === 'practices' && query === '') await expectDays(workbench.page, scene(), longDay);
      expect(workbench.complaints).toEqual([]);
      await workbench.close();
      asked.push(...specs);
    }
    expect(asked.length).toBeGreaterThan(0);
    const found: string[] = [];
    for (const spec of new Map(asked.map((one) => [JSON.stringify(one), one])).values()) {
      const actual = await ask(spec);
      const [first, ...others] = differences(answerSlowly(spec, events, scene()), actual).filter(
        // the reference leaves a series nameless that the question did not name
        ({ path: at, expected }) => !(at.endsWith('.name') && expected === undefined),
      );
      if (first !== undefined)
        found.push(`${first.path} (and ${others.length} more): ${JSON.stringify(first)}`);
    }
    expect(found).toEqual([]);
  });
});

/** Each day of the chart holds the completions between its two midnights, however far apart they are. */
async function expectDays(page: Page, { zone }: OracleContext, longDay: string | null): Promise<void> {
  const rows = await readTwin(page, 'capture-rate');
  const dates = rows.map((row) => row['date'] ?? '');
  const completed = raw.events.filter(({ event_type: type }) => type === 'session_completed');
  for (const [index, row] of rows.entries()) {
    const date = dates[index] ?? '';
    const next = new Date(Date.parse(date) + 24 * HOUR_MS).toISOString().slice(0, 10);
    const [fromMs, toMs] = [startOfDate(date, zone), startOfDate(next, zone)];
    if (date === longDay) expect(toMs - fromMs).toBe(25 * HOUR_MS);
    const inDay = completed.filter(({ tsMs }) => tsMs >= fromMs && tsMs < toMs);
    const runs = new Set(inDay.map(({ values }) => values['practice_session_id']));
    expect([date, numberIn(row['completed'])]).toEqual([date, runs.size]);
  }
  expect(rows).toHaveLength(28);
  if (longDay !== null) expect(dates).toContain(longDay);
}
