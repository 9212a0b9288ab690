import type { FieldAction, FieldPlan } from './field-plan.ts';
import { type JsonObject, isObject } from './event-decoder.ts';
import { scrubModeOfProperty } from './scrub-mode.ts';
import { scrubText } from './scrub.ts';

const MAX_COPY_LENGTH = 4096; // UTF-16 units; enough to see what is wrong with a row
const MAX_TEXT_LENGTH = 200;
const MAX_DEPTH = 8;

/** What the quarantine shows of a refused row: allow-listed fields only, every text scrubbed and cut. */
export function redactedCopy(row: JsonObject, plan: FieldPlan): string {
  const copy: JsonObject = {};
  for (const [name, value] of Object.entries(row)) {
    const action = plan.topLevel(name);
    const inner = action.kind === 'container' ? parsed(value) : value;
    const decide = action.kind === 'container' ? plan.inProperties : plan.topLevel;
    const prefix = action.kind === 'container' ? '' : name;
    if (isObject(inner)) copy[scrubbed(name, 'name')] = redactedObject(prefix, inner, decide, 1);
    else if (isShown(action)) copy[scrubbed(name, 'name')] = redactedValue(name, inner);
  }
  return JSON.stringify(copy).slice(0, MAX_COPY_LENGTH);
}

const isShown = ({ kind }: FieldAction): boolean => kind === 'column' || kind === 'property';

function redactedObject(
  prefix: string,
  object: JsonObject,
  decide: (path: string) => FieldAction,
  depth: number,
): JsonObject {
  const copy: JsonObject = {};
  if (depth > MAX_DEPTH) return copy;
  for (const [name, value] of Object.entries(object)) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (isObject(value)) copy[scrubbed(name, 'name')] = redactedObject(path, value, decide, depth + 1);
    else if (isShown(decide(path))) copy[scrubbed(name, 'name')] = redactedValue(path, value);
  }
  return copy;
}

function redactedValue(name: string, value: unknown): unknown {
  if (typeof value === 'string') return scrubbed(value, name).slice(0, MAX_TEXT_LENGTH);
  if (Array.isArray(value)) return `[${value.length} items]`;
  return value;
}

function scrubbed(text: string, name: string): string {
  return scrubText(text, scrubModeOfProperty(name))?.text ?? text;
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return null;
  }
}
