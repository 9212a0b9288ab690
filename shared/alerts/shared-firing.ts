import { compareOperations, type FiringFields, isEmptied, type Operation } from '../annotations/operation.ts';

/** What all devices together say of one alert. */
export type SharedFiring = FiringFields & { author: string };

/**
 * The members of the operations of one alert, each by the latest that says it: whoever acknowledges leaves the label of
 * another as it is. Order and copies do not matter. null: nothing is left, or it is no alert.
 */
export function foldFiring(operations: readonly Operation[]): SharedFiring | null {
  const redacted = new Set(operations.flatMap((each) => (each.kind === 'redact' ? each.fields.op_ids : [])));
  const said = operations
    .filter((each) => each.kind === 'firing')
    .filter((each) => !isEmptied(each) && !redacted.has(each.op_id))
    .sort(compareOperations);
  const last = said.at(-1);
  if (last === undefined) return null;
  return Object.assign({}, ...said.map(({ fields }) => fields), { author: last.author }) as SharedFiring;
}
