import { standingTexts } from '../../../shared/annotations/annotation.ts';
import {
  CreateAnnotation,
  DeleteAnnotation,
  EditAnnotation,
  ReplyToAnnotation,
  ResolveConflict,
  RestoreAnnotation,
  SetStatus,
} from '../../../shared/annotations/commands.ts';
import type { Annotation, Reply } from '../../../shared/annotations/annotation.ts';
import type { AnnotationView } from '../../../shared/annotations/view.ts';
import { AppError } from '../../../shared/errors.ts';
import { checked } from '../sync/checked-config.ts';
import { type Draft, appendLocal, operationOf } from './append.ts';
import type { NotesStore } from './notes-store.ts';
import { refusePersonal } from './scrub-warning.ts';
import { getAnnotation, mustFind } from './views.ts';

export function createAnnotation(notes: NotesStore, input: CreateAnnotation): AnnotationView {
  const { environment, opId, isConfirmed, annotationId, ...given } = checked(
    CreateAnnotation,
    input,
    'annotation',
  );
  refusePersonal(textsOf(given), isConfirmed ?? false);
  const id = annotationId ?? newAnnotationId(notes, opId);
  const isRepeated = opId !== undefined && notes.log.find(environment, opId).length > 0;
  if (!isRepeated && notes.folded(environment).get(id) !== undefined)
    throw new AppError('conflict', 'there is an annotation of this id already', { path: 'annotationId' });
  const fields = { tags: [], status: 'note', ...withoutUndefined(given) };
  return write(notes, environment, { annotationId: id, kind: 'create', fields, opId });
}

export function editAnnotation(notes: NotesStore, input: EditAnnotation): AnnotationView {
  const { environment, opId, isConfirmed, annotationId, replyId, seen, ...given } = checked(
    EditAnnotation,
    input,
    'edit',
  );
  refusePersonal(textsOf(given), isConfirmed ?? false);
  const annotation = mustFind(notes, environment, annotationId);
  checkReplyEdit(annotation, replyId, given);
  const values = withoutUndefined(given);
  const standing = Object.fromEntries(
    Object.keys(values).map((field) => [field, annotation.seen[field as keyof Annotation['seen']]]),
  );
  const saw = { ...standing, ...withoutUndefined(seen ?? {}) }; // texts replace what the writer saw, nothing newer
  const fields = { ...values, saw, ...(replyId === undefined ? {} : { reply_id: replyId }) };
  return write(notes, environment, { annotationId, kind: 'edit', fields, opId });
}

export function replyToAnnotation(notes: NotesStore, input: ReplyToAnnotation): AnnotationView {
  const { environment, opId, isConfirmed, annotationId, body } = checked(ReplyToAnnotation, input, 'reply');
  refusePersonal({ body }, isConfirmed ?? false);
  mustFind(notes, environment, annotationId);
  return write(notes, environment, { annotationId, kind: 'reply', fields: { body }, opId });
}

/** note → action → outcome. An action is dated: before and after are measured from there. */
export function setStatus(notes: NotesStore, input: SetStatus): AnnotationView {
  const { environment, opId, annotationId, status, actionAt } = checked(SetStatus, input, 'status');
  const { seen } = mustFind(notes, environment, annotationId);
  const dated = actionAt === undefined ? {} : { action_at: actionAt };
  const saw = { status: seen.status, ...(actionAt === undefined ? {} : { action_at: seen.action_at }) };
  return write(notes, environment, { annotationId, kind: 'edit', fields: { status, ...dated, saw }, opId });
}

export function resolveConflict(notes: NotesStore, input: ResolveConflict): AnnotationView {
  const given = checked(ResolveConflict, input, 'resolution');
  const { environment, opId, isConfirmed, annotationId, replyId, field, text, seen } = given;
  refusePersonal({ [field]: text }, isConfirmed ?? false);
  const annotation = mustFind(notes, environment, annotationId);
  checkReplyEdit(annotation, replyId, { [field]: text });
  const aimed = replyId === undefined ? {} : { reply_id: replyId };
  const fields = { [field]: text, saw: { [field]: seen }, ...aimed };
  return write(notes, environment, { annotationId, kind: 'resolve', fields, opId });
}

