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
  for (let row = 0; row < batch.rows; row++) {
    const objectId = batch.object[row] ?? 0;
    increment(kept[row] === 1 ? keptByObject : duplicateByObject, objectId);
    if (kept[row] === 1) increment(inner(codesBySource, sourceOf(objectId)), batch.event[row] ?? 0);
  }
  const rowsByType = new Map(
    [...codesBySource].map(([sourceId, byCode]) => [
      sourceId,
      new Map([...byCode].map(([code, rows]) => [eventTypes.textOf(code), rows])),
    ]),
  );
  return { keptByObject, duplicateByObject, rowsByType, rowsByProperty: countProperties(environment, kept) };
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
  environment: EnvironmentState,
  kept: Uint8Array,
  isOfSource: (objectId: number) => boolean,
  counts: LatenessCounts,
): void {
  const { batch } = environment;
  let newest = counts.newestTsMs ?? -Infinity;
  for (let row = 0; row < batch.rows; row++) {
    if (kept[row] === 1 && isOfSource(batch.object[row] ?? 0))
      newest = Math.max(newest, batch.tsMs[row] ?? 0);
  }
  if (newest === -Infinity) return;
  counts.newestTsMs = newest;
  const recentMs = newest - (RECENT_DAYS + 1) * DAY_MS;
  for (let row = 0; row < batch.rows; row++) {
    const tsMs = batch.tsMs[row] ?? 0;
    if (tsMs < recentMs || kept[row] === 0 || !isOfSource(batch.object[row] ?? 0)) continue;
    countLateness(counts, tsMs, batch.lateMs[row] ?? NaN);
  }
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
