import { z } from 'zod';
import { Count, Instant, method, none, SMALL_REQUEST_BYTES } from '../method.ts';

/** Requests to be forgotten (DATA §7), their receipts, and what is kept for how long. */

const LARGEST_SCHEMA_BYTES = 512 * 1024;

export const NewExport = z.strictObject({
  environment: z.string().min(1).max(64),
  name: z.string().min(1).max(300).meta({ description: 'Title of what left.' }),
  form: z.enum(['svg', 'png', 'csv']),
  from: z.iso.date(),
  to: z.iso.date().meta({ description: 'The last day, included.' }),
});
export type NewExport = z.infer<typeof NewExport>;

export const ListedExport = z.strictObject({ ...NewExport.shape, madeAt: Instant });
export type ListedExport = z.infer<typeof ListedExport>;

export const DeletionReceipt = z
  .strictObject({
    rows: Count.meta({ description: 'Events of the user that were removed.' }),
    segments: Count.meta({ description: 'Files that held one of them.' }),
    rewrittenBytes: Count.meta({ description: 'Written anew for all requests that were applied together.' }),
    appliedTogether: Count.meta({ description: 'Requests of the same pass over the store.' }),
    values: Count.meta({
      description: 'Stored values erased, for all of them: ids, and what only their rows used.',
    }),
    quarantined: Count,
    dimensionRows: Count,
    cohorts: Count.meta({ description: 'Saved cohorts that listed or named the user.' }),
    annotations: Count,
    texts: Count.meta({
      description:
        'Other texts that named the user: keys of objects, messages, settings of sources and alerts.',
    }),
    asideFiles: Count.meta({ description: 'Files that a rebuild had set aside, deleted for all of them.' }),
    sourceObjects: Count.meta({ description: 'Objects at the sources that hold rows of the user still.' }),
    remoteObjects: Count.meta({ description: 'Remote copies of annotations for their owner to remove.' }),
    exports: z
      .array(ListedExport)
      .meta({ description: 'What left of days with rows of the user, and may need recall; newest first.' }),
    timeUsedMs: Count.meta({ description: 'From the request until it was applied.' }),
  })
  .meta({ description: 'What was removed, where, how many and when. Nothing in it is personal.' });
export type DeletionReceipt = z.infer<typeof DeletionReceipt>;

export const DeletionRequest = z.strictObject({
  requestId: z.string(),
  origin: z.enum(['feed', 'manual']),
  userHash: z.string().meta({ description: 'Keyed hash of the id; the id itself is nowhere.' }),
  state: z.enum(['pending', 'applied', 'done']).meta({
    description: 'applied: gone from everything in use, files of the last minutes are not deleted yet.',
  }),
  requestedAt: Instant,
  acceptedAt: Instant,
  appliedAt: Instant.nullable(),
  doneAt: Instant.nullable(),
  deadlineAt: Instant,
  timeLeftMs: z.number().nullable().meta({ description: 'Negative: overdue. Null: done.' }),
  receipt: DeletionReceipt.nullable(),
});
export type DeletionRequest = z.infer<typeof DeletionRequest>;

export const PurgeAmount = z
  .strictObject({
    days: Count,
    firstDay: z.string().nullable(),
    lastDay: z.string().nullable(),
    rows: Count,
    rowsToAggregates: Count.meta({ description: 'Of these: kept as aggregates, without anybody in them.' }),
    bytes: Count.meta({ description: 'Of the rows as they are stored now.' }),
  })
  .meta({ description: 'UTC days.' });
export type PurgeAmount = z.infer<typeof PurgeAmount>;

const Days = z.int().min(1).max(36_500);
export const RetentionSource = z.strictObject({
  sourceName: z.string(),
  kind: z.string(),
  environment: z.string().nullable(),
  hotDays: Days.meta({ description: 'How long rows are kept whole.' }),
  aggregateDays: Days.meta({ description: 'How long they are kept as aggregates.' }),
  purges: z.boolean().meta({ description: 'Off until the owner has seen the preview and switches it on.' }),
  next: PurgeAmount.meta({ description: 'What a purge would take away now.' }),
  purged: z
    .strictObject({
      days: Count,
      firstDay: z.string().nullable(),
      lastDay: z.string().nullable(),
      rowsToAggregates: Count,
      rowsRemoved: Count,
    })
    .meta({ description: 'What purges have taken away so far. UTC days.' }),
});
export type RetentionSource = z.infer<typeof RetentionSource>;

