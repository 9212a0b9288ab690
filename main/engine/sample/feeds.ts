import { MINUTE_MS } from './calendar.ts';

export type FeedName = 'sessions' | 'reactions' | 'app-events' | 'ai-usage' | 'experiment-assignments';
/** In the order in which they are best synced. */
export const FEED_NAMES: readonly FeedName[] = [
  'sessions',
  'reactions',
  'app-events',
  'ai-usage',
  'experiment-assignments',
];

/** How one source of events delivers. */
export interface Feed {
  /** Name of the source on screen. */
  sourceName: string;
  /** Relative to the folder of the sample; the feed's own bucket. */
  keyTemplate: string;
  filesPerDay: 1 | 4 | 24;
  freshnessTargetMinutes: number;
  /** Usual time between an event and its arrival, and the time that one row in thirty takes: the batch's limit. */
  latenessMs: readonly [number, number];
  tailLatenessMs: number;
  /** Minutes between the end of the sample and the time up to which the feed is complete, when nothing is wrong; at
   *  least twice the tail, so that the newest row has arrived by the end. */
  usualLagMinutes: number;
  properties: readonly string[];
}

const EVENT_COLUMNS = [
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
] as const;

const PRACTICE_PROPERTIES = ['practice_id', 'practice_session_id', 'master_id', 'practice_category'] as const;

export const FEEDS: Readonly<Record<FeedName, Feed>> = {
  sessions: {
    sourceName: 'Sessions',
    keyTemplate: 'events/${ENV}/dt=%Y-%m-%d/',
    filesPerDay: 4,
    freshnessTargetMinutes: 60,
    latenessMs: [1_000, 20_000],
    tailLatenessMs: 90_000,
    usualLagMinutes: 4,
    // `state` because the client mirrors some reactions here: the same event by either way must come out the same.
    properties: [...PRACTICE_PROPERTIES, 'duration_seconds', 'state'],
  },
  reactions: {
    sourceName: 'Reactions stream',
    keyTemplate: 'events/${ENV}/dt=%Y-%m-%d/hour=%H/',
    filesPerDay: 24,
    freshnessTargetMinutes: 60,
    latenessMs: [4_000, 70_000],
    tailLatenessMs: 4 * MINUTE_MS,
    usualLagMinutes: 9,
    properties: [...PRACTICE_PROPERTIES, 'state'],
  },
  'app-events': {
    sourceName: 'App events',
    keyTemplate: 'events/${ENV}/dt=%Y-%m-%d/',
    filesPerDay: 1,
    freshnessTargetMinutes: 60,
    latenessMs: [2_000, 30_000],
    tailLatenessMs: 2 * MINUTE_MS,
    usualLagMinutes: 6,
    // The tag manager mirrors some session_completed events, hence the properties of practices.
    properties: [
      ...PRACTICE_PROPERTIES,
      'duration_seconds',
      'page_path',
      'referrer',
      'feature_name',
      'action',
      'success',
      'error_code',
      'duration_ms',
      'metric_type',
      'error_type',
      'user_impact',
      'survey_id',
      'question_id',
      'question_type',
      'response_scale',
      'ai_spend_last_month',
      'ai_spend_next_quarter',
      'feedback_type',
      'score',
      'context_thread_id',
      'signal_id',
      'confidence',
      'goal',
      'goal_completed',
      'experience_score',
      'amount',
      'currency',
      'device.os',
      'device.os_version',
    ],
  },
  'ai-usage': {
    sourceName: 'AI usage',
    keyTemplate: 'events/${ENV}/dt=%Y-%m-%d/',
    filesPerDay: 1,
    freshnessTargetMinutes: 120,
    latenessMs: [3_000, 45_000],
    tailLatenessMs: 3 * MINUTE_MS,
    usualLagMinutes: 22,
    properties: [
      'thread_id',
      'message_id',
      'message_type',
      'prompt_length',
      'response_length',
      'response_time_ms',
      'model_used',
      'tokens_consumed',
      'is_follow_up',
      'action',
      'message_count',
      'duration_seconds',
      'category',
      'intent',
      'complexity',
      'quality',
      'repeat',
      'cost',
      'prompt_hash',
      'similar_prompts',
      'tokens.prompt',
      'tokens.response',
      'amount',
      'currency',
    ],
  },
  'experiment-assignments': {
    sourceName: 'Experiment assignments',
    keyTemplate: 'events/${ENV}/dt=%Y-%m-%d/',
    filesPerDay: 1,
    freshnessTargetMinutes: 360,
    latenessMs: [5_000, 60_000],
    tailLatenessMs: 150_000,
    usualLagMinutes: 37,
    properties: ['experiment_id', 'variant'],
  },
};

/** Columns that the workspace owner allowed for a feed; free text is in none. */
export const allowedColumnsOf = (feed: FeedName): string[] => [...EVENT_COLUMNS, ...FEEDS[feed].properties];
