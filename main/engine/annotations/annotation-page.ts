import { compareClocks } from '../../../shared/annotations/clock.ts';
import {
  type AnnotationFilter,
  type AnnotationView,
  byNewest,
  matchesFilter,
} from '../../../shared/annotations/view.ts';
import type {
  AnnotationPin,
  NumberedAnnotation,
  ShownAnnotation,
} from '../../../shared/rpc/contract/annotations.ts';
import { type AnnotationCounts, countsOf } from './views.ts';

/** Every annotation of an environment, and the numbers that views give them. */
export interface NumberedNotes {
  all: readonly AnnotationView[];
  numbers: ReadonlyMap<string, number>;
}

export interface AnnotationPage {
  annotations: NumberedAnnotation[];
  matching: number;
  counts: AnnotationCounts;
  tags: string[];
  authors: string[];
}

/** One page of what a filter leaves, newest first; counts, tags and authors are of everything in its view. */
export function annotationPage(
  { all, numbers }: NumberedNotes,
  { offset, limit, ...filter }: AnnotationFilter & { offset: number; limit: number },
): AnnotationPage {
  const { environment, view } = filter;
  const scope = all.filter((one) =>
    matchesFilter(one, { environment, withDeleted: true, ...(view === undefined ? {} : { view }) }),
  );
  const matching = scope.filter((one) => matchesFilter(one, filter)).sort(byNewest);
  const page = matching.slice(offset, offset + limit);
  const shown = scope.filter(({ isHidden }) => !isHidden);
  return {
    annotations: page.map((one) => numbered(one, numbers)),
    matching: matching.length,
    counts: countsOf(scope),
    tags: [...new Set(shown.flatMap(({ tags }) => tags))].sort(),
    authors: [...new Set(shown.map(({ author }) => author))].filter((author) => author !== '').sort(),
  };
}

/** Per view in the order of writing, so that a new note never moves the numbers of the others. */
export function numbersByView(all: readonly AnnotationView[]): Map<string, number> {
  const visible = all.filter(({ isHidden }) => !isHidden);
  const numbers = new Map<string, number>();
  for (const notes of Map.groupBy(visible, ({ target }) => target?.view ?? '').values()) {
    notes.sort((a, b) => compareClocks(a.clock, b.clock) || (a.annotationId < b.annotationId ? -1 : 1));
    for (const [index, { annotationId }] of notes.entries()) numbers.set(annotationId, index + 1);
  }
  return numbers;
}

export const numbered = (one: AnnotationView, numbers: ReadonlyMap<string, number>): NumberedAnnotation => ({
  ...forWire(one),
  number: numbers.get(one.annotationId) ?? null,
});

/** With lists that nobody else holds. */
export const forWire = (one: AnnotationView): ShownAnnotation => ({
  ...one,
  seen: Object.fromEntries(
    Object.entries(one.seen).map(([field, ids]) => [field, [...ids]]),
  ) as ShownAnnotation['seen'],
  replies: one.replies.map((reply) => ({ ...reply, seenDeleted: [...reply.seenDeleted] })),
});

export interface PinRange {
  view: string;
  from: string;
  to: string;
}

const MOST_PINS = 2_000; // far more than a view can draw; the panel has all

/** What a view draws: notes of its days, and those that are pinned to something else than days. */
export function pinsOf(
  { all, numbers }: NumberedNotes,
  range: PinRange,
): { pins: AnnotationPin[]; left: number } {
  const pins = all.flatMap((one) => {
    const { annotationId, target, anchor, isHidden, title, discussed, status, sync } = one;
    if (isHidden || target?.view !== range.view || anchor === null || !isInRange(anchor, range)) return [];
    const number = numbers.get(annotationId) ?? 0;
    return [{ annotationId, number, title: title.text, target, anchor, discussed, status, sync }];
  });
  pins.sort((a, b) => a.number - b.number);
  return { pins: pins.slice(-MOST_PINS), left: Math.max(0, pins.length - MOST_PINS) };
}

const HALF_DAY = 'T12'; // a zone moves an instant by less than a day, so both neighbours of its date count

function isInRange(anchor: NonNullable<AnnotationView['anchor']>, { from, to }: PinRange): boolean {
  if (anchor.kind === 'instant') return overlaps(anchor.at, anchor.at, from, to);
  return anchor.kind !== 'range' || overlaps(anchor.from, anchor.to, from, to);
}

const overlaps = (start: string, end: string, from: string, to: string): boolean =>
  dayAfter(end, 1) >= from && dayAfter(start, -1) <= to;

function dayAfter(dateOrInstant: string, days: number): string {
  const ms = Date.parse(dateOrInstant.length === 10 ? `${dateOrInstant}${HALF_DAY}:00Z` : dateOrInstant);
  return Number.isNaN(ms) ? '' : new Date(ms + days * DAY_MS).toISOString().slice(0, 10);
}

const DAY_MS = 24 * 60 * 60 * 1000;