export function deleteAnnotation(notes: NotesStore, input: DeleteAnnotation): AnnotationView {
  const { environment, opId, annotationId, replyId, seen } = checked(DeleteAnnotation, input, 'deletion');
  const annotation = mustFind(notes, environment, annotationId);
  const { deleted, texts } = deletionFacts(annotation, replyId);
  const text = seen ?? texts;
  const saw = { deleted, ...(text.length > MAX_NAMED_TEXTS ? {} : { text }) };
  const fields = { saw, ...(replyId === undefined ? {} : { reply_id: replyId }) };
  return write(notes, environment, { annotationId, kind: 'delete', fields, opId });
}

export function restoreAnnotation(notes: NotesStore, input: RestoreAnnotation): AnnotationView {
  const { environment, opId, annotationId, replyId } = checked(RestoreAnnotation, input, 'restoration');
  const annotation = mustFind(notes, environment, annotationId);
  const { deleted } = deletionFacts(annotation, replyId);
  const fields = { saw: { deleted }, ...(replyId === undefined ? {} : { reply_id: replyId }) };
  return write(notes, environment, { annotationId, kind: 'restore', fields, opId });
}

const MAX_NAMED_TEXTS = 4_000; // 160 kB of ids; of a longer thread the clock says what was seen

/** A command that comes again with its id has been done: a call is sent again when its answer was lost. */
export function write(notes: NotesStore, environment: string, draft: Draft): AnnotationView {
  const [done] = draft.opId === undefined ? [] : notes.log.find(environment, draft.opId);
  if (done !== undefined) return repeated(notes, environment, draft, done.operation);
  const operation = operationOf(notes, environment, draft);
  appendLocal(notes, environment, [operation]);
  return getAnnotation(notes, environment, draft.annotationId);
}

function repeated(
  notes: NotesStore,
  environment: string,
  { annotationId, kind }: Draft,
  done: { annotation_id: string; kind: string },
): AnnotationView {
  if (done.annotation_id !== annotationId || done.kind !== kind)
    throw new AppError('conflict', 'this operation id belongs to another operation');
  return getAnnotation(notes, environment, annotationId);
}

/** From the id of the command where it has one, so that a repeated command names the same annotation. */
function newAnnotationId(notes: NotesStore, opId: string | undefined): string {
  const id = (opId ?? notes.newId()).slice(0, MAX_ID_SOURCE_LENGTH);
  return `ann_${id}`;
}
const MAX_ID_SOURCE_LENGTH = 120;

function findReply({ replies }: Annotation, replyId: string): Reply {
  const reply = replies.find((one) => one.replyId === replyId);
  if (reply === undefined) throw new AppError('not-found', 'there is no such reply');
  return reply;
}

function checkReplyEdit(annotation: Annotation, replyId: string | undefined, given: object): void {
  if (replyId === undefined) return;
  findReply(annotation, replyId);
  const other = Object.keys(withoutUndefined(given)).find((field) => field !== 'body');
  if (other === undefined) return;
  throw new AppError(
    'bad-input',
    `a reply has a body and nothing else; "${other}" belongs to the annotation`,
    {
      path: other,
    },
  );
}

function deletionFacts(
  annotation: Annotation,
  replyId: string | undefined,
): { deleted: readonly string[]; texts: readonly string[] } {
  if (replyId === undefined) return { deleted: annotation.seen.deleted, texts: standingTexts(annotation) };
  const reply = findReply(annotation, replyId);
  return { deleted: reply.seenDeleted, texts: reply.body.versions.map(({ opId }) => opId) };
}

/** What a person typed: tags under the place they have in the list. */
function textsOf({
  title,
  body,
  tags = [],
}: {
  title?: string | undefined;
  body?: string | undefined;
  tags?: readonly string[] | undefined;
}): Record<string, string> {
  const texts = { title, body, ...Object.fromEntries(tags.map((tag, index) => [`tags.${index}`, tag])) };
  return withoutUndefined(texts) as Record<string, string>;
}

const withoutUndefined = (values: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
