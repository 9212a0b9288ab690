import type { IconName } from '../parts/Icon.tsx';
import { VIEW_IDS } from '../state/address.ts';

/** Where events may come from, as the first screen offers it. */

export interface SourceWay {
  kind: 's3' | 'clickhouse' | 'postgres' | 'folder';
  icon: IconName;
  title: string;
  detail: string;
  /** What is needed, where the command line adds it. */
  how: string;
  command: string;
}

export const SOURCE_WAYS: readonly SourceWay[] = [
  {
    kind: 's3',
    icon: 'bucket',
    title: 'S3 bucket or compatible',
    detail: 'JSON, NDJSON, CSV, Parquet, Arrow; packed or not',
    how: 'Name the bucket, how its keys begin, and where the credentials are kept. The last day of the bucket is read first.',
    command:
      "npx tidemark sources add Events --environment production \\\n  --bucket my-events --keys 'events/dt=%Y-%m-%d/' --profile default",
  },
  {
    kind: 'clickhouse',
    icon: 'database',
    title: 'ClickHouse',
    detail: 'a table or view over HTTPS, read only',
    how: 'Name the server and the table; the password is asked for once and kept as a secret. The command explains its options.',
    command: 'npx tidemark sources --help',
  },
  {
    kind: 'postgres',
    icon: 'database',
    title: 'PostgreSQL',
    detail: 'a table or view, read-only transaction',
    how: 'Name the server and the table; the password is asked for once and kept as a secret. The command explains its options.',
    command: 'npx tidemark sources --help',
  },
  {
    kind: 'folder',
    icon: 'folder',
    title: 'Folder on this computer',
    detail: 'the same layout as a bucket',
    how: 'Name the folder. Its files stay where they are; changed and new ones are read at the next sync.',
    command: 'npx tidemark sources add Events --environment production --path ./events',
  },
];

/** The screen that adds a source of that kind; null while there is no such screen. */
export const sourcesAddress = ({ kind }: SourceWay): string | null =>
  (VIEW_IDS as readonly string[]).includes('sources') ? `#/sources?new=${kind}` : null;
