import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSampleWorkspace } from '../../main/engine/create-sample-workspace.ts';
import { type ServerHost, startServerHost } from '../../main/hosts/server/server-host.ts';
import { openLog } from '../../main/log.ts';
import { appPaths } from '../../main/paths.ts';
import { createNodeForker } from '../../main/supervisor/forks.ts';

/** Enough for every story, small enough to sync in a second. */
export const SMALL_SAMPLE = { events: 12_000, days: 28 };

export interface SampleHost extends ServerHost {
  dataDir: string;
}

/** The real server host as it is built, on a small sample workspace that is not synced yet. */
export async function startSampleHost(seed = 1): Promise<SampleHost> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-sample-'));
  const dataDir = path.join(folder, 'data');
  const store = await createSampleWorkspace({ dataDir, seed, ...SMALL_SAMPLE });
  store.close();
  const { rendererDir, engineEntry, queryEntry } = appPaths();
  const host = await startServerHost({
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
  });
  return {
    ...host,
    dataDir,
    stop: async () => {
      await host.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
