import type { SampleEvent } from './event.ts';
import type { FeedName } from './feeds.ts';

export const SAMPLE_ENVIRONMENT = 'sample';

type Row = Record<string, unknown>;

/** One event as each feed writes it down: four products, four habits, all of them allowed by DATA §1. */
const ROW_BY_FEED: Readonly<Record<FeedName, (event: SampleEvent, receivedMs: number) => Row>> = {
  sessions: flatRow,
  reactions: nestedRow,
  'app-events': stringifiedRow,
  'ai-usage': secondsRow,
  'experiment-assignments': bareRow,
};

export const lineOf = (feed: FeedName, event: SampleEvent, receivedMs: number): string =>
  JSON.stringify(ROW_BY_FEED[feed](event, receivedMs));

/** Epoch milliseconds, properties beside the columns, no environment. */
function flatRow(event: SampleEvent, receivedMs: number): Row {
  return { ...head(event), ts: event.tsMs, received_at: receivedMs, ...context(event), ...event.properties };
}

/** ISO 8601 in UTC, properties as an object. */
function nestedRow(event: SampleEvent, receivedMs: number): Row {
  return {
    ...head(event),
    ts: isoOf(event.tsMs),
    received_at: isoOf(receivedMs),
    ...context(event),
    environment: SAMPLE_ENVIRONMENT,
    properties: event.properties,
  };
}

/** The device's own clock offset, properties as a string that holds an object, further keys at top level; older
 *  clients leave the environment out. */
function stringifiedRow(event: SampleEvent, receivedMs: number): Row {
  const { visit, user } = event;
  const device =
    visit === null
      ? {}
      : { user_agent: userAgentOf(user.platform), ip_address: addressHashOf(visit.sessionId) };
  return {
    ...head(event),
    ts: visit === null ? isoOf(event.tsMs) : isoWithOffset(event.tsMs, user.market.clockOffset),
    received_at: isoOf(receivedMs),
    ...context(event),
    ...(user.arm === 1 ? { environment: SAMPLE_ENVIRONMENT } : {}),
    event_category: event.eventType.split('_')[0],
    ...device,
    properties: JSON.stringify(event.properties),
  };
}

/** ISO 8601 to the second. */
function secondsRow(event: SampleEvent, receivedMs: number): Row {
  return { ...nestedRow(event, receivedMs), ts: `${new Date(event.tsMs).toISOString().slice(0, 19)}Z` };
}

/** Epoch milliseconds and nested properties. */
function bareRow(event: SampleEvent, receivedMs: number): Row {
  const { user, visit } = event;
  return {
    ...head(event),
    ts: event.tsMs,
    received_at: receivedMs,
    ...(user.id === null ? {} : { user_id: user.id }),
    ...(visit === null ? {} : { session_id: visit.sessionId }),
    properties: event.properties,
  };
}

const head = ({ eventId, eventType }: SampleEvent): Row => ({ event_id: eventId, event_type: eventType });

function context({ user, visit }: SampleEvent): Row {
  return {
    ...(user.id === null ? {} : { user_id: user.id }),
    ...(visit === null
      ? {}
      : { session_id: visit.sessionId, app_version: visit.appVersion, platform: user.platform }),
    locale: user.market.locale,
    country_code: user.market.countryCode,
    ...(user.plan === null ? {} : { plan: user.plan }),
  };
}

export const isoOf = (tsMs: number): string => new Date(tsMs).toISOString();

/** `clockOffset` like `-05:00`. */
function isoWithOffset(tsMs: number, clockOffset: string): string {
  const minutes = Number(clockOffset.slice(1, 3)) * 60 + Number(clockOffset.slice(4, 6));
  const signedMs = (clockOffset.startsWith('-') ? -1 : 1) * minutes * 60_000;
  return isoOf(tsMs + signedMs).replace('Z', clockOffset);
}

const userAgentOf = (platform: string): string =>
  platform === 'web'
    ? 'Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0.0.0 Safari/537.36'
    : `Stillpoint/4 (${platform})`;

/** Stands for a keyed hash of the address: the product never sends the address itself. */
const addressHashOf = (sessionId: string): string => `iph_${sessionId.slice(4)}`;
