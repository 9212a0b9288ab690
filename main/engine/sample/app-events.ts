import { DAY_MS, type DayNumber, HOUR_MS } from './calendar.ts';
import type { SampleEvent, Visit } from './event.ts';
import { shortIdOf, uuidOf } from './identifiers.ts';
import { type Population, type SampleUser, timeOfDayMs, versionAt } from './population.ts';
import { type Random, itemAt } from './random.ts';
import type { Story } from './story.ts';

/** Events per event of the whole sample. */
const SHARES = {
  feature_usage: 0.035,
  performance_metric: 0.04,
  error_tracking: 0.006,
  survey_response: 0.005,
  feedback_submission: 0.006,
  signal_pre: 0.012,
  payment: 0.003,
  subscription_cancelled: 0.0006,
} as const;
type QuotaType = keyof typeof SHARES;

const SIGNAL_POST_SHARE = 0.74; // of sessions with a signal_pre
const LONE_SIGNAL_POST_SHARE = 0.05;

const PAGES = [
  '/home',
  '/practices',
  '/library',
  '/progress',
  '/masters',
  '/settings',
  '/pricing',
  '/invite',
] as const;
const REFERRERS = [
  'https://www.google.com/',
  'https://news.example.com/mindful',
  'https://partner.example.net/wellness',
] as const;
const FEATURES = [
  { name: 'reminders', actions: ['set', 'snooze', 'clear'] },
  { name: 'journal', actions: ['open', 'save'] },
  { name: 'playlists', actions: ['create', 'play'] },
  { name: 'deployment', actions: ['start', 'confirm', 'finish'] },
  { name: 'service_creation', actions: ['start', 'configure', 'finish'] },
  { name: 'team_room', actions: ['join', 'leave'] },
] as const;
const GOALS = ['calm', 'focus', 'sleep', 'energy', 'connection'] as const;
const COMMENTS = [
  'Love the new voice.',
  'the prompt came too late for me',
  'write to me at jonas.berg@example.com please',
  'Could you add longer sessions?',
] as const;
const PRICE_BY_PLAN = { early: 9, mid: 29, enterprise: 149 } as const;

export interface AppDay {
  story: Story;
  population: Population;
  random: Random;
  day: DayNumber;
  /** Events of the whole sample on this day. */
  volume: number;
  visits: readonly Visit[];
}

/** Everything that the app reports on a day, apart from practices, chats and the page views that fill the day up. */
export function appEventsOfDay(app: AppDay, signUps: readonly SampleUser[]): SampleEvent[] {
  const events: SampleEvent[] = [];
  const types = Object.keys(SHARES) as QuotaType[]; // the keys of a constant
  for (const type of types) {
    if (type === 'signal_pre') continue;
    for (let i = 0; i < countOf(app, SHARES[type]); i += 1) events.push(eventOfType(app, type));
  }
  return [...events, ...signalsOf(app), ...signUps.map((user) => signUpOf(app, user))];
}

/** Rounds so that the fraction is right on average. */
const countOf = ({ volume, random }: AppDay, share: number): number =>
  Math.floor(volume * share + random.next());

function eventOfType(app: AppDay, type: Exclude<QuotaType, 'signal_pre'>): SampleEvent {
  const visit = app.random.pick(app.visits);
  switch (type) {
    case 'payment':
      return billingEvent(app, type, visit.user, {
        amount: PRICE_BY_PLAN[visit.user.plan ?? 'early'],
        currency: visit.user.market.currency,
      });
    case 'subscription_cancelled':
      return billingEvent(app, type, visit.user, {});
    default:
      return visitEvent(app, type, visit, propertiesOf(type, app));
  }
}

function propertiesOf(type: string, app: AppDay): Record<string, unknown> {
  const { random } = app;
  switch (type) {
    case 'feature_usage': {
      const feature = random.pick(FEATURES);
      const success = random.chance(0.97);
      return {
        feature_name: feature.name,
        action: itemAt(feature.actions, random.whole(0, feature.actions.length - 1)),
        success,
        ...(success ? {} : { error_code: random.pick(['E_TIMEOUT', 'E_QUOTA', 'E_OFFLINE']) }),
        duration_ms: Math.round(random.around(420, 0.8)),
      };
    }
    case 'performance_metric': {
      const kind = random.weighted([30, 50, 8, 12]);
      const success = random.chance(0.985);
      return {
        metric_type: itemAt(['page_load', 'api_call', 'websocket', 'render'], kind),
        duration_ms: Math.round(random.around(itemAt([900, 140, 60, 24], kind), 0.6) * 10) / 10,
        success,
        ...(success ? {} : { error_details: 'upstream closed the connection before the reply' }),
      };
    }
    case 'error_tracking':
      return {
        error_type: random.pick(['NetworkError', 'RenderError', 'AudioError']),
        error_message: 'could not finish the request',
        stack_trace: 'at play (player.js:120:9)\n    at tick (loop.js:33:5)',
        user_impact: itemAt(['critical', 'high', 'medium', 'low'], random.weighted([2, 12, 38, 48])),
      };
    case 'survey_response':
      return surveyAnswer(random);
    default:
      return feedback(random);
  }
}

