import { z } from 'zod';
import { Count, Instant, method, type Method, none, SMALL_REQUEST_BYTES } from '../method.ts';

/** When sources are read, what is going on, and what became of it. */

const SourceName = z.string().min(1).max(200);
const OneOrAll = SourceName.nullable().default(null).meta({ description: 'null: every source.' });
const Milliseconds = z.int().min(0);
const Bytes = Count;

export const JobSettings = z.strictObject({
  intervalMs: z
    .int()
    .min(1_000)
    .max(31 * 24 * 3_600_000)
    .nullable()
    .meta({ description: 'Time between two reads; null: only when asked for.' }),
  budgetBytes: z.int().min(1).nullable().meta({ description: 'Most bytes that one run may read.' }),
  budgetRows: z.int().min(1).nullable().meta({ description: 'Most rows that one run may read.' }),
  monthBytes: z.int().min(1).nullable().meta({ description: 'Most bytes in a calendar month (UTC).' }),
});
export type JobSettings = z.infer<typeof JobSettings>;
const SettingsChange = JobSettings.partial();
export type JobSettingsChange = z.infer<typeof SettingsChange>;

export const JOB_REASONS = [
  'start',
  'manual',
  'schedule',
  'wake',
  'network',
  'tail',
  'gap',
  'reconcile',
  'reread',
  'readmit',
] as const;
const JobReason = z.enum(JOB_REASONS);
export type JobReason = z.infer<typeof JobReason>;

const JobCounts = z.strictObject({
  files: Count,
  bytes: Bytes.meta({ description: 'As they are stored at the source.' }),
  read: Count.meta({ description: 'kept + duplicate + quarantined + refused' }),
  kept: Count,
  duplicate: Count,
  quarantined: Count,
  refused: Count.meta({ description: 'Rows of users who asked to be forgotten.' }),
  scrubbed: Count,
});
export type JobCounts = z.infer<typeof JobCounts>;

export const SYNC_STEPS = [
  'list',
  'stream',
  'scan',
  'scrub',
  'validate',
  'dictionaries',
  'dedupe',
  'segments',
  'commit',
] as const;
const SyncStep = z.strictObject({
  step: z.enum(SYNC_STEPS),
  /** What the step counts: objects, bytes, rows, values, rows refused, new values, duplicates, segments, commits. */
  count: Count,
  ms: z.number().min(0).nullable().meta({
    description: 'null: done row by row within `scan`, whose time holds it.',
  }),
});
export type SyncStep = z.infer<typeof SyncStep>;

export const JobRun = z.strictObject({
  jobId: Count,
  sourceName: z.string(),
  reason: JobReason,
  state: z.enum(['running', 'done', 'failed', 'cancelled', 'interrupted', 'over-budget']),
  counts: JobCounts,
  steps: z.array(SyncStep),
  message: z.string().nullable(),
  startedAt: Instant,
  endedAt: Instant.nullable(),
});
export type JobRun = z.infer<typeof JobRun>;

const JobProgress = z.strictObject({
  reason: JobReason,
  startedAt: Instant,
  filesDone: Count,
  filesTotal: Count.meta({ description: 'Grows while the source is being listed.' }),
  bytesDone: Bytes,
  bytesTotal: Bytes,
  counts: JobCounts.meta({ description: 'Of what is committed.' }),
  rowsPerSecond: z.number().min(0).nullable(),
  bytesPerSecond: z.number().min(0).nullable(),
  secondsLeft: z.number().min(0).nullable().meta({ description: 'null: not known yet.' }),
});

export const SourceJob = z.strictObject({
  sourceName: z.string(),
  /** waiting: for `nextAt`, because of `waitingFor`. */
  state: z.enum(['idle', 'queued', 'running', 'waiting', 'paused']),
  progress: JobProgress.nullable().meta({ description: 'null: not running.' }),
  nextAt: Instant.nullable(),
  waitingFor: z.string().nullable().meta({ description: 'Why it is not read before; null: its turn comes.' }),
  failures: Count.meta({ description: 'Tries in a row that did not reach the source.' }),
  tailUntil: Instant.nullable().meta({ description: 'New rows are fetched as they come, until then.' }),
  settings: JobSettings,
  monthUsage: z.strictObject({ bytes: Bytes, rows: Count }),
  last: JobRun.nullable(),
});
export type SourceJob = z.infer<typeof SourceJob>;

export const JobsState = z.strictObject({ paused: z.boolean(), sources: z.array(SourceJob) });
export type JobsState = z.infer<typeof JobsState>;

const PlannedSource = z.strictObject({
  name: z.string(),
  objects: Count,
  bytes: Bytes,
  rows: Count,
  seconds: z.number().min(0),
  diskBytes: Bytes,
  failure: z.string().nullable(),
  budgetBytes: Count.nullable().meta({ description: 'What one run may read; null: no limit.' }),
  budgetRows: Count.nullable(),
  monthLeftBytes: Count.nullable().meta({ description: 'What is left of this month; null: no limit.' }),
});

