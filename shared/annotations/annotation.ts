import type { Anchor, DiscussedValue, Target } from './anchor.ts';
import type { Status } from './operation.ts';

/** One text that stands: nobody who saw it has replaced it. */
export interface TextVersion {
  opId: string;
  text: string;
  author: string;
  device: string;
  /** By the clock of its device; null where that clock was absurd. */
  atMs: number | null;
}

export interface TextState {
  /** The latest of `versions` by clock; empty where there is none. */
  text: string;
  /** In the order of clocks; more than one with different texts is a conflict until someone resolves it. */
  versions: TextVersion[];
  isConflict: boolean;
  /** Of a conflict: the text that all versions were made from, where they agree on one. */
  base: string | null;
}

export interface Deletion {
  author: string;
  device: string;
  atMs: number | null;
  /** Operations whose text stands and was not seen by who deleted it: a conflict, so the text stays in sight. */
  unseen: string[];
}

/** op_ids of the values that stand, per field: what the next write to the field replaces. */
export type SeenByField = Readonly<Record<FieldName, readonly string[]>>;

export const FIELD_NAMES = [
  'target',
  'anchor',
  'discussed',
  'title',
  'body',
  'tags',
  'status',
  'action_at',
  'deleted',
] as const;
export type FieldName = (typeof FIELD_NAMES)[number];

interface Written {
  author: string;
  device: string;
  createdAtMs: number | null;
  /** Reading of the logical clock at the first operation: orders what was written within one millisecond, too. */
  clock: string;
  /** null: as it was created. */
  editedAtMs: number | null;
  /** null: not deleted. Deleted without unseen text: hidden until restored. */
  deletion: Deletion | null;
  isHidden: boolean;
  hasConflict: boolean;
  /** Its first operation has not arrived (yet). */
  isIncomplete: boolean;
  /** A deletion request emptied an operation of it. */
  isRedacted: boolean;
}

export interface Reply extends Written {
  /** op_id of the operation that wrote it. */
  replyId: string;
  body: TextState;
  seenDeleted: readonly string[];
}

/** The fold of all operations of one annotation. A conflict of a reply is one of the annotation, too. */
export interface Annotation extends Written {
  annotationId: string;
  /** null: not known, because the operation that held it was emptied or has not arrived. */
  target: Target | null;
  anchor: Anchor | null;
  discussed: DiscussedValue | null;
  title: TextState;
  body: TextState;
  tags: string[];
  status: Status;
  actionAt: string | null;
  /** In the order of clocks, deleted ones included. */
  replies: Reply[];
  seen: SeenByField;
}

/** op_ids of every text that stands in an annotation: what a deletion has seen. */
export const standingTexts = ({ title, body, replies }: Annotation): string[] =>
  [title, body, ...replies.map((reply) => reply.body)].flatMap(({ versions }) =>
    versions.map(({ opId }) => opId),
  );

/** Both sides of a conflict in one text, the earlier one first. */
export const joinedTexts = ({ versions }: TextState): string =>
  [...new Set(versions.map(({ text }) => text))].join('\n\n');
