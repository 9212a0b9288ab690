import { z } from 'zod';
import { DATASETS } from '../../../../shared/domain/dimensions.ts';
import { EnvironmentName, Expiry, Name, RowRules } from '../source-config.ts';

const SecretName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a secret is named with a-z, 0-9 and "-"');

const Credentials = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('profile'),
    profile: Name.meta({ description: 'A profile of the AWS configuration files.' }),
  }),
  z.strictObject({
    kind: z.literal('keys'),
    secret: SecretName.meta({ description: 'Name of the secret that holds ID:SECRET or ID:SECRET:TOKEN.' }),
  }),
  z.strictObject({ kind: z.literal('anonymous') }),
]);

export const S3Source = z.strictObject({
  name: Name,
  environment: EnvironmentName,
  dataset: z.enum(DATASETS).default('events'),
  bucket: z.string().min(3).max(255),
  keyTemplate: z.string().max(1024).default('').meta({
    description: 'Start of every key, e.g. events/${ENV}/dt=%Y-%m-%d/hour=%H/; empty: the whole bucket.',
  }),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null)
    .meta({ description: 'Of a compatible service; null: AWS.' }),
  region: Name.nullable().default(null).meta({ description: 'null: that of the profile, else us-east-1.' }),
  pathStyle: z.boolean().default(false).meta({ description: 'Bucket in the path instead of the host name.' }),
  credentials: Credentials.default({ kind: 'profile', profile: 'default' }),
  format: z
    .string()
    .regex(/^(?:ndjson|json|csv|parquet|arrow)(?:\.gz|\.zst)?$/, 'expected e.g. ndjson, ndjson.gz or parquet')
    .nullable()
    .default(null)
    .meta({ description: 'Of keys without a telling ending; null: such objects are left alone.' }),
  freshnessTargetMs: z.number().positive().nullable().default(null),
  ...Expiry,
  ...RowRules.shape,
});
export type S3Source = z.infer<typeof S3Source>;