const Metric = z.strictObject({
  name: z.string(),
  help: z.string(),
  type: z.enum(['counter', 'gauge']),
  labels: z.record(z.string(), z.string()),
  value: z.number().nullable().meta({ description: 'null: nothing was measured yet.' }),
});
export type Metric = z.infer<typeof Metric>;

export const ReconciledDay = z.strictObject({
  sourceName: z.string(),
  day: z.string(),
  eventType: z.string().nullable().meta({ description: 'null: the listing of the day is compared.' }),
  atSource: Count.meta({ description: 'Bytes where the listing is compared, else rows.' }),
  atHome: Count,
  ratio: z.number().min(0).meta({ description: 'What differs, of what the source holds.' }),
  state: z.enum(['matches', 'differs', 'frozen']),
  checkedAt: Instant,
  pulledAt: Instant.nullable(),
});
export type ReconciledDay = z.infer<typeof ReconciledDay>;

const read = { role: 'engine', kind: 'read', cancel: 'queue', maxRequestBytes: SMALL_REQUEST_BYTES } as const;
const mutation = { ...read, kind: 'mutation' } as const;

export const JOB_METHODS = {
  'query.jobs.state': method({ ...read, params: none, result: JobsState }),
  /** Newest first; runs are kept for a number of days*. */
  'query.jobs.history': method({
    ...read,
    params: z.strictObject({
      sourceName: OneOrAll,
      before: Count.nullable().default(null).meta({ description: 'Job id; null: from the newest on.' }),
      limit: z.int().min(1).max(200).default(50),
    }),
    result: z.strictObject({ runs: z.array(JobRun), keptDays: Count }),
  }),
  /** What a run would bring; writes nothing. */
  'query.jobs.plan': method({
    ...read,
    cancel: 'chunk',
    params: z.strictObject({ sourceName: OneOrAll, isFull: z.boolean().default(false) }),
    result: z.strictObject({ sources: z.array(PlannedSource) }),
    progress: z.strictObject({ objects: Count }),
  }),
  /** Whether a source answers now. */
  'query.jobs.probe': method({
    ...read,
    cancel: 'chunk',
    params: z.strictObject({ sourceName: SourceName }),
    result: z.strictObject({
      ok: z.boolean(),
      examples: z.array(z.string()).meta({ description: 'The first objects that it lists.' }),
      failure: z.string().nullable(),
      tookMs: z.number().min(0),
    }),
  }),
  /** The engine's part of `/metrics`; the names are a stable contract (S3-19, S4-26). */
  'query.jobs.metrics': method({
    ...read,
    params: none,
    result: z.strictObject({ metrics: z.array(Metric) }),
  }),
  'query.jobs.reconciliation': method({
    ...read,
    params: z.strictObject({ sourceName: OneOrAll, differingOnly: z.boolean().default(false) }),
    result: z.strictObject({ days: z.array(ReconciledDay) }),
  }),
  /** Reads sources now; ends when their rows are committed. */
  'command.jobs.run': method({
    ...mutation,
    cancel: 'chunk',
    params: z.strictObject({
      sourceName: OneOrAll,
      isFull: z.boolean().default(false).meta({ description: 'Lists everything, not only recent days.' }),
      overBudget: z.boolean().default(false).meta({ description: 'This once, whatever it costs.' }),
    }),
    result: z.strictObject({ runs: z.array(JobRun) }),
    progress: JobsState,
  }),
  /** Compares sources with the store, reads differing days again and compares those once more. */
  'command.jobs.reconcile': method({
    ...mutation,
    cancel: 'chunk',
    params: z.strictObject({ sourceName: OneOrAll }),
    result: z.strictObject({ days: z.array(ReconciledDay) }),
    progress: JobsState,
  }),
  /** Ends what runs or waits to run; what was committed stays, and the next run goes on from there. */
  'command.jobs.cancel': method({
    ...mutation,
    params: z.strictObject({ sourceName: OneOrAll }),
    result: z.strictObject({ cancelled: z.array(z.string()) }),
  }),
  /** Stops what runs and everything that would start by itself, until it is resumed. */
  'command.jobs.pause': method({
    ...mutation,
    params: z.strictObject({ sourceName: OneOrAll }),
    result: JobsState,
  }),
  'command.jobs.resume': method({
    ...mutation,
    params: z.strictObject({ sourceName: OneOrAll }),
    result: JobsState,
  }),
  'command.jobs.configure': method({
    ...mutation,
    params: z.strictObject({ sourceName: SourceName, settings: SettingsChange }),
    result: SourceJob,
  }),
  /** What the host noticed; only a hint: a sync finds out by itself whether a source can be reached. */
  'command.jobs.hint': method({
    ...mutation,
    params: z.strictObject({ noticed: z.enum(['wake', 'online', 'offline']) }),
    result: z.strictObject({ started: z.array(z.string()) }),
  }),
  /** Fetches new rows of a source as they come, for a while; asked again it goes on for longer. */
  'command.jobs.tail': method({
    ...mutation,
    params: z.strictObject({ sourceName: SourceName, isOn: z.boolean() }),
    result: z.strictObject({ until: Instant.nullable(), everyMs: Milliseconds }),
  }),
} as const satisfies Record<string, Method>;
