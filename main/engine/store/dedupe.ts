import type { WriteDb } from '../../catalogue/open-db.ts';
import type { StoredColumn } from '../../format/types.ts';
import type { EnvironmentState } from './environment-state.ts';
import { IdTable, hashOf } from './id-table.ts';
import { readIds, readObjectIds } from './read-ids.ts';
import { DAY_MS } from './sort-rows.ts';

export const DOOR_DAYS = 3; // ENGINE §1: own day and ± 3* days; the sweep finds what lies further apart

/** By the object that holds a row: the objects whose rows were refused because of it. */
export type RefusedCopies = Map<number, Set<number>>;

export interface Deduped {
  /** By row of the batch: 1 = kept, 0 = the id is already there. */
  kept: Uint8Array;
  refused: RefusedCopies;
  /** Every id of the batch. */
  ids: IdTable;
}

/**
 * Which rows of a batch stay. The first to arrive wins: a committed row against the batch, an earlier row of the batch
 * against a later one, whatever their days. Committed rows that leave with this commit do not count.
 */
export function dedupe(
  environment: EnvironmentState,
  dataDir: string,
  db: WriteDb,
  leaving: ReadonlyMap<string, ReadonlySet<number>> = new Map(),
): Deduped {
  const { rows, ids, tsMs } = environment.batch;
  const kept = new Uint8Array(rows).fill(1);
  const table = new IdTable(rows);
  const rowOfEntry = new Int32Array(rows);
  const holders = new Holders(environment.batch.object, rowOfEntry);
  const ordered = orderByHash(ids, rows);
  for (let i = 0; i < rows; i++) {
    const row = ordered.rows[i] ?? 0;
    const known = table.add(ordered.ids, i * 4, ordered.hashes[i]);
    if (known === -1) rowOfEntry[table.size - 1] = row;
    else {
      kept[row] = 0;
      holders.refusedByBatch(known, row);
    }
  }
  for (const segment of segmentsNear(db, environment.name, daysAround(tsMs, rows))) {
    const gone = leaving.get(segment.file);
    let objects: ArrayLike<number> | undefined;
    const stored = readIds(dataDir, segment);
    for (let at = 0; at < stored.length; at += 4) {
      const entry = table.find(stored, at);
      if (entry === -1 || gone?.has(at / 4) === true) continue;
      kept[rowOfEntry[entry] ?? 0] = 0;
      objects ??= readObjectIds(dataDir, segment);
      holders.refusedByStore(entry, objects[at / 4] ?? 0);
    }
  }
  return { kept, refused: holders.copies(), ids: table };
}

/** Which object holds what another one was refused for. */
class Holders {
  readonly #objects: Int32Array;
  readonly #rowOfEntry: Int32Array;
  readonly #batch: { entry: number; row: number }[] = [];
  readonly #stored = new Map<number, number>();

  constructor(objects: Int32Array, rowOfEntry: Int32Array) {
    this.#objects = objects;
    this.#rowOfEntry = rowOfEntry;
  }

  refusedByBatch(entry: number, row: number): void {
    this.#batch.push({ entry, row });
  }

  refusedByStore(entry: number, holder: number): void {
    this.#stored.set(entry, holder);
  }

  copies(): RefusedCopies {
    const copies: RefusedCopies = new Map();
    for (const [entry, holder] of this.#stored) addCopy(copies, holder, this.#objectOf(entry));
    for (const { entry, row } of this.#batch)
      addCopy(copies, this.#stored.get(entry) ?? this.#objectOf(entry), this.#objects[row] ?? 0);
    return copies;
  }

  #objectOf(entry: number): number {
    return this.#objects[this.#rowOfEntry[entry] ?? 0] ?? 0;
  }
}

export function addCopy(copies: RefusedCopies, holder: number, refused: number): void {
  if (holder === refused) return;
  const known = copies.get(holder);
  if (known === undefined) copies.set(holder, new Set([refused]));
  else known.add(refused);
}

const PART_BITS = 8;

/**
 * Ids and their rows by the top bits of the ids' hash, in order of arrival within a part: filled in this order, a table
 * larger than the cache is written part by part.
 */
function orderByHash(ids: Uint32Array, rows: number) {
  const hashOfRow = new Uint32Array(rows);
  const starts = new Int32Array((1 << PART_BITS) + 1);
  for (let row = 0; row < rows; row++) {
    const hash = hashOf(ids, row * 4);
    hashOfRow[row] = hash;
    const part = hash >>> (32 - PART_BITS);
    starts[part + 1] = (starts[part + 1] ?? 0) + 1;
  }
  for (let part = 1; part < starts.length; part++)
    starts[part] = (starts[part] ?? 0) + (starts[part - 1] ?? 0);
  const ordered = {
    ids: new Uint32Array(rows * 4),
    hashes: new Uint32Array(rows),
    rows: new Int32Array(rows),
  };
  for (let row = 0; row < rows; row++) {
    const hash = hashOfRow[row] ?? 0;
    const part = hash >>> (32 - PART_BITS);
    const at = starts[part] ?? 0;
    starts[part] = at + 1;
    ordered.hashes[at] = hash;
    ordered.rows[at] = row;
    for (let word = 0; word < 4; word++) ordered.ids[at * 4 + word] = ids[row * 4 + word] ?? 0;
  }
  return ordered;
}

/** Every UTC day within three days of a row of the batch. */
function daysAround(tsMs: Float64Array, rows: number): Set<string> {
  const days = new Set<number>();
  let latest = NaN;
  for (let row = 0; row < rows; row++) {
    const day = Math.floor((tsMs[row] ?? 0) / DAY_MS);
    if (day !== latest) days.add(day);
    latest = day;
  }
  const near = new Set<number>();
  for (const day of days) {
    for (let offset = -DOOR_DAYS; offset <= DOOR_DAYS; offset++) near.add(day + offset);
  }
  return new Set([...near].map((day) => new Date(day * DAY_MS).toISOString().slice(0, 10)));
}

interface LiveSegment {
  file: string;
  columns: string;
}

function segmentsNear(db: WriteDb, environment: string, days: ReadonlySet<string>) {
  return db
    .prepare<[string, string], LiveSegment>(
      `SELECT file, columns FROM segments
       WHERE environment = ? AND dataset = 'events' AND dead_revision IS NULL
         AND day IN (SELECT value FROM json_each(?)) ORDER BY day, segment_id`,
    )
    .all(environment, JSON.stringify([...days]))
    .map(({ file, columns }) => ({ file, columns: JSON.parse(columns) as StoredColumn[] }));
}
