import { z } from 'zod';
import { Anchor, DiscussedValue, Target } from './anchor.ts';
import { OperationId, STATUSES } from './operation.ts';

/** What the interface asks of the annotation log. Texts are plain; what was typed is kept to the letter. */

const MAX_TITLE_LENGTH = 300;
const MAX_TEXT_LENGTH = 20_000; // UTF-16 units; far below MAX_OPERATION_BYTES in any script

const Title = z.string().max(MAX_TITLE_LENGTH);
const Text = z.string().max(MAX_TEXT_LENGTH);
const Tags = z.array(z.string().min(1).max(60)).max(30);
const Environment = z.string().min(1).max(64);
const Instant = z.iso.datetime({ offset: true });

const written = {
  environment: Environment,
  opId: OperationId.optional().meta({
    description: 'Makes the command safe to repeat: the same id again changes nothing. Default: a new one.',
  }),
  isConfirmed: z
    .boolean()
    .optional()
    .meta({ description: 'Save although the text looks as if it held personal data.' }),
};

/** Which annotation, or which reply of it. */
const aimed = { ...written, annotationId: OperationId, replyId: OperationId.optional() };

const Seen = z
  .array(OperationId)
  .max(10_000)
  .meta({ description: 'opId of every version that stood before the writer.' });

export const CreateAnnotation = z.strictObject({
  ...written,
  annotationId: OperationId.optional(),
  target: Target,
  anchor: Anchor,
  discussed: DiscussedValue.nullable().optional(),
  title: Title,
  body: Text,
  tags: Tags.optional(),
  status: z.enum(STATUSES).optional(),
});
export type CreateAnnotation = z.infer<typeof CreateAnnotation>;

export const EditAnnotation = z
  .strictObject({
    ...aimed,
    title: Title.optional(),
    body: Text.optional(),
    tags: Tags.optional(),
    target: Target.optional(),
    anchor: Anchor.optional(),
    discussed: DiscussedValue.nullable().optional(),
    seen: z.strictObject({ title: Seen.optional(), body: Seen.optional() }).optional(),
  })
  .refine(({ title, seen }) => title === undefined || seen?.title !== undefined, {
    path: ['seen', 'title'],
    error: 'is missing; it names the versions that the new title replaces',
  })
  .refine(({ body, seen }) => body === undefined || seen?.body !== undefined, {
    path: ['seen', 'body'],
    error: 'is missing; it names the versions that the new text replaces',
  });
export type EditAnnotation = z.infer<typeof EditAnnotation>;

export const ReplyToAnnotation = z.strictObject({
  ...written,
  annotationId: OperationId,
  body: Text.min(1),
});
export type ReplyToAnnotation = z.infer<typeof ReplyToAnnotation>;

export const SetStatus = z.strictObject({
  environment: written.environment,
  opId: written.opId,
  annotationId: OperationId,
  status: z.enum(STATUSES),
  actionAt: Instant.nullable().optional(),
});
export type SetStatus = z.infer<typeof SetStatus>;

/** One text instead of those that stand side by side. */
export const ResolveConflict = z.strictObject({
  ...aimed,
  field: z.enum(['title', 'body']),
  text: Text,
  seen: Seen,
});
export type ResolveConflict = z.infer<typeof ResolveConflict>;

export const DeleteAnnotation = z.strictObject({
  environment: written.environment,
  opId: written.opId,
  annotationId: OperationId,
  replyId: OperationId.optional(),
  seen: Seen.optional().meta({
    description: 'opId of every text that stood before who deletes; default: all that stand now.',
  }),
});
export type DeleteAnnotation = z.infer<typeof DeleteAnnotation>;

export const RestoreAnnotation = DeleteAnnotation.omit({ seen: true });
export type RestoreAnnotation = z.infer<typeof RestoreAnnotation>;

/** Takes back one operation of this device, by a further one. */
export const UndoOperation = z.strictObject({
  environment: written.environment,
  opId: written.opId,
  undoes: OperationId,
});
export type UndoOperation = z.infer<typeof UndoOperation>;
