import type { JsonValue } from '../../../shared/errors.ts';
import type { LedgerEntry } from '../store/catalogue-writer.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { IS_READ_AGAIN, isSameVersion } from '../store/ledger.ts';
import type { ObjectToRead } from './read-objects.ts';
import type { ListRequest, ListedObject, ListedPage, SourceReader } from './source-reader.ts';
import type { SyncSource } from './sources.ts';
import { eachWhileWaiting } from './while-waiting.ts';

export interface ListObserver {
  /** Before the changed objects of a page are handed on. */
  onPage: (page: ListedPage, changed: readonly ObjectToRead[]) => void;
  /** Every object up to here was handed on. */
  onCheckpoint: (checkpoint: JsonValue) => void;
  /** How long a page took to come. */
  onWait: (ms: number) => void;
}

/** The objects of a source that the ledger does not know as they are now, in the order of their listing. */
export async function* listChanges(
  store: EngineStore,
  source: SyncSource,
  reader: SourceReader,
  { observer, ...request }: Omit<ListRequest, 'checkpoint'> & { observer: ListObserver },
): AsyncGenerator<ObjectToRead> {
  const pages = reader.list({ ...request, checkpoint: source.checkpoint });
  for await (const page of oneAhead(eachWhileWaiting(undefined, pages, observer.onWait))) {
    const changed = changedOf(store, source.sourceId, page.objects);
    observer.onPage(page, changed);
    yield* changed;
    if (page.checkpoint !== undefined) observer.onCheckpoint(page.checkpoint);
  }
}

/** Objects whose rows have to be had again, because another object no longer holds those that were refused of them. */
export async function* listReread(
  store: EngineStore,
  { sourceId }: SyncSource,
  reader: SourceReader,
  signal: AbortSignal,
): AsyncGenerator<ObjectToRead> {
  const keys = store.db
    .prepare<[number], { key: string }>(
      `SELECT DISTINCT key FROM ledger WHERE source_id = ? AND ${IS_READ_AGAIN} ORDER BY key`,
    )
    .all(sourceId);
  for (const { key } of keys) {
    const object = await reader.find(key, signal);
    if (object !== null) yield* changedOf(store, sourceId, [object]);
  }
}

function changedOf(store: EngineStore, sourceId: number, objects: readonly ListedObject[]): ObjectToRead[] {
  const versions = entriesByKey(store, sourceId, objects);
  return objects
    .map((object) => {
      const known = versions.get(object.key) ?? [];
      const parts = objectsBelow(store, sourceId, object.replacesPrefix);
      const earlier = [...known.map(({ objectId }) => objectId), ...parts];
      return { object: { ...object, entry: known.at(-1), earlier }, hasParts: parts.length > 0 };
    })
    .filter(({ object, hasParts }) => hasParts || isChanged(object))
    .map(({ object }) => object);
}

function entriesByKey(
  store: EngineStore,
  sourceId: number,
  objects: readonly ListedObject[],
): Map<string, LedgerEntry[]> {
  const versions = new Map<string, LedgerEntry[]>();
  const keys = objects.map(({ key }) => key);
  for (const entry of store.writer.ledgerEntries(sourceId, keys)) noteEntry(versions, entry.key, entry);
  // a key that names a user who asked to be forgotten is known by its hash alone
  const hidden = new Map<string, string>();
  for (const key of store.refusals.isEmpty ? [] : keys) {
    if (versions.has(key)) continue;
    const ledgerKey = store.refusals.ledgerKey(key);
    if (ledgerKey !== key) hidden.set(ledgerKey, key);
  }
  for (const entry of hidden.size === 0 ? [] : store.writer.ledgerEntries(sourceId, [...hidden.keys()]))
    noteEntry(versions, hidden.get(entry.key) ?? entry.key, entry);
  return versions;
}

function noteEntry(versions: Map<string, LedgerEntry[]>, key: string, entry: LedgerEntry): void {
  const known = versions.get(key);
  if (known === undefined) versions.set(key, [entry]);
  else known.push(entry);
}

function isChanged({ entry, ...object }: ObjectToRead): boolean {
  return entry === undefined || entry.state === 'reading' || !isSameVersion(object, entry);
}

/** Objects whose keys begin so: what they brought leaves when the object that stands for all of them is read. */
function objectsBelow(store: EngineStore, sourceId: number, prefix: string | undefined): number[] {
  if (prefix === undefined) return [];
  return store.db
    .prepare<[number, string, string], { objectId: number }>(
      'SELECT object_id AS objectId FROM ledger WHERE source_id = ? AND key >= ? AND key < ? ORDER BY object_id',
    )
    .all(sourceId, prefix, `${prefix}\u{10ffff}`)
    .map(({ objectId }) => objectId);
}

/** The next page is asked for while the objects of this one are read. */
async function* oneAhead<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    for (;;) {
      const result: IteratorResult<T, unknown> = await next;
      if (result.done === true) return;
      next = iterator.next();
      next.catch(() => undefined); // told when it is awaited
      yield result.value;
    }
  } finally {
    await iterator.return?.();
  }
}
