import type { Operation } from './operation.ts';

/** One value that an operation gave to a field. */
export interface Version<T> {
  operation: Operation;
  value: T;
  /** op_ids of the values that the writer replaced. */
  saw: readonly string[];
}

/** All values that a field was ever given, in the one order of operations. */
export interface Register<T> {
  versions: Version<T>[];
  /** What emptied operations had seen, by op_id: whoever saw them replaces that, too. null: there are none. */
  passedOn: Map<string, readonly string[]> | null;
}

/** Of a field that was never given a value; never written to, because most fields of most notes hold it. */
export const EMPTY_REGISTER: Register<never> = { versions: [], passedOn: null };

export const createRegister = <T>(): Register<T> => ({ versions: [], passedOn: null });

/**
 * The versions that nobody replaced, in order. Operations that claim to replace each other in a ring cannot be honest;
 * where nothing else is left they all stand, so that no text goes out of sight.
 */
export function standing<T>({ versions, passedOn }: Register<T>): readonly Version<T>[] {
  if (versions.length < 2) return versions;
  const replaced = new Set<string>();
  for (const { operation, saw } of versions)
    for (const id of withPassedOn(saw, passedOn)) if (id !== operation.op_id) replaced.add(id);
  const left = versions.filter(({ operation }) => !replaced.has(operation.op_id));
  return left.length > 0 ? left : versions;
}

/** Ids that were seen, and all that emptied ones among them had seen. */
export function withPassedOn(ids: Iterable<string>, passedOn: Register<unknown>['passedOn']): Set<string> {
  const reached = new Set(ids);
  if (passedOn !== null)
    for (const id of reached) for (const further of passedOn.get(id) ?? []) reached.add(further);
  return reached;
}

export const latest = <T>(register: Register<T>): T | undefined => standing(register).at(-1)?.value;
