import type { Occurrences } from '../../../shared/query/cohort.ts';

/** Whether a number of events fits a rule. */
export function fits({ op, value }: Occurrences, events: number): boolean {
  switch (op) {
    case 'gte':
      return events >= value;
    case 'lte':
      return events <= value;
    case 'is':
      return events === value;
  }
}
