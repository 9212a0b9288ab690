import { aiEvent } from './ai-events.ts';
import { type AppDay, pageViewAt, visitAt } from './app-events.ts';
import { EXPERIMENTS } from './cast.ts';
import { newestMsOf } from './delivery.ts';
import type { SampleEvent } from './event.ts';
import { exposureOf } from './exposures.ts';
import { FEEDS, FEED_NAMES, type FeedName } from './feeds.ts';
import { shortIdOf } from './identifiers.ts';
import type { SampleUser } from './population.ts';
import { practiceEvent } from './practice-events.ts';
import type { PracticeRun } from './practice-runs.ts';
import { itemAt } from './random.ts';

/** Gives every feed an event at the very time up to which it has delivered. */
export function withNewest(
  app: AppDay,
  runs: readonly PracticeRun[],
  events: readonly SampleEvent[],
): SampleEvent[] {
  const newest = FEED_NAMES.flatMap((feed) => newestOf(feed, app, runs, events, newestMsOf(app.story, feed)));
  const sent = newest.map((event) => ({ ...event, latenessMs: FEEDS[event.feed].tailLatenessMs }));
  const replaced = new Set(sent.map(({ eventId }) => eventId));
  return [...sent, ...events.filter(({ eventId }) => !replaced.has(eventId))];
}

function newestOf(
  feed: FeedName,
  app: AppDay,
  runs: readonly PracticeRun[],
  events: readonly SampleEvent[],
  tsMs: number,
): SampleEvent[] {
  const user = knownUserOf(app, tsMs);
  const visit = visitAt(app, user, tsMs, 0);
  const practiceSessionId = shortIdOf('ps', app.random);
  switch (feed) {
    case 'sessions':
      return runs
        .slice(0, 1)
        .map((run) =>
          practiceEvent({ ...run, practiceSessionId, visit }, 'practice_opened', tsMs, {}, app.random),
        );
    case 'reactions':
      return latestReaction(events, tsMs).map((event) => ({ ...event, tsMs })); // a little later than it was
    case 'app-events':
      return [pageViewAt(app, tsMs)];
    case 'ai-usage': {
      const message = {
        thread_id: shortIdOf('thr', app.random),
        message_id: shortIdOf('msg', app.random),
        message_type: 'system_message',
        prompt_length: 0,
        is_follow_up: false,
      };
      return [aiEvent(visit, 'chat_interaction', tsMs, message, app.random)];
    }
    case 'experiment-assignments': {
      const [experiment] = EXPERIMENTS;
      return [exposureOf(visit, experiment.id, itemAt(experiment.variants, user.arm), tsMs, app.random)];
    }
  }
}

function latestReaction(events: readonly SampleEvent[], tsMs: number): SampleEvent[] {
  return events
    .filter((event) => event.feed === 'reactions' && event.tsMs <= tsMs && event.plant === undefined)
    .sort((a, b) => b.tsMs - a.tsMs)
    .slice(0, 1);
}

function knownUserOf({ population }: AppDay, tsMs: number): SampleUser {
  const user = population.pick(tsMs);
  return user.id === null ? itemAt(population.users, 0) : user;
}
