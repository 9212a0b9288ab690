import { NOT_DEFINED } from '../../../shared/format/numbers.ts';

/** 1940 → "1.9 s", 240 → "0.2 s", 12400 → "12.4 s". */
export const secondsOfMs = (ms: number | null): string =>
  ms === null ? NOT_DEFINED : `${(ms / 1_000).toFixed(1)} s`;

/** "25.44": the currency of a prompt's cost is not in the data. */
export const costText = (cost: number | null): string =>
  cost === null
    ? NOT_DEFINED
    : cost.toLocaleString('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
