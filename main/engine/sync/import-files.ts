import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { DatasetName } from '../../../shared/domain/dimensions.ts';
import { AppError } from '../../../shared/errors.ts';
import type { SyncState } from '../../../shared/rpc/methods.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { checked } from './checked-config.ts';
import { createFolderReader } from './folder/folder-reader.ts';
import { KNOWN_ENDINGS, objectFormatOf } from './formats/object-format.ts';
import { type ObjectToRead, readObjects } from './read-objects.ts';
import { type SyncOptions, runReads } from './run-sync.ts';
import { RowRules } from './source-config.ts';
import { importSource } from './sources.ts';

export interface ImportOptions extends Omit<SyncOptions, 'sourceName'> {
  /** null: each row says its own. */
  environment: string | null;
  dataset: DatasetName;
  /** A map as in DATA §1, not yet checked. */
  map?: unknown;
}

/**
 * Reads files by the path of a sync. Every file is read whether or not it was imported before: its rows then count as
 * duplicates. Throws before reading anything if one of them cannot be read at all.
 */
export async function importFiles(
  store: EngineStore,
  files: readonly string[],
  { environment, dataset, map, ...options }: ImportOptions,
): Promise<SyncState> {
  const rules = checked(RowRules, map === undefined ? {} : { map }, 'map');
  const objects = files.map(importedObject);
  return runReads(store, { ...options, sourceName: null }, async (context) => {
    const source = importSource(store, { environment, dataset, rules });
    context.progress.filesTotal = objects.length;
    context.progress.emitRunning();
    await readObjects(
      context,
      source,
      createFolderReader('', () => true),
      eachOf(objects),
    );
  });
}

// eslint-disable-next-line @typescript-eslint/require-await -- the files are named already
async function* eachOf(objects: readonly ObjectToRead[]): AsyncGenerator<ObjectToRead> {
  yield* objects;
}

function importedObject(name: string): ObjectToRead {
  const file = path.resolve(name);
  const format = objectFormatOf(path.basename(file));
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) throw new AppError('not-found', `${name} does not exist`);
  if (!stats.isFile()) throw new AppError('bad-input', `${name} is not a file`);
  if (format === undefined) {
    throw new AppError(
      'bad-input',
      `${name} is of no known kind; expected a name that ends in ${KNOWN_ENDINGS}`,
    );
  }
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw new AppError('not-readable', `${name} cannot be read`, { cause: error });
  }
  return { key: file, label: file, sizeBytes: Number(stats.size), version: String(stats.mtimeNs), format };
}
