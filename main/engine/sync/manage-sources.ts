import type { ReadDb } from '../../catalogue/open-db.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { servicesOf } from './services.ts';
import type { SourceServices } from './source-kinds.ts';
import type { SourceCheck } from './source-reader.ts';
import { sourcesToSync } from './sources.ts';

/** A source as lists show it; never with anything secret. */
export interface ListedSource {
  name: string;
  kind: string;
  environment: string | null;
  dataset: string;
  /** Folder, bucket and start of the keys, or table. */
  place: string;
  lastSyncAt: string | null;
  lastFailure: string | null;
  files: number;
  read: number;
  kept: number;
  duplicate: number;
  quarantined: number;
}

interface StoredSource extends Omit<ListedSource, 'place' | 'lastSyncAt'> {
  config: string;
  lastSyncAtMs: number | null;
}

export function listSources(db: Pick<ReadDb, 'prepare'>): ListedSource[] {
  return db
    .prepare<[], StoredSource>(
      `SELECT name, kind, environment, dataset, config, last_sync_at_ms AS lastSyncAtMs, last_failure AS lastFailure,
         files, read, kept, duplicate, quarantined
       FROM sources WHERE removed_at_ms IS NULL ORDER BY name`,
    )
    .all()
    .map(({ config, lastSyncAtMs, ...source }) => ({
      ...source,
      place: placeOf(source.kind, config),
      lastSyncAt: lastSyncAtMs === null ? null : new Date(lastSyncAtMs).toISOString(),
    }));
}

function placeOf(kind: string, config: string): string {
  const stored = JSON.parse(config) as Record<string, string | null | undefined>;
  const { path, bucket, keyTemplate = '', host, database, tableSchema, table } = stored;
  if (table !== undefined)
    return `${kind}://${[host, database].join('/')}/${[tableSchema, table].filter((part) => part != null).join('.')}`;
  if (bucket !== undefined) return `s3://${bucket}/${keyTemplate}`;
  return path === undefined ? '' : `${path}${keyTemplate === '' ? '' : `/${keyTemplate}`}`;
}

/** Asks a source whether it can be read and what it would bring first; throws AppError with a next step. */
export async function checkSource(
  db: Pick<ReadDb, 'prepare'>,
  dataDir: string,
  name: string,
  { signal, services }: { signal: AbortSignal; services?: Partial<SourceServices> },
): Promise<SourceCheck> {
  const [source] = sourcesToSync(db, name);
  if (source === undefined) throw new AppError('not-found', `there is no source named "${name}"`);
  const reader = await source.openReader(servicesOf(dataDir, Date.now, services));
  try {
    return await reader.check(signal);
  } finally {
    reader.close();
  }
}

/** The source is not read any more and its name is free; what it brought stays and goes on counting. */
export function removeSource(store: EngineStore, name: string): void {
  const nowMs = store.now();
  const { changes } = store.db
    .prepare<[{ name: string; gone: string; nowMs: number }]>(
      `UPDATE sources SET removed_at_ms = @nowMs, name = @gone WHERE name = @name AND removed_at_ms IS NULL`,
    )
    .run({ name, gone: `${name} (removed ${new Date(nowMs).toISOString()})`, nowMs });
  if (changes > 0) return;
  const names = listSources(store.db).map((source) => `"${source.name}"`);
  throw new AppError(
    'not-found',
    `there is no source named "${name}"; expected ${names.join(', ') || 'none yet'}`,
  );
}
