import type { QueryKind, QuerySpecInput } from '../../../shared/query/spec.ts';
import { commonParts, compareOf } from '../../state/question-parts.ts';
import type { ViewBase } from '../../state/use-view-base.ts';

/** What Explore opens with: the capture rate under the dates and filters that the other views have. */
export const startSpec = ({ asked, bucket, address }: ViewBase): QuerySpecInput => ({
  kind: 'trend',
  ...tidy(commonParts(asked, [])),
  interval: bucket,
  ...(compareOf(address) === null ? {} : { compare: compareOf(address) }),
  series: [{ measure: 'capture_rate' }],
});

const completed = { event: 'session_completed' };

/** The least that each kind needs beside what every question has. */
const KIND_PARTS: Record<QueryKind, object> = {
  trend: { interval: 'day', series: [{ measure: 'capture_rate' }] },
  states: { groupBy: 'practice_id' },
  funnel: {
    unit: { property: 'practice_session_id' },
    steps: [{ event: 'session_started' }, completed, { event: 'reaction_captured' }],
    window: { value: 1, unit: 'hour' },
  },
  retention: { interval: 'week', anchor: completed, return: completed, type: 'first_time' },
  lifecycle: { interval: 'week', event: 'session_completed' },
  stickiness: { interval: 'day', event: 'session_completed' },
  paths: { items: [{ event: 'page_view', by: 'page_path' }], steps: 4 },
  sessions: { interval: 'day' },
  distribution: { event: 'session_completed', property: 'duration_seconds' },
  experiment: { experiment_id: '', metric: { measure: 'capture_rate' } },
};

/** The same dates and filters asked in another kind. */
export function ofKind(spec: QuerySpecInput, kind: QueryKind, experimentId: string): QuerySpecInput {
  const { environment, range, zone, weekStart, filters, userFilters, cohort, compare, breakdown } = spec;
  const common = { environment, range, zone, weekStart, filters, userFilters, cohort, compare, breakdown };
  const own =
    kind === 'experiment' ? { ...KIND_PARTS.experiment, experiment_id: experimentId } : KIND_PARTS[kind];
  return tidy({ kind, ...common, ...own }) as QuerySpecInput; // the parts of this kind
}

/** Without what says nothing: undefined, null and empty lists. */
export function tidy<T extends object>(spec: T): T {
  const entries = Object.entries(spec).filter(
    ([, value]) => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(entries) as T; // fields that are optional are left out
}
