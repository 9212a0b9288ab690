import { CAPTURE_WINDOW_MS } from '../../../../shared/domain/events.ts';
import { isMetricId, type MetricId } from '../../../../shared/domain/metrics.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { EventRef, Filter } from '../../../../shared/query/filter.ts';
import type { TrendSeries } from '../../../../shared/query/kinds/trend.ts';
import { isUntouchedBy } from '../../plan/capture.ts';
import { eventTypesOf, matchEvents } from '../../plan/event-match.ts';
import type { Question } from '../../plan/question.ts';
import type { Role } from '../../timeline/timeline.ts';

/** Events of one user in a span of time. */
export interface UserSpan {
  from: number;
  to: number;
  tsMs: Float64Array;
  masks: Int32Array;
  /** The property of the metric; NaN where an event has none. */
  numbers: Float64Array | null;
  /** Practice runs, where the metric asks for them. */
  runs: Runs | null;
}

export interface Runs {
  /** Number of an event's run; 0: none. */
  numberOf: (event: number) => number;
  /** The earliest reaction of a run that passes the filters; Infinity: none. */
  firstReactionMs: (run: number) => number;
}

/** Both sides of what one user adds to a metric; a metric that is no ratio divides by the user. */
export interface UserValue {
  numerator: number;
  denominator: number;
}

/** A metric as a number per user: what an experiment compares. */
export interface UserMetric {
  kind: 'proportion' | 'mean' | 'ratio';
  refs: EventRef[];
  /** Event types that it reads as one; null: any. What one of them cannot have leaves that one alone. */
  types: readonly string[] | null;
  /** Whether filters on a property leave one of the refs alone. */
  ignores?: (ref: number, property: string) => boolean;
  property: string | null;
  /** Whether it counts practice runs, or those with a reaction. */
  runs: 'completed' | 'captured' | null;
  valueOf: (span: UserSpan, has: (event: number, ref: number) => boolean) => UserValue;
}

const REACTION = 'reaction_captured';
const COMPLETED = 'session_completed';

export function userMetric(series: TrendSeries): UserMetric {
  const { measure, property = null } = series;
  const ref: EventRef = { event: series.event, filters: series.filters, anyOf: series.anyOf };
  if (isMetricId(measure)) return metricOf(measure, series.filters ?? []);
  switch (measure) {
    case 'users':
      return counted('proportion', [ref]);
    case 'events':
      return counted('mean', [ref]);
    case 'sum':
      return summed('mean', ref, property);
    case 'mean':
      return summed('ratio', ref, property);
    case 'ratio':
      return ratioOf(ref, series.of ?? {});
    default:
      throw unsupported(measure);
  }
}

function metricOf(metric: MetricId, filters: Filter[]): UserMetric {
  switch (metric) {
    case 'active_users':
      return counted('proportion', [{ event: null, filters }]);
    case 'captured_reactions':
      return counted('mean', [{ event: REACTION, filters }]);
    case 'completed_sessions':
      return completedRuns(filters);
    case 'feature_adoption':
      return counted('proportion', [{ event: 'feature_usage', filters }]);
    case 'revenue_per_user':
      return summed('mean', { event: 'payment', filters }, 'amount');
    case 'state_share':
      return stateShare({ event: REACTION, filters });
    case 'error_rate':
      return ratioOf(
        {
          event: 'performance_metric',
          filters: [...filters, { property: 'success', op: 'is', value: false }],
        },
        { event: 'performance_metric', filters },
      );
    case 'follow_up_rate':
      return ratioOf(prompts(filters, { property: 'is_follow_up', op: 'is', value: true }), prompts(filters));
    case 'capture_rate':
      return captureRate(filters);
    default:
      throw unsupported(metric);
  }
}

const SUPPORTED =
  'events, users, sum, mean, ratio, active_users, captured_reactions, completed_sessions, capture_rate, state_share, feature_adoption, revenue_per_user, error_rate, follow_up_rate';

const unsupported = (measure: string): AppError =>
  new AppError(
    'bad-input',
    `metric.measure: "${measure}" has no number per user; expected one of ${SUPPORTED}`,
    {
      path: 'metric.measure',
    },
  );

const prompts = (filters: Filter[], ...more: Filter[]): EventRef => ({
  event: 'chat_interaction',
  filters: [{ property: 'message_type', op: 'is', value: 'user_prompt' }, ...filters, ...more],
});

/** All reactions are the whole of each state, also where a filter asks for one. */
const stateShare = (ref: EventRef): UserMetric => ({
  ...ratioOf(ref, ref),
  ignores: (index, property) => index === 1 && property === 'state',
});

