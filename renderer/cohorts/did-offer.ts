import type { CohortDefinition, CohortRef } from '../../shared/query/cohort.ts';
import type { EventRef, Filter } from '../../shared/query/filter.ts';

export interface Did {
  environment: string;
  range: { from: string; to: string };
  event: EventRef;
  /** Of the view: on the same events. */
  filters: readonly Filter[];
  /** Of the view: whose events. */
  cohort: CohortRef | null;
}

/** Those who did an event: as a rule that can be edited, unless it must be narrowed to a cohort, which no rule can name. */
export function didDefinition({ environment, range, event, filters, cohort }: Did): CohortDefinition {
  const did: EventRef = { ...event, filters: [...(event.filters ?? []), ...filters] };
  if (cohort === null) return { all: [{ did, times: { op: 'gte', value: 1 }, range, not: false }] };
  return {
    question: { kind: 'funnel', environment, range, steps: [event], filters, cohort },
    cell: { step: 0, dropped: false },
  };
}
