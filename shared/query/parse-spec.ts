import type { z } from 'zod';
import { AppError } from '../errors.ts';
import { FILTER_OPS } from './filter.ts';
import { QuerySpec } from './spec.ts';

const QUERY_KINDS = QuerySpec.options.map((option) => option.shape.kind.value);

/**
 * Checks a question and fills in its defaults.
 * Throws AppError `bad-input` whose message starts with the path and names the value and what was allowed.
 */
export function parseQuerySpec(input: unknown): QuerySpec {
  refuseTooDeep(input);
  const parsed = QuerySpec.safeParse(input);
  if (parsed.success) return parsed.data;
  throw toInputError(parsed.error, input);
}

/** Kinds whose counts can be asked whom they count. */
const MEMBER_KINDS: readonly string[] = ['funnel', 'retention', 'lifecycle', 'stickiness'];

/** A question that a cohort is a cell of: of users, about the same environment, with the members of every count. */
export function parseCohortQuestion(input: Record<string, unknown>, environment: string): QuerySpec {
  const fault = (field: string, message: string): AppError => {
    const path = `cohort.question${field}`;
    return new AppError('bad-input', `${path}: ${message}`, { path });
  };
  const { kind } = input;
  if (kind === undefined) throw fault('.kind', `is missing; expected ${choice(MEMBER_KINDS)}`);
  if (typeof kind !== 'string' || !MEMBER_KINDS.includes(kind))
    throw fault('.kind', `${show(kind)} is not ${choice(MEMBER_KINDS)}`);
  const spec = parseInside({ ...input, members: true });
  if (spec.environment !== environment)
    throw fault('.environment', 'is another one than that of the question');
  if (spec.compare !== null) throw fault('.compare', 'makes no sense in a cohort');
  if (spec.kind === 'funnel' && (spec.unit !== 'user' || spec.show !== 'steps'))
    throw fault('', 'a cohort comes from the steps of a funnel of users');
  return spec;
}

function parseInside(input: Record<string, unknown>): QuerySpec {
  try {
    return parseQuerySpec(input);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const path = `cohort.question${error.path === undefined || error.path === '' ? '' : `.${error.path}`}`;
    throw new AppError(error.code, `cohort.question.${error.message}`, { path });
  }
}

/** The first and deepest fault of a zod error as one sentence with its path. */
export function toInputError(error: z.ZodError, input: unknown): AppError {
  const { path, message } = describeIssue(deepestIssue(error.issues), input, []);
  const at = formatPath(path);
  return new AppError('bad-input', at === '' ? message : `${at}: ${message}`, { path: at });
}

const MAX_DEPTH = 40; // `any` inside `anyOf` inside a series is at 8; deeper input could exhaust the stack

/** Walks level by level, so that the check itself cannot be made to overflow. */
function refuseTooDeep(input: unknown): void {
  let level: unknown[] = [input];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH)
      throw new AppError('bad-input', `the question is nested more than ${MAX_DEPTH} deep`);
    level = level.flatMap((node): unknown[] =>
      typeof node === 'object' && node !== null ? Object.values(node) : [],
    );
  }
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

const depth = (entry: { issue: Issue; prefix: Path }): number =>
  entry.prefix.length + entry.issue.path.length;

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
  if (value === undefined && issue.code !== 'unrecognized_keys' && issue.code !== 'custom') {
    return `is missing; ${expectation(issue)}`;
  }
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown field ${issue.keys.map(show).join(', ')}`;
    case 'custom':
      return issue.message.startsWith('is ') && value !== undefined
        ? `${show(value)} ${issue.message}`
        : issue.message;
    case 'invalid_value':
      return `${show(value)} is not ${choice(issue.values.map(String))}`;
    case 'invalid_type':
      return isOwnMessage(issue)
        ? `${show(value)} does not fit; ${issue.message}`
        : `${show(value)} is not ${withArticle(issue.expected)}`;
    case 'invalid_union':
      if (issue.discriminator === 'kind') return `${show(value)} is not ${choice(QUERY_KINDS)}`;
      if (issue.discriminator === 'op') return `${show(value)} is not ${choice(FILTER_OPS)}`;
      return `${show(value)} does not fit; ${expectation(issue)}`;
    default:
      return `${show(value)} does not fit; ${expectation(issue)}`;
  }
}

/** What was allowed, in words. */
function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${withArticle(issue.expected)}`;
    case 'invalid_value':
      return `expected ${choice(issue.values.map(String))}`;
    case 'invalid_union':
      return unionExpectation(issue);
    case 'too_small':
    case 'too_big':
      return `expected ${sizeText(issue)}`;
    default:
      return issue.message;
  }
}

function unionExpectation(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  if (issue.discriminator === 'kind') return `expected ${choice(QUERY_KINDS)}`;
  if (issue.discriminator === 'op') return `expected ${choice(FILTER_OPS)}`;
  return isOwnMessage(issue) ? issue.message : 'expected another kind of value';
}

/** Not the text that zod makes up. */
const isOwnMessage = (issue: Issue): boolean => !issue.message.startsWith('Invalid input');

const UNITS: Readonly<Record<string, string>> = { string: 'characters', array: 'entries' };

function sizeText(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const isFloor = issue.code === 'too_small';
  const bound = isFloor ? issue.minimum : issue.maximum;
  const unit = UNITS[issue.origin];
  if (unit !== undefined)
    return `${isFloor ? 'at least' : 'at most'} ${bound} ${bound === 1 ? singular(unit) : unit}`;
  if (issue.inclusive !== false) return `a number of ${isFloor ? 'at least' : 'at most'} ${bound}`;
  return `a number ${isFloor ? 'above' : 'below'} ${bound}`;
}

const singular = (unit: string): string => (unit === 'entries' ? 'entry' : unit.slice(0, -1));

const choice = (values: readonly string[]): string =>
  values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  string: 'a text',
  array: 'a list',
  tuple: 'a list',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
};

const withArticle = (type: string): string => TYPE_NAMES[type] ?? `a ${type}`;

/** Values are quoted short: a message must stay one line. */
function show(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
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