function counted(kind: 'proportion' | 'mean', refs: EventRef[]): UserMetric {
  return {
    kind,
    refs,
    types: typesOf(refs),
    property: null,
    runs: null,
    valueOf({ from, to }, has) {
      let count = 0;
      for (let event = from; event < to; event++) if (has(event, 0)) count++;
      return { numerator: kind === 'proportion' ? Math.min(1, count) : count, denominator: 1 };
    },
  };
}

/** The sum of a property per user, or its mean: all sums over all numbers. */
function summed(kind: 'mean' | 'ratio', ref: EventRef, property: string | null): UserMetric {
  return {
    kind,
    refs: [ref],
    types: typesOf([ref]),
    property,
    runs: null,
    valueOf({ from, to, numbers }, has) {
      let [sum, count] = [0, 0];
      for (let event = from; event < to; event++) {
        const number = numbers?.[event] ?? NaN;
        if (Number.isNaN(number) || !has(event, 0)) continue;
        sum += number;
        count++;
      }
      return { numerator: sum, denominator: kind === 'ratio' ? count : 1 };
    },
  };
}

function ratioOf(of: EventRef, to: EventRef): UserMetric {
  return {
    kind: 'ratio',
    refs: [of, to],
    types: typesOf([of, to]),
    property: null,
    runs: null,
    valueOf(span, has) {
      let [numerator, denominator] = [0, 0];
      for (let event = span.from; event < span.to; event++) {
        if (has(event, 0)) numerator++;
        if (has(event, 1)) denominator++;
      }
      return { numerator, denominator };
    },
  };
}

/** Distinct runs that were completed; without an id it is no run. */
const completedRuns = (filters: Filter[]): UserMetric => ({
  kind: 'mean',
  refs: [{ event: COMPLETED, filters }],
  types: [COMPLETED],
  property: null,
  runs: 'completed',
  valueOf({ from, to, runs }, has) {
    const found = new Set<number>();
    for (let event = from; event < to; event++) if (has(event, 0)) found.add(runs?.numberOf(event) ?? 0);
    found.delete(0);
    return { numerator: found.size, denominator: 1 };
  },
});

/** Completed runs, and those with a reaction before the completion or at most 24 hours after it, whoever it is of. */
const captureRate = (filters: Filter[]): UserMetric => ({
  kind: 'ratio',
  refs: [{ event: COMPLETED, filters }],
  types: [COMPLETED, REACTION],
  property: null,
  runs: 'captured',
  valueOf({ from, to, tsMs, runs }, has) {
    const captured = new Map<number, boolean>();
    for (let event = from; event < to; event++) {
      const run = has(event, 0) ? (runs?.numberOf(event) ?? 0) : 0;
      if (run === 0) continue;
      const isCaptured =
        (runs?.firstReactionMs(run) ?? Infinity) <= (tsMs[event] as number) + CAPTURE_WINDOW_MS;
      captured.set(run, (captured.get(run) ?? false) || isCaptured);
    }
    return { numerator: [...captured.values()].filter(Boolean).length, denominator: captured.size };
  },
});

function typesOf(refs: readonly EventRef[]): string[] | null {
  const types = refs.map(eventTypesOf);
  return types.some((own) => own === null) ? null : [...new Set(types.flatMap((own) => own ?? []))];
}

export const EXPOSURE = 'experiment_exposure';

/** Whether a filter leaves an event type alone: exposures and what is measured are read as those of one metric. */
export function untouchedIn(
  question: Question,
  { types, refs }: UserMetric,
): (eventType: string, property: string) => boolean {
  const { view } = question;
  const read = types ?? [...view.eventTypes].filter((type) => refs.some((ref) => means(ref, type)));
  const all = [EXPOSURE, ...read];
  return (eventType, property) => isUntouchedBy(question, all, eventType, property);
}

const means = ({ event, anyOf }: EventRef, type: string): boolean =>
  anyOf === undefined ? event == null || event === type : anyOf.some((inner) => means(inner, type));

export function metricRoles(question: Question, metric: UserMetric): Role[] {
  const { compiler, spec } = question;
  const isUntouched = untouchedIn(question, metric);
  return metric.refs.map((ref, index) => ({
    match: matchEvents(ref, {
      compiler,
      filters: spec.filters,
      isUntouched: (eventType, property) =>
        metric.ignores?.(index, property) === true || isUntouched(eventType, property),
    }),
  }));
}
