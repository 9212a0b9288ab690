import path from 'node:path';
import { type SampleHost, type SampleSize, startSampleHost, WHOLE_SAMPLE } from './sample-host.ts';

export interface SyncedSample {
  host: SampleHost;
  /** "Now" of the sample, and its zone. */
  asOf: string;
  zone: string;
  /** Where the raw files lie. */
  rawDir: string;
}

/** The real server host on a sample that is synced already. */
export async function startSyncedSample(seed = 1, size: SampleSize = WHOLE_SAMPLE): Promise<SyncedSample> {
  const host = await startSampleHost(seed, size);
  await host.client.call('command.sync.run', {});
  const { asOf, zone } = await host.client.call('query.workspace', {});
  return { host, asOf: asOf ?? '', zone, rawDir: path.join(host.dataDir, 'sample') };
}
