import path from 'node:path';
import type { z } from 'zod';
import type { DatasetName } from '../../../shared/domain/dimensions.ts';
import type { SecretReader } from '../secrets/secret-store.ts';
import { checked } from './checked-config.ts';
import { ClickHouseSource } from './clickhouse/clickhouse-config.ts';
import { createFolderReader } from './folder/folder-reader.ts';
import { checkTemplate, keyMatcher, keySpan } from './key-template.ts';
import type { Surroundings } from './network/surroundings.ts';
import { PostgresSource } from './postgres/postgres-config.ts';
import { S3Source } from './s3/s3-config.ts';
import { FolderSource, type RowRules } from './source-config.ts';
import type { SourceReader } from './source-reader.ts';
import { preparedTable } from './tables/table-config.ts';
import { createTableReader } from './tables/table-reader.ts';

/** How sources far away are read; each is a default of ours*. */
export interface SourceLimits {
  /** Requests under way at once. */
  requests: number;
  /** Up to here a body is taken whole before its rows are read, so that a fault in it leaves no trace. */
  wholeBytes: number;
  /** A connection on which nothing arrives for so long is given up. */
  idleMs: number;
}

export const DEFAULT_LIMITS: SourceLimits = { requests: 64, wholeBytes: 4 << 20, idleMs: 30_000 };

/** What readers get of the engine and its host. */
export interface SourceServices {
  dataDir: string;
  secrets: SecretReader;
  env: Readonly<Record<string, string | undefined>>;
  surroundings: Surroundings;
  limits: SourceLimits;
}

/** What every configuration of a source has. */
interface CommonConfig extends RowRules {
  name: string;
  environment: string;
  dataset: DatasetName;
  freshnessTargetMs: number | null;
  expiresAfterDays: number | null;
}

interface Kind<Config extends CommonConfig, Input> {
  config: z.ZodType<Config, Input>;
  /** Refuses now what would fail at every sync, and says how the configuration is stored. */
  prepare: (config: Config, dataDir: string) => Config;
  openReader: (config: Config, services: SourceServices) => Promise<SourceReader>;
}

/** A configuration as the engine reads it, whatever its kind. */
export interface ReadableSource {
  name: string;
  environment: string;
  dataset: DatasetName;
  /** Older days are deleted at the source; null: none are. */
  expiresAfterDays: number | null;
  rules: RowRules;
  openReader: (services: SourceServices) => Promise<SourceReader>;
}

const kind = <Config extends CommonConfig, Input>({ config, prepare, openReader }: Kind<Config, Input>) => ({
  /** What a source is added with, apart from the kind. */
  config,
  /** How a new source is stored; throws AppError where it makes no sense. */
  prepared: (input: unknown, dataDir: string): CommonConfig =>
    prepare(checked(config, input, 'source'), dataDir),
  /** A source as it was stored. */
  read(input: unknown): ReadableSource {
    const parsed = config.parse(input);
    const { name, environment, dataset, expiresAfterDays, map, allow, schema, states, mode } = parsed;
    return {
      name,
      environment,
      dataset,
      expiresAfterDays,
      rules: { map, allow, schema, states, mode },
      openReader: (services) => openReader(parsed, services),
    };
  },
});

/** Every kind of source that a sync reads. A further one is an entry here; the rest of the engine knows none. */
export const SOURCE_KINDS = {
  folder: kind({
    config: FolderSource,
    prepare(config, dataDir) {
      checkTemplate(config.keyTemplate);
      return { ...config, path: portablePath(dataDir, config.path) };
    },
    openReader: ({ path: folder, keyTemplate, environment }, { dataDir }) =>
      Promise.resolve(
        createFolderReader(
          path.resolve(dataDir, folder),
          keyMatcher(keyTemplate, environment),
          keySpan(keyTemplate, environment),
        ),
      ),
  }),
  s3: kind({
    config: S3Source,
    prepare(config) {
      checkTemplate(config.keyTemplate);
      return config;
    },
    async openReader(config, services) {
      const { createS3Reader } = await import('./s3/s3-reader.ts'); // a large library that most workspaces never need
      return createS3Reader(config, services);
    },
  }),
  clickhouse: kind({
    config: ClickHouseSource,
    prepare: preparedTable,
    async openReader(config, services) {
      const { ClickHouseAccess } = await import('./clickhouse/clickhouse-access.ts');
      const { secrets, surroundings, limits } = services;
      const access = new ClickHouseAccess(config, { secrets, surroundings, idleMs: limits.idleMs });
      return createTableReader(access, config, surroundings);
    },
  }),
  postgres: kind({
    config: PostgresSource,
    prepare: preparedTable,
    async openReader(config, services) {
      const { PostgresAccess } = await import('./postgres/postgres-access.ts');
      const { secrets, surroundings, limits } = services;
      const access = new PostgresAccess(config, { secrets, surroundings, idleMs: limits.idleMs });
      return createTableReader(access, config, surroundings);
    },
  }),
};

export type SourceKind = keyof typeof SOURCE_KINDS;
export const isSourceKind = (name: string): name is SourceKind => Object.hasOwn(SOURCE_KINDS, name);

/** Folders inside the data folder are kept relative to it, so that it can be moved. */
function portablePath(dataDir: string, folder: string): string {
  const absolute = path.resolve(dataDir, folder);
  const relative = path.relative(dataDir, absolute);
  const isInside = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
  return isInside ? relative.split(path.sep).join('/') : absolute;
}
