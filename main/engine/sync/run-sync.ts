import type { SyncState } from '../../../shared/rpc/methods.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { isSameVersion } from '../store/ledger.ts';
import { deleteDeadSegments } from '../store/recover.ts';
import { sweepDuplicates } from '../store/sweep.ts';
import { type BatchSize, DEFAULT_BATCH, createBatchLimit } from './batch-limit.ts';
import { keyMatcher } from './key-template.ts';
import { listFolder } from './list-folder.ts';
import { type ObjectToRead, type ReadContext, commitAll, readObjects } from './read-objects.ts';
import { type FolderToSync, foldersToSync } from './sources.ts';
import { SyncProgress } from './sync-progress.ts';

export interface SyncOptions {
  /** null: every source. */
  sourceName: string | null;
  signal?: AbortSignal;
  /** Called often; the receiver conflates. */
  onProgress?: (state: SyncState) => void;
  batch?: BatchSize;
}

/**
 * Brings in what is new in the folders of the sources: taxonomy and dimensions first, then events. Objects that the
 * ledger knows unchanged are not opened. What is wrong with a source or file is told in the state, and the rest goes
 * on; what the store refuses (disk full, damage, not writable) is told there too and then thrown. Cancelling keeps
 * what was read so far.
 */
export async function runSync(store: EngineStore, options: SyncOptions): Promise<SyncState> {
  const folders = foldersToSync(store, options.sourceName);
  return runReads(store, options, async (context) => {
    const work = folders.map((folder) => ({ folder, objects: changedObjects(context, folder) }));
    context.progress.filesTotal = work.reduce((sum, { objects }) => sum + (objects?.length ?? 0), 0);
    context.progress.emitRunning();
    let previous: FolderToSync | null = null;
    for (const { folder, objects } of work) {
      // events are judged by the taxonomy, so what came before them is committed first
      if (previous !== null && previous.dataset !== folder.dataset) await commitAll(context);
      previous = folder;
      if (objects !== null) await readObjects(context, folder, objects);
    }
  });
}

/** The frame of every sync and import: one at a time, progress told, everything committed and swept at the end. */
export async function runReads(
  store: EngineStore,
  { sourceName, signal = new AbortController().signal, onProgress, batch = DEFAULT_BATCH }: SyncOptions,
  read: (context: ReadContext) => Promise<void>,
): Promise<SyncState> {
  if (store.busy) throw new AppError('conflict', 'a sync is running already; there is one at a time');
  store.busy = true;
  const progress = new SyncProgress(sourceName, store.now(), onProgress ?? (() => undefined));
  const context: ReadContext = { store, progress, limit: createBatchLimit(batch), signal };
  try {
    const ending = await readUntilCancelled(context, read);
    await commitAll(context);
    progress.addSwept(await sweepDuplicates(store, { idsPerPartition: batch.idsPerSweep }));
    deleteDeadSegments(store.dataDir, store.db, store.now());
    return progress.end(store.now(), ending);
  } catch (error) {
    progress.end(store.now(), 'done', error instanceof Error ? error.message : String(error));
    throw error;
  } finally {
    store.busy = false;
  }
}

async function readUntilCancelled(
  context: ReadContext,
  read: (context: ReadContext) => Promise<void>,
): Promise<'done' | 'cancelled'> {
  try {
    await read(context);
    return 'done';
  } catch (error) {
    if (context.signal.aborted && error === context.signal.reason) return 'cancelled';
    throw error;
  }
}

/** Objects that the ledger does not know as they are now; null where the folder cannot be listed. */
function changedObjects({ store, progress }: ReadContext, source: FolderToSync): ObjectToRead[] | null {
  try {
    const listing = listFolder(source.folder, keyMatcher(source.keyTemplate, source.environment));
    for (const unreadable of listing.unreadable) progress.addFault(`${unreadable} cannot be read`);
    if (listing.ignored > 0) progress.addNote(`${source.name}: ${listing.ignored} files are not of rows`);
    recordListing(store, source, listing.unreadable.length > 0 ? 'something below it cannot be read' : null);
    return listing.objects
      .map((object) => ({ ...object, entry: store.writer.ledgerEntry(source.sourceId, object.key) }))
      .filter(isChanged);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    progress.addFault(`${source.name}: ${error.message}`);
    recordListing(store, source, error.message);
    return null;
  }
}

function isChanged({ entry, ...object }: ObjectToRead): boolean {
  return entry === undefined || entry.state === 'reading' || !isSameVersion(object, entry);
}

function recordListing(store: EngineStore, { sourceId }: FolderToSync, failure: string | null): void {
  store.db
    .prepare<[{ sourceId: number; nowMs: number; failure: string | null }]>(
      `UPDATE sources SET last_failure = @failure,
         last_sync_at_ms = CASE WHEN @failure IS NULL THEN @nowMs ELSE last_sync_at_ms END
       WHERE source_id = @sourceId`,
    )
    .run({ sourceId, nowMs: store.now(), failure });
}
