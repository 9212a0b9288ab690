import type {
  CreateAnnotation,
  DeleteAnnotation,
  EditAnnotation,
  ReplyToAnnotation,
  ResolveConflict,
  RestoreAnnotation,
  SetStatus,
  UndoOperation,
} from '../../../shared/annotations/commands.ts';
import {
  type NewRemote,
  type NewRemoteInput,
  RemoteConfig,
  type RemoteTest,
} from '../../../shared/annotations/remote.ts';
import type { Operation } from '../../../shared/annotations/operation.ts';
import { compareOperations } from '../../../shared/annotations/operation.ts';
import type { AnnotationFilter, AnnotationView } from '../../../shared/annotations/view.ts';
import { AppError } from '../../../shared/errors.ts';
import type { AdmittedCounts } from './admit.ts';
import {
  createAnnotation,
  deleteAnnotation,
  editAnnotation,
  replyToAnnotation,
  resolveConflict,
  restoreAnnotation,
  setStatus,
} from './commands.ts';
import { type NotesOptions, type NotesStore, openNotes } from './notes-store.ts';
import type { OpenRemote } from './open-remote.ts';
import { type PendingReason, pendingReasons } from './outbox.ts';
import { type QuarantinedOperation, countQuarantined, quarantined } from './quarantine.ts';
import { type RedactionResult, redactUser } from './redaction.ts';
import { makeTable } from './open-remote.ts';
import { reexamine } from './reexamine.ts';
import { type ObjectToRemove, objectsToRemove } from './remote-objects.ts';
import {
  type Remote,
  addRemote,
  listRemotes,
  removeRemote,
  retryRefused,
  updateRemote,
  waitingFor,
} from './remotes.ts';
import { refusePersonal } from './scrub-warning.ts';
import { type NotesSyncResult, syncRemote } from './sync-remote.ts';
import { testRemote } from './test-remote.ts';
import { exportLines, importLines } from './transfer.ts';
import { undoOperation } from './undo.ts';
import { type AnnotationCounts, countAnnotations, getAnnotation, listAnnotations } from './views.ts';

export interface AnnotationServiceOptions extends NotesOptions {
  /** Sources of kinds that this folder does not know. */
  openRemote?: OpenRemote;
}

export interface AuthorInput {
  name: string;
  isConfirmed?: boolean;
}

/**
 * Contract: everything that the interface, the command line and the engine ask of annotations. Commands are durable when
 * they return, and safe to repeat where they carry an `opId`; they return the annotation as it now is. Refusals are
 * AppErrors: `bad-input` with `path` (and `detail.findings` where a text looks personal: confirm, or change it),
 * `not-found`, `conflict`. `pull` and `push` run one at a time per source; everything else is synchronous and short.
 * Whoever opens it closes it.
 */
export interface AnnotationService {
  /** This device and who works on it; a name, never an address. */
  identity(): { device: string; author: string };
  setAuthor(input: AuthorInput): void;

  /** Raised whenever a list may look different. */
  revision(): number;
  list(filter: AnnotationFilter): AnnotationView[];
  get(environment: string, annotationId: string): AnnotationView;
  counts(environment: string): AnnotationCounts & { quarantined: number };
  countQuarantined(): number;
  /** Everything that was ever done to an annotation, in order. */
  history(environment: string, annotationId: string): Operation[];

  create(input: CreateAnnotation): AnnotationView;
  edit(input: EditAnnotation): AnnotationView;
  reply(input: ReplyToAnnotation): AnnotationView;
  setStatus(input: SetStatus): AnnotationView;
  resolve(input: ResolveConflict): AnnotationView;
  delete(input: DeleteAnnotation): AnnotationView;
  restore(input: RestoreAnnotation): AnnotationView;
  undo(input: UndoOperation): AnnotationView;

  remotes(): Remote[];
  addRemote(input: NewRemoteInput): number;
  removeRemote(remoteId: number): Promise<void>;
  /** Another name, other credentials, another place of the same kind. Stops a sync of it that runs. */
  updateRemote(remoteId: number, change: Pick<NewRemote, 'name' | 'config'>): Promise<void>;
  /** Looks into a source without writing there. */
  testRemote(remote: NewRemote, signal: AbortSignal): Promise<RemoteTest>;
  /** Operations that have not reached a source, and those that it refused. */
  waitingFor(remoteId: number): { waiting: number; refused: number };
  /** Makes the table of a database where it is missing (`tableSql` shows how). */
  makeTable(remote: NewRemoteInput, signal?: AbortSignal): Promise<void>;
  /** Lets entries that the source refused wait for another attempt. */
  retryRefused(remoteId: number): void;
  pull(remoteId: number, signal?: AbortSignal): Promise<NotesSyncResult>;
  /** Pulls first: that tells what the source holds already. */
  push(remoteId: number, signal?: AbortSignal): Promise<NotesSyncResult>;
  /** Why operations have not reached every source yet. */
  pending(environment: string, annotationId?: string): PendingReason[];
  /** What arrived and is no operation; newest first. */
  quarantined(limit: number): QuarantinedOperation[];

