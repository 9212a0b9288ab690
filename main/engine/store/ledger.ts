import type { LedgerEntry } from './catalogue-writer.ts';
import type { EngineStore } from './engine-store.ts';
import type { PendingObject } from './pending.ts';

export interface ObjectVersion {
  key: string;
  sizeBytes: number;
  version: string;
}

export const isSameVersion = (entry: ObjectVersion, other: Omit<ObjectVersion, 'key'>): boolean =>
  entry.sizeBytes === other.sizeBytes && entry.version === other.version;

/** Begins to read an object, or goes on where a stopped read of the same version ended; `entry` is its newest. */
export function openObject(
  store: EngineStore,
  sourceId: number,
  found: ObjectVersion,
  entry: LedgerEntry | undefined,
): PendingObject {
  const goesOn = entry?.state === 'reading' && isSameVersion(found, entry);
  if (entry?.state === 'reading' && !goesOn) {
    replaceUnfinished(store, sourceId, found.key, entry);
  }
  const object: PendingObject = {
    objectId: goesOn ? entry.objectId : store.nextObjectId++,
    sourceId,
    key: found.key,
    sizeBytes: found.sizeBytes,
    version: found.version,
    state: 'reading',
    reason: null,
    rowsDone: goesOn ? entry.rowsDone : 0,
    read: 0,
    quarantined: 0,
    scrubbed: 0,
  };
  store.facts.objects.set(object.objectId, object);
  return object;
}

/** An object that changed before it was read to its end is closed; its new version is read from the start. */
function replaceUnfinished(store: EngineStore, sourceId: number, key: string, entry: LedgerEntry): void {
  store.facts.objects.set(entry.objectId, {
    ...entry,
    sourceId,
    key,
    state: 'failed',
    reason: 'it changed before it was read to its end',
    read: 0,
    quarantined: 0,
    scrubbed: 0,
  });
}
