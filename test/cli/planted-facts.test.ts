import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSampleWorkspace, completeSample } from '../../main/engine/create-sample-workspace.ts';
import type { SampleFacts } from '../../main/engine/sample/facts.ts';
import { runSync } from '../../main/engine/sync/run-sync.ts';

const bin = path.resolve(import.meta.dirname, '../../main/cli/tidemark.js');
const SETUP_TIMEOUT_MS = 180_000;
const TEST_TIMEOUT_MS = 30_000;

interface Line {
  name: string;
  breakdown?: string | null;
  data: number[];
  total: number;
}
interface Reply {
  partial: string[];
  result: { buckets: string[]; series: Line[]; rest?: unknown };
}

/** What DATA §8 plants, asked from outside, as a script would. */
describe('tidemark query on the sample', { timeout: TEST_TIMEOUT_MS }, () => {
  const parent = mkdtempSync(path.join(tmpdir(), 'tidemark-test-'));
  const dataDir = path.join(parent, 'data');
  let facts: SampleFacts;

  beforeAll(async () => {
    const store = await createSampleWorkspace({ dataDir, seed: 1 });
    try {
      facts = completeSample(store).facts;
      await runSync(store, { sourceName: null });
    } finally {
      store.close();
    }
  }, SETUP_TIMEOUT_MS);
  afterAll(() => rmSync(parent, { recursive: true, force: true }));

  async function ask(question: object): Promise<Reply> {
    const file = path.join(parent, 'question.json');
    writeFileSync(file, JSON.stringify({ kind: 'trend', environment: 'sample', ...question }));
    const args = [bin, 'query', file, '--data-dir', dataDir, '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return JSON.parse(stdout) as Reply;
  }

  /** Buckets begin at midnight in Oslo. */
  const localDay = (instant: string): string =>
    new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Oslo' }).format(new Date(instant));

  it('finds the three low days, and no others', async () => {
    const { partial, result } = await ask({ series: [{ measure: 'capture_rate' }] });
    const days = result.buckets.map(localDay);
    const low = days.filter((day, i) => !partial.includes(day) && (result.series[0]?.data[i] ?? 1) < 0.85);
    expect(low).toEqual(facts.dropDays);
    expect(low).toHaveLength(3);
  });

  it('finds the release that they follow', async () => {
    const [from, to] = [facts.dropDays[0], facts.dropDays.at(-1)];
    const { result } = await ask({
      range: { from, to },
      display: 'total',
      series: [{ measure: 'capture_rate' }],
      breakdown: { property: 'app_version' },
    });
    const rateOf = (version: string | null): number | undefined =>
      result.series.find(({ breakdown }) => breakdown === version)?.total;
    const others = result.series.filter(({ breakdown }) => breakdown === '4.17').map(({ total }) => total);
    expect(rateOf(facts.dropRelease)).toBeLessThan(0.85);
    for (const rate of others) expect(rate).toBeGreaterThan(0.85);
    expect(others).toHaveLength(1);
  });

  it('finds the state that rose on those days', async () => {
    const { result } = await ask({
      range: { from: facts.dropDays[0], to: facts.dropDays.at(-1) },
      display: 'total',
      compare: { shiftDays: 7 },
      series: [{ measure: 'state_share' }],
      breakdown: { property: 'state' },
    });
    const [current, before] = ['current', 'previous'].map(
      (period) =>
        new Map(
          result.series
            .filter((line) => (line as Line & { compare: string }).compare === period)
            .map(({ breakdown, total }) => [breakdown, total]),
        ),
    );
    const rises = [...(current ?? [])].map(([state, share]): [string | null | undefined, number] => [
      state,
      share - (before?.get(state) ?? 0),
    ]);
    const [top] = rises.sort((a, b) => b[1] - a[1]);
    expect(top?.[0]).toBe(facts.risingState);
    expect(top?.[1]).toBeGreaterThan(0.05);
  });

  it('counts duplicates once and no event of an unknown state', async () => {
    const all = await ask({ display: 'total', series: [{ event: null }] });
    expect(all.result.series[0]?.total).toBe(facts.events);
    const states = await ask({
      display: 'total',
      series: [{ event: 'reaction_captured' }],
      breakdown: { property: 'state', limit: 100 },
    });
    const known = states.result.series.map(({ breakdown }) => breakdown).sort();
    expect(known).toEqual([...facts.stateIds].sort());
    expect(facts.quarantined.unknownState).toBe(17);
  });
});
