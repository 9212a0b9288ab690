import { z } from 'zod';
import { Anchor, DiscussedValue, Target } from './anchor.ts';
import { canonicalJson } from './canonical-json.ts';
import { CLOCK_PATTERN, compareClocks } from './clock.ts';

/**
 * One operation of the append-only log (DATA §6). It has exactly these seven members; what later versions add goes into
 * `fields`, with `fields.schema` above OPERATION_SCHEMA where older versions must not guess.
 *
 * `fields.saw` names, per field, the operations whose values the writer had before them. A value is replaced only by a
 * writer who saw it, so clocks decide nothing but ties.
 */
export const OPERATION_SCHEMA = 1;

export const STATUSES = ['note', 'action', 'outcome'] as const;
export type Status = (typeof STATUSES)[number];

export const OperationId = z
  .string()
  .regex(/^[\w.:-]{1,128}$/, { error: 'expected 1 to 128 letters, digits or _ . : -' });

const MAX_SEEN = 10_000;
const Seen = z.array(OperationId).max(MAX_SEEN).optional();

const Saw = z.looseObject({
  target: Seen,
  anchor: Seen,
  discussed: Seen,
  title: Seen,
  body: Seen,
  tags: Seen,
  status: Seen,
  action_at: Seen,
  deleted: Seen,
  text: Seen.meta({ description: 'Of a deletion: all texts that stood before the writer.' }),
});
export type Saw = z.infer<typeof Saw>;

/** Without a payload, by a deletion request. */
const emptied = { redacted: z.literal(true).optional() };
const replyId = OperationId.optional().meta({ description: 'op_id of the reply that is meant.' });

const ContentFields = z.looseObject({
  target: Target.optional(),
  anchor: Anchor.optional(),
  discussed: DiscussedValue.nullable().optional(),
  title: z.string().optional(),
  body: z.string().optional(),
  tags: z.array(z.string().max(200)).max(100).optional(),
  status: z.enum(STATUSES).optional(),
  action_at: z.iso
    .datetime({ offset: true })
    .nullable()
    .optional()
    .meta({ description: 'When the action was taken: before and after are measured from here.' }),
  reply_id: replyId,
  saw: Saw.optional(),
  ...emptied,
});
export type ContentFields = z.infer<typeof ContentFields>;

const ReplyFields = z.looseObject({ body: z.string().optional(), ...emptied });
const DeletionFields = z.looseObject({ reply_id: replyId, saw: Saw.optional(), ...emptied });
type DeletionFields = z.infer<typeof DeletionFields>;
const RedactFields = z.looseObject({
  op_ids: z.array(OperationId).max(MAX_SEEN),
  request_id: z.string().max(200).optional(),
});

/** What a team knows of one alert: the firing itself, and what was said of it. Members that are absent were not said. */
const FiringFields = z.looseObject({
  item_id: z.string().max(64).optional(),
  key: z.string().max(256).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  title: z.string().max(300).optional(),
  side: z.enum(['below', 'above']).nullable().optional(),
  condition_met: z.iso.datetime({ offset: true }).optional(),
  label: z.enum(['true', 'expected', 'false']).nullable().optional(),
  label_note: z.string().max(500).nullable().optional(),
  acknowledged: z.iso.datetime({ offset: true }).nullable().optional(),
  reported: z.iso.datetime({ offset: true }).nullable().optional(),
  ...emptied,
});
export type FiringFields = z.infer<typeof FiringFields>;

const common = {
  op_id: OperationId,
  annotation_id: OperationId,
  hlc: z.string().regex(CLOCK_PATTERN, { error: 'expected <15 digits>-<4 digits>-<device>' }),
  device: OperationId,
  author: z.string().max(200),
};
const operationOf = <K extends string, F extends z.ZodType>(kind: K, fields: F) =>
  z.object({ ...common, kind: z.literal(kind), fields });

const Operation = z.discriminatedUnion('kind', [
  operationOf('create', ContentFields),
  operationOf('edit', ContentFields),
  operationOf('resolve', ContentFields),
  operationOf('reply', ReplyFields),
  operationOf('delete', DeletionFields),
  operationOf('restore', DeletionFields),
  operationOf('redact', RedactFields),
  operationOf('firing', FiringFields),
]);
export type Operation = z.infer<typeof Operation>;
export type OperationKind = Operation['kind'];

export const OPERATION_KINDS = [
  'create',
  'edit',
  'resolve',
  'reply',
  'delete',
  'restore',
  'redact',
  'firing',
] as const satisfies readonly OperationKind[];

/** Why something in a source is no operation that this version can fold. */
export const REFUSAL_REASONS = {
  'not-json': 'It is not JSON.',
  'not-an-operation': 'A member of the operation is missing or has another type.',
  'unknown-kind': 'Its kind is not known to this version.',
  'future-schema': 'It was written by a newer version.',
  'too-large': 'It is larger than an operation may be.',
  'too-deep': 'It is nested deeper than an operation may be.',
  'other-environment': 'It belongs to another environment than the place it lies in.',
} as const;
export type RefusalReason = keyof typeof REFUSAL_REASONS;