function surveyAnswer(random: Random): Record<string, unknown> {
  const type = random.pick(['pain_perception', 'magic_wand', 'spending', 'planning']);
  const spend = type === 'spending' ? { ai_spend_last_month: random.whole(0, 40) * 5 } : {};
  const plan = type === 'planning' ? { ai_spend_next_quarter: random.whole(0, 60) * 10 } : {};
  return {
    survey_id: 'pulse-2026',
    question_id: `q_${type}`,
    question_type: type,
    response_value: random.pick(COMMENTS),
    response_scale: random.whole(1, 10),
    ...spend,
    ...plan,
  };
}

function feedback(random: Random): Record<string, unknown> {
  const type = itemAt(['nps', 'csat', 'feature_request', 'bug_report'], random.weighted([45, 40, 9, 6]));
  const scores = type === 'nps' ? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [1, 2, 3, 4, 5];
  const hasScore = type === 'nps' || type === 'csat';
  const score = itemAt(scores, random.weighted(scores.map((value) => 1 + value * value)));
  return { feedback_type: type, ...(hasScore ? { score } : {}), comment: random.pick(COMMENTS) };
}

function signalsOf(app: AppDay): SampleEvent[] {
  const { random, visits } = app;
  const chosen = random
    .shuffled(visits.filter(({ user }) => user.id !== null))
    .slice(0, countOf(app, SHARES.signal_pre));
  return chosen.flatMap((visit) => {
    const signalId = `${(visit.user.id ?? '').replace('usr_', '')}-${visit.sessionId}`;
    const before = Math.max(1, Math.min(10, Math.round(5.2 + 1.8 * random.normal())));
    const after = Math.max(1, Math.min(10, Math.round(before + 1.3 + 1.4 * random.normal())));
    const pre = { signal_id: signalId, confidence: before, goal: random.pick(GOALS) };
    const post = {
      signal_id: signalId,
      confidence: after,
      goal_completed: itemAt(['yes', 'partly', 'no'], random.weighted([56, 28, 16])),
      experience_score: Math.max(1, Math.min(10, Math.round(7.4 + 1.6 * random.normal()))),
      comment: random.pick(COMMENTS),
    };
    const preEvent = { ...visitEvent(app, 'signal_pre', visit, pre), tsMs: visit.startMs + 500 };
    const postEvent = { ...visitEvent(app, 'signal_post', visit, post), tsMs: visit.endMs + 1_500 };
    if (random.chance(LONE_SIGNAL_POST_SHARE)) return [postEvent];
    return random.chance(SIGNAL_POST_SHARE) ? [preEvent, postEvent] : [preEvent];
  });
}

function signUpOf(app: AppDay, user: SampleUser): SampleEvent {
  const visit = visitAt(app, user, user.firstSeenMs, 0);
  return { ...visitEvent(app, 'sign_up', visit, { page_path: '/welcome' }), tsMs: user.firstSeenMs };
}

/** One page view: within a sitting, or a sitting of its own that goes no further. */
export function pageViewOf(app: AppDay): SampleEvent {
  const { random } = app;
  if (random.chance(0.28)) {
    const tsMs = timeOfDayMs(random, app.day, 'allDay');
    return pageViewAt(app, tsMs);
  }
  return visitEvent(app, 'page_view', random.pick(app.visits), pageProperties(random));
}

export function pageViewAt(app: AppDay, tsMs: number): SampleEvent {
  const visit = visitAt(app, app.population.pick(tsMs), tsMs, 0);
  return { ...visitEvent(app, 'page_view', visit, pageProperties(app.random)), tsMs };
}

const pageProperties = (random: Random): Record<string, unknown> => ({
  page_path: itemAt(PAGES, random.weighted([30, 24, 12, 10, 8, 5, 6, 5])),
  ...(random.chance(0.3) ? { referrer: random.pick(REFERRERS) } : {}),
});

export function visitAt(
  { story, random }: Pick<AppDay, 'story' | 'random'>,
  user: SampleUser,
  startMs: number,
  durationMs: number,
): Visit {
  const appVersion = versionAt(story, user, startMs);
  return { sessionId: shortIdOf('ses', random), user, appVersion, startMs, endMs: startMs + durationMs };
}

function visitEvent(
  { random }: AppDay,
  eventType: string,
  visit: Visit,
  properties: Record<string, unknown>,
): SampleEvent {
  const tsMs = random.whole(visit.startMs, visit.endMs);
  const device = {
    os: visit.user.platform,
    os_version: `${17 + (visit.user.firstSeenMs % 3)}.${visit.user.arm}`,
  };
  const all = random.chance(0.5) ? { ...properties, device } : properties;
  return {
    eventId: uuidOf(random),
    eventType,
    tsMs,
    feed: 'app-events',
    visit,
    user: visit.user,
    properties: all,
  };
}

/** Sent by the billing system: no session, no device. */
function billingEvent(
  { random, day }: AppDay,
  eventType: string,
  user: SampleUser,
  properties: Record<string, unknown>,
): SampleEvent {
  const earliestMs = day * DAY_MS + 6 * HOUR_MS;
  const tsMs = Math.max(user.firstSeenMs + HOUR_MS, earliestMs + random.whole(0, 8 * HOUR_MS));
  return { eventId: uuidOf(random), eventType, tsMs, feed: 'app-events', visit: null, user, properties };
}