const RetentionDraft = RetentionSource.pick({ sourceName: true, hotDays: true, aggregateDays: true });
export type RetentionDraft = z.infer<typeof RetentionDraft>;

const PrivacyState = z.strictObject({
  requests: z.array(DeletionRequest).meta({ description: 'By time left, done ones behind.' }),
  refusedUsers: Count,
  keyProtection: z.string(),
});
export type PrivacyState = z.infer<typeof PrivacyState>;

export const ExpectationInfo = z.strictObject({
  environment: z.string(),
  eventType: z.string(),
  origin: z.enum(['avro', 'json-schema']),
  fields: Count,
  importedAt: Instant,
  broken: z
    .array(
      z.strictObject({
        source: z.string(),
        field: z.string(),
        problem: z.enum(['missing', 'wrong-type', 'not-allowed']),
        rows: Count,
      }),
    )
    .meta({ description: 'Kept rows that are not as expected, since the schema was imported.' }),
});
export type ExpectationInfo = z.infer<typeof ExpectationInfo>;

export const PRIVACY_METHODS = {
  'query.privacy': method({
    role: 'engine',
    kind: 'read',
    cancel: 'queue',
    params: none,
    result: PrivacyState,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /** Forgets a user in every environment. Ends when the user is gone from everything in use. */
  'command.privacy.delete': method({
    role: 'engine',
    kind: 'mutation',
    cancel: 'queue',
    params: z.strictObject({
      userId: z.string().min(1).max(128),
      requestId: z.string().min(1).max(128).nullable().default(null),
    }),
    result: DeletionRequest,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /** Something leaves the program: asked before it does. */
  'command.export.note': method({
    role: 'engine',
    kind: 'mutation',
    cancel: 'queue',
    params: NewExport,
    result: none,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /** Every source of events, and what a purge would take away now, or would with settings that are not saved. */
  'query.retention': method({
    role: 'engine',
    kind: 'read',
    cancel: 'queue',
    params: z.strictObject({
      drafts: z.array(RetentionDraft).max(1000).default([]),
    }),
    result: z.strictObject({ sources: z.array(RetentionSource) }),
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /** `seenRows`: the rows that the preview showed; needed to switch purging on. */
  'command.retention.set': method({
    role: 'engine',
    kind: 'mutation',
    cancel: 'queue',
    params: z.strictObject({
      sourceName: z.string().min(1).max(200),
      hotDays: Days.default(90),
      aggregateDays: Days.default(730),
      purges: z.boolean(),
      seenRows: Count.optional(),
    }),
    result: RetentionSource,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /** `seenRows`: the rows of all purging sources that the preview showed; others than these are not taken. */
  'command.retention.purge': method({
    role: 'engine',
    kind: 'mutation',
    cancel: 'queue',
    params: z.strictObject({ seenRows: Count.optional() }),
    result: z.strictObject({
      days: Count,
      rowsToAggregates: Count,
      rowsRemoved: Count,
      bytesBefore: Count,
      bytesAfter: Count,
    }),
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  'query.expectations': method({
    role: 'engine',
    kind: 'read',
    cancel: 'queue',
    params: none,
    result: z.strictObject({ expectations: z.array(ExpectationInfo) }),
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /** Takes an Avro record or a JSON Schema for an event type. Rows that break it are kept, and counted. */
  'command.expectation.import': method({
    role: 'engine',
    kind: 'mutation',
    cancel: 'queue',
    params: z.strictObject({
      environment: z.string().min(1).max(64),
      eventType: z.string().min(1).max(64).nullable().default(null),
      schema: z.unknown(),
    }),
    result: z.strictObject({ expectations: z.array(ExpectationInfo) }),
    maxRequestBytes: LARGEST_SCHEMA_BYTES,
  }),
  /** Rows of the event type are not held against anything any more; what was counted goes too. */
  'command.expectation.remove': method({
    role: 'engine',
    kind: 'mutation',
    cancel: 'queue',
    params: z.strictObject({ environment: z.string().min(1).max(64), eventType: z.string().min(1).max(64) }),
    result: z.strictObject({ expectations: z.array(ExpectationInfo) }),
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
} as const;

/** A request came, or got further. */
export const PRIVACY_TOPICS = {
  'privacy.changed': z.strictObject({ open: Count }),
} as const;
