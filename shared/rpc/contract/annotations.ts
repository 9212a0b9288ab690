import { z } from 'zod';
import { Anchor, DiscussedValue, Target } from '../../annotations/anchor.ts';
import { FIELD_NAMES } from '../../annotations/annotation.ts';
import {
  CreateAnnotation,
  DeleteAnnotation,
  EditAnnotation,
  ReplyToAnnotation,
  ResolveConflict,
  RestoreAnnotation,
  SetStatus,
  UndoOperation,
} from '../../annotations/commands.ts';
import { OPERATION_KINDS, STATUSES } from '../../annotations/operation.ts';
import { AnnotationFilter } from '../../annotations/view.ts';
import { NewRemote, RemoteConfig, RemoteTest, TableAnswer } from '../../annotations/remote.ts';
import { Count, Instant, method, none, SMALL_REQUEST_BYTES } from '../method.ts';

/** Annotations (DATA §6). The engine answers: it keeps their log and its fold. */

const EnvironmentName = z.string().min(1).max(64);
const TEXT_REQUEST_BYTES = 256 * 1024; // a long note in any script, with what its writer had seen
const Ms = z.number().nullable();

const TextState = z.strictObject({
  text: z.string(),
  versions: z.array(
    z.strictObject({
      opId: z.string(),
      text: z.string(),
      author: z.string(),
      device: z.string(),
      atMs: Ms,
    }),
  ),
  isConflict: z.boolean(),
  base: z.string().nullable(),
});

const Deletion = z.strictObject({
  author: z.string(),
  device: z.string(),
  atMs: Ms,
  unseen: z.array(z.string()),
});

const written = {
  author: z.string(),
  device: z.string(),
  createdAtMs: Ms,
  clock: z.string(),
  editedAtMs: Ms,
  deletion: Deletion.nullable(),
  isHidden: z.boolean(),
  hasConflict: z.boolean(),
  isIncomplete: z.boolean(),
  isRedacted: z.boolean(),
};

const Reply = z.strictObject({
  ...written,
  replyId: z.string(),
  body: TextState,
  seenDeleted: z.array(z.string()),
});

const SYNC_STATES = ['conflict', 'pending', 'synced'] as const;

/** An annotation as the interface shows it; see shared/annotations/annotation.ts and view.ts. */
export const ShownAnnotation = z.strictObject({
  ...written,
  annotationId: z.string(),
  environment: z.string(),
  target: Target.nullable(),
  anchor: Anchor.nullable(),
  discussed: DiscussedValue.nullable(),
  title: TextState,
  body: TextState,
  tags: z.array(z.string()),
  status: z.enum(STATUSES),
  actionAt: z.string().nullable(),
  replies: z.array(Reply),
  seen: z.record(z.enum(FIELD_NAMES), z.array(z.string())),
  sync: z.enum(SYNC_STATES),
  isPending: z.boolean(),
  isMine: z.boolean(),
});
export type ShownAnnotation = z.infer<typeof ShownAnnotation>;

export const NumberedAnnotation = z.strictObject({
  ...ShownAnnotation.shape,
  number: Count.nullable().meta({
    description: 'Its place among the notes of its view in the order they were written; null: hidden.',
  }),
});
export type NumberedAnnotation = z.infer<typeof NumberedAnnotation>;

/** What a chart or table needs to draw a note. */
export const AnnotationPin = z.strictObject({
  annotationId: z.string(),
  number: Count,
  title: z.string(),
  target: Target,
  anchor: Anchor,
  discussed: DiscussedValue.nullable(),
  status: z.enum(STATUSES),
  sync: z.enum(SYNC_STATES),
});
export type AnnotationPin = z.infer<typeof AnnotationPin>;

export const AnnotationCounts = z.strictObject({
  all: Count,
  pending: Count,
  conflict: Count,
  mine: Count,
  quarantined: Count.meta({ description: 'What arrived and is no operation, in all environments.' }),
});
export type AnnotationCounts = z.infer<typeof AnnotationCounts>;

export const NotesRemoteInfo = z.strictObject({
  remoteId: Count,
  name: z.string(),
  environment: z.string(),
  config: RemoteConfig.meta({ description: 'Names secrets, holds none.' }),
  waiting: Count.meta({ description: 'Operations that have not reached it, refused ones left out.' }),
  refused: Count.meta({ description: 'Operations that it will not take as they are.' }),
  pulledAt: Instant.nullable(),
  pushedAt: Instant.nullable(),
  failures: Count,
  nextAttemptAt: Instant.nullable(),
  lastFailure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
});
export type NotesRemoteInfo = z.infer<typeof NotesRemoteInfo>;

const PendingOperation = z.strictObject({
  opId: z.string(),
  annotationId: z.string(),
  kind: z.enum(OPERATION_KINDS),
  remote: z.string().nullable(),
  reason: z.enum(['no-remote', 'first-attempt', 'retrying', 'refused']),
  failures: Count,
  nextAttemptAtMs: Ms,
  message: z.string().nullable(),
});
export type PendingOperation = z.infer<typeof PendingOperation>;

const read = { role: 'engine', kind: 'read', cancel: 'queue', maxRequestBytes: SMALL_REQUEST_BYTES } as const;
const write = {
  role: 'engine',
  kind: 'mutation',
  cancel: 'queue',
  maxRequestBytes: TEXT_REQUEST_BYTES,
} as const;

