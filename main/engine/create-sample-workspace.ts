import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ANNOTATION_FOLDER } from './sample/annotations.ts';
import type { SampleManifest } from './sample/facts.ts';
import { SAMPLE_ENVIRONMENT } from './sample/wire.ts';
import { SAMPLE_FACTS_FILE, writeSample } from './sample/write-sample.ts';
import { createWorkspace } from './store/create-workspace.ts';
import { type EngineStore, openStore, type StoreOptions } from './store/engine-store.ts';
import { addSource } from './sync/sources.ts';

export interface SampleWorkspaceOptions {
  dataDir: string;
  seed: number;
  events?: number;
  days?: number;
  onProgress?: (progress: { filesWritten: number; filesTotal: number }) => void;
  signal?: AbortSignal;
  store?: StoreOptions;
}

const SAMPLE_FOLDER = 'sample';
const MINUTE_MS = 60_000;

/** Makes the sample workspace (DATA §8) in a folder that holds none: raw files, workspace, sources; nothing is synced
 *  yet. A kill at any point leaves a folder that `completeSample` or another call makes whole. */
export async function createSampleWorkspace(options: SampleWorkspaceOptions): Promise<EngineStore> {
  const { dataDir, store, ...sample } = options;
  const manifest = await writeSample({ ...sample, folder: path.join(dataDir, SAMPLE_FOLDER) });
  createWorkspace(dataDir, {
    name: manifest.workspaceName,
    zone: manifest.zone,
    weekStart: manifest.weekStart,
    asOfMs: Date.parse(manifest.asOf),
  });
  const opened = openStore(dataDir, store);
  completeSample(opened);
  return opened;
}

/** Whether the workspace of the folder is the sample. */
export const isSampleWorkspace = (store: EngineStore): boolean =>
  store.workspace.asOfMs !== null && existsSync(manifestFile(store));

/** Registers the sources of the sample that are not there yet; returns what the sample holds. */
export function completeSample(store: EngineStore): SampleManifest {
  const manifest = JSON.parse(readFileSync(manifestFile(store), 'utf8')) as SampleManifest; // writeSample wrote it
  const isKnown = store.db.prepare<[string]>('SELECT 1 FROM sources WHERE name = ?');
  for (const source of manifest.sources) {
    if (isKnown.get(source.name) !== undefined) continue;
    addSource(store, {
      name: source.name,
      environment: manifest.environment,
      dataset: source.dataset,
      path: path.join(store.dataDir, SAMPLE_FOLDER, source.folder),
      keyTemplate: source.keyTemplate,
      freshnessTargetMs: source.freshnessTargetMinutes * MINUTE_MS,
      allow: source.allowColumns,
    });
  }
  return manifest;
}

/** The notes that come with the sample, as a source. */
export const sampleNotes = ({ dataDir }: EngineStore): { environment: string; folder: string } => ({
  environment: SAMPLE_ENVIRONMENT,
  folder: path.join(dataDir, SAMPLE_FOLDER, ANNOTATION_FOLDER),
});

const manifestFile = ({ dataDir }: EngineStore): string =>
  path.join(dataDir, SAMPLE_FOLDER, SAMPLE_FACTS_FILE);
