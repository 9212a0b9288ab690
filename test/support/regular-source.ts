import { rmSync } from 'node:fs';
import path from 'node:path';
import { eventOf, type TestWorkspace } from './workspace.ts';

export const DAY_MS = 86_400_000;
export const EVERY_MS = 4 * 60_000;
export const FIRST_DAY_MS = Date.UTC(2026, 9, 1);
const RECEIVED_AFTER_MS = 20_000;

/** A source with an event every four minutes, in one file a day or parts of it. */
export interface RegularSource {
  /** Writes the events of [fromMs, toMs) as one file of the day in which they lie. */
  write: (fromMs: number, toMs: number, name?: string) => void;
  writeDays: (firstDay: number, days: number) => void;
  remove: (day: number) => void;
}

export const dayMs = (day: number): number => FIRST_DAY_MS + day * DAY_MS;
const folderOf = (ms: number): string => `dt=${new Date(ms).toISOString().slice(0, 10)}`;

export function regularSource(workspace: TestWorkspace): RegularSource {
  const write: RegularSource['write'] = (fromMs, toMs, name = 'all') => {
    const events: object[] = [];
    for (let ms = fromMs; ms < toMs; ms += EVERY_MS) {
      const n = Math.round((ms - FIRST_DAY_MS) / EVERY_MS);
      const received_at = new Date(ms + RECEIVED_AFTER_MS).toISOString();
      events.push(eventOf(n, { ts: new Date(ms).toISOString(), received_at }));
    }
    workspace.raw(`${folderOf(fromMs)}/${name}.ndjson`, events);
  };
  return {
    write,
    writeDays(firstDay, days) {
      for (let day = firstDay; day < firstDay + days; day++) write(dayMs(day), dayMs(day + 1));
    },
    remove: (day) => rmSync(path.join(workspace.rawDir, folderOf(dayMs(day))), { recursive: true }),
  };
}
