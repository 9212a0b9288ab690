import type { FeedName } from './feeds.ts';
import type { SampleUser } from './population.ts';

/** One sitting of one user: what events of the same session share. */
export interface Visit {
  sessionId: string;
  user: SampleUser;
  appVersion: string;
  startMs: number;
  endMs: number;
}

/** What happened, before a feed writes it down in its own way. */
export interface SampleEvent {
  eventId: string;
  eventType: string;
  tsMs: number;
  feed: FeedName;
  /** null: sent by a server, not by a device. */
  visit: Visit | null;
  user: SampleUser;
  properties: Readonly<Record<string, unknown>>;
  /** How long it takes to arrive; without it the feed decides. */
  latenessMs?: number;
  /** Planted on purpose and counted as a fact. */
  plant?: 'unknown-state' | 'email' | 'phone' | 'ip';
}
