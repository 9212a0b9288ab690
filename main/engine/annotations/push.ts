import { type Operation, operationText } from '../../../shared/annotations/operation.ts';
import type { AppError } from '../../../shared/errors.ts';
import type { AppendResult, NotesRemote, RemoteEntry } from './notes-remote.ts';
import type { NotesStore } from './notes-store.ts';
import { type WaitingEntry, waitingEntries } from './outbox.ts';
import { holdsOperation, noteObject } from './remote-objects.ts';
import type { Remote } from './remotes.ts';

export interface PushResult {
  sent: number;
  /** In the source already: an upload whose answer was lost, or one that another device made. */
  present: number;
  /** The source will never take them as they are; they stay here, and say why. */
  refused: number;
}

interface PushContext {
  notes: NotesStore;
  remote: Remote;
  source: NotesRemote;
  signal: AbortSignal;
}

const BATCH_ENTRIES = 50;

/** Sends what waits, in turn. Stops where the source fails as a whole; an entry that it refuses stands aside. */
export async function push({ notes, remote, source, signal }: PushContext): Promise<PushResult> {
  const result: PushResult = { sent: 0, present: 0, refused: 0 };
  const { remoteId } = remote;
  for (let sequence = 0; ;) {
    signal.throwIfAborted();
    const waiting = waitingEntries(notes, remoteId, { sequence, limit: BATCH_ENTRIES });
    const last = waiting.at(-1);
    if (last === undefined) break;
    sequence = last.sequence;
    const entries = waiting.map((entry) => entryOf(notes, entry));
    const unsent = entries.filter((entry) => !isPresent(notes, remoteId, entry));
    result.present += entries.length - unsent.length;
    const outcomes = unsent.length === 0 ? [] : await source.append(unsent, signal);
    settle(notes, remoteId, { entries: unsent, outcomes, result });
    notes.changed(
      remote.environment,
      entries.map(({ operation }) => operation.annotation_id),
    );
  }
  notes.db
    .prepare<[number, number]>('UPDATE remotes SET pushed_at_ms = ? WHERE remote_id = ?')
    .run(notes.wallMs(), remoteId);
  return result;
}

/** Forgets an entry whose operation the source is known to hold; another one under its id does not count. */
function isPresent(notes: NotesStore, remoteId: number, { sequence, operation }: RemoteEntry): boolean {
  if (!holdsOperation(notes, remoteId, operation)) return false;
  leaveQueue(notes, remoteId, sequence);
  return true;
}

function entryOf(notes: NotesStore, { arrival, sequence }: WaitingEntry): RemoteEntry {
  const operation: Operation = notes.log.byArrival(arrival);
  return { sequence, operation, text: operationText(operation) };
}

interface Batch {
  entries: readonly RemoteEntry[];
  outcomes: readonly AppendResult[];
  result: PushResult;
}

function settle(notes: NotesStore, remoteId: number, { entries, outcomes, result }: Batch): void {
  notes.db
    .transaction(() => {
      for (const [index, { sequence, operation }] of entries.entries()) {
        const outcome = outcomes[index];
        if (outcome === undefined) continue;
        if (outcome.isStored) {
          const { key: place, version, sizeBytes, holdsPayload } = outcome;
          noteObject(notes, remoteId, { place, version, sizeBytes, state: 'read', operation, holdsPayload });
          leaveQueue(notes, remoteId, sequence);
          result.sent++;
        } else {
          standAside(notes, remoteId, { sequence, refusal: outcome.refusal });
          result.refused++;
        }
      }
    })
    .immediate();
}

function leaveQueue(notes: NotesStore, remoteId: number, sequence: number): void {
  notes.db
    .prepare<[number, number]>('DELETE FROM outbox WHERE remote_id = ? AND sequence = ?')
    .run(remoteId, sequence);
}

function standAside(
  notes: NotesStore,
  remoteId: number,
  { sequence, refusal: { code, message } }: { sequence: number; refusal: AppError },
): void {
  notes.db
    .prepare<[string, number, number]>('UPDATE outbox SET refusal = ? WHERE remote_id = ? AND sequence = ?')
    .run(JSON.stringify({ code, message }), remoteId, sequence);
}
