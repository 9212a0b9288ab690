import { DAY_MS, HOUR_MS, MINUTE_MS } from './calendar.ts';
import type { SampleEvent } from './event.ts';
import { FEEDS, type FeedName } from './feeds.ts';
import { type Random, createRandom, itemAt } from './random.ts';
import type { Story } from './story.ts';
import { lineOf } from './wire.ts';

/** Where a row lands: in the feed's file of the hour or day in which it arrives. */
export type Arrivals = (feed: FeedName, receivedMs: number, line: string) => void;

/** Counts of what was delivered: the raw material of the facts. */
export interface Tally {
  /** Distinct valid events. */
  events: number;
  eventsByType: Map<string, number>;
  eventsByUser: Map<string, number>;
  exposedUsersByVariant: Map<string, Set<string>>;
  /** Lines, whatever becomes of them. */
  rowsByFeed: Record<FeedName, number>;
  newestMsByFeed: Record<FeedName, number>;
  duplicates: Record<DuplicateKind, number>;
  /** Events that arrived more than an hour after they happened. */
  lateEvents: number;
  plants: Record<NonNullable<SampleEvent['plant']>, number>;
  withheldByGap: number;
  withheldByLateFeed: number;
}

/** How an event comes again under its own id: within minutes, days later, through another feed, more than three days
 *  later, or with a new time more than three days after the first one. */
export type DuplicateKind = 'soon' | 'daysLater' | 'otherFeed' | 'farApart' | 'newTime';

const DUPLICATE_SHARE = 0.004;
const DUPLICATE_WEIGHTS = [50, 20, 16, 7, 7];
const DUPLICATE_KINDS: readonly DuplicateKind[] = ['soon', 'daysLater', 'otherFeed', 'farApart', 'newTime'];
const MIRROR_BY_TYPE: Readonly<Record<string, FeedName>> = {
  reaction_captured: 'sessions',
  session_completed: 'app-events',
};
const RETIMED_TYPES = new Set(['page_view', 'performance_metric', 'session_completed']);

const TAIL_SHARE = 1 / 30;
const LATE_SHARE = 0.0025;
const LATE_FROM_MS = HOUR_MS;
const NO_LATE_ROWS_BEFORE_END_MS = 3 * DAY_MS; // the lateness of recent rows then sets the watermarks exactly

export interface Delivery {
  /** Hands an event to its feed. False: it never arrived (gap, feed behind, sample full), and nobody knows of it. */
  deliver: (event: SampleEvent) => boolean;
  tally: Tally;
}

export function createDelivery(story: Story, eventLimit: number, arrive: Arrivals): Delivery {
  const random = createRandom(story.seed, 'delivery');
  const tally = createTally();

  const put = (feed: FeedName, event: SampleEvent, receivedMs: number): void => {
    arrive(feed, receivedMs, lineOf(feed, event, receivedMs));
    tally.rowsByFeed[feed] += 1;
  };

  const deliver = (event: SampleEvent): boolean => {
    if (tally.events >= eventLimit || isWithheld(story, event, tally)) return false;
    if (event.plant === 'unknown-state') {
      put(event.feed, event, event.tsMs + FEEDS[event.feed].latenessMs[0]);
      tally.plants['unknown-state'] += 1;
      return true;
    }
    const receivedMs = event.tsMs + latenessOf(story, event, random);
    put(event.feed, event, receivedMs);
    countKept(tally, event, receivedMs);
    if (event.plant === undefined && random.chance(DUPLICATE_SHARE)) {
      const again = redelivery(story, event, receivedMs, random);
      if (again !== null) {
        put(again.feed, again.event, again.receivedMs);
        tally.duplicates[again.kind] += 1;
      }
    }
    return true;
  };

  return { deliver, tally };
}

/** Time of the newest event that a feed has delivered at the end of the sample. */
export const newestMsOf = ({ completeToMs }: Story, feed: FeedName): number =>
  completeToMs[feed] + FEEDS[feed].tailLatenessMs;

function isWithheld(story: Story, { feed, tsMs }: SampleEvent, tally: Tally): boolean {
  const { gap, lateFeed, asOfMs } = story;
  if (gap !== null && feed === gap.feed && tsMs > gap.fromMs && tsMs < gap.toMs) {
    tally.withheldByGap += 1;
    return true;
  }
  if (tsMs <= newestMsOf(story, feed)) return false;
  if (feed === lateFeed && tsMs <= asOfMs) tally.withheldByLateFeed += 1;
  return true;
}

