import { DAY_MS, HOUR_MS, isoDateOf } from './calendar.ts';
import { FEEDS, type FeedName } from './feeds.ts';
import type { SampleFiles } from './sample-files.ts';
import { SAMPLE_ENVIRONMENT } from './wire.ts';

interface ArrivalFile {
  feed: FeedName;
  startMs: number;
  endMs: number;
  rows: { receivedMs: number; line: string }[];
}

/** Collects rows by the file in which they arrive, and writes each file once nothing more can arrive in it. */
export function createArrivals(files: SampleFiles): {
  add: (feed: FeedName, receivedMs: number, line: string) => void;
  writeUntil: (tsMs: number) => void;
} {
  const open = new Map<string, ArrivalFile>();

  const add = (feed: FeedName, receivedMs: number, line: string): void => {
    const spanMs = DAY_MS / FEEDS[feed].filesPerDay;
    const startMs = Math.floor(receivedMs / spanMs) * spanMs;
    const key = `${feed}/${startMs}`;
    const file = open.get(key);
    if (file === undefined) {
      open.set(key, { feed, startMs, endMs: startMs + spanMs, rows: [{ receivedMs, line }] });
    } else {
      file.rows.push({ receivedMs, line });
    }
  };

  const writeUntil = (tsMs: number): void => {
    for (const [key, file] of open) {
      if (file.endMs > tsMs) continue;
      open.delete(key);
      files.write(keyOf(file), textOf(file));
    }
  };

  return { add, writeUntil };
}

/** `reactions/events/sample/dt=2026-11-19/hour=10/part-000.ndjson.gz`; parts count within the folder. */
function keyOf({ feed, startMs, endMs }: ArrivalFile): string {
  const { keyTemplate } = FEEDS[feed];
  const part = keyTemplate.includes('%H') ? 0 : Math.floor((startMs % DAY_MS) / (endMs - startMs));
  return `${feed}/${folderOf(keyTemplate, startMs)}part-${String(part).padStart(3, '0')}.ndjson.gz`;
}

function folderOf(keyTemplate: string, startMs: number): string {
  const [year, month, day] = isoDateOf(Math.floor(startMs / DAY_MS)).split('-');
  const hour = String(Math.floor((startMs % DAY_MS) / HOUR_MS)).padStart(2, '0');
  const parts: Readonly<Record<string, string | undefined>> = { Y: year, m: month, d: day, H: hour };
  return keyTemplate
    .replace('${ENV}', SAMPLE_ENVIRONMENT)
    .replace(/%([YmdH])/g, (_, letter: string) => parts[letter] ?? '');
}

/** By arrival; rows of one instant keep the order in which they were sent. */
const textOf = ({ rows }: ArrivalFile): string =>
  rows
    .sort((a, b) => a.receivedMs - b.receivedMs)
    .map(({ line }) => `${line}\n`)
    .join('');
