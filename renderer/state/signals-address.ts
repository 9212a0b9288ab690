import type { AddressReader } from './address-reader.ts';
import { ABANDONED_PENALTY } from './display-settings.ts';

export const LOWEST_PENALTY = -5;

/** What the Signals view assumes, beside dates and filters. */
export interface SignalsState {
  /** What a start without an end counts as, −5 to 0. */
  penalty: number;
}

export const DEFAULT_SIGNALS: SignalsState = { penalty: ABANDONED_PENALTY };

export function formatSignals(query: URLSearchParams, { penalty }: SignalsState): void {
  if (penalty !== DEFAULT_SIGNALS.penalty) query.set('penalty', String(penalty));
}

export const readSignals = (read: AddressReader): SignalsState => ({
  penalty: read.one('penalty', parsePenalty) ?? DEFAULT_SIGNALS.penalty,
});

/** In steps of a tenth. */
export function parsePenalty(text: string): number | undefined {
  const value = Number(text.replace('−', '-'));
  const isFine = /^[-−]?\d(\.\d)?$/.test(text) && value >= LOWEST_PENALTY && value <= 0;
  return isFine ? Math.round(value * 10) / 10 + 0 : undefined;
}
