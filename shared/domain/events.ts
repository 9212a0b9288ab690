/** The logical `events` table (DATA §1): its columns, and the event types that the product knows. */

export type ColumnKind = 'text' | 'instant';

export interface EventColumn {
  kind: ColumnKind;
  maxLength?: number;
  required: boolean;
}

/** Top-level columns of one event. Everything else on the wire is a property. */
export const EVENT_COLUMNS = {
  event_id: { kind: 'text', maxLength: 64, required: true },
  event_type: { kind: 'text', maxLength: 64, required: true },
  ts: { kind: 'instant', required: true },
  received_at: { kind: 'instant', required: false },
  user_id: { kind: 'text', maxLength: 128, required: false },
  session_id: { kind: 'text', maxLength: 128, required: false },
  environment: { kind: 'text', maxLength: 64, required: false },
  app_version: { kind: 'text', maxLength: 64, required: false },
  locale: { kind: 'text', maxLength: 64, required: false },
  country_code: { kind: 'text', maxLength: 64, required: false },
  platform: { kind: 'text', maxLength: 64, required: false },
  plan: { kind: 'text', maxLength: 64, required: false },
} as const satisfies Record<string, EventColumn>;

export type EventColumnName = keyof typeof EVENT_COLUMNS;

export const isEventColumn = (name: string): name is EventColumnName => Object.hasOwn(EVENT_COLUMNS, name);

export type PropertyType = 'text' | 'number' | 'integer' | 'boolean';

export interface PropertyRule {
  type: PropertyType;
  required?: true;
  /** Closed list of allowed texts. */
  oneOf?: readonly string[];
  min?: number;
  max?: number;
  /** Written by a person: dropped at the source unless the workspace owner allows the column. */
  freeText?: true;
}

const text: PropertyRule = { type: 'text' };
const requiredText: PropertyRule = { type: 'text', required: true };
const number: PropertyRule = { type: 'number' };
const requiredNumber: PropertyRule = { type: 'number', required: true };
const integer: PropertyRule = { type: 'integer' };
const boolean: PropertyRule = { type: 'boolean' };
const requiredBoolean: PropertyRule = { type: 'boolean', required: true };
const freeText: PropertyRule = { type: 'text', freeText: true };
const choice = (...oneOf: string[]): PropertyRule => ({ type: 'text', required: true, oneOf });

const practiceProperties = {
  practice_id: requiredText,
  practice_session_id: requiredText,
  master_id: text,
  practice_category: text,
} satisfies Record<string, PropertyRule>;

/**
 * Event types of DATA §1 with their properties. Required properties are checked only under a shipped map or a
 * declared schema; unknown types and properties are kept as they are.
 */
export const EVENT_TYPES = {
  practice_opened: practiceProperties,
  session_started: practiceProperties,
  session_completed: { ...practiceProperties, duration_seconds: number },
  reaction_prompt_shown: practiceProperties,
  reaction_captured: { ...practiceProperties, state: requiredText, note: freeText },
  signal_pre: {
    signal_id: requiredText,
    confidence: { type: 'integer', required: true, min: 1, max: 10 },
    goal: text,
  },
  signal_post: {
    signal_id: requiredText,
    confidence: { type: 'integer', required: true, min: 1, max: 10 },
    goal_completed: { type: 'text', oneOf: ['yes', 'partly', 'no'] },
    experience_score: { type: 'integer', min: 1, max: 10 },
    comment: freeText,
  },
  chat_interaction: {
    thread_id: requiredText,
    message_id: requiredText,
    message_type: choice('user_prompt', 'ai_response', 'system_message'),
    prompt_text: freeText,
    prompt_length: { type: 'integer', required: true },
    response_length: integer,
    response_time_ms: number,
    model_used: text,
    tokens_consumed: integer,
    is_follow_up: requiredBoolean,
  },
  thread_lifecycle: {
    thread_id: requiredText,
    action: choice('created', 'continued', 'completed', 'abandoned'),
    message_count: integer,
    duration_seconds: number,
  },
  feature_usage: {
    feature_name: requiredText,
    action: requiredText,
    success: requiredBoolean,
    error_code: text,
    duration_ms: number,
  },
  survey_response: {
    survey_id: requiredText,
    question_id: requiredText,
    question_type: choice('pain_perception', 'magic_wand', 'spending', 'planning'),
    response_value: freeText,
    response_scale: { type: 'integer', min: 1, max: 10 },
    ai_spend_last_month: number,
    ai_spend_next_quarter: number,
  },
  feedback_submission: {
    feedback_type: choice('nps', 'csat', 'feature_request', 'bug_report'),
    score: integer,
    comment: freeText,
    context_thread_id: text,
  },
  performance_metric: {
    metric_type: choice('page_load', 'api_call', 'websocket', 'render'),
    duration_ms: requiredNumber,
    success: requiredBoolean,
    error_details: freeText,
  },
  error_tracking: {
    error_type: requiredText,
    error_message: freeText,
    stack_trace: freeText,
    user_impact: choice('critical', 'high', 'medium', 'low'),
  },
  page_view: { page_path: text, referrer: text },
  sign_up: {},
  payment: { amount: number, currency: text },
  subscription_cancelled: {},
  experiment_exposure: { experiment_id: requiredText, variant: requiredText },
  prompt_analysed: {
    category: text,
    intent: text,
    complexity: number,
    quality: number,
    repeat: boolean,
    cost: number,
  },
  cost_savings_identified: {},
} as const satisfies Record<string, Record<string, PropertyRule>>;

/** Rules of a known event type; undefined for a type that only the data knows. */
export function propertyRulesOf(eventType: string): Record<string, PropertyRule> | undefined {
  return Object.hasOwn(EVENT_TYPES, eventType)
    ? EVENT_TYPES[eventType as keyof typeof EVENT_TYPES]
    : undefined;
}

/** Property names that hold what people wrote, whatever event carries them; never synced by default. */
export const FREE_TEXT_PROPERTIES: ReadonlySet<string> = new Set([
  ...Object.values(EVENT_TYPES).flatMap((rules) =>
    Object.entries<PropertyRule>(rules)
      .filter(([, rule]) => rule.freeText === true)
      .map(([name]) => name),
  ),
  'feedback',
  'free_text',
  'message',
  'notes',
]);

/**
 * Properties whose values are identifiers, one per run, thread or message: their dictionaries grow with the data,
 * so they are stored as dense int32 codes and their strings are read only when needed (ENGINE §1).
 */
export const ID_PROPERTIES: ReadonlySet<string> = new Set([
  'practice_session_id',
  'signal_id',
  'thread_id',
  'message_id',
  'context_thread_id',
]);

export const CAPTURE_WINDOW_MS = 24 * 60 * 60 * 1000; // DATA §4: a reaction up to 24 h* after completion counts
export const NEW_USER_WINDOW_MS = 7 * 24 * 60 * 60 * 1000; // DATA §4: new = within 7 days* of first_seen_at
export const SESSION_GAP_MS = 30 * 60 * 1000; // DATA §1: 30 min* without an event ends a derived session
