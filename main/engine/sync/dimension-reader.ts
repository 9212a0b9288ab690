import { CONTROL_FEEDS, DIMENSIONS, type DimensionDataset } from '../../../shared/domain/dimensions.ts';
import { Taxonomy } from '../../../shared/domain/taxonomy.ts';
import { AppError } from '../../../shared/errors.ts';
import { standInOf } from '../privacy/user-names.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { PendingObject } from '../store/pending.ts';
import { type JsonObject, MAX_DEPTH, isObject } from './event-decoder.ts';
import { createFieldPlan } from './field-plan.ts';
import { parseInstant } from './parse-instant.ts';
import { redactedCopy } from './redact.ts';
import { environmentOfRow } from './row-environment.ts';
import { UnfitRow } from './row-problem.ts';
import type { RowReader } from './row-reader.ts';
import { parseJsonRow, textOf } from './row-text.ts';
import { scrubModeOfProperty } from './scrub-mode.ts';
import { scrubText } from './scrub.ts';
import type { Source } from './source-row.ts';

const KEY_SEPARATOR = '\u001f';
const ENVIRONMENT = 'environment';

/** Columns that hold an instant; a date alone is its first moment in UTC. */
const INSTANTS: ReadonlySet<string> = new Set(['first_seen_at', 'released_at', 'requested_at']);
/** Columns that hold JSON of their own and are kept as it is, apart from the scrub. */
const NESTED: ReadonlySet<string> = new Set(['states', 'fields', 'weights']);

/** Reads rows of a dimension or control feed into pending upserts, or into quarantine. */
export function createDimensionReader(store: EngineStore, source: Source): RowReader {
  const dataset = datasetOf(source.dataset);
  const plan = createFieldPlan(source.rules);
  const fieldOf = new Map(Object.entries(source.rules.map.columns).map(([target, field]) => [field, target]));

  function readRow(row: JsonObject, object: PendingObject, position: number): void {
    let environment: string | null = null;
    try {
      environment = environmentOfRow(row, plan, source.environment);
      const flat = flatRow(row, object);
      if (source.dataset === 'users' && isRefusedUser(flat['user_id'])) {
        object.refused++;
        return;
      }
      const checked = source.dataset === 'taxonomy' ? checkedTaxonomy(flat) : flat;
      store.facts.addDimension({
        environment,
        dataset: source.dataset,
        key: withoutRefused(keyOf(checked, dataset)),
        row: JSON.stringify(rowToKeep(checked)),
        objectId: object.objectId,
      });
    } catch (error) {
      refuse(error, object, position, environment ?? source.environment, row);
    }
  }

  /** Flat, renamed, scrubbed; nested objects with dots, as properties of events. */
  function flatRow(row: JsonObject, object: PendingObject): JsonObject {
    const flat = Object.create(null) as JsonObject; // a column may be called __proto__
    const put = (path: string, value: unknown, depth: number): void => {
      if (value === null || value === undefined || path === ENVIRONMENT) return;
      const name = fieldOf.get(path) ?? path;
      if (typeof value === 'string' && NESTED.has(name)) put(path, jsonOf(value, name), depth);
      else if (isObject(value) && !NESTED.has(name)) {
        if (depth > MAX_DEPTH) throw new UnfitRow('too-deep', name);
        for (const [key, inner] of Object.entries(value)) put(`${path}.${key}`, inner, depth + 1);
      } else if (nestingOf(value) > MAX_DEPTH) {
        throw new UnfitRow('too-deep', name);
      } else if (dataset.columns.includes(name) || plan.topLevel(path).kind !== 'drop') {
        flat[name] = INSTANTS.has(name) ? instantText(name, value) : scrubbed(name, value, object);
      }
    };
    for (const [name, value] of Object.entries(row)) put(name, value, 1);
    return { ...flat, ...source.rules.map.constants };
  }

  const { refusals } = store;
  const isRefusedUser = (userId: unknown): boolean =>
    (typeof userId === 'string' || typeof userId === 'number') && refusals.isRefused(String(userId));
  const withoutRefused = (text: string): string =>
    refusals.isNamedIn(text) ? standInOf(refusals.hashOf(text), Buffer.byteLength(text)) : text;

  /** What names a user who asked to be forgotten goes; of their request a hash stays. */
  function rowToKeep({ user_id, ...row }: JsonObject): JsonObject {
    const isForgotten = source.dataset === 'deletion_requests' && isRefusedUser(user_id);
    const kept = isForgotten
      ? { ...row, user_hash: refusals.hashOf(String(user_id)) }
      : { ...(user_id === undefined ? {} : { user_id }), ...row };
    return refusals.isEmpty ? kept : (withoutNames(kept) as JsonObject);
  }

  function withoutNames(value: unknown): unknown {
    if (typeof value === 'string') return withoutRefused(value);
    if (Array.isArray(value)) return value.map(withoutNames);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutNames(inner)]));
  }

  function scrubbed(name: string, value: unknown, object: PendingObject): unknown {
    if (typeof value === 'string') return scrubbedText(name, value, object);
    if (Array.isArray(value)) return value.map((item: unknown) => scrubbed(name, item, object));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, scrubbed(`${name}.${key}`, inner, object)]),
    );
  }

  function scrubbedText(name: string, text: string, object: PendingObject): string {
    const found = scrubText(text, dataset.key.includes(name) ? 'identifier' : scrubModeOfProperty(name));
    if (found === null) return text;
    object.scrubbed += found.kinds.length;
    for (const kind of found.kinds) store.facts.addScrub(source.sourceId, name, kind);
    return found.text;
  }

  function refuse(
    error: unknown,
    object: PendingObject,
    position: number,
    environment: string | null,
    row: JsonObject | null,
  ): void {
    if (!(error instanceof UnfitRow)) throw error;
    const copy = row === null ? null : redactedCopy(row, plan);
    if (copy !== null && refusals.isNamedIn(copy)) {
      object.refused++;
      return;
    }
    object.quarantined++;
    store.facts.addQuarantine({
      sourceId: source.sourceId,
      objectId: object.objectId,
      position,
      environment,
      ...error.problem,
      copy,
    });
  }

  return {
    takesBytes: false,
    wants(path) {
      const names = [path[0] ?? '', path.join('.')].map((name) => fieldOf.get(name) ?? name);
      return (
        names.some((name) => name === ENVIRONMENT || dataset.columns.includes(name)) ||
        plan.topLevel(path.join('.')).kind !== 'drop'
      );
    },
    json(bytes, start, end, object, position) {
      let row: JsonObject;
      try {
        row = parseJsonRow(textOf(bytes, start, end));
      } catch (error) {
        refuse(error, object, position, source.environment, null);
        return;
      }
      readRow(row, object, position);
    },
    row: readRow,
    unreadable(reason, object, position) {
      refuse(new UnfitRow(reason), object, position, source.environment, null);
    },
  };
}

