import { type Row, type Value, textOf } from './rows.ts';
import type { EventChoice, EventRef, Filter, PropertyFilter, Scalar } from './types.ts';

/**
 * Filters of QUERY.md. The rules in one place:
 * - a missing property passes `is_not`, `not_contains`, `is_not_set` and fails everything else; "" is not missing
 * - `is`: same text, so 1 is "1" and true is "true"
 * - order: two numbers as numbers, an instant against what can be read as one by time, everything else by text
 * - a set passes where one of its members does; `is_not` and `not_contains` where none fails them
 */
type Single = Exclude<Value, readonly string[]>;

export const passesAll = (
  filters: readonly Filter[] | undefined,
  fields: ReadonlyMap<string, Value>,
): boolean => (filters ?? []).every((filter) => passes(filter, fields));

export function passes(filter: Filter, fields: ReadonlyMap<string, Value>): boolean {
  if ('any' in filter) return filter.any.some((inner) => passes(inner, fields));
  const value = fields.get(filter.property);
  switch (filter.op) {
    case 'is_set':
      return value !== undefined;
    case 'is_not_set':
      return value === undefined;
    case 'is_not':
      return !holds({ ...filter, op: 'is' }, value);
    case 'not_contains':
      return !holds({ ...filter, op: 'contains' }, value);
    default:
      return holds(filter, value);
  }
}

const holds = (filter: PropertyFilter, value: Value | undefined): boolean =>
  value !== undefined && membersOf(value).some((member) => holdsFor(filter, member));

const isSet = (value: Value): value is readonly string[] => Array.isArray(value);
export const membersOf = (value: Value): readonly Single[] => (isSet(value) ? value : [value]);

function holdsFor({ op, value: asked }: PropertyFilter, value: Single): boolean {
  const list = (Array.isArray(asked) ? asked : [asked]) as Scalar[];
  const text = textOf(value);
  const [first = '', second = ''] = list;
  switch (op) {
    case 'is':
      return list.some((entry) => text === textLike(value, entry));
    case 'contains':
      return list.some((entry) => text.toLowerCase().includes(String(entry).toLowerCase()));
    case 'regex':
      return list.some((entry) => toRegExp(String(entry)).test(text));
    case 'gt':
      return compare(value, first) > 0;
    case 'gte':
      return compare(value, first) >= 0;
    case 'lt':
      return compare(value, first) < 0;
    case 'lte':
      return compare(value, first) <= 0;
    case 'between':
      return compare(value, first) >= 0 && compare(value, second) <= 0;
    default:
      throw new Error(`unknown operator ${op}`);
  }
}

/** The same instant may be written in several ways. */
function textLike(value: Single, asked: Scalar): string {
  const askedMs = typeof value === 'object' ? instantOf(asked) : null;
  return askedMs === null ? String(asked) : textOf({ instantMs: askedMs });
}

function compare(value: Single, asked: Scalar): number {
  if (typeof value === 'number' && typeof asked === 'number') return value - asked;
  const askedMs = typeof value === 'object' ? instantOf(asked) : null;
  if (typeof value === 'object' && askedMs !== null) return value.instantMs - askedMs;
  const text = textOf(value);
  const askedText = String(asked);
  return text < askedText ? -1 : text > askedText ? 1 : 0;
}

const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/;

/** A date is its midnight in UTC; a time without zone is no instant. */
function instantOf(asked: Scalar): number | null {
  if (typeof asked === 'boolean' || (typeof asked === 'string' && !ISO.test(asked))) return null;
  const ms = new Date(asked).getTime();
  return Number.isNaN(ms) ? null : ms;
}

function toRegExp(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    return new RegExp(source);
  }
}

export function fits(ref: EventRef, row: Row): boolean {
  const named = ref.anyOf ? ref.anyOf.some((inner) => fits(inner, row)) : isOfType(ref, row);
  return named && passesAll(ref.filters, row.fields);
}

/** Whether an event is of a type that the reference names, whatever the filters say. */
export function isOfType(ref: EventRef, row: Row): boolean {
  if (ref.anyOf) return ref.anyOf.some((inner) => isOfType(inner, row));
  return ref.event === null || ref.event === undefined || ref.event === row.type;
}

export const toRef = (choice: EventChoice | undefined): EventRef =>
  typeof choice === 'object' && choice !== null ? choice : { event: choice ?? null };
