import { isEventColumn } from '../../../shared/domain/events.ts';
import type { MetricId } from '../../../shared/domain/metrics.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EventRef, Filter } from '../../../shared/query/filter.ts';
import type { TrendSeries } from '../../../shared/query/kinds/trend.ts';
import { planAcquisitionCost } from './acquisition-cost.ts';
import { isUntouchedBy, planCapture, RUN_ID, COMPLETED, REACTION } from './capture.ts';
import { planChurn, planStickiness, planDaily } from './active-metrics.ts';
import { propertyIds, userIds } from './id-source.ts';
import { planImpact } from './impact.ts';
import {
  type PlannedMeasure,
  partOf,
  planEvents,
  planOrder,
  planTrailing,
  planUsers,
  type SeriesContext,
} from './measures.ts';
import { planRevenue } from './money-metrics.ts';
import { countDistinct, countEvents, type Part, type Quantity, sumNumbers } from './quantity.ts';
import type { GroupSet } from './question.ts';
import { ratioPoint } from './series.ts';
import { planSessionMetric } from './session-metrics.ts';
import { planSignals } from './signals.ts';

type Planner = (context: SeriesContext, series: TrendSeries) => PlannedMeasure | Promise<PlannedMeasure>;

interface MetricPlan {
  /** Event types that the metric reads by itself; a series may name one of them, or any with `isOpen`. */
  events: readonly string[];
  /** The series may name other events than the usual ones. */
  isOpen?: true;
  plan: Planner;
}

/** The metrics of DATA §4; what a metric means stands beside its code. */
const METRIC_PLANS: Record<MetricId, MetricPlan> = {
  completed_sessions: { events: [COMPLETED], plan: planCompleted },
  captured_reactions: {
    events: [REACTION],
    plan: (context, { filters }) => planEvents(partOf(context, { event: REACTION, filters })),
  },
  capture_rate: { events: [COMPLETED, REACTION], plan: planCaptureRate },
  state_share: { events: [REACTION], plan: planStateShare },
  master_impact: {
    events: [COMPLETED, REACTION],
    plan: (context, { filters }) => planImpact(context, filters ?? []),
  },
  confidence_lift: {
    events: ['signal_pre', 'signal_post'],
    plan: (context, { filters }) => planSignals(context, filters ?? [], 'confidence_lift'),
  },
  goal_completion: {
    events: ['signal_pre', 'signal_post'],
    plan: (context, { filters }) => planSignals(context, filters ?? [], 'goal_completion'),
  },
  abandonment: {
    events: ['signal_pre', 'signal_post'],
    plan: (context, { filters }) => planSignals(context, filters ?? [], 'abandonment'),
  },
  active_users: {
    events: [],
    isOpen: true,
    plan: (context, series) => planUsers(partOf(context, refOf(series, null))),
  },
  dau: { events: [], isOpen: true, plan: (context, series) => planDaily(context, refOf(series, null)) },
  wau: { events: [], isOpen: true, plan: (context, series) => planTrailing(context, refOf(series, null), 7) },
  mau: {
    events: [],
    isOpen: true,
    plan: (context, series) => planTrailing(context, refOf(series, null), 30),
  },
  stickiness: {
    events: [],
    isOpen: true,
    plan: (context, series) => planStickiness(context, refOf(series, null)),
  },
  churn: { events: [], isOpen: true, plan: (context, series) => planChurn(context, refOf(series, null)) },
  session_duration: {
    events: [],
    plan: (context, { filters }) => planSessionMetric(context, filters ?? [], 'duration'),
  },
  bounce_rate: {
    events: [],
    plan: (context, { filters }) => planSessionMetric(context, filters ?? [], 'bounces'),
  },
  views_per_session: {
    events: [],
    plan: (context, { filters }) => planSessionMetric(context, filters ?? [], 'views'),
  },
  feature_adoption: { events: ['feature_usage'], plan: planAdoption },
  latency_p50: latency(0.5),
  latency_p95: latency(0.95),
  latency_p99: latency(0.99),
  error_rate: { events: ['performance_metric'], isOpen: true, plan: planErrorRate },
  throughput: { events: [], isOpen: true, plan: planThroughput },
  revenue_per_user: {
    events: ['payment'],
    plan: (context, { filters }) => planRevenue(context, filters ?? []),
  },
  cac: { events: ['payment'], plan: (context, { filters }) => planAcquisitionCost(context, filters ?? []) },
  nps: { events: ['feedback_submission'], plan: planNps },
  csat: { events: ['feedback_submission'], plan: planCsat },
  follow_up_rate: { events: ['chat_interaction'], plan: planFollowUps },
  repeat_rate: { events: ['prompt_analysed'], plan: planRepeats },
  cost_per_outcome: { events: ['prompt_analysed', 'cost_savings_identified'], plan: planOutcomeCost },
};

