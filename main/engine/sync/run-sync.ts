import type { SyncState } from '../../../shared/rpc/methods.ts';
import { AppError, type JsonValue } from '../../../shared/errors.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { IS_READ_AGAIN } from '../store/ledger.ts';
import { deleteDeadSegments } from '../store/recover.ts';
import { sweepDuplicates } from '../store/sweep.ts';
import { type BatchSize, DEFAULT_BATCH, createBatchLimit } from './batch-limit.ts';
import { listChanges, listReread } from './list-changes.ts';
import { type ReadContext, type ReadOutcome, commitAll, readObjects } from './read-objects.ts';
import { SourceFault } from './source-fault.ts';
import { servicesOf } from './services.ts';
import type { SourceServices } from './source-kinds.ts';
import type { ListedPage, SourceReader } from './source-reader.ts';
import { type SyncSource, sourcesToSync } from './sources.ts';
import { SyncProgress } from './sync-progress.ts';

export interface SyncOptions {
  /** null: every source. */
  sourceName: string | null;
  /** Lists everything, not only what may have changed since the last sync. */
  isFull?: boolean;
  services?: Partial<SourceServices>;
  signal?: AbortSignal;
  /** Called often; the receiver conflates. */
  onProgress?: (state: SyncState) => void;
  batch?: BatchSize;
}

/** What the listing of a source has told so far. */
interface Listed {
  objects: number;
  ignored: number;
  unreadable: number;
  /** What may be stored once so many objects are committed. */
  checkpoints: { after: number; value: JsonValue }[];
}

/**
 * Brings in what is new in the sources: taxonomy and dimensions first, then events. Objects that the ledger knows
 * unchanged are not opened. What is wrong with a source or object is told in the state, and the rest goes on; what the
 * store refuses (disk full, damage, not writable) is told there too and then thrown. Cancelling keeps what was read so
 * far.
 */
export async function runSync(store: EngineStore, options: SyncOptions): Promise<SyncState> {
  const sources = sourcesToSync(store.db, options.sourceName);
  const services = servicesOf(store.dataDir, () => store.workspace.asOfMs ?? store.now(), options.services);
  return runReads(store, options, async (context) => {
    context.progress.emitRunning();
    let previous: SyncSource | null = null;
    for (const source of sources) {
      // events are judged by the taxonomy, so what came before them is committed first
      if (previous !== null && previous.dataset !== source.dataset) await commitAll(context);
      previous = source;
      await syncSource(context, source, services, options.isFull ?? false);
    }
    await commitAll(context);
    await rereadRefused(context, sources, services);
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

/** One source from its listing to its last object. */
async function syncSource(
  context: ReadContext,
  source: SyncSource,
  services: SourceServices,
  isFull: boolean,
): Promise<void> {
  const { store, progress, signal } = context;
  const listed: Listed = { objects: 0, ignored: 0, unreadable: 0, checkpoints: [] };
  await withReader(context, source, services, async (reader) => {
    const objects = listChanges(store, source, reader, {
      isFull,
      signal,
      onPage: (page, changed) => notePage(progress, listed, page, changed),
      onCheckpoint: (value) => listed.checkpoints.push({ after: listed.objects, value }),
    });
    const pass = (outcome: ReadOutcome): void => passCheckpoints(store, source, listed, outcome);
    pass(await readObjects(context, source, reader, objects, pass));
    if (listed.ignored > 0) progress.addNote(`${source.name}: ${listed.ignored} files are not of rows`);
    recordListing(store, source, listed.unreadable > 0 ? 'something below it cannot be read' : null);
  });
}

/** What is wrong with a source ends its sync and nothing else. */
async function withReader(
  { store, progress }: ReadContext,
  source: SyncSource,
  services: SourceServices,
  work: (reader: SourceReader) => Promise<void>,
): Promise<void> {
  let reader: SourceReader | undefined;
  try {
    reader = await source.openReader(services);
    await work(reader);
  } catch (error) {
    if (!(error instanceof SourceFault)) throw error;
    progress.addFault(`${source.name}: ${error.message}`);
    recordListing(store, source, error.message);
  } finally {
    reader?.close();
  }
}

function notePage(progress: SyncProgress, listed: Listed, page: ListedPage, changed: number): void {
  for (const unreadable of page.unreadable) progress.addFault(`${unreadable} cannot be read`);
  listed.objects += changed;
  listed.ignored += page.ignored;
  listed.unreadable += page.unreadable.length;
  progress.filesTotal += changed;
  progress.emitRunning();
}

/** A checkpoint is stored with the last objects that it covers; one that missed an object is not stored at all. */
function passCheckpoints(
  { facts, writer }: EngineStore,
  { sourceId }: SyncSource,
  { checkpoints, unreadable }: Listed,
  { objects, passing }: ReadOutcome,
): void {
  if (passing > 0 || unreadable > 0) return;
  for (let first = checkpoints[0]; first !== undefined && first.after <= objects; first = checkpoints[0]) {
    checkpoints.shift();
    const checkpoint = JSON.stringify(first.value);
    if (facts.objects.size > 0) facts.checkpoints.set(sourceId, checkpoint);
    else writer.putCheckpoint(sourceId, checkpoint);
  }
}

const MAX_REREADS = 8; // each one may show that a further object holds what is missing

/** A replaced object may have held what was refused of others: those are read again, until nothing is missing. */
async function rereadRefused(
  context: ReadContext,
  sources: readonly SyncSource[],
  services: SourceServices,
): Promise<void> {
  const { store, progress, signal } = context;
  const waits = store.db.prepare<[number]>(
    `SELECT 1 FROM ledger WHERE source_id = ? AND ${IS_READ_AGAIN} LIMIT 1`,
  );
  for (let round = 0; round < MAX_REREADS; round++) {
    let objects = 0;
    for (const source of sources) {
      if (waits.get(source.sourceId) === undefined) continue;
      await withReader(context, source, services, async (reader) => {
        const found = listReread(store, source, reader, signal);
        ({ objects } = await readObjects(context, source, reader, found));
      });
      progress.filesTotal = progress.filesDone;
    }
    if (objects === 0) return;
    await commitAll(context);
  }
}

function recordListing(store: EngineStore, { sourceId }: SyncSource, failure: string | null): void {
  store.db
    .prepare<[{ sourceId: number; nowMs: number; failure: string | null }]>(
      `UPDATE sources SET last_failure = @failure,
         last_sync_at_ms = CASE WHEN @failure IS NULL THEN @nowMs ELSE last_sync_at_ms END
       WHERE source_id = @sourceId`,
    )
    .run({ sourceId, nowMs: store.now(), failure });
}
