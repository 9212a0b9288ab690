import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSampleWorkspace } from '../../main/engine/create-sample-workspace.ts';
import { type ServerHost, startServerHost } from '../../main/hosts/server/server-host.ts';
import { openLog } from '../../main/log.ts';
import { appPaths } from '../../main/paths.ts';
import { createNodeForker } from '../../main/supervisor/forks.ts';

export interface SampleSize {
  events: number;
  days: number;
}
/** Enough for every story, small enough to sync in a second. */
export const SMALL_SAMPLE: SampleSize = { events: 12_000, days: 28 };
/** What a first start makes. */
export const WHOLE_SAMPLE: SampleSize = { events: 400_000, days: 180 };

export interface SampleHost extends ServerHost {
  dataDir: string;
}

/** A sample workspace that is not synced yet; making one anew takes longer than copying it. */
export async function makeSampleTemplate(dataDir: string, seed = 1, size = SMALL_SAMPLE): Promise<void> {
  const store = await createSampleWorkspace({ dataDir, seed, ...size });
  store.close();
}

/** The real server host as it is built, on a new sample workspace that is not synced yet. */
export async function startSampleHost(seed = 1, size = SMALL_SAMPLE): Promise<SampleHost> {
  return startHost((dataDir) => makeSampleTemplate(dataDir, seed, size));
}

/** The same on a copy of a folder. */
export async function startHostOnCopy(
  template: string,
  change: (dataDir: string) => void = () => undefined,
): Promise<SampleHost> {
  return startHost((dataDir) => {
    cpSync(template, dataDir, { recursive: true });
    change(dataDir);
    return Promise.resolve();
  });
}

/** The same on a folder that stays as it is. */
export async function startHostOn(dataDir: string): Promise<SampleHost> {
  return { ...(await startServerHost(hostOptions(dataDir))), dataDir };
}

async function startHost(fill: (dataDir: string) => Promise<void>): Promise<SampleHost> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-sample-'));
  const dataDir = path.join(folder, 'data');
  await fill(dataDir);
  const host = await startServerHost(hostOptions(dataDir));
  return {
    ...host,
    dataDir,
    stop: async () => {
      await host.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function hostOptions(dataDir: string): Parameters<typeof startServerHost>[0] {
  const { rendererDir, engineEntry, queryEntry } = appPaths();
  return {
    dataDir,
    port: 0,
    listenAddress: '127.0.0.1',
    tls: null,
    allowedHosts: [],
    app: 'tidemark test',
    rendererDir,
    fork: createNodeForker({ entries: { engine: engineEntry, query: queryEntry } }),
    log: openLog(dataDir),
    controlSecret: 'secret-of-the-test',
  };
}
