import type { ReconciledDay } from '../../../shared/rpc/contract/jobs.ts';
import { READ_AGAIN } from '../store/ledger.ts';

export type ComparedDay = Pick<
  ReconciledDay,
  'day' | 'eventType' | 'atSource' | 'atHome' | 'ratio' | 'state'
>;

/** Objects whose key says nothing of a day. */
export const UNDATED = 'undated';

export interface ComparedWith {
  /** The first day that the source still has; null: it has all. */
  frozenBefore: string | null;
  signal: AbortSignal;
  /** Under which key the ledger knows an object whose own names somebody who asked to be forgotten. */
  ledgerKey?: (key: string) => string;
}

export const withoutMark = (version: string): string =>
  version.startsWith(READ_AGAIN) ? version.slice(READ_AGAIN.length) : version;

export function stateOf({
  day,
  differing,
  frozenBefore,
}: {
  day: string;
  differing: number;
  frozenBefore: string | null;
}): ComparedDay['state'] {
  if (frozenBefore !== null && day < frozenBefore) return 'frozen';
  return differing === 0 ? 'matches' : 'differs';
}
