import { z } from 'zod';
import { DATASETS } from '../../../../shared/domain/dimensions.ts';
import { AppError } from '../../../../shared/errors.ts';
import { EnvironmentName, Expiry, Name, RowRules } from '../source-config.ts';

const HOUR_MS = 60 * 60 * 1000;
const Scalar = z.union([z.string(), z.number(), z.boolean()]);

/** Rows that the server leaves out; a comparison with a missing value is not true, as in SQL. */
export const RowFilter = z.discriminatedUnion('op', [
  z.strictObject({ column: Name, op: z.enum(['=', '!=', '<', '<=', '>', '>=']), value: Scalar }),
  z.strictObject({ column: Name, op: z.enum(['in', 'not in']), values: z.array(Scalar).min(1).max(1000) }),
  z.strictObject({ column: Name, op: z.enum(['is null', 'is not null']) }),
]);
export type RowFilter = z.infer<typeof RowFilter>;

export const SecretName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a secret is named with a-z, 0-9 and "-"');

export const Tls = z.strictObject({
  mode: z.enum(['verify', 'encrypt', 'off']).default('verify').meta({
    description:
      'verify: the certificate must be valid; encrypt: any certificate; off: nothing is encrypted.',
  }),
  caFile: z.string().min(1).nullable().default(null).meta({
    description: 'PEM file of the authority that signed the certificate; null: those of the system.',
  }),
});
export type Tls = z.infer<typeof Tls>;

/** What sources that are a table have in common. */
export const TableFields = {
  name: Name,
  environment: EnvironmentName,
  dataset: z.enum(DATASETS).default('events'),
  table: Name.meta({ description: 'A table or a view.' }),
  user: Name,
  secret: SecretName.nullable().default(null).meta({
    description: 'Name of the secret that holds the password; null: none is asked for.',
  }),
  cursor: Name.nullable()
    .default(null)
    .meta({
      description:
        'Column by which rows come: when they arrived, where the table says so. null: events come by their ts, and ' +
        'dimensions whole.',
    }),
  overlapMs: z
    .number()
    .int()
    .min(0)
    .max(48 * HOUR_MS)
    .default(2 * HOUR_MS)
    .meta({
      description:
        'How far behind the newest row rows are read again, because later ones may come in between.',
    }),
  filters: z.array(RowFilter).max(100).default([]).meta({ description: 'Rows have to meet all of them.' }),
  statementTimeoutMs: z
    .number()
    .int()
    .min(1000)
    .max(24 * HOUR_MS)
    .default(300_000)
    .meta({
      description: 'No statement may take the server longer.',
    }),
  freshnessTargetMs: z.number().positive().nullable().default(null),
  ...Expiry,
  ...RowRules.shape,
};

/** The part of a configuration that every table has. */
export type TableConfig = z.infer<z.ZodObject<typeof TableFields>>;

/** Refuses what no table can do, and takes the column of arrival for `received_at` where the map names no other. */
export function preparedTable<Config extends TableConfig>(config: Config): Config {
  const { map, cursor, dataset } = config;
  if (map.event_id === 'object-key')
    throw new AppError('bad-input', 'rows of a table have no object key; expected column or hash-of-row', {
      path: 'source.map.event_id',
    });
  const namesArrival = 'received_at' in map.columns || 'received_at' in map.constants;
  if (dataset !== 'events' || cursor === null || namesArrival || cursor === tsColumnOf(config)) return config;
  return { ...config, map: { ...map, columns: { ...map.columns, received_at: cursor } } };
}

const tsColumnOf = ({ map }: Pick<TableConfig, 'map'>): string => map.columns['ts'] ?? 'ts';

/** The column by which rows are had in parts; null: the table is read whole. */
export const cursorColumnOf = (config: TableConfig): string | null =>
  config.cursor ??
  (config.dataset === 'events' && !('ts' in config.map.constants) ? tsColumnOf(config) : null);
