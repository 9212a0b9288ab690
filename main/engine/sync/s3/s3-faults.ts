import type { Verdict } from '../network/retry.ts';
import { ObjectFault, ObjectGone } from '../object-fault.ts';
import { SourceFault } from '../source-fault.ts';

/** Names of what failed, as messages call them. */
export interface S3Place {
  bucket: string;
  /** Host of the endpoint. */
  host: string;
  /** How a user gives the source other credentials. */
  credentials: string;
}

const SLOW_DOWN = new Set([
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequests',
  'RequestLimitExceeded',
]);
const PASSING = new Set([
  'InternalError',
  'RequestTimeout',
  'OperationAborted',
  'TimeoutError',
  'AbortError',
]);
const NETWORK = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ERR_STREAM_PREMATURE_CLOSE',
]);
const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired']);
const REFUSED = new Set(['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken', 'AccountProblem']);

/** A HEAD has no body that could say more than its status. */
const DENIED = new Set(['AccessDenied', 'Forbidden', '403', 'UnknownError']);

/** A body that did not arrive as announced; asking again is worth it. */
export class BrokenBody extends Error {}

export function judgeS3(error: unknown): Verdict {
  const { name, status, code, retryAfterMs, isSkewCorrected } = factsOf(error);
  if (status === 429 || status === 503 || SLOW_DOWN.has(name)) return { kind: 'slow-down', retryAfterMs };
  const passes =
    error instanceof BrokenBody ||
    isSkewCorrected ||
    status >= 500 ||
    status === 408 ||
    PASSING.has(name) ||
    NETWORK.has(code) ||
    isGarbled(error);
  return { kind: passes ? 'again' : 'fail' };
}

/** What a request that was given up on means for the source: a SourceFault with a next step. */
export function sourceFaultOf(cause: unknown, { bucket, host, credentials }: S3Place): unknown {
  if (cause instanceof SourceFault) return cause;
  const { name, status, code, region } = factsOf(cause);
  const fault = (...[errorCode, message]: [SourceFault['code'], string]): SourceFault =>
    new SourceFault(errorCode, message, { cause });
  if (EXPIRED.has(name))
    return fault('auth-failed', `the credentials for ${bucket} have expired; renew them: ${credentials}`);
  if (REFUSED.has(name))
    return fault(
      'auth-failed',
      `${host} does not accept the credentials (${name}); check them: ${credentials}`,
    );
  if (name === 'RequestTimeTooSkewed')
    return fault(
      'auth-failed',
      `the clock of this machine differs too much from that of ${host}; set it right`,
    );
  if (name === 'NoSuchBucket')
    return fault('not-found', `there is no bucket "${bucket}" at ${host}; check its name and the endpoint`);
  if (name === 'PermanentRedirect' || name === 'AuthorizationHeaderMalformed' || status === 301) {
    const where = region === null ? '' : ` (${region})`;
    return fault(
      'bad-input',
      `the bucket "${bucket}" lies in another region${where}; set the source's region`,
    );
  }
  if (name === 'CredentialsProviderError')
    return fault('auth-failed', `no credentials could be had; ${credentials}`);
  if (status === 401 || status === 403)
    return fault(
      'auth-failed',
      `access to "${bucket}" is denied; the credentials need s3:ListBucket and s3:GetObject`,
    );
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return fault(
      'source-unreachable',
      `the name ${host} cannot be resolved; check the endpoint and the network`,
    );
  if (code === 'ECONNREFUSED')
    return fault('source-unreachable', `nothing answers at ${host}; check the endpoint, or try again later`);
  if (status === 429 || status === 503 || SLOW_DOWN.has(name))
    return fault(
      'source-unreachable',
      `${host} asks for patience and did so for minutes; it is tried again later`,
    );
  if (/CERT|TLS|SSL/.test(code))
    return fault(
      'source-unreachable',
      `the certificate of ${host} is not accepted (${code}); check the endpoint`,
    );
  if (judgeS3(cause).kind !== 'fail' || NETWORK.has(code))
    return fault(
      'source-unreachable',
      `${host} does not answer as it should; it is tried again with the next sync`,
    );
  return cause;
}

/**
 * The same for one object: what may concern it alone is an ObjectFault. Whether it is the source's after all shows in
 * how many objects meet it in a row.
 */
export function objectFaultOf(cause: unknown, label: string, place: S3Place): unknown {
  if (cause instanceof ObjectFault) return cause;
  const { name, status } = factsOf(cause);
  const fault = (...[code, message]: [ObjectFault['code'], string]): ObjectFault =>
    new ObjectFault(code, message, { cause, retryable: true });
  if (status === 404 && name !== 'NoSuchBucket')
    return new ObjectGone('not-found', `${label} is gone`, { cause });
  if (name === 'InvalidObjectState')
    return fault('not-readable', `${label} lies in an archive; restore it there first`);
  if (status === 403 && DENIED.has(name))
    return fault('auth-failed', `${label} may be listed but not read; the credentials need s3:GetObject`);
  if (cause instanceof BrokenBody)
    return fault('not-readable', `${label} did not arrive whole: ${cause.message}`);
  const wider = sourceFaultOf(cause, place);
  const mayPass = judgeS3(cause).kind !== 'fail' && wider instanceof SourceFault;
  return mayPass ? fault('source-unreachable', `${label} could not be had: ${wider.message}`) : wider;
}

interface Facts {
  name: string;
  /** HTTP; 0: none came. */
  status: number;
  /** Of the operating system or of TLS. */
  code: string;
  retryAfterMs: number | null;
  region: string | null;
  /** The library has learnt the server's clock from this refusal. */
  isSkewCorrected: boolean;
}

interface SdkError {
  name?: string;
  code?: string;
  Code?: string;
  Region?: string;
  $metadata?: { httpStatusCode?: number; clockSkewCorrected?: boolean };
  $response?: { headers?: Record<string, string | undefined> };
  $retryable?: unknown;
  cause?: unknown;
  errors?: readonly unknown[];
}

function factsOf(error: unknown): Facts {
  const known: SdkError = typeof error === 'object' && error !== null ? error : {};
  const headers = known.$response?.headers ?? {};
  const seconds = Number(headers['retry-after']);
  return {
    name: known.Code ?? known.name ?? '',
    status: known.$metadata?.httpStatusCode ?? 0,
    code: codeOf(known),
    retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null,
    region: known.Region ?? headers['x-amz-bucket-region'] ?? null,
    isSkewCorrected: known.$metadata?.clockSkewCorrected === true,
  };
}

/** A host with several addresses fails with all their errors in one; a cause may lie deeper. */
function codeOf({ code, cause, errors }: SdkError, depth = 0): string {
  if (typeof code === 'string') return code;
  const inner = cause ?? errors?.[0];
  return typeof inner === 'object' && inner !== null && depth < 4 ? codeOf(inner, depth + 1) : '';
}

/** An answer that was cut in the middle of its XML, or is none: proxies send such in place of the server. */
const isGarbled = (error: unknown): boolean =>
  error instanceof SyntaxError ||
  (error instanceof Error &&
    /deserializ|Unclosed tag|not well-formed|aborted|socket hang up/i.test(error.message));
