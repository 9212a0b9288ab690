// The interface over many events, in a real Chromium: question to painted chart, brushing, typing in a filter,
// scrolling; main-thread tasks after the first paint and late frames, from a trace of the browser.
// TIDEMARK_BENCH_EVENTS sets the size (10,000,000), TIDEMARK_BENCH_DATA a data folder to keep and use again.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { openStore } from '../../main/engine/store/engine-store.ts';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { importFiles } from '../../main/engine/sync/import-files.ts';
import { buildParts } from '../../main/build/build-parts.ts';
import { PARTS } from '../../main/build/freshness.js';
import type { ViewId } from '../../renderer/state/address.ts';
import { launchBrowser } from '../support/browser.ts';
import { startHostOn } from '../support/sample-host.ts';
import { openWorkbench } from '../support/workbench.ts';

const EVENTS = Number(process.env['TIDEMARK_BENCH_EVENTS'] ?? 10_000_000);
const MAP = { columns: { event_type: 'event', app_version: 'release' } }; // the generator's names
const LAST_DAY_END = '2025-04-05T21:00:00Z';
const VIEWS: ViewId[] = [
  'practices',
  'funnels',
  'cohorts',
  'engagement',
  'journeys',
  'usage',
  'features',
  'signals',
];
const FILTERS = ['en-US', 'de-DE', 'fr-FR', 'es-ES', 'pt-BR', 'it-IT'].map((locale) => `?locale=${locale}`);
const TASK_BUDGET_MS = 50;
const FRAME_MS = 1000 / 60;

const given = process.env['TIDEMARK_BENCH_DATA'];
const root = given ?? mkdtempSync(path.join(tmpdir(), 'tidemark-bench-'));
await buildParts({ root: path.resolve(import.meta.dirname, '../..'), parts: PARTS });
const dataDir = await eventsFolder();
const [host, browser] = await Promise.all([startHostOn(dataDir), launchBrowser()]);
try {
  process.stdout.write(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${EVENTS} events\n\n`);
  process.stdout.write(row(['ms', 'first', 'p50', 'p95', 'tasks p99', 'longest', 'late frames']));
  for (const view of VIEWS) await measureView(browser, view);
  await measureHands(browser);
} finally {
  await browser.close();
  await host.stop();
  if (given === undefined) rmSync(root, { recursive: true });
}
process.exit();

async function eventsFolder(): Promise<string> {
  const folder = path.join(root, 'data');
  if (existsSync(folder)) return folder;
  const raw = path.join(root, 'raw');
  mkdirSync(raw, { recursive: true });
  const generator = path.join(import.meta.dirname, 'peers', 'generate.mjs');
  const args = [generator, '--events', String(EVENTS), '--formats', 'ndjson.gz', '--out', raw];
  if (spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0)
    throw new Error('the generator failed');
  const unfinished = path.join(root, 'unfinished');
  rmSync(unfinished, { recursive: true, force: true });
  createWorkspace(unfinished, { name: 'Bench', zone: 'Europe/Oslo', asOfMs: Date.parse(LAST_DAY_END) });
  const store = openStore(unfinished);
  await importFiles(store, [path.join(raw, 'events.ndjson.gz')], {
    environment: 'bench',
    dataset: 'events',
    map: MAP,
  });
  store.close();
  renameSync(unfinished, folder);
  return folder;
}

/** A view that opens, then answers a new question per filter. */
async function measureView(chromium: Browser, view: ViewId): Promise<void> {
  const { page, close } = await openWorkbench({
    host,
    browser: chromium,
    view,
    prepare: () => Promise.resolve(),
  });
  const opened = performance.now();
  await settled(page);
  const firstMs = performance.now() - opened;
  const times: number[] = [];
  const tasks = await traced(chromium, page, async () => {
    for (const filter of FILTERS) times.push(await timeAddress(page, `#/${view}${filter}`));
  });
  report(view, firstMs, times, tasks);
  await close();
}

/** Brushing, typing and scrolling on Practices. */
async function measureHands(chromium: Browser): Promise<void> {
  const { page, close } = await openWorkbench({ host, browser: chromium, view: 'practices', height: 720 });
  const hands: Record<string, () => Promise<void>> = {
    brushing: () => brush(page),
    'typing in a filter': () => typeInFilter(page),
    'scrolling the page': () => scroll(page),
  };
  for (const [name, work] of Object.entries(hands)) {
    const startMs = performance.now();
    const tasks = await traced(chromium, page, work);
    report(name, performance.now() - startMs, [], tasks);
  }
  await close();
  const context = await chromium.newContext();
  const empty = await context.newPage();
  await empty.setContent('<div style="height:9000px"></div>');
  report('scrolling an empty page', 0, [], await traced(chromium, empty, () => scroll(empty)));
  await context.close();
}

