/** The same text for the same question, whatever order its fields stand in; undefined fields do not count. */
export function questionKey(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(questionKey).join(',')}]`;
  if (typeof value !== 'object' || value === null)
    return value === undefined ? 'null' : JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${questionKey(field)}`);
  return `{${fields.join(',')}}`;
}
