import type { z } from 'zod';
import { AppError } from '../errors.ts';
import { BULK_PART_MAX_BYTES, PART_MAX_BYTES } from '../limits.ts';
import { Frame, type RequestFrame } from './frames.ts';
import type { Method } from './method.ts';
import { isMethodName, METHODS, type MethodName, type TopicName, TOPICS } from './methods.ts';

/** Both ends parse whatever arrives; unknown frames, methods and fields are errors (HOSTS §2). */

export function parseFrame(value: unknown): Frame {
  const parsed = Frame.safeParse(value);
  if (!parsed.success) throw new AppError('bad-input', `malformed frame: ${firstIssue(parsed.error)}`);
  return parsed.data;
}

export interface CheckedRequest {
  name: MethodName;
  method: Method;
  /** Parsed, with defaults filled in. */
  params: unknown;
}

export function parseRequest(frame: RequestFrame): CheckedRequest {
  if (!isMethodName(frame.m)) throw new AppError('bad-input', `unknown method "${frame.m}"`);
  const method: Method = METHODS[frame.m];
  requireOp(frame, method);
  requireSize(frame, method);
  const parsed = method.params.safeParse(frame.p);
  if (parsed.success) return { name: frame.m, method, params: parsed.data };
  const path = pathText(parsed.error.issues[0]?.path ?? []);
  throw new AppError('bad-input', `${frame.m}: ${firstIssue(parsed.error)}`, path === '' ? {} : { path });
}

export const parseResult = (name: MethodName, value: unknown): unknown =>
  parseOr(METHODS[name].result, value, `${name}: the result`);

export function parseProgress(name: MethodName, value: unknown): unknown {
  const method: Method = METHODS[name];
  if (method.progress === undefined) throw new AppError('internal', `${name} reports no progress`);
  return parseOr(method.progress, value, `${name}: the progress`);
}

export function parsePart(name: MethodName, meta: unknown, bin: Uint8Array | undefined): unknown {
  const method: Method = METHODS[name];
  if (method.part === undefined || bin === undefined)
    throw new AppError('internal', `${name}: an unexpected part`);
  if (bin.byteLength > partLimitBytes(method)) {
    throw new AppError(
      'too-large',
      `${name}: a part of ${bin.byteLength} bytes; allowed are ${partLimitBytes(method)}`,
    );
  }
  return parseOr(method.part, meta, `${name}: the head of a part`);
}

export const parseTopic = (topic: TopicName, value: unknown): unknown =>
  parseOr(TOPICS[topic], value, `event ${topic}`);

export const isTopicName = (name: string): name is TopicName => Object.hasOwn(TOPICS, name);

const partLimitBytes = (method: Method): number =>
  method.bulk === true ? BULK_PART_MAX_BYTES : PART_MAX_BYTES;

function requireOp(frame: RequestFrame, { kind }: Method): void {
  if (kind === 'mutation' && frame.op === undefined) {
    throw new AppError('bad-input', `${frame.m}: "op" is missing; every command carries one`, { path: 'op' });
  }
  if (kind !== 'mutation' && frame.op !== undefined) {
    throw new AppError('bad-input', `${frame.m}: "op" is for commands only`, { path: 'op' });
  }
}

/** UTF-16 units stand in for bytes: at most three bytes each, and a limit is an order of magnitude. */
function requireSize(frame: RequestFrame, { maxRequestBytes }: Method): void {
  const length = jsonText(frame.p).length;
  if (length <= maxRequestBytes) return;
  throw new AppError(
    'too-large',
    `${frame.m}: a request of ${length} characters; allowed are ${maxRequestBytes}`,
  );
}

function jsonText(value: unknown): string {
  try {
    return value === undefined ? '' : JSON.stringify(value);
  } catch (cause) {
    throw new AppError('bad-input', 'parameters must be plain data', { cause });
  }
}

function parseOr<T extends z.ZodType>(schema: T, value: unknown, what: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError('internal', `${what} does not fit the contract: ${firstIssue(parsed.error)}`);
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'not understood';
  const path = pathText(issue.path);
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
    '',
  );
}
