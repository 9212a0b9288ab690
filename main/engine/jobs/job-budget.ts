import type { JobSettings } from '../../../shared/rpc/contract/jobs.ts';
import type { MonthUsage } from './job-runs.ts';

/** How much of a source one run may still read. */
export interface JobBudget {
  /** Whether an object may be begun after so many rows of the run; it is counted then. */
  admits: (sizeBytes: number, rowsSeen: number) => boolean;
  /** What ended the run, in words; null: nothing did. */
  exceeded: () => Exceeded | null;
}

export interface Exceeded {
  what: 'run' | 'month';
  message: string;
}

export function createBudget(
  { budgetBytes, budgetRows, monthBytes }: Pick<JobSettings, 'budgetBytes' | 'budgetRows' | 'monthBytes'>,
  used: MonthUsage,
): JobBudget {
  let bytes = 0;
  let exceeded: Exceeded | null = null;
  const stop = (what: Exceeded['what'], message: string): false => {
    exceeded = { what, message };
    return false;
  };
  return {
    admits(sizeBytes, rowsSeen) {
      const next = bytes + sizeBytes;
      if (monthBytes !== null && used.bytes + next > monthBytes)
        return stop('month', `the ${megabytes(monthBytes)} of this month are used up`);
      if (budgetBytes !== null && next > budgetBytes)
        return stop('run', `there is more than the ${megabytes(budgetBytes)} that one run may read`);
      if (budgetRows !== null && rowsSeen >= budgetRows)
        return stop(
          'run',
          `there is more than the ${budgetRows.toLocaleString('en')} rows that one run may read`,
        );
      bytes = next;
      return true;
    },
    exceeded: () => exceeded,
  };
}

export const noBudget = (): JobBudget => ({ admits: () => true, exceeded: () => null });

const megabytes = (bytes: number): string =>
  `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`;
