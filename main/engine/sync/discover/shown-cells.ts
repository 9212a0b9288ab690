import { type JsonObject, isObject } from '../event-decoder.ts';
import type { FieldAction, FieldPlan } from '../field-plan.ts';
import { scrubModeOfProperty } from '../scrub-mode.ts';
import { scrubText } from '../scrub.ts';

/** As a screen shows it: scrubbed, and cut where it is long. */
export type Cell = string | number | boolean;

const LONGEST = 200; // UTF-16 units
const MAX_DEPTH = 8;

export function shownValue(name: string, value: unknown): Cell | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return (scrubText(text, scrubModeOfProperty(name))?.text ?? text).slice(0, LONGEST);
}

/** What a row brings under a map: column or property → value; what is not allowed does not show. */
export function shownCells(row: JsonObject, plan: FieldPlan): Record<string, Cell> {
  const cells: Record<string, Cell> = {};
  const visit = (
    path: string,
    value: unknown,
    decide: (path: string) => FieldAction,
    depth: number,
  ): void => {
    const action = decide(path);
    if (action.kind === 'container') {
      const inner = objectOf(value);
      for (const [key, item] of Object.entries(inner)) visit(key, item, plan.inProperties, depth + 1);
    } else if (isObject(value) && action.kind !== 'column' && depth < MAX_DEPTH) {
      for (const [key, item] of Object.entries(value)) visit(`${path}.${key}`, item, decide, depth + 1);
    } else if (action.kind !== 'drop') {
      const target = action.kind === 'column' ? action.column : action.name;
      const cell = shownValue(target, value);
      if (cell !== null) cells[target] = cell;
    }
  };
  for (const [name, value] of Object.entries(row)) visit(name, value, plan.topLevel, 1);
  return cells;
}

/** An object, or the text of one. */
export function objectOf(value: unknown): JsonObject {
  if (isObject(value)) return value;
  if (typeof value !== 'string') return {};
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
