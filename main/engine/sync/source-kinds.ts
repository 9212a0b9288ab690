import path from 'node:path';
import type { z } from 'zod';
import type { SecretReader } from '../secrets/secret-store.ts';
import { createFolderReader } from './folder/folder-reader.ts';
import { checkTemplate, keyMatcher, keySpan } from './key-template.ts';
import type { Surroundings } from './network/surroundings.ts';
import { S3Source } from './s3/s3-config.ts';
import { FolderSource } from './source-config.ts';
import type { SourceReader } from './source-reader.ts';

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

interface Kind<Config extends z.ZodType> {
  /** Everything but the kind; what a source is added with. */
  config: Config;
  /** Refuses now what would fail at every sync, and says how the configuration is stored. */
  prepare: (config: z.infer<Config>, dataDir: string) => z.infer<Config>;
  openReader: (config: z.infer<Config>, services: SourceServices) => Promise<SourceReader>;
}

const kind = <Config extends z.ZodType>(one: Kind<Config>): Kind<Config> => one;

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
