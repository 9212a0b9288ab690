import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { SecretReader } from '../../secrets/secret-store.ts';
import { SourceFault } from '../source-fault.ts';
import type { S3Source } from './s3-config.ts';

const CONNECT_WITHIN_MS = 10_000;
const USUAL_REGION = 'us-east-1'; // what compatible servers expect where none is named

export interface S3ClientOptions {
  secrets: SecretReader;
  env: Readonly<Record<string, string | undefined>>;
  /** Sockets at once. */
  sockets: number;
  /** A connection on which nothing arrives for so long is given up. */
  idleMs: number;
}

type Place = Pick<S3Source, 'endpoint' | 'region' | 'pathStyle' | 'credentials'>;

/** A client that asks once: retries, back-off and their clock are ours. */
export async function createS3Client(source: Place, options: S3ClientOptions): Promise<S3Client> {
  const { endpoint, region, pathStyle, credentials } = source;
  const usesProfile = credentials.kind === 'profile';
  return new S3Client({
    maxAttempts: 1,
    cacheMiddleware: true, // it never changes here, and is put together anew for every request otherwise
    forcePathStyle: pathStyle,
    requestChecksumCalculation: 'WHEN_REQUIRED', // compatible services store the framing of checksums as if it were content
    responseChecksumValidation: 'WHEN_REQUIRED', // lengths are checked here; a checksum in JavaScript halves the rate
    requestHandler: {
      connectionTimeout: CONNECT_WITHIN_MS,
      socketTimeout: options.idleMs,
      httpAgent: { keepAlive: true, maxSockets: options.sockets },
      httpsAgent: { keepAlive: true, maxSockets: options.sockets },
    },
    ...(endpoint === null ? {} : { endpoint }),
    ...(region === null && usesProfile && endpoint === null ? {} : { region: region ?? USUAL_REGION }),
    ...(await identityOf(credentials, options)),
  });
}

async function identityOf(
  credentials: S3Source['credentials'],
  { secrets, env }: S3ClientOptions,
): Promise<S3ClientConfig> {
  switch (credentials.kind) {
    case 'anonymous':
      return {
        credentials: { accessKeyId: '', secretAccessKey: '' },
        signer: { sign: (request) => Promise.resolve(request) },
      };
    case 'profile':
      checkProfile(credentials.profile, env);
      return { profile: credentials.profile };
    case 'keys':
      return { credentials: keysOf(await secrets.read(credentials.secret), credentials.secret) };
  }
}

/** Without this the library would go on looking for credentials in the network. */
function checkProfile(profile: string, env: S3ClientOptions['env']): void {
  const files = [
    env['AWS_SHARED_CREDENTIALS_FILE'] ?? path.join(homedir(), '.aws', 'credentials'),
    env['AWS_CONFIG_FILE'] ?? path.join(homedir(), '.aws', 'config'),
  ];
  const heads = new Set([`[${profile}]`, `[profile ${profile}]`]);
  const isThere = files.some(
    (file) =>
      existsSync(file) &&
      readFileSync(file, 'utf8')
        .split('\n')
        .some((line) => heads.has(line.trim().replace(/\s+/g, ' '))),
  );
  if (!isThere)
    throw new SourceFault(
      'auth-failed',
      `there is no profile "${profile}" in ${files.join(' or ')}; add it there, or give the source another one`,
    );
}

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** `ID:SECRET`, with `:TOKEN` behind it for temporary keys. */
function keysOf(value: string | null, name: string): Keys {
  if (value === null)
    throw new SourceFault(
      'auth-failed',
      `the secret "${name}" is not set; set it with "tidemark secrets set ${name}"`,
    );
  const [accessKeyId = '', secretAccessKey = '', ...token] = value.trim().split(':');
  if (accessKeyId === '' || secretAccessKey === '')
    throw new SourceFault(
      'auth-failed',
      `the secret "${name}" is not of the form ID:SECRET or ID:SECRET:TOKEN`,
    );
  return { accessKeyId, secretAccessKey, ...(token.length === 0 ? {} : { sessionToken: token.join(':') }) };
}
