import { setImmediate as nextTurn } from 'node:timers/promises';
import { MAX_OPERATION_BYTES } from '../../../shared/annotations/operation.ts';
import { AppError } from '../../../shared/errors.ts';
import { type AdmittedCounts, admit } from './admit.ts';
import type { Arrival } from './arrival.ts';
import type { NotesRemote, RemoteObject, RemotePage } from './notes-remote.ts';
import type { NotesStore } from './notes-store.ts';
import { failedObjects, isKnownObject, noteObject } from './remote-objects.ts';
import type { Remote } from './remotes.ts';

export interface PullResult extends AdmittedCounts {
  /** Objects that could not be read this time; they are tried again. */
  failed: number;
}

interface PullContext {
  notes: NotesStore;
  remote: Remote;
  source: NotesRemote;
  signal: AbortSignal;
}

const READS_IN_FLIGHT = 16;
const BATCH_OBJECTS = 200; // one transaction: some milliseconds
const WHOLE_LISTING_EVERY_MS = 24 * 60 * 60 * 1000;

/** Brings home what is new in a source. An object that cannot be read never keeps the others away. */
export async function pull(context: PullContext): Promise<PullResult> {
  const { notes, remote, source, signal } = context;
  const result: PullResult = { read: 0, kept: 0, duplicate: 0, quarantined: 0, failed: 0 };
  await takeIn(context, result, failedObjects(notes, remote.remoteId).map(asObject));
  const isWhole = isWholeListingDue(remote, notes.wallMs());
  for await (const page of source.list(isWhole ? null : remote.cursor, signal)) {
    signal.throwIfAborted();
    noteSequences(notes, remote.remoteId, page);
    const unknown = page.objects.filter(
      ({ key, version }) => !isKnownObject(notes, remote.remoteId, key, version),
    );
    await takeIn(context, result, unknown);
    keepCursor(notes, remote.remoteId, page.cursor);
  }
  notes.db
    .prepare<[Record<string, unknown>]>(
      `UPDATE remotes SET pulled_at_ms = @nowMs,
         listed_whole_at_ms = CASE WHEN @isWhole THEN @nowMs ELSE listed_whole_at_ms END
       WHERE remote_id = @remoteId`,
    )
    .run({ remoteId: remote.remoteId, nowMs: notes.wallMs(), isWhole: Number(isWhole) });
  return result;
}

const isWholeListingDue = ({ listedWholeAtMs }: Remote, nowMs: number): boolean =>
  listedWholeAtMs === null || Math.abs(nowMs - listedWholeAtMs) >= WHOLE_LISTING_EVERY_MS;

const asObject = (object: { key: string; version: string; sizeBytes: number }): RemoteObject => ({
  ...object,
  ownSequence: null,
});

/** A device that came back from a backup has written further than it knows; it goes on behind that. */
function noteSequences(notes: NotesStore, remoteId: number, { objects }: RemotePage): void {
  const last = objects.reduce((highest, { ownSequence }) => Math.max(highest, ownSequence ?? 0), 0);
  notes.db
    .prepare<[number, number]>(
      'UPDATE remotes SET next_sequence = max(next_sequence, ? + 1) WHERE remote_id = ?',
    )
    .run(last, remoteId);
}

function keepCursor(notes: NotesStore, remoteId: number, cursor: string | null): void {
  notes.db
    .prepare<[string | null, number]>('UPDATE remotes SET cursor = ? WHERE remote_id = ?')
    .run(cursor, remoteId);
}

async function takeIn(
  { notes, remote, source, signal }: PullContext,
  result: PullResult,
  objects: readonly RemoteObject[],
): Promise<void> {
  const from = { environment: remote.environment, origin: 'remote', remoteId: remote.remoteId } as const;
  for (let at = 0; at < objects.length; at += BATCH_OBJECTS) {
    const outcomes = await readAll(source, objects.slice(at, at + BATCH_OBJECTS), signal);
    const arrivals = outcomes.filter((outcome): outcome is Arrival => 'content' in outcome);
    const counts = admit(notes, from, arrivals);
    for (const name of ['read', 'kept', 'duplicate', 'quarantined'] as const) result[name] += counts[name];
    for (const outcome of outcomes)
      if ('error' in outcome) result.failed += noteFailure(notes, remote, outcome);
    await nextTurn();
  }
}

interface FailedRead {
  object: RemoteObject;
  error: unknown;
}

async function readAll(
  source: NotesRemote,
  objects: readonly RemoteObject[],
  signal: AbortSignal,
): Promise<(Arrival | FailedRead)[]> {
  const outcomes: (Arrival | FailedRead)[] = [];
  for (let at = 0; at < objects.length; at += READS_IN_FLIGHT) {
    const some = objects.slice(at, at + READS_IN_FLIGHT);
    outcomes.push(...(await Promise.all(some.map((object) => readOne(source, object, signal)))));
  }
  return outcomes;
}

async function readOne(
  source: NotesRemote,
  object: RemoteObject,
  signal: AbortSignal,
): Promise<Arrival | FailedRead> {
  const { key: place, version, sizeBytes } = object;
  if (sizeBytes > MAX_OPERATION_BYTES) return { place, version, sizeBytes, content: null };
  try {
    const content = object.content ?? (await source.read(object, signal));
    return { place, version, sizeBytes: content.length, content };
  } catch (error) {
    return { object, error };
  }
}

/** One object that cannot be read is noted and tried again; a source that is gone ends the pull. */
function noteFailure(notes: NotesStore, { remoteId }: Remote, { object, error }: FailedRead): number {
  if (!(error instanceof AppError) || error.code !== 'not-readable') {
    if (error instanceof AppError && error.code === 'not-found') return 0; // removed since it was listed
    throw error;
  }
  const { key: place, version, sizeBytes } = object;
  noteObject(notes, remoteId, {
    place,
    version,
    sizeBytes,
    state: 'failed',
    operation: null,
    holdsPayload: true,
  });
  return 1;
}
