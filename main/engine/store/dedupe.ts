import type { WriteDb } from '../../catalogue/open-db.ts';
import type { StoredColumn } from '../../format/types.ts';
import type { EnvironmentState } from './environment-state.ts';
import { IdTable, hashOf } from './id-table.ts';
import { readIds } from './read-ids.ts';
import { DAY_MS } from './sort-rows.ts';

export const DOOR_DAYS = 3; // ENGINE §1: own day and ± 3* days; the sweep finds what lies further apart

/**
 * Which rows of a batch stay: 1 = kept, 0 = the id is already there. The first to arrive wins: a committed row
 * against the batch, an earlier row of the batch against a later one, whatever their days.
 */
export function dedupe(environment: EnvironmentState, dataDir: string, db: WriteDb): Uint8Array {
  const { rows, ids, tsMs } = environment.batch;
  const kept = new Uint8Array(rows).fill(1);
  const table = new IdTable(rows);
  const rowOfEntry = new Int32Array(rows);
  const ordered = orderByHash(ids, rows);
  for (let i = 0; i < rows; i++) {
    const row = ordered.rows[i] ?? 0;
    if (table.add(ordered.ids, i * 4, ordered.hashes[i]) === -1) rowOfEntry[table.size - 1] = row;
    else kept[row] = 0;
  }
  for (const segment of segmentsNear(db, environment.name, daysAround(tsMs, rows))) {
    dropCommitted(readIds(dataDir, segment), table, rowOfEntry, kept);
  }
  return kept;
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

function dropCommitted(ids: Uint32Array, table: IdTable, rowOfEntry: Int32Array, kept: Uint8Array): void {
  for (let at = 0; at < ids.length; at += 4) {
    const entry = table.find(ids, at);
    if (entry !== -1) kept[rowOfEntry[entry] ?? 0] = 0;
  }
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
