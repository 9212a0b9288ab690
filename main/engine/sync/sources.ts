import path from 'node:path';
import type { ZodType } from 'zod';
import type { DatasetName } from '../../../shared/domain/dimensions.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { keyMatcher } from './key-template.ts';
import { FolderSource, type FolderSourceInput, type RowRules } from './source-config.ts';
import type { Source } from './source-row.ts';

/** Registers a folder as a source; names are unique. Nothing is read yet. */
export function addSource(store: EngineStore, input: FolderSourceInput): number {
  const source = checked(FolderSource, input, 'source');
  keyMatcher(source.keyTemplate, source.environment); // refuses an unknown part now rather than at every sync
  const { name, environment, dataset, freshnessTargetMs, path: folder, ...config } = source;
  const row = store.db
    .prepare<[Record<string, unknown>], { sourceId: number }>(
      `INSERT INTO sources (name, kind, environment, dataset, config, freshness_target_ms, created_at_ms)
       VALUES (@name, 'folder', @environment, @dataset, @config, @freshnessTargetMs, @nowMs)
       ON CONFLICT DO NOTHING RETURNING source_id AS sourceId`,
    )
    .get({
      name,
      environment,
      dataset,
      freshnessTargetMs,
      nowMs: store.now(),
      config: JSON.stringify({ ...config, path: portablePath(store.dataDir, folder) }),
    });
  if (row === undefined) throw new AppError('conflict', `there is already a source named "${name}"`);
  return row.sourceId;
}

export interface FolderToSync extends Source {
  environment: string;
  folder: string;
  keyTemplate: string;
}

interface StoredSource {
  sourceId: number;
  name: string;
  environment: string | null;
  dataset: string;
  config: string;
}

/** Folder sources in the order of a sync: taxonomy, other dimensions and control feeds, then events. */
export function foldersToSync(store: EngineStore, sourceName: string | null): FolderToSync[] {
  const rows = store.db
    .prepare<[], StoredSource>(
      `SELECT source_id AS sourceId, name, environment, dataset, config FROM sources
       WHERE kind = 'folder' ORDER BY source_id`,
    )
    .all();
  const folders = rows.map((row) => folderOf(store, row));
  const chosen = folders.filter(({ name }) => sourceName === null || name === sourceName);
  if (sourceName !== null && chosen.length === 0) {
    const names = folders.map(({ name }) => `"${name}"`).join(', ');
    throw new AppError(
      'not-found',
      `there is no source named "${sourceName}"; expected ${names === '' ? 'none yet' : names}`,
    );
  }
  return chosen.sort((a, b) => rankOf(a.dataset) - rankOf(b.dataset) || a.sourceId - b.sourceId);
}

function folderOf(
  store: EngineStore,
  { sourceId, name, environment, dataset, config }: StoredSource,
): FolderToSync {
  const parsed = FolderSource.parse({ ...(JSON.parse(config) as object), name, environment, dataset });
  const { map, allow, schema, keyTemplate } = parsed;
  return {
    sourceId,
    name,
    environment: parsed.environment,
    dataset: parsed.dataset,
    rules: { map, allow, schema },
    folder: path.resolve(store.dataDir, parsed.path),
    keyTemplate,
  };
}

export interface ImportSource {
  environment: string | null;
  dataset: DatasetName;
  rules: RowRules;
}

/** The source that imported files of one environment and dataset belong to; made on first use. */
export function importSource(store: EngineStore, { environment, dataset, rules }: ImportSource): Source {
  const name = `Imported ${dataset} · ${environment ?? 'environment from rows'}`;
  const row = store.db
    .prepare<[Record<string, unknown>], { sourceId: number }>(
      `INSERT INTO sources (name, kind, environment, dataset, config, created_at_ms)
       VALUES (@name, 'import', @environment, @dataset, @config, @nowMs)
       ON CONFLICT (name) DO UPDATE SET config = excluded.config RETURNING source_id AS sourceId`,
    )
    .get({ name, environment, dataset, config: JSON.stringify(rules), nowMs: store.now() });
  if (row === undefined) throw new AppError('internal', 'the import source could not be registered');
  return { sourceId: row.sourceId, name, dataset, environment, rules };
}

/** Parses a configuration; what is wrong is named with its place. */
export function checked<T>(schema: ZodType<T>, input: unknown, what: string): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue?.path.join('.') ?? '';
  throw new AppError(
    'bad-input',
    `${what}${place === '' ? '' : `.${place}`}: ${issue?.message ?? 'not understood'}`,
    {
      path: place,
    },
  );
}

/** Folders inside the data folder are kept relative to it, so that it can be moved. */
function portablePath(dataDir: string, folder: string): string {
  const absolute = path.resolve(dataDir, folder);
  const relative = path.relative(dataDir, absolute);
  const isInside = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
  return isInside ? relative.split(path.sep).join('/') : absolute;
}

function rankOf(dataset: DatasetName): number {
  if (dataset === 'taxonomy') return 0;
  return dataset === 'events' ? 2 : 1;
}
