import { z } from 'zod';
import { Name } from '../source-config.ts';
import { TableFields, Tls } from '../tables/table-config.ts';

/** Where a PostgreSQL server is, and who asks. */
export const PostgresPlace = z.strictObject({
  host: z.string().min(1).max(255),
  port: z.number().int().min(1).max(65_535).default(5432),
  database: Name,
  user: Name,
  secret: TableFields.secret,
  tls: Tls.default({ mode: 'verify', caFile: null }),
  statementTimeoutMs: TableFields.statementTimeoutMs,
});
export type PostgresPlace = z.infer<typeof PostgresPlace>;

export const PostgresSource = z.strictObject({
  ...TableFields,
  ...PostgresPlace.shape,
  tableSchema: Name.nullable()
    .default(null)
    .meta({ description: 'null: where the search path finds the table.' }),
  zone: Name.default('UTC').meta({ description: 'IANA zone of times that are stored without one.' }),
});
export type PostgresSource = z.infer<typeof PostgresSource>;
