import type { ReadDb } from '../../catalogue/open-db.ts';
import type { CountedDays, SourceReader } from '../sync/source-reader.ts';
import { type ComparedDay, type ComparedWith, UNDATED, stateOf, withoutMark } from './compared-day.ts';

/** A day that is over, as the ledger knows it. */
interface TakenDay {
  key: string;
  version: string;
  /** Rows that were read of it, whatever became of them. */
  read: number;
}

/**
 * The rows of a database against those that were read of it, by UTC day and event type, for days that are over. Where as
 * many rows were read as their listing told, they were those; else, and where the listing did not tell the types, the
 * day is compared as a whole (event type null).
 */
export function compareCounts(
  db: Pick<ReadDb, 'prepare'>,
  sourceId: number,
  reader: Pick<SourceReader, 'spanOf' | 'isProvisional' | 'typesIn'>,
  { counted: { sinceMs, days }, frozenBefore }: Pick<ComparedWith, 'frozenBefore'> & { counted: CountedDays },
): ComparedDay[] {
  const atSource = new Map(days.map(({ key, types }) => [key, types]));
  const taken = new Map(takenDays(db, sourceId, reader).map((day) => [day.key, day]));
  return [...new Set([...atSource.keys(), ...taken.keys()])].sort().flatMap((key) => {
    const span = reader.spanOf?.(key) ?? null;
    const day = span === null ? UNDATED : new Date(span.fromMs).toISOString().slice(0, 10);
    const isForgotten = sinceMs !== null && span !== null && span.fromMs < sinceMs;
    const known = taken.get(key);
    const home = known === undefined ? new Map<string, number>() : typesTaken(known, reader);
    return pairsOf(atSource.get(key) ?? new Map<string, number>(), home, known?.read ?? 0).map((pair) => {
      const differing = Math.abs(pair.atSource - pair.atHome);
      return {
        day,
        ...pair,
        ratio: differing / Math.max(pair.atSource, 1),
        state: isForgotten ? ('frozen' as const) : stateOf({ day, differing, frozenBefore }),
      };
    });
  });
}

/** The newest version of each day, read to its end or as far as it is readable. */
const takenDays = (
  db: Pick<ReadDb, 'prepare'>,
  sourceId: number,
  { isProvisional }: Pick<SourceReader, 'isProvisional'>,
): TakenDay[] =>
  db
    .prepare<[number], TakenDay>(
      `SELECT key, version, read, max(object_id) FROM ledger
       WHERE source_id = ? AND state <> 'reading' GROUP BY key`,
    )
    .all(sourceId)
    .filter(({ key }) => isProvisional?.(key) !== true);

/** null: not what was listed, or the listing does not say. */
function typesTaken(
  { version, read }: TakenDay,
  { typesIn }: Pick<SourceReader, 'typesIn'>,
): ReadonlyMap<string, number> | null {
  const types = typesIn?.(withoutMark(version)) ?? null;
  return types !== null && sumOf(types) === read ? types : null;
}

function pairsOf(
  source: ReadonlyMap<string, number>,
  home: ReadonlyMap<string, number> | null,
  read: number,
): Pick<ComparedDay, 'eventType' | 'atSource' | 'atHome'>[] {
  if (home === null) return [{ eventType: null, atSource: sumOf(source), atHome: read }];
  return [...new Set([...source.keys(), ...home.keys()])].sort().map((eventType) => ({
    eventType,
    atSource: source.get(eventType) ?? 0,
    atHome: home.get(eventType) ?? 0,
  }));
}

const sumOf = (types: ReadonlyMap<string, number>): number =>
  [...types.values()].reduce((sum, rows) => sum + rows, 0);
