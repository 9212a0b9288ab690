import type { UserNames } from './user-names.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const LEAD = 'x'; // names of secrets and addresses may begin with it

/**
 * Ids in the strings and keys of a JSON text replaced by stand-ins, as far as the outcome still makes sense to who reads
 * it: a user whose id is a word of the product must not leave settings that nobody can read.
 */
export function replacedInJson(text: string, names: UserNames, isValid: (value: unknown) => boolean): string {
  if (!names.isNamedIn(text)) return text;
  const original = JSON.parse(text) as Json;
  const replace = (part: string): string => names.replacedIn(part, LEAD);
  const whole = mapped(original, replace);
  if (isValid(whole)) return JSON.stringify(whole);
  const parts = new Set(partsOf(original).filter((part) => names.isNamedIn(part)));
  const replaced = new Set<string>();
  for (const part of parts) {
    const tried = new Set(replaced).add(part);
    if (isValid(mapped(original, (one) => (tried.has(one) ? replace(one) : one)))) replaced.add(part);
  }
  return JSON.stringify(mapped(original, (one) => (replaced.has(one) ? replace(one) : one)));
}

/** Every string and every key, changed. */
function mapped(value: Json, change: (part: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => mapped(one, change));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [change(key), mapped(one, change)]));
}

function partsOf(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(partsOf);
  return Object.entries(value).flatMap(([key, one]) => [key, ...partsOf(one)]);
}
