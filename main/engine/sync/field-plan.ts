import { type EventColumnName, FREE_TEXT_PROPERTIES, isEventColumn } from '../../../shared/domain/events.ts';
import { AGGREGATE_PROPERTIES } from '../privacy/aggregate-columns.ts';
import type { RowRules } from './source-config.ts';

/** What becomes of one field of a row. */
export type FieldAction =
  | { kind: 'column'; column: EventColumnName }
  /** The object (or JSON text of one) that holds further properties. */
  | { kind: 'container' }
  | { kind: 'property'; name: string }
  | { kind: 'drop' };

export interface FieldPlan {
  /** For a field at the top of the row or nested in one that is no property container; path with dots. */
  topLevel: (path: string) => FieldAction;
  /** For a field inside `properties`, path within it. */
  inProperties: (path: string) => FieldAction;
  eventId: RowRules['map']['event_id'];
}

const CONTAINER = 'properties';
const DROP: FieldAction = { kind: 'drop' };

/**
 * Compiles map and allow-list into one answer per field name; everything not allowed is never decoded. `isRefused`:
 * names that hold the id of a user who asked to be forgotten.
 */
export function createFieldPlan(
  { map, allow, mode }: RowRules,
  isRefused: (name: string) => boolean = () => false,
): FieldPlan {
  const targetsByPath = new Map(Object.entries(map.columns).map(([target, path]) => [path, target]));
  const mappedTargets = new Set([...Object.keys(map.columns), ...Object.keys(map.constants)]);
  const allowed = mode === 'aggregates' ? aggregateDimensions(allow) : allow === null ? null : new Set(allow);
  const columnOf = (column: EventColumnName): FieldAction =>
    mode === 'aggregates' && IDS.has(column) ? DROP : { kind: 'column', column };
  const propertyOf = (name: string): FieldAction => (isRefused(name) ? DROP : toProperty(name, allowed));
  const toTarget = (target: string): FieldAction =>
    isEventColumn(target) ? columnOf(target) : propertyOf(target);

  return {
    eventId: map.event_id,
    topLevel: remember((path) => {
      const target = targetsByPath.get(path);
      if (target !== undefined) return toTarget(target);
      if (mappedTargets.has(path)) return DROP; // the map takes this column or property from elsewhere
      if (isEventColumn(path)) return columnOf(path);
      return path === CONTAINER ? { kind: 'container' } : propertyOf(path);
    }),
    inProperties: remember((path) => {
      const target = targetsByPath.get(`${CONTAINER}.${path}`);
      if (target !== undefined) return toTarget(target);
      return mappedTargets.has(path) && !isEventColumn(path) ? DROP : propertyOf(path);
    }),
  };
}

/** A source of aggregates keeps no column that tells people or visits apart. */
const IDS: ReadonlySet<EventColumnName> = new Set(['user_id', 'session_id']);

const aggregateDimensions = (allow: RowRules['allow']): ReadonlySet<string> =>
  new Set([...AGGREGATE_PROPERTIES].filter((name) => allow?.includes(name) ?? true));

function toProperty(name: string, allowed: ReadonlySet<string> | null): FieldAction {
  const kept = allowed === null ? !isFreeText(name) : isAllowed(name, allowed);
  return kept ? { kind: 'property', name } : DROP;
}

/** Whatever lies under a free-text name is free text: `comment.body`, `survey.comment`. */
const isFreeText = (name: string): boolean =>
  FREE_TEXT_PROPERTIES.has(name) || name.split('.').some((part) => FREE_TEXT_PROPERTIES.has(part));

/** Allowing a name allows everything nested in it. */
function isAllowed(name: string, allowed: ReadonlySet<string>): boolean {
  if (allowed.has(name)) return true;
  const dot = name.lastIndexOf('.');
  return dot !== -1 && isAllowed(name.slice(0, dot), allowed);
}

const MAX_REMEMBERED = 10_000; // field names that are ids must not fill the memory

function remember(decide: (path: string) => FieldAction): (path: string) => FieldAction {
  const known = new Map<string, FieldAction>();
  return (path) => {
    const found = known.get(path);
    if (found !== undefined) return found;
    const action = decide(path);
    if (known.size < MAX_REMEMBERED) known.set(path, action);
    return action;
  };
}
