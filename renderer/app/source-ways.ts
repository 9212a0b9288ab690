import type { IconName } from '../parts/Icon.tsx';

/** Where events may come from, as the first screen offers it. */

export interface SourceWay {
  kind: 's3' | 'clickhouse' | 'postgres' | 'folder';
  icon: IconName;
  title: string;
  detail: string;
}

export const SOURCE_WAYS: readonly SourceWay[] = [
  {
    kind: 's3',
    icon: 'bucket',
    title: 'S3 bucket or compatible',
    detail: 'JSON, NDJSON, CSV, Parquet, Arrow; packed or not',
  },
  {
    kind: 'clickhouse',
    icon: 'database',
    title: 'ClickHouse',
    detail: 'a table or view over HTTPS, read only',
  },
  {
    kind: 'postgres',
    icon: 'database',
    title: 'PostgreSQL',
    detail: 'a table or view, read-only transaction',
  },
  {
    kind: 'folder',
    icon: 'folder',
    title: 'Folder on this computer',
    detail: 'the same layout as a bucket',
  },
];
