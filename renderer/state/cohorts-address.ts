import { CohortId, type CohortRule, RuleList } from '../../shared/query/cohort.ts';
import { type AddressReader, oneOf, wholeNumber } from './address-reader.ts';
import { isCalendarDate } from '../../shared/format/calendar.ts';
import { type CohortChoice, parseCohortChoice } from './cohort-choice.ts';

export const COHORT_TYPES = ['first_time', 'recurring', 'first_ever'] as const;
export const COHORT_INTERVALS = ['day', 'week', 'month'] as const;
export const COHORT_MODES = ['calendar', 'rolling', '24h'] as const;
export const COHORT_PAGES = ['retention', 'lifecycle', 'saved'] as const;
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
  /** Whose retention stands beside; null: nobody's. */
  against: CohortChoice | null;
  /** The saved cohort that is open. */
  saved: string | null;
  /** Rules in the builder; null: as they are saved. */
  draft: CohortDraft | null;
}

/** A cohort by rules that is put together. */
export interface CohortDraft {
  name: string;
  rules: CohortRule[];
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
  against: null,
  saved: null,
  draft: null,
};

const MOST_COLUMNS = 400;
const MOST_BRACKETS = 20;
const MOST_RETURNS = 1_000;
const ANY_EVENT = '*';
const LONGEST_DRAFT = 8_000; // keeps an address below what every browser keeps

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
  set('against', state.against ?? '', '');
  set('saved', state.saved ?? '', '');
  if (state.draft !== null) query.set('draft', JSON.stringify(state.draft));
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
    against: read.one('against', parseCohortChoice) ?? base.against,
    saved: read.one('saved', (id) => (CohortId.safeParse(id).success ? id : undefined)) ?? base.saved,
    draft: read.one('draft', parseDraft) ?? base.draft,
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

function parseDraft(text: string): CohortDraft | undefined {
  try {
    const input = text.length > LONGEST_DRAFT ? null : (JSON.parse(text) as Partial<CohortDraft> | null);
    const name = typeof input?.name === 'string' && input.name.length <= 200 ? input.name : undefined;
    if (name !== undefined && Array.isArray(input?.rules) && input.rules.length === 0)
      return { name, rules: [] };
    const { data } = RuleList.safeParse({ all: input?.rules });
    return name === undefined || data === undefined ? undefined : { name, rules: data.all };
  } catch {
    return undefined; // no JSON: the address names the part as not understood
  }
}
