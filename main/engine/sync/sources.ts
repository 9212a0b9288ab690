import type { z } from 'zod';
import type { DatasetName } from '../../../shared/domain/dimensions.ts';
import { AppError, type JsonValue } from '../../../shared/errors.ts';
import type { ReadDb } from '../../catalogue/open-db.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { RowRules } from './source-config.ts';
import { type ReadableSource, SOURCE_KINDS, type SourceKind, isSourceKind } from './source-kinds.ts';
import type { Source } from './source-row.ts';

type InputOf<Kind extends SourceKind> = z.input<(typeof SOURCE_KINDS)[Kind]['config']>;
/** A source as it is added; without a kind it is a folder. */
export type SourceInput =
  | (InputOf<'folder'> & { kind?: 'folder' })
  | { [Kind in SourceKind]: InputOf<Kind> & { kind: Kind } }[SourceKind];

/** Registers a source; names are unique. Nothing is read yet. */
export function addSource(store: EngineStore, { kind = 'folder', ...input }: SourceInput): number {
  const { name, environment, dataset, freshnessTargetMs, ...config } = SOURCE_KINDS[kind].prepared(
    input,
    store.dataDir,
  );
  const row = store.db
    .prepare<[Record<string, unknown>], { sourceId: number }>(
      `INSERT INTO sources (name, kind, environment, dataset, config, freshness_target_ms, created_at_ms)
       VALUES (@name, @kind, @environment, @dataset, @config, @freshnessTargetMs, @nowMs)
       ON CONFLICT DO NOTHING RETURNING source_id AS sourceId`,
    )
    .get({
      name,
      kind,
      environment,
      dataset,
      freshnessTargetMs,
      nowMs: store.now(),
      config: JSON.stringify(config),
    });
  if (row === undefined) throw new AppError('conflict', `there is already a source named "${name}"`);
  return row.sourceId;
}

/** A source that a sync reads. */
export interface SyncSource extends Source, ReadableSource {
  kind: SourceKind;
  environment: string;
  /** Where its next listing may begin; null: at the start. */
  checkpoint: JsonValue;
}

interface StoredSource {
  sourceId: number;
  name: string;
  kind: string;
  environment: string | null;
  dataset: string;
  config: string;
  checkpoint: string | null;
}

/** Sources in the order of a sync: taxonomy, other dimensions and control feeds, then events. */
export function sourcesToSync(db: Pick<ReadDb, 'prepare'>, sourceName: string | null): SyncSource[] {
  const sources = db
    .prepare<[], StoredSource>(
      `SELECT source_id AS sourceId, name, kind, environment, dataset, config, checkpoint FROM sources
       WHERE kind <> 'import' AND removed_at_ms IS NULL ORDER BY source_id`,
    )
    .all()
    .map(syncSourceOf);
  const chosen = sources.filter(({ name }) => sourceName === null || name === sourceName);
  if (sourceName !== null && chosen.length === 0) {
    const names = sources.map(({ name }) => `"${name}"`).join(', ');
    throw new AppError(
      'not-found',
      `there is no source named "${sourceName}"; expected ${names === '' ? 'none yet' : names}`,
    );
  }
  return chosen.sort((a, b) => rankOf(a.dataset) - rankOf(b.dataset) || a.sourceId - b.sourceId);
}

function syncSourceOf({ sourceId, kind, config, checkpoint, ...row }: StoredSource): SyncSource {
  if (!isSourceKind(kind))
    throw new AppError('not-available', `this build knows no sources of kind "${kind}"`);
  const { name, environment, dataset } = row;
  const input = { ...(JSON.parse(config) as object), name, environment, dataset };
  return {
    sourceId,
    kind,
    checkpoint: checkpoint === null ? null : (JSON.parse(checkpoint) as JsonValue),
    ...SOURCE_KINDS[kind].read(input),
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

function rankOf(dataset: DatasetName): number {
  if (dataset === 'taxonomy') return 0;
  return dataset === 'events' ? 2 : 1;
}
