import type { Anchor } from '../../shared/annotations/anchor.ts';
import { isCalendarDate } from '../../shared/format/calendar.ts';
import { dayStart } from './day-start.ts';
import type { NoteMark } from './note-mark.ts';

const LONGEST_NAME = 200; // what an anchor holds

/** A mark with a name and no number; null without an anchor. */
export const namedMark = (anchor: Anchor | null, label: string): NoteMark | null =>
  anchor === null ? null : { anchor, label, value: null, interval: null, n: null };

/** What a row of a table is to a note where its view says nothing else: its day, or the series of its name. */
export function rowAnchor(key: string, name: string, zone: string): Anchor | null {
  if (isCalendarDate(key)) {
    const at = dayStart(key, zone);
    return at === null ? { kind: 'range', from: key, to: key } : { kind: 'instant', at };
  }
  const value = /^\d+$/.test(key) ? name : key; // a number is the place of the row, which may change
  return value === '' ? null : seriesAnchor(value);
}

/** null: the name is longer than an anchor may hold. */
export const seriesAnchor = (value: string | readonly string[]): Anchor | null =>
  [value].flat().some((name) => name.length > LONGEST_NAME)
    ? null
    : { kind: 'series', value: typeof value === 'string' ? value : [...value] };
