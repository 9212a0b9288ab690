import { RECENT_DAYS, type LatenessCounts, countLateness } from '../freshness/lateness.ts';
import type { EnvironmentState } from './environment-state.ts';
import { DAY_MS } from './sort-rows.ts';

/** What the kept rows of a batch add to the catalogue's counts. */
export interface BatchFacts {
  keptByObject: Map<number, number>;
  duplicateByObject: Map<number, number>;
  /** By source, then event type. */
  rowsByType: Map<number, Map<string, number>>;
  /** By event type, then property. */
  rowsByProperty: Map<string, Map<string, number>>;
}

export function batchFacts(
  environment: EnvironmentState,
  kept: Uint8Array,
  sourceOf: (objectId: number) => number,
): BatchFacts {
  const { batch } = environment;
  const eventTypes = environment.dictionary('event_type');
  const keptByObject = new Map<number, number>();
  const duplicateByObject = new Map<number, number>();
  const codesBySource = new Map<number, Map<number, number>>();
  // rows of one object lie together, so a run of them costs one look-up
  for (let start = 0; start < batch.rows;) {
    const objectId = batch.object[start] ?? 0;
    let end = start;
    let keptRows = 0;
    for (; end < batch.rows && batch.object[end] === objectId; end++) keptRows += kept[end] ?? 0;
    if (keptRows > 0) increment(keptByObject, objectId, keptRows);
    if (keptRows < end - start) increment(duplicateByObject, objectId, end - start - keptRows);
    countTypes(
      batch.event.subarray(start, end),
      kept.subarray(start, end),
      inner(codesBySource, sourceOf(objectId)),
    );
    start = end;
  }
  const rowsByType = new Map(
    [...codesBySource].map(([sourceId, byCode]) => [
      sourceId,
      new Map([...byCode].map(([code, rows]) => [eventTypes.textOf(code), rows])),
    ]),
  );
  return { keptByObject, duplicateByObject, rowsByType, rowsByProperty: countProperties(environment, kept) };
}

function countTypes(events: Int32Array, kept: Uint8Array, counts: Map<number, number>): void {
  let highest = 0;
  for (const event of events) if (event > highest) highest = event;
  const rows = new Int32Array(highest + 1);
  for (let row = 0; row < events.length; row++) {
    const event = events[row] ?? 0;
    rows[event] = (rows[event] ?? 0) + (kept[row] ?? 0);
  }
  rows.forEach((count, event) => {
    if (count > 0) increment(counts, event, count);
  });
}

function countProperties(environment: EnvironmentState, kept: Uint8Array): Map<string, Map<string, number>> {
  const { batch, propertyNames } = environment;
  const eventTypes = environment.dictionary('event_type');
  const counts = new Map<string, Map<string, number>>();
  batch.properties.forEach((byProperty, event) => {
    byProperty?.forEach((list, propertyId) => {
      if (list === undefined) return;
      let rows = 0;
      for (let i = 0; i < list.length; i++) rows += kept[list.rows[i] ?? 0] ?? 0;
      if (rows > 0) inner(counts, eventTypes.textOf(event)).set(propertyNames[propertyId] ?? '', rows);
    });
  });
  return counts;
}

/** Adds the kept rows of one source to what is known of its lateness. */
export function countBatchLateness(
  { batch }: EnvironmentState,
  kept: Uint8Array,
  isOfSource: (objectId: number) => boolean,
  counts: LatenessCounts,
): void {
  const rows = rowsOfSource(batch.object, batch.rows, kept, isOfSource);
  if (rows.length === 0) return;
  let newest = counts.newestTsMs ?? -Infinity;
  for (const row of rows) newest = Math.max(newest, batch.tsMs[row] ?? 0);
  counts.newestTsMs = newest;
  const recentMs = newest - (RECENT_DAYS + 1) * DAY_MS;
  for (const row of rows) {
    const tsMs = batch.tsMs[row] ?? 0;
    if (tsMs >= recentMs) countLateness(counts, tsMs, batch.lateMs[row] ?? NaN);
  }
}

function rowsOfSource(
  object: Int32Array,
  rows: number,
  kept: Uint8Array,
  isOfSource: (objectId: number) => boolean,
): Int32Array {
  const found = new Int32Array(rows);
  let length = 0;
  let previous = -1;
  let isMine = false;
  for (let row = 0; row < rows; row++) {
    const objectId = object[row] ?? 0;
    if (objectId !== previous) isMine = isOfSource(objectId);
    previous = objectId;
    if (isMine && kept[row] === 1) found[length++] = row;
  }
  return found.subarray(0, length);
}

export const increment = <K>(counts: Map<K, number>, key: K, by = 1): void => {
  counts.set(key, (counts.get(key) ?? 0) + by);
};

function inner<K, L>(outer: Map<K, Map<L, number>>, key: K): Map<L, number> {
  const known = outer.get(key);
  if (known !== undefined) return known;
  const created = new Map<L, number>();
  outer.set(key, created);
  return created;
}
