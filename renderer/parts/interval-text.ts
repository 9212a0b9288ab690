import { formatRate } from '../../shared/format/numbers.ts';

/** "86.9% to 88.0%". */
export const intervalText = ({ low, high }: { low: number | null; high: number | null }): string =>
  low === null || high === null ? '–' : `${formatRate(low)} to ${formatRate(high)}`;
