import type { Anchor } from '../../shared/annotations/anchor.ts';
import {
  addDays,
  daysBetween,
  formatDate,
  formatDateRange,
  isCalendarDate,
} from '../../shared/format/calendar.ts';
import type { TileId } from '../state/address.ts';
import { dayStart } from './day-start.ts';
import type { NoteSelection } from './notes-store.ts';
import { seriesAnchor } from './table-mark.ts';

export interface PointFigure {
  value: number | null;
  interval: [number, number] | null;
  n: number | null;
}

interface Points {
  tile: TileId | null;
  dates: readonly string[];
  zone: string;
  figureAt: (index: number) => PointFigure;
}

/** One bucket of a chart, or all from one to another, as something that a note can be about. */
export function pointSelection(points: Points, origin: number, index: number): NoteSelection {
  const { tile, dates, figureAt } = points;
  if (!isCalendarDate(dates[0] ?? '')) return namedSelection(points, index);
  const [first, last] = [Math.min(origin, index), Math.max(origin, index)];
  const from = dates[first] ?? '';
  const to = lastDayOf(dates, last);
  const isPoint = first === last;
  const today = dates.at(-1) ?? from;
  const label = isPoint || from === to ? formatDate(from, today) : formatDateRange(from, to, today);
  const figure = isPoint ? figureAt(first) : { value: null, interval: null, n: null };
  return { tile, origin, mark: { anchor: anchorOf(points, { from, to, isPoint }), label, ...figure } };
}

/** A point that is no day: it has no range. */
function namedSelection({ tile, dates, figureAt }: Points, index: number): NoteSelection {
  const name = dates[index] ?? '';
  const anchor = seriesAnchor(name) ?? ({ kind: 'view' } as const);
  return { tile, origin: index, mark: { anchor, label: name, ...figureAt(index) } };
}

function anchorOf(
  { zone }: Points,
  { from, to, isPoint }: { from: string; to: string; isPoint: boolean },
): Anchor {
  if (!isPoint) return { kind: 'range', from, to };
  const at = dayStart(from, zone);
  return at === null ? { kind: 'range', from, to } : { kind: 'instant', at };
}

/** A bucket ends where the next one begins; the last is as long as the one before. */
function lastDayOf(dates: readonly string[], index: number): string {
  const date = dates[index] ?? '';
  const next = dates[index + 1];
  if (next !== undefined) return addDays(next, -1);
  const before = dates[index - 1];
  return before === undefined ? date : addDays(date, daysBetween(before, date) - 1);
}
