import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { loadEngine } from './test-engines.ts';
import { FAST_DISK } from './workspace.ts';

export const BUCKET = 'tidemark-test';
/** The account that the server knows, as a secret is written. */
export const S3_KEYS = 'S3RVER:S3RVER';

export interface S3Server {
  endpoint: string;
  put: (key: string, body: string | Uint8Array) => Promise<void>;
  remove: (key: string) => Promise<void>;
  close: () => Promise<void>;
}

interface RealServer {
  run: () => Promise<{ port: number }>;
  close: () => Promise<void>;
}
type RealServerClass = new (options: Record<string, unknown>) => RealServer;

/** A real S3 server on this machine, with one empty bucket. */
export async function startS3Server(): Promise<S3Server> {
  const S3rver = await loadEngine<RealServerClass>('s3rver');
  const directory = mkdtempSync(path.join(FAST_DISK, 'tidemark-s3-'));
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: BUCKET }],
  });
  const { port } = await server.run();
  const endpoint = `http://127.0.0.1:${port}`;
  const [accessKeyId = '', secretAccessKey = ''] = S3_KEYS.split(':');
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED', // the server stores aws-chunked bodies undecoded
  });
  return {
    endpoint,
    async put(key, body) {
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
    },
    async close() {
      client.destroy();
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