/** What a column of plain text holds for one that has no type of its own for it. */
function jsonOf(text: string, name: string): JsonObject | readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value) || Array.isArray(value)) return value;
  } catch {
    // told below
  }
  throw new UnfitRow('wrong-type', name);
}

/** How deep a value is nested, as far as it matters. */
function nestingOf(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return depth;
  return Object.values(value).reduce<number>(
    (deepest, inner) => Math.max(deepest, nestingOf(inner, depth + 1)),
    depth,
  );
}

function datasetOf(name: string): DimensionDataset {
  const known: Record<string, DimensionDataset> = { ...DIMENSIONS, ...CONTROL_FEEDS };
  const dataset = known[name];
  if (dataset === undefined) throw new AppError('internal', `${name} is no dimension`);
  return dataset;
}

function keyOf(row: JsonObject, { key }: DimensionDataset): string {
  return key
    .map((name) => {
      const value = row[name];
      if (typeof value === 'number') return String(value);
      if (typeof value !== 'string' || value === '') throw new UnfitRow('missing', name);
      return value;
    })
    .join(KEY_SEPARATOR);
}

function instantText(name: string, value: unknown): string {
  const ms = typeof value === 'number' ? value : instantMs(typeof value === 'string' ? value : '');
  if (!Number.isFinite(ms)) throw new UnfitRow('bad-time', name);
  return new Date(ms).toISOString();
}

function instantMs(text: string): number {
  const bytes = Buffer.from(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  return parseInstant(bytes, 0, bytes.length);
}

function checkedTaxonomy(row: JsonObject): JsonObject {
  const { version, valid_from, states } = row;
  const parsed = Taxonomy.safeParse({
    version: typeof version === 'number' ? String(version) : version,
    valid_from,
    states,
  });
  if (!parsed.success)
    throw new UnfitRow('wrong-type', String(parsed.error.issues[0]?.path[0] ?? 'taxonomy'));
  if (Number.isNaN(instantMs(parsed.data.valid_from))) throw new UnfitRow('bad-time', 'valid_from');
  return parsed.data;
}
