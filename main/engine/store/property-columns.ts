import { EVENT_TYPES, ID_PROPERTIES, type PropertyRule } from '../../../shared/domain/events.ts';
import type { SegmentColumnInput } from '../../format/encode-segment.ts';
import type { ByteDictionary } from './byte-dictionary.ts';
import type { EventBatch, PropertyValues } from './event-batch.ts';
import { VALUE_KIND } from './event-columns.ts';
import { viewText } from './byte-view.ts';
import { narrowCodes, narrowNumbers } from './narrow.ts';
import type { PlannedFile } from './plan-files.ts';

/** Known texts and identifiers are stored as texts even where a product sends them as numbers, beside the numbers. */
export const TEXT_PROPERTIES: ReadonlySet<string> = new Set([
  ...ID_PROPERTIES,
  ...Object.values(EVENT_TYPES).flatMap((rules) =>
    Object.entries<PropertyRule>(rules)
      .filter(([, rule]) => rule.type === 'text')
      .map(([name]) => name),
  ),
]);

/** What building needs to know of the environment. */
export interface PropertyCatalogue {
  propertyNames: readonly string[];
  dictionary: (column: string) => ByteDictionary;
}

/**
 * The property columns of every planned file. One property at a time is laid out over all rows of the batch, so the
 * scratch memory is one column whatever the number of properties.
 */
export function propertyColumns(
  batch: EventBatch,
  files: readonly PlannedFile[],
  catalogue: PropertyCatalogue,
): SegmentColumnInput[][] {
  const columns = files.map((): SegmentColumnInput[] => []);
  const kinds = new Uint8Array(batch.rows);
  const values = new Float64Array(batch.rows);
  for (const [propertyId, byEvent] of valuesByProperty(batch)) {
    const name = catalogue.propertyNames[propertyId] ?? '';
    for (const list of byEvent.values()) lay(list, kinds, values);
    files.forEach((file, index) => {
      if (![...file.eventRows.keys()].some((event) => byEvent.has(event))) return;
      columns[index]?.push(...columnsOf(name, file.rows, kinds, values, catalogue));
    });
    for (const list of byEvent.values()) lift(list, kinds);
  }
  return columns;
}

function valuesByProperty(batch: EventBatch): Map<number, Map<number, PropertyValues>> {
  const byProperty = new Map<number, Map<number, PropertyValues>>();
  batch.properties.forEach((ofEvent, event) => {
    ofEvent?.forEach((list, propertyId) => {
      if (list === undefined) return;
      const byEvent = byProperty.get(propertyId) ?? new Map<number, PropertyValues>();
      byProperty.set(propertyId, byEvent.set(event, list));
    });
  });
  return byProperty;
}

function lay(list: PropertyValues, kinds: Uint8Array, values: Float64Array): void {
  for (let i = 0; i < list.length; i++) {
    const row = list.rows[i] ?? 0;
    kinds[row] = list.kinds[i] ?? 0;
    values[row] = list.values[i] ?? 0;
  }
}

function lift(list: PropertyValues, kinds: Uint8Array): void {
  for (let i = 0; i < list.length; i++) kinds[list.rows[i] ?? 0] = VALUE_KIND.none;
}

/** None, one or two columns: a number beside its text only where a property holds several types in this file. */
function columnsOf(
  name: string,
  rows: Int32Array,
  kinds: Uint8Array,
  values: Float64Array,
  catalogue: PropertyCatalogue,
): SegmentColumnInput[] {
  let seen = 0;
  for (const row of rows) seen |= 1 << (kinds[row] ?? 0);
  const has = (kind: number): boolean => (seen & (1 << kind)) !== 0;
  const hasNumber = has(VALUE_KIND.number);
  const hasBoolean = has(VALUE_KIND.no) || has(VALUE_KIND.yes);
  const hasText = has(VALUE_KIND.text) || (TEXT_PROPERTIES.has(name) && (hasNumber || hasBoolean));
  const column = `p.${name}`;
  if (hasNumber && !hasBoolean && !hasText) {
    return [{ name: column, kind: 'number', ...narrowNumbers(numbersOf(rows, kinds, values)) }];
  }
  if (hasBoolean && !hasNumber && !hasText)
    return [{ name: column, kind: 'boolean', ...booleansOf(rows, kinds) }];
  if (!hasText && !hasNumber) return [];
  const dictionary = catalogue.dictionary(column);
  const codes = codesOf(rows, kinds, values, dictionary);
  const texts: SegmentColumnInput = { name: column, kind: 'code', ...narrowCodes(codes), dictionary: column };
  if (!hasNumber) return [texts];
  return [texts, { name: `n.${name}`, kind: 'number', ...narrowNumbers(numbersOf(rows, kinds, values)) }];
}

function numbersOf(rows: Int32Array, kinds: Uint8Array, values: Float64Array): Float64Array {
  const numbers = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    numbers[i] = kinds[row] === VALUE_KIND.number ? (values[row] ?? 0) : NaN;
  }
  return numbers;
}

/** 0 missing, 1 false, 2 true. */
function booleansOf(rows: Int32Array, kinds: Uint8Array): { element: 'uint8'; values: Uint8Array } {
  const values = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const kind = kinds[rows[i] ?? 0] ?? 0;
    values[i] = kind === VALUE_KIND.none ? 0 : kind === VALUE_KIND.no ? 1 : 2;
  }
  return { element: 'uint8', values };
}

function codesOf(
  rows: Int32Array,
  kinds: Uint8Array,
  values: Float64Array,
  dictionary: ByteDictionary,
): Int32Array {
  const codes = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    const kind = kinds[row] ?? 0;
    if (kind === VALUE_KIND.text) codes[i] = values[row] ?? 0;
    else if (kind !== VALUE_KIND.none) codes[i] = codeOfScalar(kind, values[row] ?? 0, dictionary);
  }
  return codes;
}

/** Beside texts, a number or boolean is also found by its text: `5`, `true`. */
export function codeOfScalar(kind: number, value: number, dictionary: ByteDictionary): number {
  const text = kind === VALUE_KIND.number ? String(value) : kind === VALUE_KIND.yes ? 'true' : 'false';
  const view = viewText(text);
  return dictionary.add(view, 0, view.bytes.length);
}
