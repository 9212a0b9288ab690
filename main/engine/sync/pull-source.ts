import type { JsonValue } from '../../../shared/errors.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { IS_READ_AGAIN } from '../store/ledger.ts';
import { listChanges, listReread } from './list-changes.ts';
import {
  type ObjectToRead,
  type ReadContext,
  type ReadOutcome,
  commitAll,
  readObjects,
} from './read-objects.ts';
import { SourceFault } from './source-fault.ts';
import type { SourceServices } from './source-kinds.ts';
import type { ListedPage, SourceReader } from './source-reader.ts';
import type { SyncSource } from './sources.ts';
import type { SourceProgress } from './source-progress.ts';
import type { SyncProgress } from './sync-progress.ts';
import type { TimeSpan } from './time-span.ts';

export interface PullRequest {
  /** Lists everything, not only what may have changed since the last sync. */
  isFull: boolean;
  /** Only what may have arrived in these spans. */
  spans?: readonly TimeSpan[] | undefined;
  /** False ends the pull before this object; what was read so far stays. */
  admits?: ((object: ObjectToRead) => boolean | Promise<boolean>) | undefined;
}

export interface PullOutcome extends ReadOutcome {
  /** What kept the source from being listed or opened; null: nothing did. */
  failure: SourceFault | null;
  /** Every listed object was read. */
  isWhole: boolean;
}

/** What the listing of a source has told so far. */
interface Listed {
  objects: number;
  ignored: number;
  unreadable: number;
  /** What may be stored once so many objects are committed. */
  checkpoints: { after: number; value: JsonValue }[];
}

/** One source from its listing to its last object; what is wrong with it is told and ends nothing else. */
export async function pullSource(
  context: ReadContext,
  source: SyncSource,
  services: SourceServices,
  { isFull, spans, admits = () => true }: PullRequest,
): Promise<PullOutcome> {
  const { store, progress, signal } = context;
  const listed: Listed = { objects: 0, ignored: 0, unreadable: 0, checkpoints: [] };
  const outcome: PullOutcome = { objects: 0, passing: 0, failure: null, isWhole: true };
  const mine = progress.of(source.sourceId);
  outcome.failure = await withReader(context, source, services, async (reader) => {
    const changes = listChanges(store, source, reader, {
      isFull,
      signal,
      ...(spans === undefined ? {} : { spans }),
      observer: {
        onPage: (page, changed) => notePage(progress, mine, listed, page, changed),
        onCheckpoint: (value) => listed.checkpoints.push({ after: listed.objects, value }),
        onWait: (ms) => (mine.took.listMs += ms),
      },
    });
    const objects = takeWhile(changes, admits, () => (outcome.isWhole = false));
    const pass = (read: ReadOutcome): void => passCheckpoints(store, source, listed, read);
    const read = await readObjects(context, source, reader, objects, pass);
    pass(read);
    Object.assign(outcome, read);
    if (listed.ignored > 0) progress.addNote(`${source.name}: ${listed.ignored} files are not of rows`);
    const failure = listed.unreadable > 0 ? 'something below it cannot be read' : null;
    recordListing(store, source, { failure, isWhole: outcome.isWhole && spans === undefined });
  });
  return outcome;
}

/** What is wrong with a source ends its sync and nothing else; it is returned. */
export async function withReader(
  { store, progress }: ReadContext,
  source: SyncSource,
  services: SourceServices,
  work: (reader: SourceReader) => Promise<void>,
): Promise<SourceFault | null> {
  let reader: SourceReader | undefined;
  try {
    reader = await source.openReader(services);
    await work(reader);
    return null;
  } catch (error) {
    if (!(error instanceof SourceFault)) throw error;
    progress.addFault(`${source.name}: ${error.message}`, progress.of(source.sourceId));
    recordListing(store, source, { failure: error.message, isWhole: false });
    return error;
  } finally {
    reader?.close();
  }
}

async function* takeWhile<T>(
  items: AsyncIterable<T>,
  admits: (item: T) => boolean | Promise<boolean>,
  onEnough: () => void,
): AsyncGenerator<T> {
  for await (const item of items) {
    if (!(await admits(item))) {
      onEnough();
      return;
    }
    yield item;
  }
}

function notePage(
  progress: SyncProgress,
  mine: SourceProgress,
  listed: Listed,
  page: ListedPage,
  changed: readonly ObjectToRead[],
): void {
  for (const unreadable of page.unreadable) progress.addFault(`${unreadable} cannot be read`, mine);
  listed.objects += changed.length;
  listed.ignored += page.ignored;
  listed.unreadable += page.unreadable.length;
  progress.filesTotal += changed.length;
  mine.filesTotal += changed.length;
  mine.bytesTotal += changed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
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
export async function rereadRefused(
  context: ReadContext,
  sources: readonly SyncSource[],
  services: SourceServices,
): Promise<void> {
  for (let round = 0; round < MAX_REREADS; round++) {
    let objects = 0;
    for (const source of sources) objects += await rereadSource(context, source, services);
    if (objects === 0) return;
    await commitAll(context);
  }
}

/** The objects of a source that have to be read again though they did not change; returns how many were. */
export async function rereadSource(
  context: ReadContext,
  source: SyncSource,
  services: SourceServices,
): Promise<number> {
  const { store, progress, signal } = context;
  if (!waitsForReread(store, source.sourceId)) return 0;
  let objects = 0;
  await withReader(context, source, services, async (reader) => {
    const found = listReread(store, source, reader, signal);
    ({ objects } = await readObjects(context, source, reader, found));
  });
  progress.filesTotal = progress.filesDone;
  return objects;
}

export const waitsForReread = (store: EngineStore, sourceId: number): boolean =>
  store.db
    .prepare<[number]>(`SELECT 1 FROM ledger WHERE source_id = ? AND ${IS_READ_AGAIN} LIMIT 1`)
    .get(sourceId) !== undefined;

/** A source counts as seen only when all of it was listed and what was new was read. */
function recordListing(
  store: EngineStore,
  { sourceId }: SyncSource,
  { failure, isWhole }: { failure: string | null; isWhole: boolean },
): void {
  store.db
    .prepare<[{ sourceId: number; nowMs: number; failure: string | null; isSeen: number }]>(
      `UPDATE sources SET last_failure = @failure,
         last_sync_at_ms = CASE WHEN @isSeen = 1 THEN @nowMs ELSE last_sync_at_ms END
       WHERE source_id = @sourceId`,
    )
    .run({ sourceId, nowMs: store.now(), failure, isSeen: failure === null && isWhole ? 1 : 0 });
}
