import { type AppDay, pageViewAt } from './app-events.ts';
import { type DayNumber, HOUR_MS, wallToUtcMs } from './calendar.ts';
import type { SampleEvent } from './event.ts';
import { FEEDS, type FeedName } from './feeds.ts';
import { uuidOf } from './identifiers.ts';
import { type Random, createRandom } from './random.ts';
import type { Story } from './story.ts';
import { isoOf } from './wire.ts';

interface PersonalDataPlant {
  daysBeforeEnd: number;
  property: 'goal' | 'page_path' | 'referrer';
  text: string;
  plant: 'email' | 'phone' | 'ip';
}

/** Personal data in ordinary allowed strings, where a scrub has to find it. */
const PERSONAL_DATA: readonly PersonalDataPlant[] = [
  { daysBeforeEnd: 3, property: 'goal', text: 'reply to anna.lund@example.com', plant: 'email' },
  { daysBeforeEnd: 4, property: 'page_path', text: '/invite?to=kari.nordmann@example.org', plant: 'email' },
  { daysBeforeEnd: 6, property: 'goal', text: 'call me on +47 912 34 567', plant: 'phone' },
  { daysBeforeEnd: 7, property: 'goal', text: 'OLE.HANSEN+yoga@mail.example.co.uk', plant: 'email' },
  { daysBeforeEnd: 9, property: 'referrer', text: 'http://203.0.113.77/start', plant: 'ip' },
  { daysBeforeEnd: 11, property: 'goal', text: 'sleep better (mia@example.net)', plant: 'email' },
  {
    daysBeforeEnd: 13,
    property: 'page_path',
    text: '/invite?from=app&to=per.berg@example.com',
    plant: 'email',
  },
  { daysBeforeEnd: 15, property: 'goal', text: 'phone (555) 010-4477 after six', plant: 'phone' },
  { daysBeforeEnd: 17, property: 'goal', text: 'calm, see lea_meyer@example.de', plant: 'email' },
  {
    daysBeforeEnd: 20,
    property: 'referrer',
    text: 'https://mail.example.com/?u=tom.ek@example.se',
    plant: 'email',
  },
];

/** Addresses in columns that are never pulled; they must not reach the disk either. */
const FREE_TEXT_ADDRESSES = [
  'jonas.berg@example.com',
  'hanna.dahl@example.com',
  'ingrid.solheim@example.org',
];
const QUARANTINED_ADDRESS = 'beta.tester@example.com';

/** Every e-mail address that stands anywhere in the raw files, for tests to look for: not among the facts, which lie on
 *  the disk in plain text. */
export const PLANTED_ADDRESSES: readonly string[] = [
  ...PERSONAL_DATA.flatMap(({ text }) => text.match(/[\w.+%-]+@[\w.-]+\w/g) ?? []),
  ...FREE_TEXT_ADDRESSES,
  QUARANTINED_ADDRESS,
];

/** Puts the day's personal data into the goal of its first signal, or into a page view of its own. */
export function withPersonalData(app: AppDay, events: readonly SampleEvent[]): SampleEvent[] {
  const due = PERSONAL_DATA.filter(({ daysBeforeEnd }) => app.day === app.story.lastDay - daysBeforeEnd);
  return due.reduce((all, plant) => planted(app, all, plant), [...events]);
}

function planted(
  app: AppDay,
  events: SampleEvent[],
  { property, text, plant }: PersonalDataPlant,
): SampleEvent[] {
  if (property === 'goal') {
    const first = events.findIndex(({ eventType }) => eventType === 'signal_pre');
    return events.map((event, i) =>
      i === first ? { ...event, plant, properties: { ...event.properties, goal: text } } : event,
    );
  }
  const view = pageViewAt(app, wallToUtcMs(app.day, 12 * HOUR_MS));
  return [...events, { ...view, plant, properties: { ...view.properties, [property]: text } }];
}

export type BadRowReason = 'wrong-environment' | 'missing-field' | 'impossible-time' | 'bad-json';

export interface BadRow {
  feed: FeedName;
  receivedMs: number;
  line: string;
  reason: BadRowReason;
}

const BAD_ROWS: readonly { reason: BadRowReason; feed: FeedName; rows: number }[] = [
  { reason: 'wrong-environment', feed: 'app-events', rows: 5 },
  { reason: 'missing-field', feed: 'reactions', rows: 4 },
  { reason: 'impossible-time', feed: 'sessions', rows: 4 },
  { reason: 'bad-json', feed: 'ai-usage', rows: 3 },
];
const FAR_FUTURE_MS = Date.UTC(2041, 5, 1);

/** Rows that cannot be events, on days of the last four weeks. */
export function badRowsOf(story: Story): BadRow[] {
  const random = createRandom(story.seed, 'bad-rows');
  return BAD_ROWS.flatMap(({ reason, feed, rows }) =>
    Array.from({ length: rows }, (_, i) => badRow(story, random, reason, feed, i)),
  );
}

function badRow(story: Story, random: Random, reason: BadRowReason, feed: FeedName, index: number): BadRow {
  const day: DayNumber = story.lastDay - random.whole(1, 24);
  const tsMs = wallToUtcMs(day, random.whole(7 * 60, 22 * 60) * 60_000);
  const receivedMs = tsMs + FEEDS[feed].latenessMs[1];
  return { feed, receivedMs, reason, line: badLine(reason, index, isoOf(tsMs), isoOf(receivedMs), random) };
}

function badLine(
  reason: BadRowReason,
  index: number,
  ts: string,
  receivedAt: string,
  random: Random,
): string {
  const row = { event_id: uuidOf(random), event_type: 'page_view', ts, received_at: receivedAt };
  switch (reason) {
    case 'wrong-environment':
      return JSON.stringify({
        ...row,
        environment: 'beta',
        properties: JSON.stringify({
          page_path: index === 0 ? `/invite?to=${QUARANTINED_ADDRESS}` : '/home',
        }),
      });
    case 'missing-field': {
      const { event_id: eventId, ...anonymous } = row;
      return JSON.stringify(index % 2 === 0 ? anonymous : { event_id: eventId, event_type: 'page_view' });
    }
    case 'impossible-time':
      return JSON.stringify({
        ...row,
        event_type: 'practice_opened',
        ts: index % 2 === 0 ? 0 : FAR_FUTURE_MS,
      });
    case 'bad-json': {
      const whole = JSON.stringify({
        ...row,
        event_type: 'chat_interaction',
        properties: { thread_id: 'thr_cut' },
      });
      return whole.slice(0, -1 - random.whole(3, 30));
    }
  }
}
