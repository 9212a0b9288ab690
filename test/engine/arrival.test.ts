import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disorderOf, faultsOf } from '../support/store-check.ts';
import { type StoredRow, storedRows, withSnapshot } from '../support/stored-rows.ts';
import { testWorkspace } from '../support/workspace.ts';

const SEED = 20_261_119;
const RUNS = process.env['TIDEMARK_DEEP'] === '1' ? 400 : 25;
const TIMEOUT_MS = 300_000;

const value = fc.oneof(
  fc.constantFrom('a', 'b', '', '5', 'true', '\u0000[', '\u0000s', 'æøå 🌊', 'x'.repeat(300)),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.constantFrom('red', 'green', 'blue'), { minLength: 1, maxLength: 3 }),
);

const event = fc.record({
  event_id: fc.oneof(
    fc.uuid(),
    fc.integer({ min: 0, max: 40 }).map((n) => `id-${n}`),
    fc.constant('an id of more than sixteen bytes'),
  ),
  event_type: fc.constantFrom('page_view', 'sign_up', 'custom type'),
  ts: fc.integer({ min: Date.UTC(2026, 10, 1), max: Date.UTC(2026, 10, 18) }),
  received_at: fc.option(fc.constant(Date.UTC(2026, 10, 18)), { nil: undefined }),
  user_id: fc.option(fc.constantFrom('u1', 'u2', 'u3', 'u4'), { nil: undefined }),
  locale: fc.constantFrom('en-US', 'nb-NO', null),
  properties: fc.dictionary(
    fc.constantFrom('p', 'q', 'nested'),
    fc.oneof(value, fc.dictionary(fc.constantFrom('x', 'y'), value, { maxKeys: 2 })),
    { maxKeys: 3 },
  ),
});

const DAY_MS = 86_400_000;

/** The same id once more, on the same day or days away: whichever arrives first is the one that counts. */
const repeatOf = (given: Event, n: number): Event => ({ ...given, ts: given.ts - (n % 3) * 5 * DAY_MS });

/** Every event may come several times; the cuts say where a file, a sync or a batch ends. */
const delivery = fc.record({
  events: fc.uniqueArray(event, { selector: ({ event_id }) => event_id, minLength: 1, maxLength: 60 }),
  again: fc.array(fc.nat(), { maxLength: 30 }),
  order: fc.infiniteStream(fc.nat()),
  perFile: fc.integer({ min: 1, max: 20 }),
  filesPerSync: fc.integer({ min: 1, max: 8 }),
  batchRows: fc.integer({ min: 1, max: 40 }),
  isPacked: fc.boolean(),
});

type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

function shuffled<T>(items: readonly T[], random: Iterator<number>): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = (random.next().value as number) % (i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

/** What a reader should find of an event, worked out plainly. */
function expectedOf(given: Event): Record<string, unknown> {
  const row: Record<string, unknown> = {
    event_type: given.event_type,
    ts: new Date(given.ts).toISOString(),
    late: given.received_at === undefined ? null : given.received_at - given.ts,
  };
  if (given.user_id !== undefined) row['user'] = given.user_id;
  if (given.locale !== null) row['locale'] = given.locale;
  const put = (name: string, found: unknown): void => {
    if (found === null) return;
    if (Array.isArray(found)) row[name] = [...new Set(found as string[])].sort();
    else if (typeof found === 'object')
      for (const [key, inner] of Object.entries(found)) put(`${name}.${key}`, inner);
    else row[name] = found;
  };
  for (const [name, found] of Object.entries(given.properties)) put(`p.${name}`, found);
  return row;
}

/** A number or boolean may be stored as its text beside the number, where its segment also holds texts of the name. */
function normalised({ environment, id, ...stored }: StoredRow): Record<string, unknown> {
  expect([environment, id.length]).toEqual(['test', 32]);
  const row: Record<string, unknown> = {};
  for (const [name, found] of Object.entries(stored)) if (!name.startsWith('n.')) row[name] = found;
  return row;
}

const asTexts = (row: Record<string, unknown>): string =>
  JSON.stringify(
    Object.entries(row)
      .map(([name, found]) => [name, name.startsWith('p.') && !Array.isArray(found) ? textOf(found) : found])
      .sort(),
  );

const textOf = (found: unknown): string => (typeof found === 'number' ? String(found + 0) : String(found));

describe('what arrives', () => {
  it(
    'is stored the same whatever the order, the files, the batches and the repeats',
    { timeout: TIMEOUT_MS },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          delivery,
          async ({ events, again, order, perFile, filesPerSync, batchRows, isPacked }) => {
            const workspace = testWorkspace();
            try {
              await workspace.addFolder();
              const repeated = again.map((n) => repeatOf(events[n % events.length]!, n));
              const sent = shuffled([...events, ...repeated], order[Symbol.iterator]());
              const firsts = new Map([...sent].reverse().map((one) => [one.event_id, one]));
              const files = chunks(sent, perFile);
              let read = 0;
              let number = 0;
              for (const together of chunks(files, filesPerSync)) {
                for (const rows of together)
                  workspace.raw(`${String(number++).padStart(4, '0')}.ndjson${isPacked ? '.gz' : ''}`, rows);
                const batch = {
                  firstRows: batchRows,
                  maxRows: batchRows,
                  maxBytes: 1 << 30,
                  maxObjects: 1 << 16,
                  chunkBytes: 512,
                  idsPerSweep: 7,
                };
                const { counts } = await workspace.sync({ batch });
                read += counts.read;
                expect(counts.read).toBe(counts.kept + counts.duplicate + counts.quarantined);
                expect(counts.quarantined).toBe(0);
              }
              expect(read).toBe(sent.length);
              const stored = storedRows(workspace.dataDir);
              expect(stored.map((row) => asTexts(normalised(row))).sort()).toEqual(
                [...firsts.values()].map((one) => asTexts(expectedOf(one))).sort(),
              );
              const numbers = stored.flatMap((row) =>
                Object.entries(row)
                  .filter(([name]) => name.startsWith('n.'))
                  .map(([name, found]) => [found, row[`p.${name.slice(2)}`]]),
              );
              for (const [number, text] of numbers) expect(String(number)).toBe(text);
              expect(
                withSnapshot(workspace.dataDir, (snapshot) => snapshot.sources()[0]!.counts),
              ).toMatchObject({
                read: sent.length,
                kept: events.length,
                duplicate: repeated.length,
              });
              expect(faultsOf(workspace.dataDir)).toEqual([]);
              expect(disorderOf(workspace.dataDir)).toEqual([]);
            } finally {
              workspace.remove();
            }
          },
        ),
        { seed: SEED, numRuns: RUNS },
      );
    },
  );
});
