/** Properties of the event types of DATA §1, as far as metrics of several types need them. */

export const EVENT_COLUMNS = [
  'event_id',
  'event_type',
  'ts',
  'received_at',
  'user_id',
  'session_id',
  'environment',
  'app_version',
  'locale',
  'country_code',
  'platform',
  'plan',
];
const PRACTICE = ['practice_id', 'practice_session_id', 'master_id', 'practice_category'];

const PROPERTIES: Record<string, readonly string[]> = {
  practice_opened: PRACTICE,
  session_started: PRACTICE,
  session_completed: [...PRACTICE, 'duration_seconds'],
  reaction_prompt_shown: PRACTICE,
  reaction_captured: [...PRACTICE, 'state', 'note'],
  signal_pre: ['signal_id', 'confidence', 'goal'],
  signal_post: ['signal_id', 'confidence', 'goal_completed', 'experience_score', 'comment'],
  chat_interaction: [
    'thread_id',
    'message_id',
    'message_type',
    'prompt_text',
    'prompt_length',
    'response_length',
    'response_time_ms',
    'model_used',
    'tokens_consumed',
    'is_follow_up',
  ],
  thread_lifecycle: ['thread_id', 'action', 'message_count', 'duration_seconds'],
  feature_usage: ['feature_name', 'action', 'success', 'error_code', 'duration_ms'],
  feedback_submission: ['feedback_type', 'score', 'comment', 'context_thread_id'],
  performance_metric: ['metric_type', 'duration_ms', 'success', 'error_details'],
  error_tracking: ['error_type', 'error_message', 'stack_trace', 'user_impact'],
  page_view: ['page_path', 'referrer'],
  payment: ['amount', 'currency'],
  experiment_exposure: ['experiment_id', 'variant'],
  prompt_analysed: ['category', 'intent', 'complexity', 'quality', 'repeat', 'cost'],
};

export const isEventColumn = (property: string): boolean => EVENT_COLUMNS.includes(property);

export const schemaAllows = (eventType: string, property: string): boolean =>
  isEventColumn(property) || (PROPERTIES[eventType]?.includes(property) ?? false);
