import { EVENT_COLUMNS, type EventColumnName } from '../../../shared/domain/events.ts';
import { CODED_COLUMNS, VALUE_KIND } from '../store/event-columns.ts';
import type { EventDraft } from '../store/event-draft.ts';
import { hash128 } from '../store/byte-hash.ts';
import { setEventId } from '../store/event-id.ts';
import type { FieldAction, FieldPlan } from './field-plan.ts';
import { parseInstant } from './parse-instant.ts';
import { UnfitRow } from './row-problem.ts';
import { type PropertyColumn, TOO_LONG, type ValueEncoder } from './value-encoder.ts';

export type JsonObject = { [key: string]: unknown };

export interface RowPlace {
  /** Key of the object within its source. */
  objectKey: string;
  /** 1-based. */
  position: number;
}

export const MAX_DEPTH = 32; // nesting of properties
const MAX_NAME_LENGTH = 200; // UTF-16 units of a flattened property name

const CODED_INDEX: Readonly<Partial<Record<EventColumnName, number>>> = Object.fromEntries(
  CODED_COLUMNS.map((name, index) => [name, index]),
);

/** The columns and properties that a map sets to the same value for every row. */
export type Constants = readonly (readonly [string, string | number | boolean])[];

/** What decoding needs of one source in one environment. */
export interface DecoderContext {
  plan: FieldPlan;
  constants: Constants;
  encoder: ValueEncoder;
  draft: EventDraft;
}

/**
 * Fills the draft from one parsed row; the plain way, by which the byte scanner is judged. Fields come in order;
 * where a property is given twice, `properties` wins over the top level and the later one over the earlier.
 * Throws UnfitRow.
 */
export function decodeEvent(row: JsonObject, place: RowPlace, context: DecoderContext): void {
  context.draft.clear();
  const containers: unknown[] = [];
  for (const [path, value] of Object.entries(row)) visitTop(path, value, 1, context, containers);
  for (const container of containers) visitContainer(container, context);
  if (context.plan.eventId === 'hash-of-row') setIdFromRow(row, context);
  finishEvent(place, context);
}

/** What a row gets that does not stand in it: the map's constants, and its id where that is the object's key. */
export function finishEvent(place: RowPlace, context: DecoderContext): void {
  for (const [name, value] of context.constants) visitConstant(name, value, context);
  if (context.plan.eventId === 'object-key') setIdFromText(objectKeyOf(place), context);
}

function visitTop(
  path: string,
  value: unknown,
  depth: number,
  context: DecoderContext,
  containers: unknown[],
): void {
  const action = context.plan.topLevel(path);
  if (action.kind === 'container') {
    containers.push(value);
  } else if (isObject(value) && action.kind !== 'column') {
    checkDepth(depth, path);
    for (const [key, inner] of Object.entries(value))
      visitTop(`${path}.${key}`, inner, depth + 1, context, containers);
  } else if (Array.isArray(value) && action.kind !== 'column') {
    applySets(collectTexts(path, value, depth, new Map()), context.plan.topLevel, context);
  } else {
    apply(action, value, context);
  }
}

function visitContainer(value: unknown, context: DecoderContext): void {
  if (value === null || value === undefined || value === '') return;
  const content = typeof value === 'string' ? parsedText(value) : value;
  if (!isObject(content)) throw new UnfitRow('wrong-type', 'properties');
  visitProperties('', content, 1, context);
}

function visitProperties(prefix: string, object: JsonObject, depth: number, context: DecoderContext): void {
  checkDepth(depth, prefix === '' ? 'properties' : prefix);
  for (const [key, value] of Object.entries(object)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const action = context.plan.inProperties(path);
    if (isObject(value) && action.kind !== 'column') visitProperties(path, value, depth + 1, context);
    else if (Array.isArray(value) && action.kind !== 'column') {
      applySets(collectTexts(path, value, depth, new Map()), context.plan.inProperties, context);
    } else apply(action, value, context);
  }
}

/** The texts of an array as one set; objects in it give one set per field, as if each were nested there. */
function collectTexts(path: string, value: unknown, depth: number, texts: Map<string, string[]>) {
  checkDepth(depth, path);
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) collectTexts(path, item, depth + 1, texts);
  } else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) collectTexts(`${path}.${key}`, inner, depth + 1, texts);
  } else if (value !== null) {
    const known = texts.get(path);
    if (known === undefined) texts.set(path, [textOfScalar(value)]);
    else known.push(textOfScalar(value));
  }
  return texts;
}

const textOfScalar = (value: unknown): string => (isScalar(value) ? String(value) : '');

function applySets(
  texts: ReadonlyMap<string, string[]>,
  actionOf: (path: string) => FieldAction,
  context: DecoderContext,
): void {
  for (const [path, values] of texts) {
    const action = actionOf(path);
    if (action.kind === 'property') setProperty(action.name, values, context);
  }
}

