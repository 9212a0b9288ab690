import { fork } from 'node:child_process';
import path from 'node:path';
import type { ManyObjects } from './many-objects.ts';

export interface ListingServer {
  endpoint: string;
  counts: () => Promise<{ lists: number; gets: number }>;
  close: () => void;
}

/** The fast S3 of made-up objects in a process of its own, so that it takes no turns of the one that is measured. */
export function startListingServer({ objects, days }: ManyObjects): Promise<ListingServer> {
  const child = fork(
    path.join(import.meta.dirname, 'listing-server-child.ts'),
    [String(objects), String(days)],
    {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    },
  );
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => reject(new Error('the listing server ended before it listened')));
    child.stdout?.once('data', (data: Buffer) => {
      const endpoint = `http://127.0.0.1:${data.toString().trim()}`;
      resolve({
        endpoint,
        counts: async () =>
          (await (await fetch(`${endpoint}/counts`)).json()) as { lists: number; gets: number },
        close: () => child.kill(),
      });
    });
  });
}
