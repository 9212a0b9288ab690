/** The attribute by which a part of a tile says which values it stands for; the like parts of other tiles light up. */
export const linkedTo = (...values: readonly (readonly [field: string, value: string | null])[]) => {
  const keys = values.flatMap(([field, value]) => (value === null ? [] : [linkedKey(field, value)]));
  return keys.length === 0 ? {} : { 'data-linked': keys.join(' ') };
};

/** Without blanks, which stand between the values. */
export const linkedKey = (field: string, value: string): string => `${field}:${encodeURIComponent(value)}`;
