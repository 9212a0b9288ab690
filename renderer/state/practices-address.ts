import { type AddressReader, oneOf, wholeNumber } from './address-reader.ts';

/** What Practices, Masters and the page of one practice or master show, beside dates and filters. */

export const BUCKET_CHOICES = ['auto', 'hour', 'day', 'week'] as const;
export const LENSES = ['today', 'changes'] as const;
export const PRACTICE_PAGES = ['overview', 'people'] as const;
export const SLICES = ['release', 'locale', 'hour'] as const;
export const REACTION_CHOICES = ['any', 'first'] as const;

export type BucketChoice = (typeof BUCKET_CHOICES)[number];
export type Lens = (typeof LENSES)[number];
export type PracticePage = (typeof PRACTICE_PAGES)[number];
export type Slice = (typeof SLICES)[number];
export type ReactionChoice = (typeof REACTION_CHOICES)[number];

export interface PracticesState {
  /** Whose page is open; null in the lists. */
  subject: string | null;
  page: PracticePage;
  /** Buckets of what is drawn over time; `auto` follows the length of the dates. */
  bucket: BucketChoice;
  /** `changes`: levels and change points only. */
  lens: Lens;
  /** What the capture rate of a page is taken apart by. */
  slice: Slice;
  /** What the map of days and hours shows: `capture` or a state. */
  measure: string;
  /** Whose return is looked at: after any reaction of the state, or after a first one. */
  reaction: ReactionChoice;
  /** Week in which people are back. */
  week: number;
}

export const DEFAULT_PRACTICES: PracticesState = {
  subject: null,
  page: 'overview',
  bucket: 'auto',
  lens: 'today',
  slice: 'release',
  measure: 'capture',
  reaction: 'any',
  week: 4,
};

export const MOST_WEEKS = 11;
const MOST_CHARACTERS = 256;

export function formatPractices(query: URLSearchParams, state: PracticesState): void {
  const set = (name: string, value: string, byDefault: string) => {
    if (value !== byDefault) query.set(name, value);
  };
  const base = DEFAULT_PRACTICES;
  if (state.subject !== null) query.set('of', state.subject);
  set('page', state.page, base.page);
  set('bucket', state.bucket, base.bucket);
  set('lens', state.lens, base.lens);
  set('slice', state.slice, base.slice);
  set('measure', state.measure, base.measure);
  set('reaction', state.reaction, base.reaction);
  set('week', String(state.week), String(base.week));
}

export function readPractices(read: AddressReader): PracticesState {
  const base = DEFAULT_PRACTICES;
  return {
    subject: read.one('of', parseText) ?? base.subject,
    page: read.one('page', oneOf(PRACTICE_PAGES)) ?? base.page,
    bucket: read.one('bucket', oneOf(BUCKET_CHOICES)) ?? base.bucket,
    lens: read.one('lens', oneOf(LENSES)) ?? base.lens,
    slice: read.one('slice', oneOf(SLICES)) ?? base.slice,
    measure: read.one('measure', parseText) ?? base.measure,
    reaction: read.one('reaction', oneOf(REACTION_CHOICES)) ?? base.reaction,
    week: read.one('week', wholeNumber(1, MOST_WEEKS)) ?? base.week,
  };
}

const parseText = (text: string): string | undefined =>
  text !== '' && text.length <= MOST_CHARACTERS ? text : undefined;