/** Throws `bad-input` for events that a metric does not read. */
export async function planMetric(
  context: SeriesContext,
  series: TrendSeries,
  metric: MetricId,
  path: string,
): Promise<PlannedMeasure> {
  const found = METRIC_PLANS[metric];
  refuseForeignEvents(found, series, metric, path);
  return found.plan(context, series);
}

function refuseForeignEvents(
  { events, isOpen }: MetricPlan,
  series: TrendSeries,
  metric: string,
  path: string,
): void {
  if (isOpen === true) return;
  const { event, anyOf } = series;
  if (anyOf === undefined && (event === undefined || event === null || events.includes(event))) return;
  const field = anyOf === undefined ? 'event' : 'anyOf';
  const own = events.length === 0 ? 'any event' : events.join(' and ');
  throw new AppError(
    'bad-input',
    `${path}.${field}: the metric "${metric}" reads ${own}; leave ${field} out`,
    {
      path: `${path}.${field}`,
    },
  );
}

/** What the series says, else the metric's usual event; its filters in both cases. */
function refOf({ event, anyOf, filters }: TrendSeries, usual: string | null): EventRef {
  if (anyOf !== undefined) return { anyOf, filters };
  return { event: event ?? usual, filters };
}

const narrowed = (event: string, filters: Filter[] | undefined, ...more: Filter[]): EventRef => ({
  event,
  filters: [...(filters ?? []), ...more],
});

/** Distinct runs with a completion in the bucket. */
function planCompleted(context: SeriesContext, { filters }: TrendSeries): PlannedMeasure {
  const part = partOf(context, { event: COMPLETED, filters });
  const runs = countDistinct(part, propertyIds(context.question.view, RUN_ID));
  return {
    scans: runs.scans,
    point: (set, bucket) => ({ value: runs.at(set, bucket) }),
    units: (set) => runs.at(set, null),
  };
}

async function planCaptureRate(context: SeriesContext, { filters }: TrendSeries): Promise<PlannedMeasure> {
  const { question, space, period } = context;
  const capture = await planCapture({ question, space, axis: period.axis, filters: filters ?? [] });
  return {
    scans: capture.scans,
    finish: capture.finish,
    point: (set, bucket) =>
      ratioPoint(capture.captured(set, bucket), capture.completed(set, bucket), { wilson: true }),
    units: (set) => capture.completed(set, null),
  };
}

/** Reactions of the state ÷ all reactions: filters on `state` and a breakdown by it touch the numerator alone. */
function planStateShare(context: SeriesContext, { filters }: TrendSeries): PlannedMeasure {
  const ofState = partOf(context, { event: REACTION, filters });
  const chosen = countEvents(ofState);
  return {
    ...planShare(chosen, countEvents({ ...ofState, ignores: (_type, property) => property === 'state' })),
    units: (set) => chosen.at(set, null), // the denominator is the same for every state
  };
}

/** Distinct users of the feature ÷ active users; what only feature events carry touches the numerator alone. */
function planAdoption(context: SeriesContext, { filters }: TrendSeries): PlannedMeasure {
  const users = userIds(context.question.view);
  const using = partOf(context, { event: 'feature_usage', filters });
  const active = partOf(context, { event: null, filters });
  const ofFeature = countDistinct(using, users);
  return {
    ...planShare(
      ofFeature,
      countDistinct({ ...active, ignores: (_type, property) => !isEventColumn(property) }, users),
    ),
    units: (set) => ofFeature.at(set, null), // the denominator is the same for every feature
  };
}

function latency(q: number): MetricPlan {
  return {
    events: ['performance_metric'],
    isOpen: true,
    plan: (context, series) =>
      planOrder(partOf(context, refOf(series, 'performance_metric')), 'duration_ms', q),
  };
}

function planErrorRate(context: SeriesContext, series: TrendSeries): PlannedMeasure {
  const all = refOf(series, 'performance_metric');
  const failed: EventRef = {
    ...all,
    filters: [...(all.filters ?? []), { property: 'success', op: 'is', value: false }],
  };
  return planShare(countEvents(partOf(context, failed)), countEvents(partOf(context, all)));
}