export const ANNOTATION_METHODS = {
  /** Newest first; pages by `offset`. Counts, tags and authors are those of the environment and view. */
  'query.annotations': method({
    ...read,
    params: AnnotationFilter.extend({
      offset: Count.default(0),
      limit: z.int().min(1).max(500).default(100),
    }),
    result: z.strictObject({
      annotations: z.array(NumberedAnnotation),
      matching: Count,
      counts: AnnotationCounts,
      tags: z.array(z.string()),
      authors: z.array(z.string()),
    }),
  }),
  /** Those of a view whose days overlap the range, or that are pinned to something else than days. */
  'query.annotations.pins': method({
    ...read,
    params: z.strictObject({
      environment: EnvironmentName,
      view: z.string().min(1).max(100),
      from: z.iso.date(),
      to: z.iso.date().meta({ description: 'The last day, included.' }),
    }),
    result: z.strictObject({
      pins: z.array(AnnotationPin),
      left: Count.meta({ description: 'Further ones that are not listed.' }),
    }),
  }),
  'query.annotations.one': method({
    ...read,
    params: z.strictObject({ environment: EnvironmentName, annotationId: z.string().max(128) }),
    result: NumberedAnnotation,
  }),
  /** Who writes here, where notes go, and what has not arrived there. */
  'query.annotations.state': method({
    ...read,
    params: z.strictObject({ environment: EnvironmentName }),
    result: z.strictObject({
      device: z.string(),
      author: z.string(),
      counts: AnnotationCounts,
      remotes: z.array(NotesRemoteInfo),
    }),
  }),
  /** Why operations have not reached every source yet. */
  'query.annotations.pending': method({
    ...read,
    params: z.strictObject({ environment: EnvironmentName, annotationId: z.string().max(128).nullable() }),
    result: z.strictObject({ operations: z.array(PendingOperation) }),
  }),
  'query.annotations.quarantined': method({
    ...read,
    params: z.strictObject({ limit: z.int().min(1).max(500).default(100) }),
    result: z.strictObject({
      entries: z.array(
        z.strictObject({
          place: z.string(),
          reason: z.string(),
          text: z.string().nullable().meta({ description: 'Its beginning; null: it is not kept.' }),
        }),
      ),
    }),
  }),
  'command.annotation.create': method({ ...write, params: CreateAnnotation, result: ShownAnnotation }),
  'command.annotation.edit': method({ ...write, params: EditAnnotation, result: ShownAnnotation }),
  'command.annotation.reply': method({ ...write, params: ReplyToAnnotation, result: ShownAnnotation }),
  'command.annotation.status': method({ ...write, params: SetStatus, result: ShownAnnotation }),
  'command.annotation.resolve': method({ ...write, params: ResolveConflict, result: ShownAnnotation }),
  'command.annotation.delete': method({ ...write, params: DeleteAnnotation, result: ShownAnnotation }),
  'command.annotation.restore': method({ ...write, params: RestoreAnnotation, result: ShownAnnotation }),
  'command.annotation.undo': method({ ...write, params: UndoOperation, result: ShownAnnotation }),
  /** The name that notes carry from now on. */
  'command.annotations.author': method({
    ...write,
    params: z.strictObject({ name: z.string().max(100), isConfirmed: z.boolean().default(false) }),
    result: z.strictObject({ device: z.string(), author: z.string() }),
  }),
  /** Pulls and pushes now. Resolves when every source has had its turn; a failure stands with its source. */
  'command.annotations.sync': method({
    ...write,
    cancel: 'chunk',
    params: z.strictObject({ environment: EnvironmentName }),
    result: z.strictObject({ remotes: z.array(NotesRemoteInfo) }),
  }),
  /** The statements that make the table of a database; nothing is run. */
  'query.annotations.table': method({
    ...read,
    params: NewRemote,
    result: TableAnswer,
  }),
  /** Registers a source of notes. `makesTable`: runs what `query.annotations.table` shows, where it is missing. */
  'command.annotations.remote.add': method({
    ...write,
    params: z.strictObject({ remote: NewRemote, makesTable: z.boolean().default(false) }),
    result: NotesRemoteInfo,
  }),
  /** Looks into a source as it is described; nothing is written. */
  'query.annotations.remote.test': method({
    ...read,
    cancel: 'chunk',
    params: NewRemote,
    result: RemoteTest,
  }),
  /** Another name or way to a source. Where notes lie somewhere else now, everything written here is sent there, too. */
  'command.annotations.remote.update': method({
    ...write,
    cancel: 'chunk',
    params: z.strictObject({
      remoteId: Count,
      name: NewRemote.shape.name,
      config: RemoteConfig,
      makesTable: z.boolean().default(false),
    }),
    result: NotesRemoteInfo,
  }),
  'command.annotations.remote.remove': method({
    ...write,
    params: z.strictObject({ remoteId: Count }),
    result: none,
  }),
} as const;

/** Annotations look different: by what they hold, or by how far they have travelled. */
export const ANNOTATION_TOPICS = {
  'annotations.changed': z.strictObject({
    environment: z.string(),
    annotationIds: z.array(z.string()).meta({ description: 'Empty: so many that all should be read again.' }),
  }),
} as const;