function latenessOf(story: Story, event: SampleEvent, random: Random): number {
  if (event.latenessMs !== undefined) return event.latenessMs;
  const { latenessMs, tailLatenessMs } = FEEDS[event.feed];
  if (random.chance(LATE_SHARE)) {
    const hours = random.chance(0.6) ? 1 + 11 * random.next() : 12 + 38 * random.next();
    const lateMs = Math.round(hours * HOUR_MS) + MINUTE_MS;
    if (event.tsMs + lateMs <= story.asOfMs - NO_LATE_ROWS_BEFORE_END_MS) return lateMs;
  }
  return random.chance(TAIL_SHARE) ? tailLatenessMs : random.whole(latenessMs[0], latenessMs[1]);
}

interface Redelivery {
  kind: DuplicateKind;
  feed: FeedName;
  event: SampleEvent;
  receivedMs: number;
}

function redelivery(story: Story, event: SampleEvent, receivedMs: number, random: Random): Redelivery | null {
  const again = redeliveryOf(event, receivedMs, random);
  const { gap, completeToMs } = story;
  const endsInGap = gap !== null && again.event.tsMs > gap.fromMs && again.event.tsMs < gap.toMs;
  return again.receivedMs > completeToMs[again.feed] || endsInGap ? null : again;
}

function redeliveryOf(event: SampleEvent, receivedMs: number, random: Random): Redelivery {
  const drawn = itemAt(DUPLICATE_KINDS, random.weighted(DUPLICATE_WEIGHTS));
  const { feed } = event;
  const soonMs = receivedMs + random.whole(30, 1_200) * 1_000;
  switch (drawn) {
    case 'soon':
      return { kind: 'soon', feed, event, receivedMs: soonMs };
    case 'daysLater':
      return { kind: 'daysLater', feed, event, receivedMs: receivedMs + random.whole(20, 66) * HOUR_MS };
    case 'farApart':
      return {
        kind: 'farApart',
        feed,
        event,
        receivedMs: receivedMs + random.whole(5 * 24, 20 * 24) * HOUR_MS,
      };
    case 'otherFeed': {
      const mirror = MIRROR_BY_TYPE[event.eventType];
      return {
        kind: mirror === undefined ? 'soon' : 'otherFeed',
        feed: mirror ?? feed,
        event,
        receivedMs: soonMs,
      };
    }
    case 'newTime': {
      if (!RETIMED_TYPES.has(event.eventType)) return { kind: 'soon', feed, event, receivedMs: soonMs };
      const tsMs = event.tsMs + random.whole(4 * 24, 15 * 24) * HOUR_MS;
      const laterMs = Math.max(tsMs, receivedMs) + random.whole(2_000, 20_000);
      return { kind: 'newTime', feed, event: { ...event, tsMs }, receivedMs: laterMs };
    }
  }
}

function countKept(tally: Tally, event: SampleEvent, receivedMs: number): void {
  const { eventType, user, feed, tsMs, plant } = event;
  tally.events += 1;
  tally.eventsByType.set(eventType, (tally.eventsByType.get(eventType) ?? 0) + 1);
  tally.newestMsByFeed[feed] = Math.max(tally.newestMsByFeed[feed], tsMs);
  if (receivedMs - tsMs > LATE_FROM_MS) tally.lateEvents += 1;
  if (plant !== undefined) tally.plants[plant] += 1;
  if (user.id === null) return;
  tally.eventsByUser.set(user.id, (tally.eventsByUser.get(user.id) ?? 0) + 1);
  if (eventType === 'experiment_exposure') countExposure(tally, event, user.id);
}

function countExposure({ exposedUsersByVariant }: Tally, { properties }: SampleEvent, userId: string): void {
  const key = `${String(properties['experiment_id'])}/${String(properties['variant'])}`;
  const users = exposedUsersByVariant.get(key) ?? new Set();
  exposedUsersByVariant.set(key, users.add(userId));
}

function createTally(): Tally {
  const zeroes = (): Record<FeedName, number> => ({
    sessions: 0,
    reactions: 0,
    'app-events': 0,
    'ai-usage': 0,
    'experiment-assignments': 0,
  });
  return {
    events: 0,
    eventsByType: new Map(),
    eventsByUser: new Map(),
    exposedUsersByVariant: new Map(),
    rowsByFeed: zeroes(),
    newestMsByFeed: zeroes(),
    duplicates: { soon: 0, daysLater: 0, otherFeed: 0, farApart: 0, newTime: 0 },
    lateEvents: 0,
    plants: { 'unknown-state': 0, email: 0, phone: 0, ip: 0 },
    withheldByGap: 0,
    withheldByLateFeed: 0,
  };
}
