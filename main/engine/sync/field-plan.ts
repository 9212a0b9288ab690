import { type EventColumnName, FREE_TEXT_PROPERTIES, isEventColumn } from '../../../shared/domain/events.ts';
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

/** Compiles map and allow-list into one answer per field name; everything not allowed is never decoded. */
export function createFieldPlan({ map, allow }: RowRules): FieldPlan {
  const targetsByPath = new Map(Object.entries(map.columns).map(([target, path]) => [path, target]));
  const mappedTargets = new Set([...Object.keys(map.columns), ...Object.keys(map.constants)]);
  const allowed = allow === null ? null : new Set(allow);
  const toTarget = (target: string): FieldAction =>
    isEventColumn(target) ? { kind: 'column', column: target } : toProperty(target, allowed);

  return {
    eventId: map.event_id,
    topLevel: remember((path) => {
      const target = targetsByPath.get(path);
      if (target !== undefined) return toTarget(target);
      if (mappedTargets.has(path)) return DROP; // the map takes this column or property from elsewhere
      if (isEventColumn(path)) return { kind: 'column', column: path };
      return path === CONTAINER ? { kind: 'container' } : toProperty(path, allowed);
    }),
    inProperties: remember((path) => {
      const target = targetsByPath.get(`${CONTAINER}.${path}`);
      if (target !== undefined) return toTarget(target);
      return mappedTargets.has(path) && !isEventColumn(path) ? DROP : toProperty(path, allowed);
    }),
  };
}

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
