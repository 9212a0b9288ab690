import { addDays, startOfWeek } from '../../../shared/format/calendar.ts';
import type { Filter } from '../../../shared/query/filter.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { commonParts, compareOf } from '../../state/question-parts.ts';
import type { ViewBase } from '../../state/use-view-base.ts';

/** What the Engagement view asks. */

/** Event types that the view reads: filters that these cannot have do not apply. */
export const READ_EVENTS = [
  'chat_interaction',
  'thread_lifecycle',
  'prompt_analysed',
  'error_tracking',
] as const;

export const ACTIVE_WINDOW_MS = 5 * 60_000; // S4-17: 5-minute window
const ACTIVE_HOURS = 24;
/** An outcome is rare: its cost is shown over at least so many weeks. */
const COST_WEEKS = 12;
const MOST_GROUPS = 12;

export const SERIES = {
  users: 'users',
  chats: 'chats',
  p50: 'p50',
  p95: 'p95',
  p99: 'p99',
  followUps: 'follow-ups',
  errorRate: 'error rate',
  cost: 'cost',
  errors: 'errors',
  prompts: 'prompts',
  answers: 'answers',
  tokens: 'tokens',
  threads: 'threads',
} as const;

const isAnswer: Filter = { property: 'message_type', op: 'is', value: 'ai_response' };
const isPrompt: Filter = { property: 'message_type', op: 'is', value: 'user_prompt' };

const responseTime = (name: string, q: number) => ({
  name,
  event: 'chat_interaction',
  filters: [isAnswer],
  measure: 'quantile',
  property: 'response_time_ms',
  q,
});

type Question = Extract<QuerySpecInput, { kind: 'trend' }>;

export function engagementQuestions(base: ViewBase) {
  const { asked, skipped, bucket, address, workspace } = base;
  const common = commonParts(asked, skipped);
  const compare = compareOf(address);
  const nowMs = Date.parse(workspace.now);
  const instants = (fromMs: number) => ({
    ...common,
    range: { from: new Date(fromMs).toISOString(), to: new Date(nowMs).toISOString() },
  });
  const total = { kind: 'trend', ...common, compare, display: 'total' } as const;
  return {
    now: {
      kind: 'trend',
      ...instants(nowMs - ACTIVE_WINDOW_MS),
      display: 'total',
      series: [
        { name: SERIES.users, event: null, measure: 'users' },
        { name: SERIES.chats, event: 'chat_interaction', measure: 'sessions' },
      ],
    },
    active: {
      kind: 'trend',
      ...instants(nowMs - ACTIVE_HOURS * 3_600_000),
      interval: 'hour',
      series: [{ name: SERIES.users, event: null, measure: 'users' }],
    },
    response: {
      kind: 'trend',
      ...common,
      compare,
      interval: bucket,
      series: [responseTime(SERIES.p50, 0.5), responseTime(SERIES.p95, 0.95), responseTime(SERIES.p99, 0.99)],
    },
    followUp: {
      kind: 'trend',
      ...common,
      compare,
      interval: bucket,
      series: [{ name: SERIES.followUps, measure: 'follow_up_rate' }],
    },
    errorRate: {
      kind: 'trend',
      ...common,
      compare,
      interval: bucket,
      series: [{ name: SERIES.errorRate, measure: 'error_rate' }],
    },
    cost: {
      kind: 'trend',
      ...common,
      compare,
      range: costRange(base),
      interval: 'week',
      series: [{ name: SERIES.cost, measure: 'cost_per_outcome' }],
    },
    errors: {
      ...total,
      breakdown: { property: 'error_type', limit: MOST_GROUPS },
      series: [{ name: SERIES.errors, event: 'error_tracking', measure: 'events' }],
    },
    models: {
      ...total,
      compare: null,
      breakdown: { property: 'model_used', limit: MOST_GROUPS },
      series: [
        { name: SERIES.prompts, event: 'chat_interaction', filters: [isPrompt], measure: 'events' },
        responseTime(SERIES.p50, 0.5),
        responseTime(SERIES.p95, 0.95),
        { name: SERIES.followUps, measure: 'follow_up_rate' },
        {
          name: SERIES.tokens,
          event: 'chat_interaction',
          filters: [isAnswer],
          measure: 'mean',
          property: 'tokens_consumed',
        },
      ],
    },
    threads: {
      ...total,
      compare: null,
      breakdown: { property: 'action', limit: MOST_GROUPS },
      series: [
        {
          name: SERIES.threads,
          event: 'thread_lifecycle',
          filters: [{ property: 'action', op: 'is_not', value: 'created' }],
          measure: 'events',
        },
      ],
    },
  } satisfies Record<string, Question>;
}

/** The dates of the view, reaching back to twelve weeks where they are fewer. */
function costRange({ span, calendar }: ViewBase): { from: string; to: string } {
  const earliest = addDays(startOfWeek(span.to, calendar.weekStart), 7 * (1 - COST_WEEKS));
  return { from: span.from < earliest ? span.from : earliest, to: span.to };
}

/** How many prompts there are without one of the set filters. */
export const promptsQuestion = (
  { asked, skipped }: ViewBase,
  without: ViewBase['skipped'][number],
): QuerySpecInput => ({
  kind: 'trend',
  ...commonParts(asked, [...skipped, without]),
  display: 'total',
  series: [{ name: SERIES.prompts, event: 'chat_interaction', filters: [isPrompt], measure: 'events' }],
});
