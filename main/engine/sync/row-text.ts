import type { JsonObject } from './event-decoder.ts';
import { isObject } from './event-decoder.ts';
import { UnfitRow } from './row-problem.ts';
import { fieldsOf } from './split-csv.ts';

export const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');

/** Throws UnfitRow where the text is no JSON object. */
export function parseJsonRow(text: string): JsonObject {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    throw new UnfitRow('bad-json');
  }
  if (!isObject(row)) throw new UnfitRow('not-an-object');
  return row;
}

/** How a field of a record is understood: CSV knows only texts, so numbers and booleans are told by their look. */
export type FieldKind = 'text' | 'any';

/** A record under its header; empty fields are missing. Throws UnfitRow where their numbers differ. */
export function parseCsvRow(
  text: string,
  header: readonly string[],
  kindOf: (name: string) => FieldKind,
): JsonObject {
  const fields = fieldsOf(text);
  if (fields.length !== header.length) throw new UnfitRow('bad-record');
  const row: JsonObject = {};
  header.forEach((name, index) => {
    const field = fields[index] ?? '';
    if (field !== '') row[name] = kindOf(name) === 'text' ? field : scalarOf(field);
  });
  return row;
}

/** A number only if nothing is lost by taking it for one: no leading zeros, plus signs or more digits than it holds. */
const PLAIN_NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;

function scalarOf(field: string): string | number | boolean {
  if (field === 'true') return true;
  if (field === 'false') return false;
  return PLAIN_NUMBER.test(field) ? Number(field) : field;
}
