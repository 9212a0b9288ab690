import type { Anchor } from '../../shared/annotations/anchor.ts';
import { isCalendarDate } from '../../shared/format/calendar.ts';
import { dateOf } from './note-words.ts';

/** Where notes stand along the days of a chart. */
export interface PlacedPin<P> {
  pin: P;
  /** Indices of the first and last bucket. */
  first: number;
  last: number;
  isRange: boolean;
}

/** Those that are pinned to days of the chart; what begins before or ends after it is cut. */
export function placePins<P extends { anchor: Anchor }>(
  pins: readonly P[],
  dates: readonly string[],
  zone: string,
): PlacedPin<P>[] {
  const [start] = dates;
  if (start === undefined) return [];
  if (!isCalendarDate(start)) return placeByName(pins, dates);
  return pins.flatMap((pin): PlacedPin<P>[] => {
    const days = daysOf(pin.anchor, zone);
    if (days === null || days.to < start || days.from > endOf(dates)) return [];
    const first = Math.max(0, bucketOf(days.from, dates));
    const last = Math.max(first, bucketOf(days.to, dates));
    return [{ pin, first, last, isRange: pin.anchor.kind === 'range' && last > first }];
  });
}

/** Points that are no days go by their names. */
const placeByName = <P extends { anchor: Anchor }>(
  pins: readonly P[],
  names: readonly string[],
): PlacedPin<P>[] =>
  pins.flatMap((pin) => {
    const { anchor } = pin;
    const at =
      anchor.kind === 'series' && typeof anchor.value === 'string' ? names.indexOf(anchor.value) : -1;
    return at < 0 ? [] : [{ pin, first: at, last: at, isRange: false }];
  });

function daysOf(anchor: Anchor, zone: string): { from: string; to: string } | null {
  if (anchor.kind === 'instant') {
    const day = dateOf(anchor.at, zone);
    return { from: day, to: day };
  }
  if (anchor.kind !== 'range') return null;
  return { from: dateOf(anchor.from, zone), to: dateOf(anchor.to, zone) };
}

const bucketOf = (date: string, dates: readonly string[]): number =>
  dates.findLastIndex((each) => each <= date);

/** The last day of the last bucket, which is as long as the one before. */
function endOf(dates: readonly string[]): string {
  const [last = '', before] = [dates.at(-1), dates.at(-2)];
  if (before === undefined) return last;
  const lengthMs = Date.parse(last) - Date.parse(before);
  return new Date(Date.parse(last) + lengthMs - DAY_MS).toISOString().slice(0, 10);
}

const DAY_MS = 86_400_000;

export interface PinGroup<P> {
  pins: P[];
  x: number;
  /** Pixels for the title beside it, at the side that has more. */
  room: number;
  isLeft: boolean;
}

const APART_PX = 20; // a pin and its edge

/** Pins that would cover each other become one. */
export function groupByPlace<P>(
  placed: readonly PlacedPin<P>[],
  xOf: (index: number) => number,
): PinGroup<P>[] {
  const sorted = placed
    .map(({ pin, first, last }) => ({ pin, x: (xOf(first) + xOf(last)) / 2 }))
    .sort((a, b) => a.x - b.x);
  const groups: { pins: P[]; x: number }[] = [];
  for (const { pin, x } of sorted) {
    const open = groups.at(-1);
    if (open !== undefined && x - open.x < APART_PX) open.pins.push(pin);
    else groups.push({ pins: [pin], x });
  }
  let taken = -Infinity; // right end of what is drawn so far
  return groups.map(({ pins, x }, index) => {
    const after = (groups[index + 1]?.x ?? Infinity) - x - 2 * PIN_PX;
    const before = x - taken - 2 * PIN_PX;
    const isLeft = before > after && before > 0;
    const room = Math.min(TITLE_PX, Math.max(before, after));
    taken = isLeft ? x + PIN_PX : x + PIN_PX + Math.min(TITLE_PX, Math.max(0, after));
    return { pins, x, room, isLeft: isLeft && Number.isFinite(taken) };
  });
}

const PIN_PX = 12;
const TITLE_PX = 190;
