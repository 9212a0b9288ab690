/** Event types that come from one part of the product, so that they tend to fail together (DATA §1). */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  practice: [
    'practice_opened',
    'session_started',
    'session_completed',
    'reaction_prompt_shown',
    'reaction_captured',
  ],
  signals: ['signal_pre', 'signal_post'],
  'front-end': [
    'chat_interaction',
    'thread_lifecycle',
    'feature_usage',
    'survey_response',
    'feedback_submission',
    'performance_metric',
    'error_tracking',
    'page_view',
    'sign_up',
    'prompt_analysed',
    'cost_savings_identified',
  ],
  business: ['payment', 'subscription_cancelled', 'experiment_exposure'],
};

const FAMILY_BY_TYPE = new Map(
  Object.entries(FAMILIES).flatMap(([family, types]) => types.map((type) => [type, family] as const)),
);

export const familyOf = (eventType: string): string => FAMILY_BY_TYPE.get(eventType) ?? 'other';
