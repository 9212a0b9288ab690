import { z } from 'zod';
import { DATASETS } from '../../../shared/domain/dimensions.ts';

export const Name = z.string().min(1).max(200);
export const EnvironmentName = z.string().min(1).max(64);
const Scalar = z.union([z.string(), z.number(), z.boolean()]);

/** How rows of another shape become events (DATA §1). */
export const SourceMap = z.strictObject({
  columns: z
    .record(Name, Name)
    .default({})
    .meta({ description: 'Column or property → field of the row; a nested field is written with dots.' }),
  constants: z
    .record(Name, Scalar)
    .default({})
    .meta({ description: 'Column or property → the same for every row.' }),
  event_id: z
    .enum(['column', 'object-key', 'hash-of-row'])
    .default('column')
    .meta({ description: 'Where the identity of a row comes from.' }),
});
export type SourceMap = z.infer<typeof SourceMap>;

/** How rows of a source are read, whatever brings them. */
export const RowRules = z.strictObject({
  map: SourceMap.default({ columns: {}, constants: {}, event_id: 'column' }),
  allow: z
    .array(Name)
    .nullable()
    .default(null)
    .meta({ description: 'Properties to keep; null: all but free text. Event columns are always kept.' }),
  schema: z
    .enum(['product'])
    .nullable()
    .default(null)
    .meta({ description: 'product: properties of known event types are checked against DATA §1.' }),
  states: z.record(Name, Name).optional().meta({
    description: 'State of a reaction that no taxonomy version names → the known state it is read as.',
  }),
  mode: z.enum(['raw', 'aggregates']).optional().meta({
    description: 'aggregates: counts by dimension; no ids of users or sessions are decoded. Default: raw.',
  }),
});
export type RowRules = z.infer<typeof RowRules>;

/** Of every kind of source. */
export const Expiry = {
  expiresAfterDays: z.int().min(1).max(36_500).nullable().default(null).meta({
    description:
      'Older days are deleted at the source: they are left as they were read, and not compared any more. null: none are.',
  }),
};

export const FolderSource = z.strictObject({
  name: Name,
  environment: EnvironmentName,
  dataset: z.enum(DATASETS).default('events'),
  path: z.string().min(1).meta({ description: 'Folder; relative ones count from the data folder.' }),
  keyTemplate: z.string().default('').meta({
    description: 'Start of every key below the folder, e.g. events/${ENV}/dt=%Y-%m-%d/; empty: all files.',
  }),
  freshnessTargetMs: z.number().positive().nullable().default(null),
  ...Expiry,
  ...RowRules.shape,
});
export type FolderSource = z.infer<typeof FolderSource>;
export type FolderSourceInput = z.input<typeof FolderSource>;
