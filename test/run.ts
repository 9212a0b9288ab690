// npm test: finds or installs a Chromium, builds, checks, runs the tests and ends with one plain line,
// `N passed, N failed`. `--deep` runs the full counts, `--only FOLDER…` some folders of test/, a path some files.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildParts } from '../main/build/build-parts.ts';
import { PARTS } from '../main/build/freshness.js';
import { closingLine, forbiddenSkips } from './support/closing-line.ts';
import { ensureBrowser } from './support/install-browser.ts';
import { ensureEngines } from './support/install-engines.ts';
import type { TestSummary } from './support/summary-reporter.ts';
import { CHECK_LANES, runScript } from './tooling/run-script.ts';

const root = path.resolve(import.meta.dirname, '..');
const summaryFile = path.join(root, 'test', 'output', 'summary.json');
const SLICE_WITHIN_MS = 40 * 60_000; // against a hang; the aim is 12 minutes, which a busy machine may miss
const DEEP_WITHIN_MS = 4 * 3_600_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { deep: { type: 'boolean' }, only: { type: 'string', multiple: true } },
});
const isDeep = values.deep ?? false;
const isWhole = values.only === undefined && positionals.length === 0;

const running = new Set<ChildProcess>();
const summary: TestSummary = { passed: 0, failed: [], skipped: [] };

const deadline = setTimeout(
  () => endEarly('the run took too long'),
  isDeep ? DEEP_WITHIN_MS : SLICE_WITHIN_MS,
);
deadline.unref();

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => endEarly(`the run got ${signal}`));

if (needsBrowser()) await step('browser', async () => say(`browser: ${await ensureBrowser()}`));
if (needsBrowser()) await step('engines', async () => say(`test engines: ${await ensureEngines()}`));
await step('build', () => buildParts({ root, parts: PARTS, onBuilt: (part) => say(`built ${part}`) }));
if (isWhole) await Promise.all(CHECK_LANES.map(checkInTurn));
await runTests();
finish();

/** Only the folder of the Electron tests drives no browser of ours and compares with no other engine. */
function needsBrowser(): boolean {
  return values.only?.some((folder) => folder !== 'electron') ?? true;
}

/** One thing that has to work before or beside the tests; it counts as one test. */
async function step(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    summary.passed += 1;
  } catch (error) {
    summary.failed.push(name);
    say(`FAILED ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function checkInTurn(scripts: readonly string[]): Promise<void> {
  for (const script of scripts) await step(script, () => check(script));
}

async function check(script: string): Promise<void> {
  const { ok, elapsedMs, output } = await runScript(script, follow);
  if (!ok) throw new Error(`\n${output.trimEnd()}`);
  say(`ok ${script} (${(elapsedMs / 1000).toFixed(1)} s)`);
}

async function runTests(): Promise<void> {
  mkdirSync(path.dirname(summaryFile), { recursive: true });
  rmSync(summaryFile, { force: true });
  const exitCode = await vitest();
  const tests = readSummary();
  summary.passed += tests.passed;
  summary.failed.push(...tests.failed);
  summary.skipped.push(...tests.skipped);
  if (exitCode !== 0 && tests.failed.length === 0)
    summary.failed.push(`vitest ended with ${exitCode ?? 'a signal'}`);
}

function vitest(): Promise<number | null> {
  const args = [
    path.join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--config=test/vitest.config.ts',
    '--allowOnly=false',
    '--reporter=default',
    '--reporter=./test/support/summary-reporter.ts',
    ...(values.only ?? []).map((folder) => `--project=${folder}`),
    ...positionals,
  ];
  const env = {
    ...process.env,
    TIDEMARK_TEST_SUMMARY: summaryFile,
    ...(isDeep ? { TIDEMARK_DEEP: '1' } : {}),
  };
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  follow(child);
  return new Promise((resolve) => child.on('close', resolve));
}

/** Its children end with the run. */
function follow(child: ChildProcess): void {
  running.add(child);
  child.on('close', () => running.delete(child));
}

function readSummary(): TestSummary {
  try {
    return JSON.parse(readFileSync(summaryFile, 'utf8')) as TestSummary;
  } catch {
    return { passed: 0, failed: ['vitest wrote no summary'], skipped: [] };
  }
}

function endEarly(reason: string): void {
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL'); // with all it started
  summary.failed.push(reason);
  finish();
  process.exit();
}

function finish(): void {
  clearTimeout(deadline);
  for (const { name, reason } of summary.skipped) say(`skipped: ${name} (${reason ?? 'no reason given'})`);
  for (const name of summary.failed) say(`failed: ${name}`);
  const isGreen = summary.failed.length === 0 && forbiddenSkips(summary).length === 0 && summary.passed > 0;
  process.exitCode = isGreen ? 0 : 1;
  process.stdout.write(`${closingLine(summary)}\n`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
