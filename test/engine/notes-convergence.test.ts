import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type History, honestHistories, hostileHistories } from '../support/notes/history.ts';
import { failuresOf } from '../support/notes/simulate.ts';

/**
 * Devices that write, sync through a bad line, lose their clocks and come back from old backups: in the end all of them
 * hold the same, nothing typed is missing, and every conflict is in sight. Every history that ever failed lies in
 * `notes-corpus/` and runs for ever; a new one is printed as the JSON of such a file.
 */
const CORPUS = path.join(import.meta.dirname, 'notes-corpus');
const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const HISTORIES = 500; // of one seed, four fifths of them honest
const SLICE = 190;
/** "first-last", so that a long run can be cut into pieces that follow each other: 1-200 are 100,000 histories. */
const seeds = seedsIn(process.env['TIDEMARK_SEEDS'] ?? (IS_DEEP ? '1-200' : '1'));
const count = IS_DEEP ? HISTORIES : SLICE;
const HONEST = Math.floor(count * 0.8);
const HOSTILE = count - HONEST;
const TIMEOUT_MS = Math.max(120_000, count * 1_000);

describe('all devices come to the same state', () => {
  it.each(corpus())('corpus: %s', async (name) => {
    expect(await failuresOf(readHistory(name))).toEqual([]);
  });

  it.each(seeds)(
    `in ${HONEST} histories, seed %i`,
    (seed) => hold(honestHistories, { seed, numRuns: HONEST }),
    TIMEOUT_MS,
  );

  it.each(seeds)(
    `in ${HOSTILE} histories with strangers in the source, seed %i`,
    (seed) => hold(hostileHistories, { seed, numRuns: HOSTILE }),
    TIMEOUT_MS,
  );
});

function corpus(): string[] {
  return readdirSync(CORPUS).filter((name) => name.endsWith('.json'));
}

function readHistory(name: string): History {
  return JSON.parse(readFileSync(path.join(CORPUS, name), 'utf8')) as History;
}

function seedsIn(range: string): number[] {
  const [first = 1, last = first] = range.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

const hold = (histories: fc.Arbitrary<History>, run: { seed: number; numRuns: number }): Promise<void> =>
  fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const failures = await failuresOf(history);
      if (failures.length > 0)
        throw new Error(`${failures.slice(0, 5).join('\n')}\n${JSON.stringify(history)}`);
    }),
    run,
  );
