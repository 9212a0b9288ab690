import type { SyncState } from '../../../shared/rpc/methods.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { deleteDeadSegments } from '../store/recover.ts';
import { sweepDuplicates } from '../store/sweep.ts';
import { applyDeletions } from '../privacy/apply-deletions.ts';
import { loadRefusals } from '../privacy/load-refusals.ts';
import { purgeDaily } from '../privacy/purge.ts';
import { type BatchSize, DEFAULT_BATCH, createBatchLimit } from './batch-limit.ts';
import { pullSource, rereadRefused } from './pull-source.ts';
import { type ReadContext, commitAll } from './read-objects.ts';
import { servicesOf } from './services.ts';
import type { SourceServices } from './source-kinds.ts';
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
  /** Leaves far-apart duplicates to a later run: comparing with everything stored takes longer than a small pull. */
  isUnswept?: boolean;
  /** After everything is committed and swept, while nobody else may write. */
  onSettled?: (context: ReadContext) => Promise<void>;
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
      await pullSource(context, source, services, { isFull: options.isFull ?? false });
    }
    await commitAll(context);
    await rereadRefused(context, sources, services);
  });
}

/** The frame of every sync and import: one at a time, progress told, everything committed and swept at the end. */
export async function runReads(
  store: EngineStore,
  options: SyncOptions,
  read: (context: ReadContext) => Promise<void>,
): Promise<SyncState> {
  const { sourceName, signal = new AbortController().signal, onProgress, batch = DEFAULT_BATCH } = options;
  if (store.busy) throw new AppError('conflict', 'a sync is running already; there is one at a time');
  store.busy = true;
  const progress = new SyncProgress(sourceName, store.now(), onProgress ?? (() => undefined));
  const context: ReadContext = { store, progress, limit: createBatchLimit(batch), signal };
  try {
    await loadRefusals(store);
    const ending = await readUntilCancelled(context, read);
    await commitAll(context);
    if (options.isUnswept !== true) progress.addSwept(await sweptBySource(store, batch.idsPerSweep));
    await options.onSettled?.(context);
    await applyDeletions(store, { isUnasked: true });
    await purgeDaily(store);
    deleteDeadSegments(store.dataDir, store.db, store.now());
    return progress.end(store.now(), ending);
  } catch (error) {
    progress.end(store.now(), 'done', error instanceof Error ? error.message : String(error));
    throw error;
  } finally {
    store.busy = false;
  }
}

/** How many rows of which source a sweep removes. */
async function sweptBySource(store: EngineStore, idsPerPartition: number): Promise<Map<number, number>> {
  const before = keptBySource(store);
  const swept = new Map<number, number>();
  if ((await sweepDuplicates(store, { idsPerPartition })) === 0) return swept;
  for (const [sourceId, kept] of keptBySource(store)) {
    const rows = (before.get(sourceId) ?? kept) - kept;
    if (rows > 0) swept.set(sourceId, rows);
  }
  return swept;
}

const keptBySource = (store: EngineStore): Map<number, number> =>
  new Map(
    store.db
      .prepare<[], { sourceId: number; kept: number }>('SELECT source_id AS sourceId, kept FROM sources')
      .all()
      .map(({ sourceId, kept }) => [sourceId, kept]),
  );

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
