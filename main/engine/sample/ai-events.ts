import { type AppDay, visitAt } from './app-events.ts';
import type { SampleEvent, Visit } from './event.ts';
import { shortIdOf, uuidOf } from './identifiers.ts';
import { timeOfDayMs } from './population.ts';
import { type Random, itemAt } from './random.ts';

const THREADS_SHARE = 0.0105; // threads per event of the whole sample
const OWN_VISIT_SHARE = 0.5; // chats that are not part of a practice sitting
const SAVINGS_SHARE = 0.1; // of threads
const COMPLEX_FROM = 0.7;

const MODELS = ['aurora-2', 'aurora-2-mini', 'larch-1'] as const;
const CATEGORIES = ['planning', 'reflection', 'sleep', 'work', 'billing'] as const;
const INTENTS = ['ask', 'draft', 'compare', 'explain'] as const;
const PROMPTS = [
  'How do I plan a calmer week?',
  'summarise my last ten sessions',
  'why do I feel restless after lunch',
  'Draft a note to hanna.dahl@example.com about the workshop',
  'Which plan fits a team of eight? Reach me on +47 998 87 766',
] as const;

/** Chat threads of a day: messages, life of the thread, the analysis of each prompt, savings found. */
export function aiEventsOfDay(app: AppDay): SampleEvent[] {
  const { random, visits, volume } = app;
  const count = Math.floor(volume * THREADS_SHARE + random.next());
  return Array.from({ length: count }, () => {
    const visit = random.chance(OWN_VISIT_SHARE) ? chatVisit(app) : random.pick(visits);
    return eventsOfThread(visit, random);
  }).flat();
}

function chatVisit(app: AppDay): Visit {
  const startMs = timeOfDayMs(app.random, app.day, 'workday');
  return visitAt(app, app.population.pick(startMs), startMs, 60_000);
}

function eventsOfThread(visit: Visit, random: Random): SampleEvent[] {
  const threadId = shortIdOf('thr', random);
  const turns = 1 + Math.min(6, Math.floor(random.exponential(1.4)));
  let tsMs = random.whole(visit.startMs, visit.endMs);
  const startMs = tsMs;
  const events = [
    aiEvent(
      visit,
      'thread_lifecycle',
      tsMs,
      { thread_id: threadId, action: 'created', message_count: 0 },
      random,
    ),
  ];
  for (let turn = 0; turn < turns; turn += 1) {
    tsMs += random.whole(4, 40) * 1_000;
    const turnEvents = eventsOfTurn(visit, threadId, turn, tsMs, random);
    events.push(...turnEvents);
    tsMs = itemAt(turnEvents, turnEvents.length - 1).tsMs;
  }
  const action = itemAt(['completed', 'continued', 'abandoned'], random.weighted([62, 16, 22]));
  const end = {
    thread_id: threadId,
    action,
    message_count: turns * 2,
    duration_seconds: (tsMs - startMs) / 1_000,
  };
  events.push(aiEvent(visit, 'thread_lifecycle', tsMs + 2_000, end, random));
  if (random.chance(SAVINGS_SHARE) && events.some(isComplexPrompt)) {
    const saving = { thread_id: threadId, amount: random.whole(2, 80) * 10, currency: 'EUR' };
    events.push(aiEvent(visit, 'cost_savings_identified', tsMs + 5_000, saving, random));
  }
  return events;
}

const isComplexPrompt = ({ properties }: SampleEvent): boolean =>
  typeof properties['complexity'] === 'number' && properties['complexity'] >= COMPLEX_FROM;

function eventsOfTurn(
  visit: Visit,
  threadId: string,
  turn: number,
  tsMs: number,
  random: Random,
): SampleEvent[] {
  const prompt = random.pick(PROMPTS);
  const model = itemAt(MODELS, random.weighted([55, 35, 10]));
  const answerMs = Math.round(random.around(1_900, 0.5));
  const tokens = { prompt: Math.round(prompt.length / 4), response: random.whole(60, 700) };
  const isFollowUp = turn > 0;
  return [
    aiEvent(
      visit,
      'chat_interaction',
      tsMs,
      {
        thread_id: threadId,
        message_id: shortIdOf('msg', random),
        message_type: 'user_prompt',
        prompt_text: prompt,
        prompt_length: prompt.length,
        model_used: model,
        is_follow_up: isFollowUp,
      },
      random,
    ),
    aiEvent(visit, 'prompt_analysed', tsMs + 400, analysisOf(threadId, prompt, tokens, random), random),
    aiEvent(
      visit,
      'chat_interaction',
      tsMs + answerMs,
      {
        thread_id: threadId,
        message_id: shortIdOf('msg', random),
        message_type: 'ai_response',
        prompt_length: prompt.length,
        response_length: tokens.response * 4,
        response_time_ms: answerMs,
        model_used: model,
        tokens_consumed: tokens.prompt + tokens.response,
        is_follow_up: isFollowUp,
      },
      random,
    ),
  ];
}

function analysisOf(
  threadId: string,
  prompt: string,
  tokens: Record<string, number>,
  random: Random,
): Record<string, unknown> {
  const hashOfPrompt = `ph_${(prompt.length * 2_654_435_761).toString(16)}`;
  return {
    thread_id: threadId,
    category: random.pick(CATEGORIES),
    intent: random.pick(INTENTS),
    complexity: Math.round(random.next() * 100) / 100,
    quality: Math.round((0.5 + 0.5 * random.next()) * 100) / 100,
    repeat: random.chance(0.14),
    cost: random.whole(1, 90) / 100,
    prompt_hash: hashOfPrompt,
    similar_prompts: random.chance(0.2)
      ? [`ph_${random.whole(1000, 1400)}`, `ph_${random.whole(1000, 1400)}`]
      : [],
    tokens,
  };
}

/** AI usage is logged to the second. */
export function aiEvent(
  visit: Visit,
  eventType: string,
  tsMs: number,
  properties: Record<string, unknown>,
  random: Random,
): SampleEvent {
  const wholeSecondMs = Math.floor(tsMs / 1_000) * 1_000;
  return {
    eventId: uuidOf(random),
    eventType,
    tsMs: wholeSecondMs,
    feed: 'ai-usage',
    visit,
    user: visit.user,
    properties,
  };
}
