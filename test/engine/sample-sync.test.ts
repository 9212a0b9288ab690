import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCatalogueReader } from '../../main/catalogue/reader.ts';
import { demo } from '../../main/cli/demo.ts';
import type { SampleManifest } from '../../main/engine/sample/facts.ts';
import { PLANTED_ADDRESSES } from '../../main/engine/sample/plants.ts';
import { acquireLock } from '../../main/lock.ts';
import { type RawData, readRaw } from '../support/recount.ts';

const SETUP_TIMEOUT_MS = 180_000; // writes, syncs and recounts the full sample: about 20 s on two idle cores

describe('tidemark demo', () => {
  const parent = mkdtempSync(path.join(tmpdir(), 'tidemark-demo-'));
  const dataDir = path.join(parent, 'data');
  let first: Ran;
  let manifest: SampleManifest;
  let raw: RawData;

  beforeAll(async () => {
    first = await run('--json');
    manifest = JSON.parse(
      readFileSync(path.join(dataDir, 'sample', 'sample-facts.json'), 'utf8'),
    ) as SampleManifest;
    raw = readRaw(path.join(dataDir, 'sample'), { environment: 'sample', asOf: manifest.asOf });
  }, SETUP_TIMEOUT_MS);
  afterAll(() => rmSync(parent, { recursive: true, force: true }));

  const run = (...argv: string[]): Promise<Ran> => runDemo([...argv, '--data-dir', dataDir]);

  test('keeps the events, refuses the copies, sets the rest aside, and says so', () => {
    const { facts, seed, asOf } = manifest;
    const dimensionRows = dimensionRowsIn(dataDir);
    const rows = Object.values(facts.rowsWritten).reduce((sum, count) => sum + count, 0);
    expect(JSON.parse(first.out)).toEqual({
      ok: true,
      created: true,
      dataDir,
      workspaceName: 'Product analytics',
      environment: 'sample',
      seed,
      asOf,
      files: manifest.files,
      read: rows + dimensionRows,
      kept: facts.events + dimensionRows,
      duplicate: facts.duplicates.total,
      quarantined: facts.quarantined.total,
      refused: 0, // its requests wait: the sample stands still
      scrubbed: facts.scrubbed.email + facts.scrubbed.phone + facts.scrubbed.ip,
    });
    expect(first.code).toBe(0);
    expect(first.err).toContain(`${facts.quarantined.total} rows are in quarantine`);
  });

  test('holds as many events of each type on each day as the raw files', () => {
    const expected: Record<string, number> = {};
    for (const { event_type: type, tsMs } of raw.events) {
      const key = `${new Date(tsMs).toISOString().slice(0, 10)} ${type}`;
      expected[key] = (expected[key] ?? 0) + 1;
    }
    expect(eventsByDayAndType(dataDir)).toEqual(expected);
  });

  test('knows up to when each source is complete', () => {
    const snapshot = snapshotOf(dataDir);
    const known = snapshot.sources
      .filter(({ dataset }) => dataset === 'events')
      .map(({ name, newestTsMs, watermarkMs }) => [
        name,
        { newestTs: isoOf(newestTsMs), completeTo: isoOf(watermarkMs) },
      ]);
    expect(Object.fromEntries(known)).toEqual(manifest.facts.watermarks);
  });

  // The raw files below sample/ are the source and hold them compressed; everything else is what the sync wrote.
  test('leaves no planted e-mail address in any byte of the data folder', () => {
    const needles = PLANTED_ADDRESSES.map((address) => Buffer.from(address));
    const found = readdirSync(dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => needles.some((needle) => readFileSync(file).includes(needle)));
    expect(found).toEqual([]);
  });

  test(
    'asked again it finds nothing new; another seed or a held folder is refused',
    { timeout: 60_000 },
    async () => {
      const again = await run('--seed', '1');
      expect(again).toMatchObject({ code: 0, err: '' });
      expect(again.out).toMatch(
        /^Found the sample workspace "Product analytics" \(seed 1, .*\nNothing was new\.\n$/,
      );
      await expect(run('--seed', '2')).rejects.toMatchObject({
        code: 'conflict',
        message: /sample of seed 1/,
      });
      const lock = acquireLock(dataDir, 'server');
      try {
        await expect(run()).rejects.toMatchObject({ code: 'locked' });
      } finally {
        lock.release();
      }
    },
  );

  test.each([['--seed', '-1'], ['--seed', 'x'], ['--seed', '1.5'], ['extra']])(
    'refuses %s %s',
    async (...argv) => {
      await expect(runDemo(argv)).rejects.toThrow(/whole number|no argument|argument/);
    },
  );
});

interface Ran {
  code: number;
  out: string;
  err: string;
}

async function runDemo(argv: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await demo.run(argv, {
    stdin: Readable.from([]),
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    env: {},
    signal: new AbortController().signal,
  });
  return { code, out: out.join(''), err: err.join('') };
}

const isoOf = (tsMs: number | null): string => new Date(tsMs ?? 0).toISOString();

function snapshotOf(dataDir: string) {
  const reader = openCatalogueReader(dataDir);
  const snapshot = reader.snapshot();
  try {
    const filter = { environment: 'sample', dataset: 'events', fromMs: null, toMs: null };
    return { sources: snapshot.sources('sample'), segments: snapshot.segments(filter) };
  } finally {
    snapshot.close();
    reader.close();
  }
}

function dimensionRowsIn(dataDir: string): number {
  const dimensions = snapshotOf(dataDir).sources.filter(({ dataset }) => dataset !== 'events');
  return dimensions.reduce((sum, { counts }) => sum + counts.kept, 0);
}

function eventsByDayAndType(dataDir: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { day, eventRows } of snapshotOf(dataDir).segments) {
    for (const [type, rows] of Object.entries(eventRows)) {
      counts[`${day} ${type}`] = (counts[`${day} ${type}`] ?? 0) + rows;
    }
  }
  return counts;
}