function visitConstant(name: string, value: unknown, context: DecoderContext): void {
  const isColumn = Object.hasOwn(EVENT_COLUMNS, name);
  const action: FieldAction = isColumn
    ? { kind: 'column', column: name as EventColumnName }
    : { kind: 'property', name };
  apply(action, value, context);
}

function apply(action: FieldAction, value: unknown, context: DecoderContext): void {
  if (value === null || value === undefined) return;
  if (action.kind === 'column') setColumn(action.column, value, context);
  if (action.kind === 'property' && isScalar(value)) setProperty(action.name, value, context);
}

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

function setColumn(column: EventColumnName, value: unknown, context: DecoderContext): void {
  const { draft, encoder } = context;
  if (column === 'environment') return; // judged before decoding: it decides the dictionaries
  if (column === 'ts') draft.tsMs = instantOf(column, value, context);
  else if (column === 'received_at') draft.receivedMs = instantOf(column, value, context);
  else {
    const text = textOf(column, value);
    const { source, length } = encoder.bytesOf(text);
    if (column === 'event_id') {
      if (context.plan.eventId === 'column') setIdFromText(checkedId(text), context);
    } else if (column === 'event_type') {
      draft.event = checkedCode(encoder.eventTypeCode(source, 0, length), column);
    } else {
      const index = CODED_INDEX[column] ?? 0;
      draft.codes[index] = checkedCode(encoder.codedColumn(index, source, 0, length), column);
    }
  }
}

/** Identifiers are sometimes sent as numbers; those that a number holds exactly are taken as their text. */
function textOf(column: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw new UnfitRow('wrong-type', column);
}

function instantOf(column: string, value: unknown, { encoder }: DecoderContext): number {
  if (typeof value === 'number' && Number.isFinite(value)) return Math.floor(value) + 0; // −0 becomes 0
  if (typeof value !== 'string') throw new UnfitRow('bad-time', column);
  if (value === '') return NaN;
  const { source, length } = encoder.bytesOf(value);
  const ms = parseInstant(source.bytes, 0, length);
  if (Number.isNaN(ms)) throw new UnfitRow('bad-time', column);
  return ms;
}

function checkedId(text: string): string {
  if (text.length > EVENT_COLUMNS.event_id.maxLength) throw new UnfitRow('too-long', 'event_id');
  return text;
}

function checkedCode(code: number, field: string): number {
  if (code === TOO_LONG) throw new UnfitRow('too-long', field);
  return code;
}

function setIdFromText(text: string, { draft, encoder }: DecoderContext): void {
  const { source, length } = encoder.bytesOf(text);
  draft.hasId = length > 0;
  setEventId(draft.id, source.bytes, 0, length);
}

/** The first row of an object has the object's key for its id, a further one the key and its position. */
const objectKeyOf = ({ objectKey, position }: RowPlace): string =>
  position === 1 ? objectKey : `${objectKey}#${position}`;

/** Equal rows have equal ids, in whatever order and with whatever spacing their fields were written. */
function setIdFromRow(row: JsonObject, { draft, encoder }: DecoderContext): void {
  const { source, length } = encoder.bytesOf(canonicalJson(row));
  draft.hasId = true;
  hash128(source.bytes, 0, length, draft.id.words, 0);
}

const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );

type PropertyValue = string | number | boolean | readonly string[];

function setProperty(name: string, value: PropertyValue, context: DecoderContext): void {
  if (name.length > MAX_NAME_LENGTH) throw new UnfitRow('too-long', 'property name');
  const { draft, encoder } = context;
  const column = encoder.property(name);
  if (column === undefined) throw new UnfitRow('too-many-properties');
  encoder.countName(column);
  let fits = true;
  if (typeof value === 'boolean') {
    fits = draft.setProperty(column.id, value ? VALUE_KIND.yes : VALUE_KIND.no, 0);
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new UnfitRow('wrong-type', column.name);
    fits = draft.setProperty(column.id, VALUE_KIND.number, value + 0); // −0 becomes 0
  } else {
    const code =
      typeof value === 'string' ? codeOfText(value, column, encoder) : encoder.propertySet(column, value);
    if (code !== 0) fits = draft.setProperty(column.id, VALUE_KIND.text, code);
  }
  if (!fits) throw new UnfitRow('too-many-properties');
}

function codeOfText(text: string, column: PropertyColumn, encoder: ValueEncoder): number {
  const { source, length } = encoder.bytesOf(text);
  return encoder.propertyText(column, source, 0, length);
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parsedText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function checkDepth(depth: number, path: string): void {
  if (depth > MAX_DEPTH) throw new UnfitRow('too-deep', path.split('.', 1)[0] ?? null);
}
