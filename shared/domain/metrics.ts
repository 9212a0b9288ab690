/** Metric ids of DATA §4. A metric id stands for its formula wherever a measure is allowed. */
export const METRIC_IDS = [
  'completed_sessions',
  'captured_reactions',
  'capture_rate',
  'state_share',
  'master_impact',
  'confidence_lift',
  'goal_completion',
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

export const isMetricId = (value: string): value is MetricId => (METRIC_IDS as readonly string[]).includes(value);

export type MetricUnit = 'count' | 'ratio' | 'points' | 'seconds' | 'milliseconds' | 'per-second' | 'money';

export interface MetricDefinition {
  label: string;
  unit: MetricUnit;
  /** One sentence for the passport of a number. */
  formula: string;
  /** Event types whose rows the metric reads; undefined means every event. */
  events?: readonly string[];
}

/** What the metrics of the Practices view mean in words; the kernels hold the same formulas as code. */
export const METRICS: Partial<Record<MetricId, MetricDefinition>> = {
  completed_sessions: {
    label: 'Completed sessions',
    unit: 'count',
    formula: 'distinct practice_session_id with session_completed',
    events: ['session_completed'],
  },
  captured_reactions: {
    label: 'Reactions captured',
    unit: 'count',
    formula: 'reaction_captured events',
    events: ['reaction_captured'],
  },
  capture_rate: {
    label: 'Capture rate',
    unit: 'ratio',
    formula:
      'completed sessions with at least one reaction_captured of the same practice_session_id before it or up to 24 h* after, ÷ completed sessions; bucketed by completion',
    events: ['session_completed', 'reaction_captured'],
  },
  state_share: {
    label: 'State share',
    unit: 'ratio',
    formula: 'reactions of the state ÷ all reactions in the bucket',
    events: ['reaction_captured'],
  },
  master_impact: {
    label: 'Master impact',
    unit: 'points',
    formula:
      'capture rate of a master − the rate expected from the practice mix (indirect standardisation), interval ± 1.96·√(Σ n_mp·r_p(1−r_p)) ÷ n_m',
    events: ['session_completed', 'reaction_captured'],
  },
};
