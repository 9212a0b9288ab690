import {
  type Annotation,
  type Deletion,
  FIELD_NAMES,
  type FieldName,
  type Reply,
  type SeenByField,
  type TextState,
} from './annotation.ts';
import type { Anchor, DiscussedValue, Target } from './anchor.ts';
import { clockMs } from './clock.ts';
import {
  type Operation,
  type Status,
  compareOperations,
  emptyOperation,
  isEmptied,
  operationOrder,
} from './operation.ts';
import {
  EMPTY_REGISTER,
  type Register,
  type Version,
  createRegister,
  latest,
  standing,
  withPassedOn,
} from './register.ts';

/**
 * The state of annotations as a pure function of the set of their operations: order, copies and devices do not matter.
 * Per field the value stands that nobody replaced who saw it; of several, the latest by clock, and texts all together.
 */
export function foldOperations(operations: Iterable<Operation>): Map<string, Annotation> {
  const threads = Map.groupBy(operations, ({ annotation_id }) => annotation_id);
  return new Map([...threads].map(([id, thread]) => [id, foldThread(id, thread)]));
}

/** The fold of one annotation; every operation must be of it. */
export function foldThread(annotationId: string, operations: readonly Operation[]): Annotation {
  const thread = collectThread(inOrder(operations));
  const { fields, replies: drafts, content } = thread;
  const title = textOf(fields.title);
  const body = textOf(fields.body);
  const replies = drafts.map(replyOf);
  const texts = [fields.title, fields.body, ...drafts.map((draft) => draft.body)];
  const deletion = deletionOf(fields.deleted, texts);
  return {
    annotationId,
    target: latest(fields.target) ?? null,
    anchor: latest(fields.anchor) ?? null,
    discussed: latest(fields.discussed) ?? null,
    title,
    body,
    tags: latest(fields.tags) ?? [],
    status: latest(fields.status) ?? 'note',
    actionAt: latest(fields.action_at) ?? null,
    replies,
    ...authorship(content, 'create'),
    deletion,
    isHidden: isHidden(deletion) || (content.length === 0 && replies.length === 0),
    hasConflict:
      title.isConflict ||
      body.isConflict ||
      hasUnseen(deletion) ||
      replies.some(({ hasConflict }) => hasConflict),
    seen: seenOf(fields),
  };
}

interface FieldRegisters {
  target: Register<Target>;
  anchor: Register<Anchor>;
  discussed: Register<DiscussedValue | null>;
  title: Register<string>;
  body: Register<string>;
  tags: Register<string[]>;
  status: Register<Status>;
  action_at: Register<string | null>;
  deleted: Register<boolean>;
}

interface ReplyDraft {
  replyId: string;
  body: Register<string>;
  deleted: Register<boolean>;
  content: Operation[];
}

interface Thread {
  fields: FieldRegisters;
  replies: ReplyDraft[];
  /** Operations on the annotation itself, in order. */
  content: Operation[];
}

/** In the one order, without copies, with what deletion requests name emptied. */
function inOrder(operations: readonly Operation[]): readonly Operation[] {
  if (operations.length < 2) return operations;
  const redacted = new Set(
    operations.flatMap(({ kind, fields }) => (kind === 'redact' ? fields.op_ids : [])),
  );
  const effective =
    redacted.size === 0
      ? [...operations]
      : operations.map((operation) =>
          redacted.has(operation.op_id) ? emptyOperation(operation) : operation,
        );
  const compare = operationOrder();
  effective.sort(compare);
  return effective.filter((operation, at) => {
    const previous = effective[at - 1];
    return previous === undefined || compare(previous, operation) !== 0;
  });
}

function collectThread(operations: readonly Operation[]): Thread {
  const fields: FieldRegisters = {
    target: EMPTY_REGISTER,
    anchor: EMPTY_REGISTER,
    discussed: EMPTY_REGISTER,
    title: EMPTY_REGISTER,
    body: EMPTY_REGISTER,
    tags: EMPTY_REGISTER,
    status: EMPTY_REGISTER,
    action_at: EMPTY_REGISTER,
    deleted: EMPTY_REGISTER,
  };
  const replies = new Map<string, ReplyDraft>();
  const content: Operation[] = [];
  for (const operation of operations) {
    if (operation.kind === 'firing') continue; // what is said of alerts is no note
    const replyId = replyIdOf(operation);
    if (replyId !== null) addToReply(replyDraft(replies, replyId), operation);
    else if (operation.kind !== 'redact') {
      content.push(operation);
      for (const field of FIELD_NAMES) addTo(fields, field, operation);
    }
  }
  return { fields, replies: [...replies.values()], content };
}

/** The reply that an operation writes or changes; null: the annotation itself. */
function replyIdOf(operation: Operation): string | null {
  if (operation.kind === 'reply') return operation.op_id;
  return operation.kind === 'redact' || operation.kind === 'firing'
    ? null
    : (operation.fields.reply_id ?? null);
}

function replyDraft(replies: Map<string, ReplyDraft>, replyId: string): ReplyDraft {
  const known = replies.get(replyId);
  if (known !== undefined) return known;
  const created: ReplyDraft = { replyId, body: EMPTY_REGISTER, deleted: EMPTY_REGISTER, content: [] };
  replies.set(replyId, created);
  return created;
}

function addToReply(draft: ReplyDraft, operation: Operation): void {
  draft.content.push(operation);
  addTo(draft, 'body', operation);
  addTo(draft, 'deleted', operation);
}

