import { z } from 'zod';
import { Count, Instant, method, type Method, none } from '../method.ts';

/** Sources as a person adds, tests, edits and removes them. No configuration holds a secret, only the name of one. */

const SourceName = z.string().trim().min(1).max(200);
const LARGEST_SOURCE_BYTES = 256 * 1024; // maps and lists of columns

/** Judged by the schema of its kind in the engine, which names what is wrong and where. */
const SourceDraft = z.record(z.string(), z.unknown()).meta({
  description: '`kind`, `name`, `environment`, `dataset`, and what the kind needs.',
});

export const StoredSource = z.strictObject({
  name: z.string(),
  kind: z.string(),
  environment: z.string().nullable(),
  dataset: z.string(),
  place: z.string().meta({ description: 'Folder, bucket and start of the keys, or table.' }),
  config: z.record(z.string(), z.unknown()).meta({ description: 'As it can be sent back, changed.' }),
  freshnessTargetMs: z.number().nullable(),
  lastSyncAt: Instant.nullable(),
  lastFailure: z.string().nullable(),
  files: Count,
  read: Count,
  kept: Count,
  duplicate: Count,
  quarantined: Count,
});
export type StoredSource = z.infer<typeof StoredSource>;

const Cell = z.union([z.string(), z.number(), z.boolean()]);

export const SourcePreview = z.strictObject({
  sourceFields: z.array(
    z.strictObject({
      name: z.string().meta({ description: 'As the source calls it; of nested fields with dots.' }),
      type: z.string(),
      examples: z.array(Cell).meta({ description: 'Scrubbed; none of free text, which is not fetched.' }),
      target: z.string().nullable().meta({ description: 'Column or property; null: not pulled.' }),
    }),
  ),
  proposed: z.strictObject({
    columns: z.record(z.string(), z.string()),
    event_id: z.enum(['column', 'object-key', 'hash-of-row']),
    missing: z.array(z.string()).meta({ description: 'What has to be mapped by hand.' }),
  }),
  fields: z.array(z.string()),
  rows: z.array(
    z.strictObject({
      cells: z.record(z.string(), Cell).meta({ description: 'As they would be stored: scrubbed.' }),
      problem: z.strictObject({ field: z.string().nullable(), reason: z.string() }).nullable(),
    }),
  ),
});
export type SourcePreview = z.infer<typeof SourcePreview>;

export const DryRun = z.strictObject({
  objects: Count,
  bytes: Count,
  rows: Count,
  seconds: z.number().min(0),
  diskBytes: Count,
  failure: z.string().nullable(),
  budgetBytes: Count.nullable().meta({ description: 'What one run may read; null: no limit.' }),
  tookMs: z.number().min(0),
});
export type DryRun = z.infer<typeof DryRun>;

const read = {
  role: 'engine',
  kind: 'read',
  cancel: 'chunk',
  maxRequestBytes: LARGEST_SOURCE_BYTES,
} as const;
const mutation = { ...read, kind: 'mutation', cancel: 'queue' } as const;

export const SOURCE_METHODS = {
  /** By name; imported files are among them and can only be looked at. */
  'query.sources': method({
    ...read,
    params: none,
    result: z.strictObject({ sources: z.array(StoredSource) }),
  }),
  /** Whether a source that need not be stored answers now, and what it lists first. */
  'query.source.test': method({
    ...read,
    params: z.strictObject({ source: SourceDraft }),
    result: z.strictObject({
      ok: z.boolean(),
      examples: z.array(z.string()),
      failure: z.string().nullable(),
      tookMs: z.number().min(0),
    }),
  }),
  /** Tables and views that a database shows to its user; empty for other kinds. */
  'query.source.tables': method({
    ...read,
    params: z.strictObject({ source: SourceDraft }),
    result: z.strictObject({
      tables: z.array(
        z.strictObject({ schema: z.string().nullable(), name: z.string(), isView: z.boolean() }),
      ),
    }),
  }),
  /** Its first rows as they would be stored, judged by the rules of a sync. Nothing is written. */
  'query.source.preview': method({
    ...read,
    params: z.strictObject({ source: SourceDraft }),
    result: SourcePreview,
  }),
  /** What the first pull would bring. Nothing is copied. */
  'query.source.dryRun': method({
    ...read,
    params: z.strictObject({ source: SourceDraft }),
    result: DryRun,
    progress: z.strictObject({ objects: Count }),
  }),
  'command.source.add': method({
    ...mutation,
    params: z.strictObject({ source: SourceDraft }),
    result: StoredSource,
  }),
  /** Rows that are read from now on follow it; what came before stays as it was read. */
  'command.source.update': method({
    ...mutation,
    params: z.strictObject({ name: SourceName, source: SourceDraft }),
    result: StoredSource,
  }),
  /** It is not read any more; what it brought stays. */
  'command.source.remove': method({
    ...mutation,
    params: z.strictObject({ name: SourceName }),
    result: z.strictObject({ name: z.string() }),
  }),
  /** Days and weeks of every answer follow. */
  'command.workspace.configure': method({
    ...mutation,
    params: z.strictObject({
      name: z.string().trim().min(1).max(200).optional(),
      zone: z.string().min(1).max(64).optional(),
      weekStart: z.enum(['monday', 'sunday']).optional(),
    }),
    result: z.strictObject({ name: z.string(), zone: z.string(), weekStart: z.enum(['monday', 'sunday']) }),
  }),
} as const satisfies Record<string, Method>;
