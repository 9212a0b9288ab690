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

/**
 * Begins to read an object, or goes on where a stopped read of the same version ended; `entry` is its newest. Earlier
 * versions stay until `takePlace` is called.
 */
export function openObject(
  store: EngineStore,
  sourceId: number,
  found: ObjectVersion,
  entry: LedgerEntry | undefined,
): PendingObject {
  const goesOn = entry?.state === 'reading' && isSameVersion(found, entry);
  const object: PendingObject = {
    objectId: goesOn ? entry.objectId : store.nextObjectId++,
    sourceId,
    key: store.refusals.ledgerKey(found.key),
    sizeBytes: found.sizeBytes,
    version: found.version,
    state: 'reading',
    reason: null,
    rowsDone: goesOn ? entry.rowsDone : 0,
    read: 0,
    quarantined: 0,
    refused: 0,
    scrubbed: 0,
  };
  store.facts.objects.set(object.objectId, object);
  return object;
}

/** In front of the version of an object that has to be read again though it did not change. */
export const READ_AGAIN = '!';
/** As the index on such objects has it. */
export const IS_READ_AGAIN = `substr(version, 1, 1) = '${READ_AGAIN}'`;

/**
 * The rows of earlier versions of an object leave with the commit that brings its first new ones (DATA §2). None of
 * theirs may be pending.
 */
export function takePlace(
  { facts }: EngineStore,
  { objectId }: PendingObject,
  earlier: readonly number[],
): void {
  for (const old of earlier) {
    if (old === objectId) continue;
    facts.replaced.set(old, objectId);
    facts.objects.delete(old); // a stopped read of it in this run does not go on
  }
}
