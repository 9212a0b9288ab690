import type { ReadDb } from '../../catalogue/open-db.ts';
import type { ListedObject, SourceReader } from '../sync/source-reader.ts';
import { compareCounts } from './compare-counts.ts';
import { type ComparedDay, type ComparedWith, UNDATED, stateOf, withoutMark } from './compared-day.ts';

interface Known {
  key: string;
  sizeBytes: number;
  version: string;
}

/** A source against what was read of it: by rows where it counts them (databases), else by its listing. */
export async function compareDays(
  db: Pick<ReadDb, 'prepare'>,
  sourceId: number,
  reader: SourceReader,
  options: ComparedWith,
): Promise<ComparedDay[]> {
  const counted = (await reader.countDays?.(options.signal)) ?? null;
  return counted === null
    ? compareListing(db, sourceId, reader, options)
    : compareCounts(db, sourceId, reader, { ...options, counted });
}

/**
 * The listing of a source against the ledger, in bytes per UTC day of the keys: what is listed but not read as it is
 * now, and what was read but is listed no more.
 */
async function compareListing(
  db: Pick<ReadDb, 'prepare'>,
  sourceId: number,
  reader: SourceReader,
  { frozenBefore, signal, ledgerKey = (key) => key }: ComparedWith,
): Promise<ComparedDay[]> {
  const read = new Map(readObjects(db, sourceId).map((object) => [object.key, object]));
  const days = new Days(reader);
  for await (const page of reader.list({ checkpoint: null, isFull: true, signal }))
    for (const object of page.objects) {
      const key = read.has(object.key) ? object.key : ledgerKey(object.key);
      days.listed(object, read.get(key));
      read.delete(key);
    }
  for (const gone of read.values()) days.gone(gone);
  return days.compared(frozenBefore);
}

/** The newest version of each object, read to its end or as far as it is readable. */
const readObjects = (db: Pick<ReadDb, 'prepare'>, sourceId: number): Known[] =>
  db
    .prepare<[number], Known>(
      `SELECT key, size_bytes AS sizeBytes, version, max(object_id) FROM ledger
       WHERE source_id = ? AND state <> 'reading' GROUP BY key`,
    )
    .all(sourceId);

class Days {
  readonly #dayOf: (key: string) => string;
  readonly #days = new Map<string, { atSource: number; atHome: number; differing: number }>();

  constructor({ spanOf }: SourceReader) {
    this.#dayOf = (key) => {
      const span = spanOf?.(key) ?? null;
      return span === null ? UNDATED : new Date(span.fromMs).toISOString().slice(0, 10);
    };
  }

  listed({ key, sizeBytes, version }: ListedObject, known: Known | undefined): void {
    const day = this.#of(key);
    day.atSource += sizeBytes;
    if (known === undefined) day.differing += sizeBytes;
    else {
      day.atHome += known.sizeBytes;
      const isSame = withoutMark(known.version) === version && known.sizeBytes === sizeBytes;
      // an object written anew differs at least by what was added, and by something where its size is the same
      if (!isSame) day.differing += Math.max(1, Math.abs(sizeBytes - known.sizeBytes));
    }
  }

  gone({ key, sizeBytes }: Known): void {
    const day = this.#of(key);
    day.atHome += sizeBytes;
    day.differing += sizeBytes;
  }

  compared(frozenBefore: string | null): ComparedDay[] {
    return [...this.#days]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([day, { atSource, atHome, differing }]) => ({
        day,
        eventType: null,
        atSource,
        atHome,
        ratio: differing === 0 ? 0 : differing / Math.max(atSource, 1),
        state: stateOf({ day, differing, frozenBefore }),
      }));
  }

  #of(key: string): { atSource: number; atHome: number; differing: number } {
    const name = this.#dayOf(key);
    const known = this.#days.get(name) ?? { atSource: 0, atHome: 0, differing: 0 };
    this.#days.set(name, known);
    return known;
  }
}
