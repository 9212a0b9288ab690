import { z } from 'zod';

/** Where notes travel to: a source that only ever gets more operations. */

const Name = z.string().min(1).max(200);
const SecretName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a secret is named with a-z, 0-9 and "-"');
const TABLE = 'annotation_ops';

const Folder = z.strictObject({
  kind: z.literal('folder'),
  path: z.string().min(1).meta({ description: 'Folder; a relative one counts from the data folder.' }),
});

const S3 = z.strictObject({
  kind: z.literal('s3'),
  bucket: z.string().min(3).max(255),
  prefix: z
    .string()
    .max(512)
    .regex(/^(?:[^/]+\/)*$/, 'expected nothing, or folders that each end in "/"')
    .default('')
    .meta({ description: 'What stands before annotations/ in every key.' }),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null)
    .meta({ description: 'Of a compatible service; null: AWS.' }),
  region: Name.nullable().default(null),
  pathStyle: z.boolean().default(false),
  credentials: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('profile'), profile: Name }),
      z.strictObject({ kind: z.literal('keys'), secret: SecretName }),
      z.strictObject({ kind: z.literal('anonymous') }),
    ])
    .default({ kind: 'profile', profile: 'default' })
    .meta({ description: 'They may write; those that events are read with need not.' }),
});
export type S3Remote = z.infer<typeof S3>;

const database = {
  host: z.string().min(1).max(255),
  database: Name,
  user: Name,
  secret: SecretName.nullable()
    .default(null)
    .meta({ description: 'Password of a user who may insert into this table and read it.' }),
  tls: z
    .strictObject({
      mode: z.enum(['verify', 'encrypt', 'off']).default('verify'),
      caFile: z.string().max(1_024).nullable().default(null),
    })
    .default({ mode: 'verify', caFile: null }),
  table: Name.default(TABLE),
};

const Postgres = z.strictObject({
  kind: z.literal('postgres'),
  ...database,
  port: z.int().min(1).max(65_535).default(5432),
  tableSchema: Name.nullable().default(null).meta({ description: 'null: the first of the search path.' }),
});
export type PostgresRemote = z.infer<typeof Postgres>;

const ClickHouse = z.strictObject({
  kind: z.literal('clickhouse'),
  ...database,
  port: z.int().min(1).max(65_535).default(8443),
});
export type ClickHouseRemote = z.infer<typeof ClickHouse>;

export const RemoteConfig = z.discriminatedUnion('kind', [Folder, S3, Postgres, ClickHouse]);
export type RemoteConfig = z.infer<typeof RemoteConfig>;

export const NewRemote = z.strictObject({
  name: z.string().min(1).max(200),
  environment: z.string().min(1).max(64),
  config: RemoteConfig,
});
export type NewRemote = z.infer<typeof NewRemote>;
export type NewRemoteInput = z.input<typeof NewRemote>;

/** What a look into a source of notes found; nothing was written. */
export const RemoteTest = z.strictObject({
  failure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  operations: z
    .int()
    .min(0)
    .nullable()
    .meta({ description: 'On the first page of the listing; null: it could not be listed.' }),
  isMore: z.boolean(),
  mayWrite: z.boolean().nullable().meta({ description: 'null: only writing tells.' }),
});
export type RemoteTest = z.infer<typeof RemoteTest>;

/** What would be run to make the table of a database; null: such a source needs none. */
export const TableAnswer = z.strictObject({ sql: z.string().nullable() });