export interface Refusal {
  ok: false;
  reason: RefusalReason;
  /** The member that is wrong, where one is. */
  field: string | null;
}
export type ParsedOperation =
  | { ok: true; operation: Operation; /** Where the operation itself says so. */ environment: string | null }
  | Refusal;

export const MAX_OPERATION_BYTES = 256 * 1024; // a long note has 20 kB; what is far beyond it was not typed
const MAX_DEPTH = 32;

/** Never throws, whatever the text holds. The content of `fields` is kept as it came, unknown members included. */
export function parseOperationText(text: string): ParsedOperation {
  if (text.length > MAX_OPERATION_BYTES) return refused('too-large');
  let value: unknown;
  try {
    value = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    return refused('not-json');
  }
  return parseOperation(value);
}

export function parseOperation(value: unknown): ParsedOperation {
  if (!isObject(value)) return refused('not-an-operation');
  if (isDeeperThan(value, MAX_DEPTH)) return refused('too-deep');
  if (schemaOf(value) > OPERATION_SCHEMA) return refused('future-schema');
  const { op_id, annotation_id, kind, fields, hlc, device, author, environment = null } = value;
  if (typeof kind === 'string' && !isKnownKind(kind)) return refused('unknown-kind', 'kind');
  if (environment !== null && typeof environment !== 'string')
    return refused('not-an-operation', 'environment');
  const operation = { op_id, annotation_id, kind, fields, hlc, device, author };
  const result = Operation.safeParse(operation);
  if (!result.success) return refused('not-an-operation', result.error.issues[0]?.path.map(String).join('.'));
  return { ok: true, operation: operation as Operation, environment }; // not the parsed copy: it may lack members
}

/** As it lies in a source: the seven members in the order of DATA §6. */
export function operationText(operation: Operation): string {
  const { op_id, annotation_id, kind, fields, hlc, device, author } = operation;
  return JSON.stringify({ op_id, annotation_id, kind, fields, hlc, device, author });
}

/** Equal for two copies of one operation, however each was written down. */
export const contentOf = ({ op_id, annotation_id, kind, fields, hlc, device, author }: Operation): string =>
  canonicalJson([op_id, annotation_id, kind, fields, hlc, device, author]);

/** The one order of operations: by clock, then by id, then by content. Zero only for copies. */
export const compareOperations = (a: Operation, b: Operation): number => compareWith(contentOf, a, b);

/** The same order for a sort, which looks at a content more than once: somebody may use one id a thousand times. */
export function operationOrder(): (a: Operation, b: Operation) => number {
  const contents = new Map<Operation, string>();
  const remembered = (operation: Operation): string => {
    const content = contents.get(operation) ?? contentOf(operation);
    contents.set(operation, content);
    return content;
  };
  return (a, b) => compareWith(remembered, a, b);
}

function compareWith(content: (operation: Operation) => string, a: Operation, b: Operation): number {
  const byClock = compareClocks(a.hlc, b.hlc);
  if (byClock !== 0) return byClock;
  if (a.op_id !== b.op_id) return a.op_id < b.op_id ? -1 : 1;
  const [first, second] = [content(a), content(b)];
  if (first === second) return 0;
  return first < second ? -1 : 1;
}

export const isEmptied = ({ kind, fields }: Operation): boolean =>
  kind !== 'redact' && fields.redacted === true;

/** What a deletion request leaves of an operation: that it was there, when, on which device, and what it replaced. */
export function emptyOperation(operation: Operation): Operation {
  if (operation.kind === 'redact') return operation;
  const { saw, reply_id: replyId } = operation.fields as DeletionFields;
  const fields = {
    redacted: true,
    ...(replyId !== undefined && UUID.test(replyId) ? { reply_id: replyId } : {}),
    ...(saw === undefined ? {} : { saw: uuidsOf(saw) }),
  };
  return { ...operation, author: '', fields } as Operation;
}

/** Ids of ours are UUIDs; others could be anything, even what has to go. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function uuidsOf(saw: Saw): Saw {
  const lists = Object.entries(saw).filter(([field]) => field in Saw.shape) as [string, string[]][];
  return Object.fromEntries(lists.map(([field, ids]) => [field, ids.filter((id) => UUID.test(id))]));
}

const refused = (reason: RefusalReason, field?: string): Refusal => ({
  ok: false,
  reason,
  field: field ?? null,
});

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isKnownKind = (kind: string): boolean => (OPERATION_KINDS as readonly string[]).includes(kind);

function schemaOf({ schema: outer, fields }: Record<string, unknown>): number {
  const inner = isObject(fields) ? fields['schema'] : undefined;
  return Math.max(Number(outer ?? 0) || 0, Number(inner ?? 0) || 0);
}

/** Level by level, not by recursion: a hostile value may be nested a hundred thousand times. */
function isDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap(membersOf);
  }
  return false;
}

const membersOf = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : [];
