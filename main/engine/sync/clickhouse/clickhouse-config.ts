import { z } from 'zod';
import { Name } from '../source-config.ts';
import { TableFields, Tls } from '../tables/table-config.ts';

/** Where a ClickHouse server is, and who asks; it is spoken to over HTTP. */
export const ClickHousePlace = z.strictObject({
  host: z.string().min(1).max(255),
  port: z.number().int().min(1).max(65_535).default(8443),
  database: Name.default('default'),
  user: Name.default('default'),
  secret: TableFields.secret,
  tls: Tls.default({ mode: 'verify', caFile: null }),
  statementTimeoutMs: TableFields.statementTimeoutMs,
});
export type ClickHousePlace = z.infer<typeof ClickHousePlace>;

export const ClickHouseSource = z.strictObject({
  ...TableFields,
  ...ClickHousePlace.shape,
  final: z
    .boolean()
    .default(false)
    .meta({ description: 'Rows that the table still has to merge are read as if it had.' }),
});
export type ClickHouseSource = z.infer<typeof ClickHouseSource>;