/** Events per second of the part of the bucket that lies in the range. */
function planThroughput(context: SeriesContext, series: TrendSeries): PlannedMeasure {
  const { period } = context;
  const part = partOf(context, refOf(series, null));
  const events = countEvents(part);
  const secondsOf = (bucket: number | null): number => {
    const { boundaries } = period.axis;
    const fromMs = bucket === null ? period.startMs : Math.max(boundaries[bucket] ?? 0, period.startMs);
    const toMs = bucket === null ? period.endMs : Math.min(boundaries[bucket + 1] ?? 0, period.endMs);
    return (toMs - fromMs) / 1000;
  };
  return {
    scans: events.scans,
    point: (set, bucket) => ratioPoint(events.at(set, bucket), secondsOf(bucket)),
    units: (set) => events.at(set, null),
  };
}

/** Promoters (9–10) − detractors (0–6), in points of 100, of all answers with a score. */
function planNps(context: SeriesContext, { filters }: TrendSeries): PlannedMeasure {
  const scores = (...more: Filter[]): Quantity =>
    countEvents(partOf(context, feedback('nps', filters, ...more)));
  const promoters = scores({ property: 'score', op: 'between', value: [9, 10] });
  const detractors = scores({ property: 'score', op: 'between', value: [0, 6] });
  const answers = scores({ property: 'score', op: 'is_set' });
  return {
    scans: [promoters, detractors, answers].flatMap(({ scans }) => scans),
    point: (set, bucket) =>
      ratioPoint(promoters.at(set, bucket) - detractors.at(set, bucket), answers.at(set, bucket), {
        scale: 100,
      }),
    units: (set) => answers.at(set, null),
  };
}

/** Share of 4–5 among answers with a score. */
function planCsat(context: SeriesContext, { filters }: TrendSeries): PlannedMeasure {
  const scores = (...more: Filter[]): Quantity =>
    countEvents(partOf(context, feedback('csat', filters, ...more)));
  return planShare(
    scores({ property: 'score', op: 'between', value: [4, 5] }),
    scores({ property: 'score', op: 'is_set' }),
  );
}

const feedback = (type: string, filters: Filter[] | undefined, ...more: Filter[]): EventRef =>
  narrowed('feedback_submission', filters, { property: 'feedback_type', op: 'is', value: type }, ...more);

function planFollowUps(context: SeriesContext, { filters }: TrendSeries): PlannedMeasure {
  const isPrompt: Filter = { property: 'message_type', op: 'is', value: 'user_prompt' };
  const isFollowUp: Filter = { property: 'is_follow_up', op: 'is', value: true };
  return planShare(
    countEvents(partOf(context, narrowed('chat_interaction', filters, isPrompt, isFollowUp))),
    countEvents(partOf(context, narrowed('chat_interaction', filters, isPrompt))),
  );
}

function planRepeats(context: SeriesContext, { filters }: TrendSeries): PlannedMeasure {
  const isRepeat: Filter = { property: 'repeat', op: 'is', value: true };
  return planShare(
    countEvents(partOf(context, narrowed('prompt_analysed', filters, isRepeat))),
    countEvents(partOf(context, narrowed('prompt_analysed', filters))),
  );
}

/** Spend on analysed prompts ÷ outcomes (`cost_savings_identified`). */
function planOutcomeCost(context: SeriesContext, { filters }: TrendSeries): PlannedMeasure {
  const types = ['prompt_analysed', 'cost_savings_identified'];
  const ignores: Part['ignores'] = (type, property) => isUntouchedBy(context.question, types, type, property);
  const cost = sumNumbers({ ...partOf(context, narrowed('prompt_analysed', filters)), ignores }, 'cost');
  const outcomes = countEvents({ ...partOf(context, narrowed('cost_savings_identified', filters)), ignores });
  return {
    scans: [...cost.scans, ...outcomes.scans],
    point: (set, bucket) => ratioPoint(cost.at(set, bucket).sum, outcomes.at(set, bucket)),
    units: (set) => outcomes.at(set, null),
  };
}

/** A share of 0..1 with its Wilson interval. */
function planShare(numerator: Quantity, denominator: Quantity): PlannedMeasure {
  return {
    scans: [...numerator.scans, ...denominator.scans],
    point: (set: GroupSet, bucket) =>
      ratioPoint(numerator.at(set, bucket), denominator.at(set, bucket), { wilson: true }),
    units: (set) => denominator.at(set, null),
  };
}
