import type { NumberedAnnotation } from '../../../shared/rpc/contract/annotations.ts';
import { parseAddress } from '../../state/address.ts';
import type { Subject } from './subject.ts';

/** A note speaks of a practice or master by what it is pinned to, by the page it was written on, or by the filter there. */
export function isAboutSubject(
  { anchor, target }: Pick<NumberedAnnotation, 'anchor' | 'target'>,
  { kind, id }: Pick<Subject, 'kind' | 'id'>,
): boolean {
  if (anchor?.kind === kind && anchor.id === id) return true;
  if (target?.address === undefined) return false;
  const { address } = parseAddress(target.address);
  if (address.view === kind) return address.practices.subject === id;
  const chosen = address.filters[kind];
  return chosen.length === 1 && chosen[0] === id;
}
