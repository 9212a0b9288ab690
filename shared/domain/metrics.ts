/** Metric ids of DATA §4, and `abandonment`: pre-signals without an end ÷ pre-signals. A metric id stands for its formula wherever a measure is allowed. */
export const METRIC_IDS = [
  'completed_sessions',
  'captured_reactions',
  'capture_rate',
  'state_share',
  'master_impact',
  'confidence_lift',
  'goal_completion',
  'abandonment',
  'active_users',
  'dau',
  'wau',
  'mau',
  'stickiness',
  'session_duration',
  'bounce_rate',
  'views_per_session',
  'feature_adoption',
  'latency_p50',
  'latency_p95',
  'latency_p99',
  'error_rate',
  'throughput',
  'revenue_per_user',
  'churn',
  'cac',
  'nps',
  'csat',
  'follow_up_rate',
  'repeat_rate',
  'cost_per_outcome',
] as const;
export type MetricId = (typeof METRIC_IDS)[number];

export const isMetricId = (value: string): value is MetricId =>
  (METRIC_IDS as readonly string[]).includes(value);
