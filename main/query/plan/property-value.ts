/** A value as an event or a user carries it; a list is a set of texts. Missing is `undefined`. */
export type PropertyValue = string | number | boolean | readonly string[];

/** What breakdowns show and what values of different types are compared by. */
export function textOf(value: PropertyValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** JSON of a dimension row as a value; null, empty lists and objects are no values. */
export function toPropertyValue(json: unknown): PropertyValue | undefined {
  if (typeof json === 'string' || typeof json === 'number' || typeof json === 'boolean') return json;
  if (Array.isArray(json) && json.length > 0) return [...new Set(json.map(String))].sort();
  return undefined;
}
