import { type AddressReader, oneOf, wholeNumber } from './address-reader.ts';
import { isCalendarDate } from '../../shared/format/calendar.ts';

export const COHORT_TYPES = ['first_time', 'recurring', 'first_ever'] as const;
export const COHORT_INTERVALS = ['day', 'week', 'month'] as const;
export const COHORT_MODES = ['calendar', 'rolling', '24h'] as const;
export const COHORT_PAGES = ['retention', 'lifecycle'] as const;
export const CELL_FIGURES = ['percent', 'count'] as const;

export type CohortType = (typeof COHORT_TYPES)[number];
export type CohortInterval = (typeof COHORT_INTERVALS)[number];
export type CohortMode = (typeof COHORT_MODES)[number];
export type CohortPage = (typeof COHORT_PAGES)[number];
export type CellFigure = (typeof CELL_FIGURES)[number];

/** What the Cohorts view shows, beside dates and filters. Events are named by type; null is any event. */
export interface CohortsState {
  page: CohortPage;
  anchor: string | null;
  return: string | null;
  type: CohortType;
  interval: CohortInterval;
  mode: CohortMode;
  /** Events that make a person count as back in a period. */
  minimumReturns: number;
  /** Columns of so many periods each, after column 0; null: one column per period. */
  brackets: number[] | null;
  /** Column that the shift and the first reactions are shown at. */
  column: number;
  figure: CellFigure;
  /** First day of the chosen cohort. */
  chosen: string | null;
}

export const DEFAULT_COHORTS: CohortsState = {
  page: 'retention',
  anchor: 'session_completed',
  return: 'session_completed',
  type: 'first_time',
  interval: 'week',
  mode: 'calendar',
  minimumReturns: 1,
  brackets: null,
  column: 4,
  figure: 'percent',
  chosen: null,
};

const MOST_COLUMNS = 400;
const MOST_BRACKETS = 20;
const MOST_RETURNS = 1_000;
const ANY_EVENT = '*';

export function formatCohorts(query: URLSearchParams, state: CohortsState): void {
  const set = (name: string, value: string, byDefault: string) => {
    if (value !== byDefault) query.set(name, value);
  };
  const base = DEFAULT_COHORTS;
  set('page', state.page, base.page);
  set('anchor', state.anchor ?? ANY_EVENT, base.anchor ?? ANY_EVENT);
  set('return', state.return ?? ANY_EVENT, base.return ?? ANY_EVENT);
  set('type', state.type, base.type);
  set('unit', state.interval, base.interval);
  set('mode', state.mode, base.mode);
  set('returns', String(state.minimumReturns), String(base.minimumReturns));
  set('brackets', state.brackets?.join('-') ?? '', '');
  set('column', String(state.column), String(base.column));
  set('figure', state.figure, base.figure);
  set('chosen', state.chosen ?? '', '');
}

export function readCohorts(read: AddressReader): CohortsState {
  const base = DEFAULT_COHORTS;
  const anchor = read.one('anchor', parseEvent);
  const returned = read.one('return', parseEvent);
  return {
    page: read.one('page', oneOf(COHORT_PAGES)) ?? base.page,
    anchor: anchor === undefined ? base.anchor : anchor.event,
    return: returned === undefined ? base.return : returned.event,
    type: read.one('type', oneOf(COHORT_TYPES)) ?? base.type,
    interval: read.one('unit', oneOf(COHORT_INTERVALS)) ?? base.interval,
    mode: read.one('mode', oneOf(COHORT_MODES)) ?? base.mode,
    minimumReturns: read.one('returns', wholeNumber(1, MOST_RETURNS)) ?? base.minimumReturns,
    brackets: read.one('brackets', (text) => parseBrackets(text)) ?? base.brackets,
    column: read.one('column', wholeNumber(1, MOST_COLUMNS)) ?? base.column,
    figure: read.one('figure', oneOf(CELL_FIGURES)) ?? base.figure,
    chosen: read.one('chosen', (date) => (isCalendarDate(date) ? date : undefined)) ?? base.chosen,
  };
}

function parseEvent(text: string): { event: string | null } | undefined {
  if (text === ANY_EVENT) return { event: null };
  return text.length > 0 && text.length <= 64 ? { event: text } : undefined;
}

/** "1-2-4" as people write it also with commas and spaces; undefined for what is no list of lengths. */
export function parseBrackets(text: string): number[] | undefined {
  const lengths = text.split(/[-,\s]+/).map(wholeNumber(1, MOST_COLUMNS));
  if (lengths.length > MOST_BRACKETS) return undefined;
  const known = lengths.filter((length) => length !== undefined);
  return known.length === lengths.length ? known : undefined;
}
