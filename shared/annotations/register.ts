import type { Operation } from './operation.ts';

/** One value that an operation gave to a field. */
export interface Version<T> {
  operation: Operation;
  value: T;
  /** op_ids of the values that the writer replaced. */
  saw: readonly string[];
}

/**
 * The versions that nobody replaced, in the order of `versions`. Operations that claim to replace each other in a ring
 * cannot be honest; where nothing else is left they all stand, so that no text goes out of sight.
 */
export function standing<T>(versions: readonly Version<T>[]): readonly Version<T>[] {
  if (versions.length < 2) return versions;
  const replaced = new Set<string>();
  for (const { operation, saw } of versions)
    for (const id of saw) if (id !== operation.op_id) replaced.add(id);
  const left = versions.filter(({ operation }) => !replaced.has(operation.op_id));
  return left.length > 0 ? left : versions;
}
