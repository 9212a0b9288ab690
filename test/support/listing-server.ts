import { fork } from 'node:child_process';
import path from 'node:path';
import type { ManyObjects } from './many-objects.ts';

export interface ChildServer {
  endpoint: string;
  close: () => void;
}

export interface ListingServer extends ChildServer {
  counts: () => Promise<{ lists: number; gets: number }>;
}

/** The fast S3 of made-up objects in a process of its own, so that it takes no turns of the one that is measured. */
export async function startListingServer({ objects, days }: ManyObjects): Promise<ListingServer> {
  const server = await startChildServer('listing-server-child.ts', [String(objects), String(days)]);
  const counts = async () =>
    (await (await fetch(`${server.endpoint}/counts`)).json()) as { lists: number; gets: number };
  return { ...server, counts };
}

/** The files of a folder as a bucket, likewise. */
export const startFileS3 = (folder: string): Promise<ChildServer> =>
  startChildServer('file-s3-child.ts', [folder]);

export function startChildServer(name: string, argv: readonly string[]): Promise<ChildServer> {
  const child = fork(path.join(import.meta.dirname, name), argv, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`${name} ended before it listened`)));
    child.stdout?.once('data', (data: Buffer) => {
      const endpoint = `http://127.0.0.1:${data.toString().trim()}`;
      resolve({ endpoint, close: () => void child.kill() });
    });
  });
}
