import type { MetricId } from './metrics.ts';

/** What each metric of DATA §4 is called and how it is counted, in the words that a passport prints. `*` is a default of
 *  ours. */

export interface MetricFormula {
  label: string;
  formula: string;
  /** Whose users stand behind a value: the events of its denominator; null is any event. */
  base: string | null;
}

export const METRIC_FORMULAS: Readonly<Record<MetricId, MetricFormula>> = {
  completed_sessions: {
    label: 'Completed sessions',
    formula: 'distinct practice sessions with session_completed in the bucket',
    base: 'session_completed',
  },
  captured_reactions: {
    label: 'Captured reactions',
    formula: 'reaction_captured events',
    base: 'reaction_captured',
  },
  capture_rate: {
    label: 'Capture rate',
    formula:
      'completed sessions with at least one reaction_captured of the same practice session, up to 24 h* after completion ÷ completed sessions; by time of completion; Wilson 95% interval',
    base: 'session_completed',
  },
  state_share: {
    label: 'Share of states',
    formula: 'reactions of the state ÷ all reactions in the bucket; Wilson 95% interval',
    base: 'reaction_captured',
  },
  master_impact: {
    label: 'Master impact',
    formula:
      'capture rate of the master − the rate expected from its mix of practices (indirect standardisation); interval ± 1.96·√(Σ n·r(1−r)) ÷ n',
    base: 'session_completed',
  },
  confidence_lift: {
    label: 'Confidence lift',
    formula:
      'mean of after − before over pairs of one signal; a start without an end counts with −1*, an end without a start is left out',
    base: 'signal_pre',
  },
  goal_completion: {
    label: 'Goal completion',
    formula: '(yes + 0.5* × partly) ÷ starts',
    base: 'signal_pre',
  },
  abandonment: {
    label: 'Abandonment',
    formula: 'starts without an end ÷ starts',
    base: 'signal_pre',
  },
  active_users: {
    label: 'Active users',
    formula: 'distinct users with any event* in the bucket',
    base: null,
  },
  dau: { label: 'Daily active users', formula: 'distinct users with any event* in the day', base: null },
  wau: {
    label: 'Weekly active users',
    formula: 'distinct users with any event* in 7 trailing days',
    base: null,
  },
  mau: {
    label: 'Monthly active users',
    formula: 'distinct users with any event* in 30 trailing days',
    base: null,
  },
  stickiness: { label: 'Stickiness', formula: 'daily ÷ monthly active users', base: null },
  session_duration: {
    label: 'Session duration',
    formula: 'mean of last − first event of a session',
    base: null,
  },
  bounce_rate: {
    label: 'Bounce rate',
    formula: 'sessions with one page_view and nothing else ÷ sessions',
    base: null,
  },
  views_per_session: { label: 'Views per session', formula: 'page views ÷ sessions', base: null },
  feature_adoption: {
    label: 'Feature adoption',
    formula: 'distinct users of the feature ÷ active users',
    base: 'feature_usage',
  },
  latency_p50: {
    label: 'Latency p50',
    formula: 'median of duration_ms (type 7)',
    base: 'performance_metric',
  },
  latency_p95: {
    label: 'Latency p95',
    formula: '95% quantile of duration_ms (type 7)',
    base: 'performance_metric',
  },
  latency_p99: {
    label: 'Latency p99',
    formula: '99% quantile of duration_ms (type 7)',
    base: 'performance_metric',
  },
  error_rate: { label: 'Error rate', formula: 'failed ÷ all', base: 'performance_metric' },
  throughput: { label: 'Throughput', formula: 'events per second', base: null },
  revenue_per_user: {
    label: 'Revenue per user',
    formula: 'revenue ÷ active users; currencies are never added',
    base: 'payment',
  },
  churn: {
    label: 'Churn',
    formula: 'users active in the period before and not in this one ÷ users active in the period before',
    base: null,
  },
  cac: { label: 'Cost of a customer', formula: 'acquisition cost ÷ new customers', base: 'payment' },
  nps: {
    label: 'NPS',
    formula: 'share of promoters (9–10) − share of detractors (0–6), in points',
    base: 'feedback_submission',
  },
  csat: { label: 'CSAT', formula: 'share of scores 4–5', base: 'feedback_submission' },
  follow_up_rate: {
    label: 'Follow-up rate',
    formula: 'follow-ups ÷ user prompts',
    base: 'chat_interaction',
  },
  repeat_rate: { label: 'Repeat rate', formula: 'repeats ÷ prompts', base: 'prompt_analysed' },
  cost_per_outcome: {
    label: 'Cost per outcome',
    formula: 'spend ÷ successful outcomes',
    base: 'prompt_analysed',
  },
};
