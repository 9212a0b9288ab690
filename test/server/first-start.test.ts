import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HostProcess, startHostProcess } from '../support/host-process.ts';
import { dayOf, type RawData, readRaw, recountCapture } from '../support/recount.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-first-'));
const dataDir = path.join(folder, 'data');
const AS_OF = '2026-11-19T13:32:00.000Z';
const ZONE = 'Europe/Oslo';
/** Local days 18 and 19 still wait for reactions to their last sessions, which have 24 h. */
const LAST_FULL_DAY = '2026-11-17';

/** Seconds by itself; minutes where everything else is tested at the same time. */
const FIRST_START_MS = 240_000;

let host: HostProcess;
let raw: RawData;

beforeAll(async () => {
  const killed = startHostProcess(dataDir);
  await killed.says(/Writing the sample/);
  killed.child.kill('SIGKILL'); // the very first start is cut short; the second one has to begin anew
  await killed.ended;
  host = startHostProcess(dataDir);
  await host.link();
  raw = readRaw(path.join(dataDir, 'sample'), { environment: 'sample', asOf: AS_OF });
}, FIRST_START_MS);
afterAll(async () => {
  host.child.kill('SIGTERM');
  await host.ended;
  rmSync(folder, { recursive: true, force: true });
});

test('makes the sample workspace in an empty folder and says so', async () => {
  await host.says(/Created the sample workspace "Product analytics"/);
});

test('says what it read, and every number equals a recount of the raw files', async () => {
  const [, read, kept, duplicate, quarantined] = (
    await host.says(/: ([\d,]+) rows read, ([\d,]+) kept, ([\d,]+) duplicate, ([\d,]+) quarantined/)
  ).map((text) => Number(text.replaceAll(',', '')));
  const rowsOfEvents = Object.values(raw.rowsBySource).reduce((sum, rows) => sum + rows, 0);
  expect(duplicate).toBe(raw.duplicates.length);
  expect(quarantined).toBe(raw.quarantined.length);
  expect((kept ?? 0) + (duplicate ?? 0) + (quarantined ?? 0)).toBe(read);
  // rows of dimensions and feeds are read too, and all of them kept
  expect((read ?? 0) - rowsOfEvents).toBe((kept ?? 0) - raw.events.length);
});

test('says the capture rate of the last full day', async () => {
  const [, day, rate, captured, completed] = await host.says(
    /last full day, (\S+): ([\d.]+) % \((\d+) of (\d+) completed sessions\)/,
  );
  const expected = recountCapture(raw, dayOf(ZONE)).get(LAST_FULL_DAY);
  expect(day).toBe(LAST_FULL_DAY);
  expect({ captured: Number(captured), completed: Number(completed) }).toEqual(expected);
  expect(rate).toBe(((100 * (expected?.captured ?? 0)) / (expected?.completed ?? 1)).toFixed(1));
});
