import { AppError, toErrorShape } from '../../../shared/errors.ts';
import type { NotesRemote } from './notes-remote.ts';
import type { NotesStore } from './notes-store.ts';
import { type OpenRemote, openRemote } from './open-remote.ts';
import { type PullResult, pull } from './pull.ts';
import { type PushResult, push } from './push.ts';
import { type Remote, remoteById } from './remotes.ts';
import { retryDelayMs } from './retry.ts';

export interface NotesSyncResult {
  remote: string;
  pulled: PullResult;
  /** null: only pulled. */
  pushed: PushResult | null;
}

export interface NotesSyncOptions {
  remoteId: number;
  /** push: after a pull, which tells what the source holds and how far this device has written there. */
  work: 'pull' | 'push';
  signal: AbortSignal;
  openRemote?: OpenRemote;
}

/** Pulls, and sends what waits. A failure is remembered with the time of the next attempt, and thrown. */
export async function syncRemote(notes: NotesStore, options: NotesSyncOptions): Promise<NotesSyncResult> {
  const { remoteId, work, signal } = options;
  const remote = remoteById(notes, remoteId);
  const source = (options.openRemote ?? openRemote)(notes, remote);
  try {
    const result = await pullAndPush({ notes, remote, source, signal }, work);
    noteSuccess(notes, remoteId);
    return result;
  } catch (error) {
    if (signal.aborted) throw new AppError('cancelled', 'stopped; what was sent or received so far is kept');
    noteFailure(notes, remote, error);
    throw error;
  } finally {
    await source.close();
  }
}

async function pullAndPush(
  context: { notes: NotesStore; remote: Remote; source: NotesRemote; signal: AbortSignal },
  work: 'pull' | 'push',
): Promise<NotesSyncResult> {
  const pulled = await pull(context);
  const pushed = work === 'push' ? await push(context) : null;
  return { remote: context.remote.name, pulled, pushed };
}

function noteSuccess(notes: NotesStore, remoteId: number): void {
  notes.db
    .prepare<[number]>(
      'UPDATE remotes SET failures = 0, next_attempt_at_ms = NULL, last_failure = NULL WHERE remote_id = ?',
    )
    .run(remoteId);
}

function noteFailure(notes: NotesStore, { remoteId, failures }: Remote, error: unknown): void {
  const { code, message } = toErrorShape(error);
  const nextAttemptAtMs = notes.wallMs() + retryDelayMs(failures + 1, notes.random);
  notes.db
    .prepare<[Record<string, unknown>]>(
      `UPDATE remotes SET failures = failures + 1, next_attempt_at_ms = @nextAttemptAtMs, last_failure = @lastFailure
       WHERE remote_id = @remoteId`,
    )
    .run({ remoteId, nextAttemptAtMs, lastFailure: JSON.stringify({ code, message }) });
}
