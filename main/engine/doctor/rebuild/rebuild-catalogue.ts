import { existsSync, rmSync } from 'node:fs';
import { AppError } from '../../../../shared/errors.ts';
import { cataloguePath, storageError } from '../../../catalogue/open-db.ts';
import type { WorkspaceRow } from '../../../catalogue/types.ts';
import { ByteDictionary } from '../../store/byte-dictionary.ts';
import { NEW_WORKSPACE } from '../../store/create-workspace.ts';
import { loadDictionary } from '../../store/dictionary-files.ts';
import { filesUnder } from '../../store/recover.ts';
import { readWorkspaceFile } from '../../store/workspace-file.ts';
import { takeWriterLock } from '../../store/writer-lock.ts';
import type { Check } from '../check.ts';
import { catalogueFault } from './catalogue-fault.ts';
import { asideFolder, putFilesAside, replaceCatalogue } from './put-aside.ts';
import { type RecoveredDictionary, findDictionaries } from './read-dictionaries.ts';
import { type FoundSegment, type UnfitFile, findSegments, reasonOf } from './read-segments.ts';
import { replacedAmong } from './replaced-segments.ts';
import { type Rebuilt, reportOf } from './report.ts';
import { type Salvage, salvageCatalogue } from './salvage.ts';
import { type RecoveredSegment, type Surroundings, recoverSegment } from './survey-segments.ts';
import { writeCatalogue } from './write-catalogue.ts';

export interface RebuildOptions {
  signal: AbortSignal;
  /** Milliseconds since 1970. */
  now: () => number;
  onProgress?: (done: number, total: number) => void;
}

/**
 * Makes a lost or damaged catalogue anew from the segment and dictionary files. Everything that is not used stays in
 * `set-aside/`. A catalogue in order is left alone. What no file knows (which files were read, refused rows,
 * dimensions) comes back when the sources are read again: rows that are there already count as duplicates then.
 */
export async function rebuildCatalogue(dataDir: string, options: RebuildOptions): Promise<Check[]> {
  if (!existsSync(cataloguePath(dataDir)) && filesUnder(dataDir, 'segments').length === 0)
    throw new AppError('not-found', `there is nothing in ${dataDir} that a catalogue could be rebuilt from`);
  const lock = takeWriterLock(dataDir);
  try {
    const fault = catalogueFault(dataDir);
    if (fault !== null) return reportOf(await rebuild(dataDir, fault, options));
    return [{ name: 'rebuild', status: 'ok', message: 'the catalogue is in order; nothing was changed' }];
  } catch (error) {
    throw storageError(dataDir, error);
  } finally {
    lock.release();
  }
}

async function rebuild(dataDir: string, fault: string, options: RebuildOptions): Promise<Rebuilt> {
  const nowMs = options.now();
  const salvage = salvageCatalogue(dataDir);
  const { workspace, origin } = workspaceOf(dataDir, salvage);
  const found = findSegments(dataDir);
  const dictionaries = findDictionaries(dataDir, found.segments);
  const surroundings = surroundingsOf(dataDir, workspace.shards, dictionaries);
  const { sound, unfit } = await recoverSegments(found.segments, surroundings, options);
  const replaced = replacedAmong(found.segments.filter(({ segmentId }) => sound.has(segmentId)));
  const segments = [...sound.values()].filter(({ row }) => !replaced.has(row.segmentId));
  const folder = asideFolder(nowMs);
  const allUnfit = [...found.unfit, ...unfit];
  const rebuilt = `${cataloguePath(dataDir)}.rebuilding`;
  rmSync(rebuilt, { force: true }); // of a rebuild that was killed
  const counters = countersOf(salvage, found.segments, segments);
  const sources = salvage.sources ?? [];
  writeCatalogue(dataDir, rebuilt, { workspace, counters, sources, segments, dictionaries, nowMs });
  putFilesAside(dataDir, folder, allUnfit);
  await replaceCatalogue(dataDir, folder, rebuilt);
  return { fault, folder, workspace, origin, segments, replaced: replaced.size, unfit: allUnfit, salvage };
}

/** The newest word on the workspace; what a new one would be where there is none. */
function workspaceOf(
  dataDir: string,
  salvage: Salvage,
): { workspace: WorkspaceRow; origin: Rebuilt['origin'] } {
  if (salvage.workspace !== undefined) return { workspace: salvage.workspace, origin: 'catalogue' };
  const kept = readWorkspaceFile(dataDir);
  if (kept !== undefined) return { workspace: kept, origin: 'copy' };
  return { workspace: { ...NEW_WORKSPACE, workspaceId: crypto.randomUUID() }, origin: 'none' };
}

function surroundingsOf(
  dataDir: string,
  shards: number,
  dictionaries: readonly RecoveredDictionary[],
): Surroundings {
  const byName = new Map(dictionaries.map((one) => [JSON.stringify([one.environment, one.column]), one]));
  const eventTypes = new Map<string, ByteDictionary>();
  return {
    shards,
    valuesIn: (environment, column) => byName.get(JSON.stringify([environment, column]))?.place.count ?? 0,
    eventTypesOf(environment) {
      const known = eventTypes.get(environment);
      if (known !== undefined) return known;
      const place = byName.get(JSON.stringify([environment, 'event_type']))?.place;
      const loaded = place === undefined ? new ByteDictionary() : loadDictionary(dataDir, place);
      eventTypes.set(environment, loaded);
      return loaded;
    },
  };
}

async function recoverSegments(
  found: readonly FoundSegment[],
  surroundings: Surroundings,
  { signal, onProgress }: RebuildOptions,
): Promise<{ sound: Map<number, RecoveredSegment>; unfit: UnfitFile[] }> {
  const sound = new Map<number, RecoveredSegment>();
  const unfit: UnfitFile[] = [];
  for (const [index, segment] of found.entries()) {
    if (signal.aborted) throw new AppError('cancelled', 'stopped before anything was changed');
    try {
      sound.set(segment.segmentId, await recoverSegment(segment, surroundings));
    } catch (error) {
      unfit.push({ file: segment.file, reason: reasonOf(error) });
    }
    onProgress?.(index + 1, found.length);
  }
  return { sound, unfit };
}

/** Numbers go on behind every one that is in use, or ever was as far as anybody knows. */
function countersOf(
  { counters }: Salvage,
  found: readonly FoundSegment[],
  segments: readonly RecoveredSegment[],
): Salvage['counters'] {
  const largest = (numbers: Iterable<number>): number => {
    let max = 0;
    for (const number of numbers) if (number > max) max = number;
    return max;
  };
  const objects = largest(segments.map(({ rowsByObject }) => largest(rowsByObject.keys())));
  return {
    revision: Math.max(counters.revision, largest(found.map(({ revision }) => revision))) + 1,
    nextSegmentId: Math.max(counters.nextSegmentId, largest(found.map(({ segmentId }) => segmentId)) + 1),
    nextObjectId: Math.max(counters.nextObjectId, objects + 1),
  };
}
