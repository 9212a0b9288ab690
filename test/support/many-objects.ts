import { createHash } from 'node:crypto';

const START_MS = Date.UTC(2026, 9, 1);
const DAY_MS = 86_400_000;

/** A bucket of made-up objects, each one small event: what lies at an index is computed, never stored. */
export interface ManyObjects {
  objects: number;
  days: number;
}

export const PREFIX = 'events/test/';

const dayOf = ({ objects, days }: ManyObjects, index: number): number =>
  Math.min(days - 1, Math.floor((index * days) / objects));

export function keyAt(bucket: ManyObjects, index: number): string {
  const day = new Date(START_MS + dayOf(bucket, index) * DAY_MS).toISOString().slice(0, 10);
  return `${PREFIX}dt=${day}/${String(index).padStart(9, '0')}.json`;
}

export const indexOfKey = (key: string): number => Number(/(\d{9})\.json$/.exec(key)?.[1] ?? NaN);

export function bodyAt(bucket: ManyObjects, index: number): string {
  const ts = START_MS + dayOf(bucket, index) * DAY_MS + ((index * 7919) % DAY_MS);
  const event = {
    event_id: uuidAt(index),
    event_type: index % 5 === 0 ? 'feature_usage' : 'page_view',
    ts: new Date(ts).toISOString(),
    received_at: new Date(ts + 1500).toISOString(),
    user_id: `usr_${index % 5000}`,
    session_id: `ses_${Math.floor(index / 7)}`,
    locale: ['en-US', 'de-DE', 'nb-NO'][index % 3],
    properties: { page_path: `/page/${index % 40}`, duration_ms: (index * 31) % 4000 },
  };
  return JSON.stringify(event);
}

/** Looks random, as ids do, and is the same each time. */
function uuidAt(index: number): string {
  const hex = createHash('md5').update(String(index)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

export const etagAt = (index: number): string => createHash('md5').update(`etag ${index}`).digest('hex');
