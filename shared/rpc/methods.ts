import { z } from 'zod';
import { Taxonomy } from '../domain/taxonomy.ts';
import { ANNOTATION_METHODS, ANNOTATION_TOPICS } from './contract/annotations.ts';
import { ALERT_METHODS, ALERT_TOPICS } from './contract/alerts.ts';
import { COHORT_METHODS, COHORT_TOPICS } from './contract/cohorts.ts';
import { FRESHNESS_METHODS } from './contract/freshness.ts';
import { JOB_METHODS, JobsState } from './contract/jobs.ts';
import { VIEW_METHODS, VIEW_TOPICS } from './contract/views.ts';
import { PRIVACY_METHODS, PRIVACY_TOPICS } from './contract/privacy.ts';
import { SECRET_METHODS } from './contract/secrets.ts';
import { SOURCE_METHODS } from './contract/sources.ts';
import type { Role } from './frames.ts';
import { Count, Instant, method, type Method, none, SMALL_REQUEST_BYTES } from './method.ts';

/**
 * The one method table (HOSTS §2): both hosts and the client are built from it. Names are `kind.subject[.verb]`:
 * queries read, commands write and return what changed; feeds are the event topics below.
 */

const SyncCounts = z.strictObject({
  files: Count.meta({ description: 'Files that were read; unchanged ones are not.' }),
  read: Count,
  kept: Count,
  duplicate: Count,
  quarantined: Count,
  refused: Count.meta({ description: 'Rows of users who asked to be forgotten.' }),
  scrubbed: Count.meta({ description: 'Values that looked personal and were replaced.' }),
});
export type SyncCounts = z.infer<typeof SyncCounts>;

export const SourceInfo = z.strictObject({
  sourceId: Count,
  name: z.string(),
  kind: z.string(),
  environment: z.string(),
  dataset: z.string(),
  freshnessTargetMs: z.number().nullable(),
  /** Event time up to which the source is complete; null before its first event. */
  completeTo: Instant.nullable(),
  newestTs: Instant.nullable(),
  lagMs: z.number().nullable(),
  late: z.boolean(),
  lastSyncAt: Instant.nullable(),
  counts: SyncCounts.meta({ description: 'Since the source exists.' }),
});
export type SourceInfo = z.infer<typeof SourceInfo>;

const DimensionEntry = z.strictObject({ id: z.string(), name: z.string(), category: z.string().nullable() });

export const WorkspaceInfo = z.strictObject({
  workspaceId: z.string(),
  name: z.string(),
  zone: z.string(),
  weekStart: z.enum(['monday', 'sunday']),
  /** The instant that counts as now; null: the clock. */
  asOf: Instant.nullable(),
  /** `asOf`, else the clock when this answer was made. */
  now: Instant,
  revision: Count,
  environments: z.array(
    z.strictObject({
      environment: z.string(),
      events: Count,
      firstTs: Instant.nullable(),
      lastTs: Instant.nullable(),
      practices: z.array(DimensionEntry),
      masters: z.array(DimensionEntry),
      releases: z.array(z.strictObject({ version: z.string(), releasedAt: Instant })),
      /** Newest valid version, and the instants at which versions changed. */
      taxonomy: Taxonomy.nullable(),
      taxonomyBoundaries: z.array(z.strictObject({ version: z.string(), validFrom: z.string() })),
      /** Whether `first_seen_at` comes from the users dimension; else the first event in the store stands in. */
      usersDimension: z.boolean(),
    }),
  ),
  sources: z.array(SourceInfo),
  store: z.strictObject({ events: Count, segments: Count, sizeBytes: Count }),
});
export type WorkspaceInfo = z.infer<typeof WorkspaceInfo>;

export const SyncState = z.strictObject({
  state: z.enum(['idle', 'running', 'failed', 'cancelled']),
  sourceName: z.string().nullable(),
  filesDone: Count,
  filesTotal: Count,
  counts: SyncCounts,
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  message: z.string().nullable(),
});
export type SyncState = z.infer<typeof SyncState>;

export const ShellCapabilities = z.strictObject({
  kind: z.enum(['electron', 'server']),
  openFile: z.enum(['dialog', 'upload']),
  saveFile: z.enum(['dialog', 'download']),
  notify: z.boolean(),
  deepLinks: z.boolean(),
  updates: z.boolean(),
});
export type ShellCapabilities = z.infer<typeof ShellCapabilities>;

/** The tables of an answer are Arrow IPC streams, cut where one is larger than a part; see answer-parts.ts. */
export const QueryPart = z.strictObject({
  /** Only of the first part: the packed envelope of the answer (shared/query/packed.ts). */
  answer: z.unknown().optional(),
  table: Count.meta({ description: 'Which table of the answer the bytes belong to; they come in order.' }),
});
export type QueryPart = z.infer<typeof QueryPart>;

/** UTC days of data that have been read for a question. */
const QueryProgress = z.strictObject({ done: Count, total: Count });

