import { type DayNumber, HOUR_MS, MINUTE_MS } from './calendar.ts';
import type { SampleEvent } from './event.ts';
import type { FeedName } from './feeds.ts';
import { uuidOf } from './identifiers.ts';
import { type Outcome, isAffected, oneStateOf } from './outcomes.ts';
import type { PracticeRun } from './practice-runs.ts';
import type { Random } from './random.ts';
import type { Story } from './story.ts';

const LATER_SHARE = 0.03; // of reactions: recorded hours after the practice, from the history
const PROMPT_SHARE_CAPTURED = 0.995;
const PROMPT_SHARE_MISSED = 0.76;
const PROMPT_SHARE_HIDDEN = 0.3; // the rating sheet of the release covers the prompt
const SECOND_REACTION_SHARE = 0.02; // people who change their mind
const EXIT_REACTION_SHARE = 0.03; // of runs that were started and not completed
const REPEATED_COMPLETION_SHARE = 0.002; // the client reports a completion twice, as two events
const NOTE_SHARE = 0.12;

const NOTES = [
  'Slept badly, this helped.',
  'My shoulders finally dropped',
  'too many thoughts today',
  'Felt close to tears, in a good way.',
  'Call me about the retreat: 0047 912 34 567',
  'thanks! reply to ingrid.solheim@example.org',
] as const;

/** All events of one run, in the order in which they happen. */
export function eventsOfRun(
  story: Story,
  day: DayNumber,
  run: PracticeRun,
  outcome: Outcome,
  random: Random,
): SampleEvent[] {
  const make = (eventType: string, tsMs: number, extra: Record<string, unknown> = {}): SampleEvent =>
    practiceEvent(run, eventType, tsMs, extra, random);
  const events = [make('practice_opened', run.openedMs)];
  if (run.startedMs === null) return events;
  events.push(make('session_started', run.startedMs));
  if (run.completedMs === null) {
    if (random.chance(EXIT_REACTION_SHARE)) {
      events.push(
        reactionOf(run, run.visit.endMs + random.whole(2_000, 20_000), oneStateOf(day, run, random), random),
      );
    }
    return events;
  }
  const completion = { duration_seconds: run.durationSeconds };
  events.push(make('session_completed', run.completedMs, completion));
  if (random.chance(REPEATED_COMPLETION_SHARE)) {
    events.push(make('session_completed', run.completedMs + random.whole(1_000, 20_000), completion));
  }
  const promptMs = run.completedMs + random.whole(1_000, 8_000);
  if (random.chance(promptShare(story, day, run, outcome)))
    events.push(make('reaction_prompt_shown', promptMs));
  return [...events, ...reactionsOf(run, run.completedMs, promptMs, outcome, day, random)];
}

function promptShare(story: Story, day: DayNumber, run: PracticeRun, outcome: Outcome): number {
  if (outcome.kind === 'captured') return PROMPT_SHARE_CAPTURED;
  return isAffected(story, day, run) ? PROMPT_SHARE_HIDDEN : PROMPT_SHARE_MISSED;
}

function reactionsOf(
  run: PracticeRun,
  completedMs: number,
  promptMs: number,
  outcome: Outcome,
  day: DayNumber,
  random: Random,
): SampleEvent[] {
  switch (outcome.kind) {
    case 'none':
      return [];
    case 'before-completion':
      return [reactionOf(run, completedMs - random.whole(500, 4_000), outcome.state, random)];
    case 'after-window':
      return [
        reactionOf(
          run,
          completedMs + 24 * HOUR_MS + random.whole(1, 16 * 60) * MINUTE_MS,
          outcome.state,
          random,
        ),
      ];
    case 'unknown-state':
      return [
        {
          ...reactionOf(run, promptMs + random.whole(2_000, 40_000), outcome.state, random),
          plant: outcome.kind,
        },
      ];
    case 'captured':
      return capturedReactions(run, completedMs, promptMs, outcome.state, day, random);
  }
}

function capturedReactions(
  run: PracticeRun,
  completedMs: number,
  promptMs: number,
  state: string,
  day: DayNumber,
  random: Random,
): SampleEvent[] {
  const soonMs = promptMs + random.whole(2_000, 40_000);
  const isLater = random.chance(LATER_SHARE);
  const tsMs = isLater ? completedMs + Math.round((1 + 19 * random.next()) * HOUR_MS) : soonMs;
  const first = reactionOf(run, tsMs, state, random);
  if (!random.chance(SECOND_REACTION_SHARE)) return [first];
  return [
    first,
    reactionOf(run, tsMs + random.whole(1, 10) * MINUTE_MS, oneStateOf(day, run, random), random),
  ];
}

function reactionOf(run: PracticeRun, tsMs: number, state: string, random: Random): SampleEvent {
  const note = random.chance(NOTE_SHARE) ? { note: random.pick(NOTES) } : {};
  return practiceEvent(run, 'reaction_captured', tsMs, { state, ...note }, random);
}

export function practiceEvent(
  { practice, masterId, practiceSessionId, visit }: PracticeRun,
  eventType: string,
  tsMs: number,
  extra: Record<string, unknown>,
  random: Random,
): SampleEvent {
  const feed: FeedName = eventType === 'reaction_captured' ? 'reactions' : 'sessions';
  const properties = {
    practice_id: practice.id,
    practice_session_id: practiceSessionId,
    ...(masterId === null ? {} : { master_id: masterId }),
    practice_category: practice.category,
    ...extra,
  };
  return { eventId: uuidOf(random), eventType, tsMs, feed, visit, user: visit.user, properties };
}