/** parseOperation checked the type of each field, so a register holds what its name promises. */
function addTo<F extends FieldName>(
  registers: Record<F, Register<unknown>>,
  field: F,
  operation: Operation,
): void {
  const saw = sawOf(operation, field);
  const value = valueOf(operation, field);
  const passesOn = value === undefined && saw.length > 0 && isEmptied(operation);
  if (value === undefined && !passesOn) return;
  if (registers[field] === EMPTY_REGISTER) registers[field] = createRegister();
  const register = registers[field];
  if (passesOn) register.passedOn = (register.passedOn ?? new Map()).set(operation.op_id, saw);
  else register.versions.push({ operation, value, saw });
}

function valueOf({ kind, fields }: Operation, field: FieldName): unknown {
  const isDeletion = kind === 'delete' || kind === 'restore';
  if (field === 'deleted') return isDeletion ? kind === 'delete' : undefined;
  return isDeletion ? undefined : (fields as Record<string, unknown>)[field];
}

function sawOf({ kind, fields }: Operation, field: FieldName): readonly string[] {
  return kind === 'redact' || kind === 'reply' || kind === 'firing' ? NONE : (fields.saw?.[field] ?? NONE);
}
const NONE: readonly string[] = [];

function textOf(register: Register<string>): TextState {
  const heads = standing(register);
  const isConflict = heads.some(({ value }) => value !== heads[0]?.value);
  return {
    text: heads.at(-1)?.value ?? '',
    versions: heads.map(({ operation, value }) => ({
      opId: operation.op_id,
      text: value,
      author: operation.author,
      device: operation.device,
      atMs: clockMs(operation.hlc),
    })),
    isConflict,
    base: isConflict ? commonBase(heads, register) : null,
  };
}

function commonBase(heads: readonly Version<string>[], { versions }: Register<string>): string | null {
  const seen = heads.map(({ saw }) => new Set(saw));
  return versions.findLast(({ operation }) => seen.every((ids) => ids.has(operation.op_id)))?.value ?? null;
}

function replyOf({ replyId, body, deleted, content }: ReplyDraft): Reply {
  const text = textOf(body);
  const deletion = deletionOf(deleted, [body]);
  return {
    replyId,
    body: text,
    ...authorship(content, 'reply'),
    deletion,
    isHidden: isHidden(deletion),
    hasConflict: text.isConflict || hasUnseen(deletion),
    seenDeleted: idsOf(standing(deleted)),
  };
}

/** Who wrote it and when; where the first operation is missing, the earliest that is there speaks for it. */
function authorship(
  content: readonly Operation[],
  firstKind: 'create' | 'reply',
): Pick<
  Annotation,
  'author' | 'device' | 'createdAtMs' | 'clock' | 'editedAtMs' | 'isIncomplete' | 'isRedacted'
> {
  const created = content.find(({ kind }) => kind === firstKind);
  const first = created ?? content[0];
  const edit = content.findLast(({ kind }) => kind === 'edit' || kind === 'resolve');
  return {
    author: first?.author ?? '',
    device: first?.device ?? '',
    createdAtMs: first === undefined ? null : clockMs(first.hlc),
    clock: first?.hlc ?? '',
    editedAtMs: edit === undefined ? null : clockMs(edit.hlc),
    isIncomplete: created === undefined,
    isRedacted: content.some(isEmptied),
  };
}

/** Deleted where the latest standing word is a deletion; every standing deletion counts for what was seen. */
function deletionOf(register: Register<boolean>, texts: readonly Register<string>[]): Deletion | null {
  const heads = standing(register);
  const last = heads.at(-1);
  if (last?.value !== true) return null;
  const deletions = heads.filter(({ value }) => value).map(({ operation }) => operation);
  const { named, unsaid } = whatWasSeen(deletions);
  const unseen = texts.flatMap((text) => {
    const seen = text.passedOn === null ? named : withPassedOn(named, text.passedOn);
    return standing(text).filter(
      ({ operation }) =>
        !seen.has(operation.op_id) && !unsaid.some((deletion) => compareOperations(operation, deletion) < 0),
    );
  });
  return {
    author: last.operation.author,
    device: last.operation.device,
    atMs: clockMs(last.operation.hlc),
    unseen: [...new Set(idsOf(unseen))],
  };
}

/** A deletion that does not say what it saw has seen what its clock says came before. */
function whatWasSeen(deletions: readonly Operation[]): { named: Set<string>; unsaid: Operation[] } {
  const named = new Set<string>();
  const unsaid: Operation[] = [];
  for (const deletion of deletions) {
    const ids = deletion.kind === 'delete' ? deletion.fields.saw?.text : undefined;
    if (ids === undefined) unsaid.push(deletion);
    else for (const id of ids) named.add(id);
  }
  return { named, unsaid };
}

const isHidden = (deletion: Deletion | null): boolean => deletion !== null && deletion.unseen.length === 0;
const hasUnseen = (deletion: Deletion | null): boolean => deletion !== null && deletion.unseen.length > 0;

const idsOf = (versions: readonly Version<unknown>[]): string[] =>
  versions.map(({ operation }) => operation.op_id);

function seenOf({ target, anchor, discussed, title, body, ...fields }: FieldRegisters): SeenByField {
  return {
    target: seenIn(target),
    anchor: seenIn(anchor),
    discussed: seenIn(discussed),
    title: seenIn(title),
    body: seenIn(body),
    tags: seenIn(fields.tags),
    status: seenIn(fields.status),
    action_at: seenIn(fields.action_at),
    deleted: seenIn(fields.deleted),
  };
}

const seenIn = (register: Register<unknown>): readonly string[] =>
  register === EMPTY_REGISTER ? NONE : idsOf(standing(register));
