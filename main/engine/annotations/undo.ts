import { type Annotation, type Reply, joinedTexts } from '../../../shared/annotations/annotation.ts';
import { UndoOperation } from '../../../shared/annotations/commands.ts';
import { foldThread } from '../../../shared/annotations/fold.ts';
import type { ContentFields, Operation } from '../../../shared/annotations/operation.ts';
import type { AnnotationView } from '../../../shared/annotations/view.ts';
import { AppError } from '../../../shared/errors.ts';
import { checked } from '../sync/checked-config.ts';
import { deleteAnnotation, restoreAnnotation, write } from './commands.ts';
import type { NotesStore } from './notes-store.ts';
import { getAnnotation, mustFind } from './views.ts';

/** Takes back an operation of this device by writing another: the log only grows, and the others follow. */
export function undoOperation(notes: NotesStore, input: UndoOperation): AnnotationView {
  const { environment, opId, undoes } = checked(UndoOperation, input, 'undo');
  const [done] = opId === undefined ? [] : notes.log.find(environment, opId);
  if (done !== undefined) return getAnnotation(notes, environment, done.operation.annotation_id);
  const operation = ownOperation(notes, environment, undoes);
  const { annotation_id: annotationId } = operation;
  const aim = { environment, annotationId, ...(opId === undefined ? {} : { opId }) };
  switch (operation.kind) {
    case 'create':
      return deleteAnnotation(notes, aim);
    case 'reply':
      return deleteAnnotation(notes, { ...aim, replyId: operation.op_id });
    case 'delete':
      return restoreAnnotation(notes, { ...aim, ...replyOf(operation.fields) });
    case 'restore':
      return deleteAnnotation(notes, { ...aim, ...replyOf(operation.fields) });
    case 'edit':
    case 'resolve':
      return write(notes, environment, {
        annotationId,
        kind: 'edit',
        fields: undoFields(notes, environment, operation),
        opId,
      });
    case 'firing':
      throw new AppError('bad-input', 'what was said of an alert is taken back where it was said');
    case 'redact':
      throw new AppError('bad-input', 'what a deletion request emptied cannot be brought back');
  }
}

function ownOperation(notes: NotesStore, environment: string, opId: string): Operation {
  const own = notes.log.find(environment, opId).find(({ origin }) => origin === 'local');
  if (own === undefined) throw new AppError('not-found', 'this device has written no such operation');
  return own.operation;
}

const replyOf = ({ reply_id: replyId }: { reply_id?: string | undefined }): { replyId?: string } =>
  replyId === undefined ? {} : { replyId };

/** The values that would stand had the operation not been written; of fields that nobody has changed since. */
function undoFields(
  notes: NotesStore,
  environment: string,
  operation: Operation & { fields: ContentFields },
): Record<string, unknown> {
  const { annotation_id: annotationId, op_id: opId, fields } = operation;
  const thread = notes.folded(environment).operationsOf(annotationId);
  const before = foldThread(
    annotationId,
    thread.filter((other) => other.op_id !== opId),
  );
  const now = mustFind(notes, environment, annotationId);
  const replyId = fields.reply_id;
  const [was, is] = replyId === undefined ? [before, now] : [replyIn(before, replyId), replyIn(now, replyId)];
  const values = fieldsOf(was);
  const standing = standingOf(is);
  const undone = Object.keys(values).filter(
    (field) => fields[field] !== undefined && standing[field]?.includes(opId) === true,
  );
  if (undone.length === 0)
    throw new AppError('conflict', 'this has been changed again since; there is nothing to take back');
  return {
    ...Object.fromEntries(undone.map((field) => [field, values[field]])),
    saw: Object.fromEntries(undone.map((field) => [field, standing[field]])),
    ...(replyId === undefined ? {} : { reply_id: replyId }),
  };
}

function replyIn({ replies }: Annotation, replyId: string): Reply {
  const reply = replies.find((one) => one.replyId === replyId);
  if (reply === undefined) throw new AppError('conflict', 'the reply is not there any more');
  return reply;
}

/** Values as an operation holds them. */
function fieldsOf(state: Annotation | Reply): Record<string, unknown> {
  if (!('title' in state)) return { body: joinedTexts(state.body) };
  const { target, anchor, discussed, title, body, tags, status, actionAt } = state;
  return {
    ...(target === null ? {} : { target }),
    ...(anchor === null ? {} : { anchor }),
    discussed,
    title: joinedTexts(title),
    body: joinedTexts(body),
    tags,
    status,
    action_at: actionAt,
  };
}

function standingOf(state: Annotation | Reply): Record<string, readonly string[] | undefined> {
  return 'seen' in state ? state.seen : { body: state.body.versions.map(({ opId }) => opId) };
}
