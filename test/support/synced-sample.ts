import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { inject } from 'vitest';
import { cataloguePath } from '../../main/catalogue/open-db.ts';
import {
  makeSampleTemplate,
  type SampleHost,
  type SampleSize,
  startHostOn,
  startHostOnCopy,
  startSampleHost,
  WHOLE_SAMPLE,
} from './sample-host.ts';

export interface SyncedSample {
  host: SampleHost;
  /** "Now" of the sample, and its zone. */
  asOf: string;
  zone: string;
  /** Where the raw files lie. */
  rawDir: string;
}

const LOOK_AGAIN_MS = 100;

/** The real server host on a sample that is synced already; a copy of one that all tests of the run share. */
export async function startSyncedSample(seed = 1, size: SampleSize = WHOLE_SAMPLE): Promise<SyncedSample> {
  const template = await syncedTemplate(seed, size);
  return describeHost(await startHostOnCopy(template, (dataDir) => moveSources(dataDir, template)));
}

/** The same with a workspace and device of its own. */
export async function startOwnSyncedSample(seed = 1, size: SampleSize = WHOLE_SAMPLE): Promise<SyncedSample> {
  const host = await startSampleHost(seed, size);
  await host.client.call('command.sync.run', {});
  return describeHost(host);
}

async function describeHost(host: SampleHost): Promise<SyncedSample> {
  const { asOf, zone } = await host.client.call('query.workspace', {});
  return { host, asOf: asOf ?? '', zone, rawDir: path.join(host.dataDir, 'sample') };
}

/** Made by the first test of the run that wants it; others that want it meanwhile wait. */
async function syncedTemplate(seed: number, { events, days }: SampleSize): Promise<string> {
  const folder = path.join(inject('templates'), `${seed}-${events}-${days}`);
  const [building, failed] = [`${folder}.building`, `${folder}.failed`];
  try {
    mkdirSync(building);
  } catch {
    while (!existsSync(folder)) {
      if (existsSync(failed))
        throw new Error(`the sample of ${folder} could not be made, see the first test of it`);
      await after(LOOK_AGAIN_MS);
    }
    return folder;
  }
  const dataDir = path.join(building, 'data');
  try {
    await makeSampleTemplate(dataDir, seed, { events, days });
    const host = await startHostOn(dataDir);
    await host.client.call('command.sync.run', {});
    await host.stop();
  } catch (error) {
    writeFileSync(failed, '');
    throw error;
  }
  moveSources(dataDir, dataDir, folder);
  renameSync(dataDir, folder);
  return folder;
}

/** Sources name their folders by absolute paths. */
function moveSources(dataDir: string, from: string, to = dataDir): void {
  const db = new Database(cataloguePath(dataDir));
  db.prepare('UPDATE sources SET config = replace(config, ?, ?)').run(
    path.join(from, 'sample'),
    path.join(to, 'sample'),
  );
  db.close();
}
