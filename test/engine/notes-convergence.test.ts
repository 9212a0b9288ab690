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
const HONEST = Number(process.env['TIDEMARK_HISTORIES'] ?? (IS_DEEP ? 80_000 : 150));
const HOSTILE = Math.ceil(HONEST / 4);
const seed = Number(process.env['TIDEMARK_SEED'] ?? (IS_DEEP ? Date.now() % 1_000_000 : 1));
const TIMEOUT_MS = Math.max(120_000, HONEST * 500);

describe('all devices come to the same state', () => {
  it.each(readdirSync(CORPUS).filter((name) => name.endsWith('.json')))('corpus: %s', async (name) => {
    const history = JSON.parse(readFileSync(path.join(CORPUS, name), 'utf8')) as History;
    expect(await failuresOf(history)).toEqual([]);
  });

  it(`in ${HONEST} histories, seed ${seed}`, () => hold(honestHistories, HONEST), TIMEOUT_MS);

  it(
    `in ${HOSTILE} histories with strangers in the source, seed ${seed}`,
    () => hold(hostileHistories, HOSTILE),
    TIMEOUT_MS,
  );
});

const hold = (histories: fc.Arbitrary<History>, numRuns: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const failures = await failuresOf(history);
      if (failures.length > 0)
        throw new Error(`${failures.slice(0, 5).join('\n')}\n${JSON.stringify(history)}`);
    }),
    { seed, numRuns },
  );