export const METHODS = {
  /** One question of QUERY.md. Result: the answer's envelope; its numbers come as Arrow parts. */
  'query.run': method({
    role: 'query',
    kind: 'stream',
    cancel: 'chunk',
    params: z.strictObject({
      spec: z.unknown(),
      recount: z
        .boolean()
        .default(false)
        .meta({ description: 'Counted anew, whatever is kept of earlier answers.' }),
    }),
    result: z.strictObject({ parts: Count }),
    part: QueryPart,
    progress: QueryProgress,
    maxRequestBytes: 1024 * 1024,
  }),
  /** Values of a property with how many events carry them, for filter menus; most frequent first. */
  'query.values': method({
    role: 'query',
    kind: 'read',
    cancel: 'chunk',
    params: z.strictObject({
      environment: z.string().min(1).max(64),
      property: z.string().min(1).max(256),
      search: z.string().max(200).default(''),
      limit: z.int().min(1).max(1_000).default(200),
    }),
    result: z.strictObject({
      values: z.array(z.strictObject({ value: z.string(), events: Count })),
      total: Count,
    }),
    progress: QueryProgress,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /** What the frame needs to know of the workspace; reads the catalogue only. */
  'query.workspace': method({
    role: 'query',
    kind: 'read',
    cancel: 'queue',
    params: none,
    result: WorkspaceInfo,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /** Starts a sync of one source or of all; ends when it is done. Progress: SyncState. */
  'command.sync.run': method({
    role: 'engine',
    kind: 'mutation',
    cancel: 'chunk',
    params: z.strictObject({ sourceName: z.string().max(200).nullable().default(null) }),
    result: SyncState,
    progress: SyncState,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /** Makes the sample workspace where the folder holds none, its raw files and sources; they are not yet synced. */
  'command.sample.create': method({
    role: 'engine',
    kind: 'mutation',
    cancel: 'chunk',
    params: z.strictObject({ seed: z.int().min(0).max(1_000_000).default(1) }),
    result: z.strictObject({
      /** False: there is a workspace already, and it stays as it is. */
      created: z.boolean(),
      workspaceName: z.string(),
      /** Whether the workspace is the sample, made now or earlier. */
      isSample: z.boolean(),
    }),
    progress: z.strictObject({ filesWritten: Count, filesTotal: Count }),
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  'query.sync.state': method({
    role: 'engine',
    kind: 'read',
    cancel: 'queue',
    params: none,
    result: SyncState,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  ...JOB_METHODS,
  ...FRESHNESS_METHODS,
  'query.shell.capabilities': method({
    role: 'shell',
    kind: 'read',
    cancel: 'queue',
    params: none,
    result: ShellCapabilities,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /**
   * Ends the query process because a cancelled call of it does not stop; a new one takes over and other calls are
   * asked again. The client sends this by itself.
   */
  'command.query.interrupt': method({
    role: 'shell',
    kind: 'mutation',
    cancel: 'queue',
    params: none,
    result: none,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  ...COHORT_METHODS,
  ...VIEW_METHODS,
  ...PRIVACY_METHODS,
  ...ANNOTATION_METHODS,
  ...SECRET_METHODS,
  ...SOURCE_METHODS,
  ...ALERT_METHODS,
} as const satisfies Record<string, Method>;

export type MethodName = keyof typeof METHODS;
/** Methods that one kind of process answers. */
export type MethodOf<R extends Role> = {
  [M in MethodName]: (typeof METHODS)[M]['role'] extends R ? M : never;
}[MethodName];
export type StreamName = {
  [M in MethodName]: (typeof METHODS)[M]['kind'] extends 'stream' ? M : never;
}[MethodName];
export type ParamsOf<M extends MethodName> = z.input<(typeof METHODS)[M]['params']>;
export type CheckedParamsOf<M extends MethodName> = z.output<(typeof METHODS)[M]['params']>;
export type ResultOf<M extends MethodName> = z.output<(typeof METHODS)[M]['result']>;
export type ProgressOf<M extends MethodName> = (typeof METHODS)[M] extends {
  progress: infer P extends z.ZodType;
}
  ? z.output<P>
  : never;
export type PartMetaOf<M extends MethodName> = (typeof METHODS)[M] extends { part: infer P extends z.ZodType }
  ? z.output<P>
  : never;

export const isMethodName = (name: string): name is MethodName => Object.hasOwn(METHODS, name);

/** Topics a process may publish; a gap in `seq` makes the receiver ask again. */
export const TOPICS = {
  'store.revision': z.strictObject({ revision: Count }),
  'sync.state': SyncState,
  'jobs.state': JobsState,
  /** A process behind the links was replaced. */
  'process.state': z.strictObject({
    role: z.enum(['engine', 'query']),
    state: z.enum(['up', 'down']),
    epoch: Count,
  }),
  ...COHORT_TOPICS,
  ...VIEW_TOPICS,
  ...PRIVACY_TOPICS,
  ...ANNOTATION_TOPICS,
  ...ALERT_TOPICS,
} as const satisfies Record<string, z.ZodType>;
export type TopicName = keyof typeof TOPICS;
export type TopicPayload<T extends TopicName> = z.output<(typeof TOPICS)[T]>;