async function brush(page: Page): Promise<void> {
  const box = await page.locator('[data-tile="capture-rate"] .tile-body svg').first().boundingBox();
  if (box === null) throw new Error('no chart to brush');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + 80, y);
  await page.mouse.down();
  for (let x = 80; x < box.width - 20; x += 6) await page.mouse.move(box.x + x, y);
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await settled(page);
}

async function typeInFilter(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Practice:/ }).click();
  const search = page.getByRole('combobox').or(page.getByRole('searchbox')).first();
  await search.pressSequentially('breathing before sleep', { delay: 20 });
  await page.keyboard.press('Escape');
  await settled(page);
}

async function scroll(page: Page): Promise<void> {
  await page.mouse.move(700, 400);
  for (let turn = 0; turn < 60; turn += 1) await page.mouse.wheel(0, turn < 30 ? 120 : -120);
  await page.waitForTimeout(500);
}

/** From the new address to the frame after which every tile shows its answer. */
function timeAddress(page: Page, hash: string): Promise<number> {
  return page.evaluate(
    (next) =>
      new Promise<number>((resolve) => {
        const startMs = performance.now();
        let hasBegun = false;
        let firstFrameMs: number | null = null;
        const look = () => {
          firstFrameMs ??= performance.now() - startMs;
          const tiles = [...document.querySelectorAll('[data-tile]')];
          const isBusy =
            tiles.some((tile) => tile.getAttribute('aria-busy') !== 'false') ||
            document.querySelector('.page-finding[aria-busy="true"]') !== null;
          hasBegun ||= isBusy;
          if (!hasBegun && performance.now() - startMs > 500)
            resolve(firstFrameMs); // answered before that frame
          else if (hasBegun && !isBusy && tiles.length > 0)
            requestAnimationFrame(() => {
              resolve(performance.now() - startMs);
            });
          else requestAnimationFrame(look);
        };
        location.hash = next;
        requestAnimationFrame(look);
      }),
    hash,
  );
}

async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const tiles = [...document.querySelectorAll('[data-tile]')];
      return tiles.length > 0 && tiles.every((tile) => tile.getAttribute('aria-busy') === 'false');
    },
    undefined,
    { polling: 'raf' },
  );
}

interface Traced {
  /** Lengths of the main thread's tasks, ascending. */
  taskMs: number[];
  /** Frames that came more than half a frame late, and all of them. */
  late: number;
  frames: number;
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  args?: { name?: string };
}

async function traced(chromium: Browser, page: Page, work: () => Promise<void>): Promise<Traced> {
  await page.evaluate(() => {
    const frames: number[] = [];
    const tick = (ms: number) => {
      frames.push(ms);
      requestAnimationFrame(tick);
    };
    Object.assign(globalThis, { benchFrames: frames });
    requestAnimationFrame(tick);
  });
  const file = path.join(tmpdir(), `tidemark-trace-${process.pid}.json`);
  await chromium.startTracing(page, {
    path: file,
    categories: ['toplevel', 'devtools.timeline', '__metadata'],
  });
  await work();
  await chromium.stopTracing();
  const frames = await page.evaluate(() => (globalThis as unknown as { benchFrames: number[] }).benchFrames);
  const { traceEvents } = JSON.parse(readFileSync(file, 'utf8')) as { traceEvents: TraceEvent[] };
  rmSync(file);
  const gaps = frames.slice(1).map((ms, index) => ms - (frames[index] ?? ms));
  return {
    taskMs: longestThread(traceEvents),
    late: gaps.filter((gap) => gap > 1.5 * FRAME_MS).length,
    frames: gaps.length,
  };
}

/** Tasks of the renderer's main thread: of the process that did most. */
function longestThread(events: readonly TraceEvent[]): number[] {
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  const byThread = new Map<string, number[]>();
  for (const { name, ph, pid, tid, dur = 0 } of events) {
    const thread = `${pid}/${tid}`;
    if (ph !== 'X' || !mains.has(thread) || !name.endsWith('RunTask')) continue;
    byThread.set(thread, [...(byThread.get(thread) ?? []), dur / 1000]);
  }
  const busiest = [...byThread.values()].sort((a, b) => sum(b) - sum(a))[0] ?? [];
  return busiest.sort((a, b) => a - b);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function at(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

function report(name: string, firstMs: number, times: readonly number[], traces: Traced): void {
  const sorted = [...times].sort((a, b) => a - b);
  const p99 = at(traces.taskMs, 0.99);
  process.stdout.write(
    row([
      name,
      firstMs.toFixed(0),
      times.length === 0 ? '' : at(sorted, 0.5).toFixed(0),
      times.length === 0 ? '' : at(sorted, 0.95).toFixed(0),
      `${p99.toFixed(1)}${p99 > TASK_BUDGET_MS ? ' OVER' : ''}`,
      at(traces.taskMs, 1).toFixed(0),
      `${traces.late} of ${traces.frames}`,
    ]),
  );
}

function row([name = '', ...cells]: readonly string[]): string {
  return `${name.padEnd(26)}${cells.map((cell) => cell.padStart(14)).join('')}\n`;
}
