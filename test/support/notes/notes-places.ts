import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { NewRemoteInput } from '../../../shared/annotations/remote.ts';
import { BUCKET, S3_KEYS, startS3Server } from '../s3-server.ts';

/** A source that takes notes, looked at past our own code: as plain objects, or by plain SQL. */
export interface NotesPlace {
  /** `port`: of a proxy in front of it. */
  config: (port?: number) => NewRemoteInput['config'];
  port: number;
  /** Secret → value, as variables give them. */
  secrets: Record<string, string>;
  /** Everything that lies there, as text. */
  stored: () => Promise<string[]>;
  /** Puts there what somebody else may have written. */
  put: (name: string, text: string) => Promise<void>;
  close: () => Promise<void>;
}

const PREFIX = 'team/';
const opsOf = (environment: string): string => `${PREFIX}annotations/${environment}/ops/`;

/** Of the sample workspace. */
export const ENVIRONMENT_NAME = 'sample';

export async function startS3Place(environment: string): Promise<NotesPlace> {
  const ops = opsOf(environment);
  const server = await startS3Server();
  const port = Number(new URL(server.endpoint).port);
  const [accessKeyId = '', secretAccessKey = ''] = S3_KEYS.split(':');
  const client = new S3Client({
    endpoint: server.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  return {
    port,
    config: (at = port) => ({
      kind: 's3',
      bucket: BUCKET,
      prefix: PREFIX,
      endpoint: `http://127.0.0.1:${at}`,
      pathStyle: true,
      credentials: { kind: 'keys', secret: 'notes-s3' },
    }),
    secrets: { TIDEMARK_SECRET_NOTES_S3: S3_KEYS },
    async stored() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: ops }));
      return Promise.all(
        Contents.map(async ({ Key }) => {
          const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
          return (await Body?.transformToString()) ?? '';
        }),
      );
    },
    async put(name, text) {
      await client.send(
        new PutObjectCommand({ Bucket: BUCKET, Key: `${ops}stranger/${name}.json`, Body: text }),
      );
    },
    async close() {
      client.destroy();
      await server.close();
    },
  };
}