  redactUser(request: { userId: string; requestId: string }): RedactionResult;
  objectsToRemove(): ObjectToRemove[];

  exportLines(environment?: string): Iterable<string>;
  importLines(
    lines: AsyncIterable<string> | Iterable<string>,
    options: { name: string; environment: string | null; signal?: AbortSignal },
  ): Promise<AdmittedCounts>;

  /** Stops running syncs at their next step and closes the file. */
  close(): Promise<void>;
}

/** Opens the annotations of a data folder. The caller holds the folder's writer lock. */
export const openAnnotationService = (
  dataDir: string,
  options: AnnotationServiceOptions = {},
): AnnotationService => createAnnotationService(openNotes(dataDir, options), options);

export function createAnnotationService(
  notes: NotesStore,
  { openRemote }: Pick<AnnotationServiceOptions, 'openRemote'> = {},
): AnnotationService {
  reexamine(notes);
  const stopping = new AbortController();
  const running = new Map<number, { ended: Promise<unknown>; stop: () => void }>();

  async function sync(
    remoteId: number,
    work: 'pull' | 'push',
    signal?: AbortSignal,
  ): Promise<NotesSyncResult> {
    if (running.has(remoteId)) throw new AppError('conflict', 'this source of notes is being synced already');
    const own = new AbortController();
    const result = syncRemote(notes, {
      remoteId,
      work,
      signal: AbortSignal.any([stopping.signal, own.signal, ...(signal === undefined ? [] : [signal])]),
      ...(openRemote === undefined ? {} : { openRemote }),
    });
    running.set(remoteId, {
      ended: result,
      stop: () => {
        own.abort();
      },
    });
    try {
      return await result;
    } finally {
      running.delete(remoteId);
    }
  }

  /** What runs would write down of a source what is not true any more. */
  async function stopSync(remoteId: number): Promise<void> {
    const sync = running.get(remoteId);
    sync?.stop();
    await sync?.ended.catch(() => undefined); // told to whoever asked for it
  }

  return {
    identity: () => ({ device: notes.device, author: notes.author }),
    setAuthor({ name, isConfirmed = false }) {
      refusePersonal({ name }, isConfirmed);
      if (name.length > MAX_AUTHOR_LENGTH)
        throw new AppError('bad-input', `a name has at most ${MAX_AUTHOR_LENGTH} characters`, {
          path: 'name',
        });
      notes.author = name.trim();
    },
    revision: () => notes.revision,
    list: (filter) => listAnnotations(notes, filter),
    get: (environment, annotationId) => getAnnotation(notes, environment, annotationId),
    counts: (environment) => ({
      ...countAnnotations(notes, environment),
      quarantined: countQuarantined(notes),
    }),
    countQuarantined: () => countQuarantined(notes),
    history: (environment, annotationId) =>
      [...notes.folded(environment).operationsOf(annotationId)].sort(compareOperations),
    create: (input) => createAnnotation(notes, input),
    edit: (input) => editAnnotation(notes, input),
    reply: (input) => replyToAnnotation(notes, input),
    setStatus: (input) => setStatus(notes, input),
    resolve: (input) => resolveConflict(notes, input),
    delete: (input) => deleteAnnotation(notes, input),
    restore: (input) => restoreAnnotation(notes, input),
    undo: (input) => undoOperation(notes, input),
    remotes: () => listRemotes(notes),
    addRemote(input) {
      notes.revision++; // what waited for no source waits for this one
      return addRemote(notes, input);
    },
    async removeRemote(remoteId) {
      await stopSync(remoteId);
      notes.revision++;
      removeRemote(notes, remoteId);
    },
    async updateRemote(remoteId, change) {
      await stopSync(remoteId);
      notes.revision++;
      updateRemote(notes, remoteId, change);
    },
    testRemote: (remote, signal) => testRemote(notes, remote, AbortSignal.any([signal, stopping.signal])),
    waitingFor: (remoteId) => waitingFor(notes, remoteId),
    makeTable: ({ config }, signal = stopping.signal) => makeTable(notes, RemoteConfig.parse(config), signal),
    retryRefused: (remoteId) => retryRefused(notes, remoteId),
    pull: (remoteId, signal) => sync(remoteId, 'pull', signal),
    push: (remoteId, signal) => sync(remoteId, 'push', signal),
    pending: (environment, annotationId) =>
      pendingReasons(notes, { environment, annotationId: annotationId ?? null }),
    quarantined: (limit) => quarantined(notes, limit),
    redactUser: (request) => redactUser(notes, request),
    objectsToRemove: () => objectsToRemove(notes),
    exportLines: (environment) => exportLines(notes.db, environment ?? null),
    importLines: (lines, importOptions) => importLines(notes, lines, importOptions),
    async close() {
      stopping.abort();
      await Promise.allSettled([...running.values()].map(({ ended }) => ended));
      notes.close();
    },
  };
}

const MAX_AUTHOR_LENGTH = 100;
