import { z } from 'zod';
import { Count, Instant, method, type Method, SMALL_REQUEST_BYTES } from '../method.ts';
import { JobRun, SYNC_STEPS } from './jobs.ts';

/** How complete each source is, what is missing, and what was refused. */

const SourceName = z.string().min(1).max(200);
const OneOrAll = SourceName.nullable().default(null).meta({ description: 'null: every source.' });
const OneEnvironment = z
  .string()
  .min(1)
  .max(64)
  .nullable()
  .default(null)
  .meta({ description: 'null: every environment.' });

const Mismatch = z.strictObject({
  day: z.string(),
  ratio: z.number().min(0).meta({ description: 'What differs, of what the source holds.' }),
});

const FreshSource = z.strictObject({
  sourceName: z.string(),
  kind: z.string(),
  environment: z.string(),
  dataset: z.string(),
  /** unread: nothing came yet; differs: source and store do not match on some day. */
  status: z.enum(['on-time', 'late', 'unreachable', 'differs', 'unread']),
  isPaused: z.boolean(),
  completeTo: Instant.nullable(),
  newestTs: Instant.nullable(),
  lagMs: z.number().min(0).nullable(),
  targetMs: z.number().nullable(),
  lastSyncAt: Instant.nullable(),
  lastFailure: z.string().nullable(),
  /** By their own time; of a dimension, rows of the last day's syncs. */
  rows24h: Count,
  /** By their own time, from `window.from` on; empty: the rows have no time. */
  rowsPerBucket: z.array(Count),
  openGaps: Count,
  mismatches: z.array(Mismatch),
  eventTypes: z.array(z.string()),
});
export type FreshSource = z.infer<typeof FreshSource>;

const Gap = z.strictObject({
  gapId: Count,
  sourceName: z.string(),
  environment: z.string(),
  eventTypes: z.array(z.string()).nullable().meta({ description: 'null: all that the source carries.' }),
  from: Instant,
  to: Instant,
  expected: z.number().min(0).meta({ description: 'Events that should have come.' }),
  state: z.enum(['open', 'requested', 'missing', 'replayed']),
  foundAt: Instant,
  asked: Count.meta({ description: 'How often its span was requested again.' }),
  askAt: Instant.nullable().meta({ description: 'When it is requested next; null: no more.' }),
  outcome: z.string().nullable(),
  replayedAt: Instant.nullable(),
  recovered: Count.meta({ description: 'Events that came by the replay.' }),
});
export type Gap = z.infer<typeof Gap>;

const DeletionRequest = z.strictObject({
  requestId: z.string(),
  receivedAt: Instant,
  dueAt: Instant,
  stage: z.string(),
  rowsRemoved: Count.nullable(),
});
export type DeletionRequest = z.infer<typeof DeletionRequest>;

const MarkedType = z.strictObject({
  eventType: z.string(),
  because: z.array(z.strictObject({ sourceName: z.string(), why: z.enum(['late', 'gap', 'differs']) })),
});
export type MarkedType = z.infer<typeof MarkedType>;

const QuarantineGroup = z.strictObject({
  sourceName: z.string(),
  reason: z.string(),
  field: z.string().nullable(),
  rows: Count,
  canReadmit: z.boolean().meta({ description: 'False: the file was imported and is not at hand.' }),
});
export type QuarantineGroup = z.infer<typeof QuarantineGroup>;

export const FreshnessReport = z.strictObject({
  now: Instant.meta({ description: 'The workspace’s own clock.' }),
  revision: Count,
  window: z.strictObject({ from: Instant, to: Instant, bucketMs: Count }),
  sources: z.array(FreshSource),
  /** Those that are still there, and all that touch the window. */
  gaps: z.array(Gap),
  /** The newest run of the sources together, going on or over. */
  lastSync: z
    .strictObject({
      startedAt: Instant,
      endedAt: Instant.nullable(),
      steps: z.array(
        z.strictObject({ step: z.enum(SYNC_STEPS), count: Count, ms: z.number().min(0).nullable() }),
      ),
      runs: z.array(JobRun),
    })
    .nullable(),
  queue: z.strictObject({
    /** Listed, but not yet read to their end. */
    objectsToRead: Count,
    gapsToReplay: Count,
    annotationsToSend: Count.nullable().meta({ description: 'null: nothing keeps annotations here.' }),
    annotationConflicts: Count.nullable(),
    quarantinedRows: Count,
    oldest: Instant.nullable().meta({ description: 'Since when the oldest of them waits.' }),
  }),
  /** By the time that is left. */
  deletionRequests: z.array(DeletionRequest),
  /** Event types whose tiles are marked now. */
  marked: z.array(MarkedType),
  quarantine: z.array(QuarantineGroup),
});
export type FreshnessReport = z.infer<typeof FreshnessReport>;

const QuarantinedRow = z.strictObject({
  quarantineId: Count,
  sourceName: z.string(),
  reason: z.string(),
  field: z.string().nullable(),
  environment: z.string().nullable(),
  object: z.string(),
  position: Count.meta({ description: 'Line, element or record within the object, from 1.' }),
  copy: z.string().nullable().meta({ description: 'JSON of the allow-listed, scrubbed fields.' }),
});
export type QuarantinedRow = z.infer<typeof QuarantinedRow>;

const Readmitted = z.strictObject({
  objects: Count,
  readmitted: Count.meta({ description: 'Rows that left the quarantine.' }),
  left: Count.meta({ description: 'Rows of the request that are still in it.' }),
});

const Reason = z.string().min(1).max(200).nullable().default(null).meta({ description: 'null: any.' });
const read = { role: 'engine', kind: 'read', cancel: 'queue', maxRequestBytes: SMALL_REQUEST_BYTES } as const;

export const FRESHNESS_METHODS = {
  'query.freshness': method({
    ...read,
    cancel: 'chunk',
    params: z.strictObject({ environment: OneEnvironment }),
    result: FreshnessReport,
  }),
  /** Newest first. Copies are kept of a limited number of rows per object; `total` counts all. */
  'query.quarantine.rows': method({
    ...read,
    params: z.strictObject({
      sourceName: OneOrAll,
      reason: Reason,
      before: Count.nullable()
        .default(null)
        .meta({ description: 'Quarantine id; null: from the newest on.' }),
      limit: z.int().min(1).max(500).default(50),
    }),
    result: z.strictObject({ rows: z.array(QuarantinedRow), total: Count }),
  }),
  /**
   * From now on a source reads a state that no taxonomy version names as one that the taxonomy knows; its refused rows
   * are judged again. Where that takes the place of another reading, all of its objects are read again.
   */
  'command.quarantine.readState': method({
    role: 'engine',
    kind: 'mutation',
    cancel: 'chunk',
    params: z.strictObject({
      sourceName: z.string().min(1).max(200),
      state: z.string().min(1).max(200),
      as: z.string().min(1).max(64).nullable().meta({ description: 'null: as no other any more.' }),
    }),
    result: Readmitted,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /** Reads the objects of refused rows again and judges every row anew, by the map, taxonomy and clock of now. */
  'command.quarantine.readmit': method({
    role: 'engine',
    kind: 'mutation',
    cancel: 'chunk',
    params: z.strictObject({ sourceName: OneOrAll, reason: Reason }),
    result: Readmitted,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
} as const satisfies Record<string, Method>;
