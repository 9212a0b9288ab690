import { DAY_MS } from '../../store/sort-rows.ts';
import type { TimeSpan } from '../time-span.ts';
import type { TablePart } from './table-access.ts';

/**
 * A table is read in parts, each an object of the ledger: days that are over, whole; and of days that are still open
 * what came since the last time, in slices. When a day is over it is read once more, and takes the place of its slices.
 */
const WHOLE = 'whole';
const UNDATED = 'undated';
const SLICE = '@';
const DAY = /^(?:\d{4}-\d{2}-\d{2}|day-?\d+)$/;
const SLICED = /^(.+)@(-?\d+)~\d+~-?\d+$/;
const LATEST_DAY = 2_932_896; // 9999-12-31

/** The date, and for days that have none of four digits their number. */
export const dayName = (day: number): string =>
  day >= -719_528 && day <= LATEST_DAY ? new Date(day * DAY_MS).toISOString().slice(0, 10) : `day${day}`;

const dayOf = (name: string): number =>
  name.startsWith('day') ? Number(name.slice(3)) : Date.parse(`${name}T00:00:00Z`) / DAY_MS;

export const wholeKey = WHOLE;
export const undatedKey = UNDATED;
/** What the keys of a day's slices begin with. */
export const slicePrefix = (day: number): string => `${dayName(day)}${SLICE}`;

/** Each slice has a key of its own: it adds to those before it. */
export const sliceKey = (day: number, fromMs: number, rows: number, newestMs: number): string =>
  `${slicePrefix(day)}${fromMs}~${rows}~${newestMs}`;

/** null: no key of a table. */
export function partOfKey(key: string): TablePart | null {
  if (key === WHOLE) return { kind: 'whole' };
  if (key === UNDATED) return { kind: 'undated' };
  if (DAY.test(key)) return { kind: 'span', ...spanOfDay(dayOf(key)) };
  const [, name, fromMs] = SLICED.exec(key) ?? [];
  if (name === undefined || !DAY.test(name)) return null;
  return { kind: 'span', fromMs: Number(fromMs), toMs: spanOfDay(dayOf(name)).toMs };
}

export const spanOfDay = (day: number): { fromMs: number; toMs: number } => ({
  fromMs: day * DAY_MS,
  toMs: (day + 1) * DAY_MS,
});

/** The time by the cursor that a part is of; null: it has no bounds. */
export function timeOfKey(key: string): TimeSpan | null {
  const part = partOfKey(key);
  if (part?.kind !== 'span') return null;
  const { fromMs, toMs } = part;
  return fromMs === null || toMs === null ? null : { fromMs, toMs };
}

export const isSliceKey = (key: string): boolean => SLICED.test(key);

/** How messages call a part. */
export function labelOfPart(table: string, part: TablePart): string {
  switch (part.kind) {
    case 'whole':
      return table;
    case 'undated':
      return `${table} without a time`;
    case 'span': {
      const { fromMs, toMs } = part;
      if (fromMs === null || toMs === null) return table;
      const name = dayName(Math.floor(fromMs / DAY_MS));
      return toMs - fromMs === DAY_MS ? `${table} ${name}` : `${table} ${name} since ${timeOf(fromMs)}`;
    }
  }
}

const timeOf = (ms: number): string => new Date(ms).toISOString().slice(11, 19);
