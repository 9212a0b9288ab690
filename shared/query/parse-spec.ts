import type { z } from 'zod';
import { AppError } from '../errors.ts';
import { QuerySpec } from './spec.ts';

const QUERY_KINDS = QuerySpec.options.map((option) => option.shape.kind.value);

/**
 * Checks a question and fills in its defaults.
 * Throws AppError `bad-input` whose message starts with the path and names the value and what was allowed.
 */
export function parseQuerySpec(input: unknown): QuerySpec {
  const parsed = QuerySpec.safeParse(input);
  if (parsed.success) return parsed.data;
  throw toInputError(parsed.error, input);
}

/** The first and deepest fault of a zod error as one sentence with its path. */
export function toInputError(error: z.ZodError, input: unknown): AppError {
  const { path, message } = describeIssue(deepestIssue(error.issues), input, []);
  const at = formatPath(path);
  return new AppError('bad-input', at === '' ? message : `${at}: ${message}`, { path: at });
}

type Issue = z.core.$ZodIssue;
type Path = PropertyKey[];

/** Of a union's branches, the one that got furthest says what was meant. */
function deepestIssue(issues: Issue[]): { issue: Issue; prefix: Path } {
  const found = issues.map((issue) => expand(issue, []));
  const [first] = found;
  if (first === undefined) throw new AppError('internal', 'a failed check named no fault');
  return found.reduce((best, next) => (depth(next) > depth(best) ? next : best), first);
}

const depth = (entry: { issue: Issue; prefix: Path }): number => entry.prefix.length + entry.issue.path.length;

function expand(issue: Issue, prefix: Path): { issue: Issue; prefix: Path } {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return { issue, prefix };
  const inner = issue.errors
    .filter((branch) => branch.length > 0)
    .map((branch) => {
      const entries = branch.map((entry) => expand(entry, [...prefix, ...issue.path]));
      return entries.reduce((best, next) => (depth(next) > depth(best) ? next : best));
    });
  const [first] = inner;
  if (first === undefined) return { issue, prefix };
  const best = inner.reduce((a, b) => (depth(b) > depth(a) ? b : a), first);
  return depth(best) > prefix.length + issue.path.length ? best : { issue, prefix };
}

function describeIssue({ issue, prefix }: { issue: Issue; prefix: Path }, input: unknown, start: Path) {
  const path = [...start, ...prefix, ...issue.path];
  const value = valueAt(input, path);
  return { path, message: messageOf(issue, value) };
}

function messageOf(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown field ${issue.keys.map(show).join(', ')}`;
    case 'invalid_value':
      return value === undefined
        ? `is missing; one of ${issue.values.map(String).join(', ')}`
        : `${show(value)} is not one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_type':
      return value === undefined ? `is missing; expected ${issue.expected}` : `${show(value)} is not ${article(issue.expected)}`;
    case 'invalid_union':
      return unionMessage(issue, value);
    case 'custom':
      return issue.message.startsWith('is ') && value !== undefined ? `${show(value)} ${issue.message}` : issue.message;
    default:
      return value === undefined ? issue.message : `${show(value)}: ${issue.message}`;
  }
}

function unionMessage(issue: Extract<Issue, { code: 'invalid_union' }>, value: unknown): string {
  if (issue.discriminator === 'kind') return `${show(value)} is not one of ${QUERY_KINDS.join(', ')}`;
  if (issue.discriminator === 'op') {
    return `${show(value)} is not one of is, is_not, contains, not_contains, regex, gt, gte, lt, lte, between, is_set, is_not_set`;
  }
  return value === undefined ? `is missing` : `${show(value)}: ${issue.message}`;
}

const article = (name: string): string => (/^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`);

/** Values are quoted short: a message must stay one line. */
function show(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, key) => {
    if (typeof node !== 'object' || node === null) return undefined;
    return (node as Record<PropertyKey, unknown>)[key];
  }, input);
}

function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}
