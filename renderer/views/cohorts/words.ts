import { formatDate } from '../../../shared/format/calendar.ts';
import { formatQuantity } from '../../../shared/format/numbers.ts';
import type { CohortInterval, CohortMode, CohortsState, CohortType } from '../../state/cohorts-address.ts';
import { capitalise, eventLabel, uncapitalise } from '../../state/event-names.ts';

/** What a cohort, a return and a column mean, in words that stand beside the numbers. */

export const TYPE_LABELS: Record<CohortType, string> = {
  first_time: 'first',
  recurring: 'every',
  first_ever: 'first ever',
};

export const TYPE_DETAILS: Record<CohortType, string> = {
  first_time: 'once per person: their first matching one of all time',
  recurring: 'a person is in every period with one',
  first_ever: 'only if their first one of all time matches the filters',
};

export const MODE_LABELS: Record<CohortMode, string> = {
  calendar: 'Calendar periods',
  rolling: 'That period or later',
  '24h': 'Windows from the own start',
};

const ADVERBS: Record<CohortInterval, string> = { day: 'daily', week: 'weekly', month: 'monthly' };
const WINDOWS: Record<CohortInterval, string> = { day: '24 h', week: '7 × 24 h', month: '30 × 24 h' };

export const lowerEvent = (event: string | null): string => uncapitalise(eventLabel(event));

/** "first session completed". */
export const anchorInWords = ({ type, anchor }: CohortsState): string =>
  `${TYPE_LABELS[type]} ${lowerEvent(anchor)}`;

/** "Weekly return to session completed". */
export const pageName = ({ interval, return: returned }: CohortsState): string =>
  `${capitalise(ADVERBS[interval])} return to ${lowerEvent(returned)}`;

/** "% of each weekly cohort with session completed in later calendar weeks". */
export function retentionInWords(state: CohortsState, figure: string): string {
  const { interval, mode, minimumReturns, return: returned } = state;
  const times = minimumReturns === 1 ? '' : ` at least ${minimumReturns} times`;
  const when = {
    calendar: `in later calendar ${interval}s`,
    rolling: `in that ${interval} or any later one`,
    '24h': `in windows of ${WINDOWS[interval]} from the own first`,
  }[mode];
  return `${figure} of each ${ADVERBS[interval]} cohort with ${lowerEvent(returned)}${times} ${when}`;
}

/** Which periods a column stands for, after column 0: "4", or "3–5" under custom brackets. */
export function columnSpan({ brackets }: Pick<CohortsState, 'brackets'>, column: number): string {
  if (column === 0 || brackets === null) return String(column);
  const before = brackets.slice(0, column - 1).reduce((sum, length) => sum + length, 0);
  const length = brackets[column - 1] ?? 1;
  return length === 1 ? String(before + 1) : `${before + 1}–${before + length}`;
}

/** "week 4", "weeks 3–5". */
export function columnName(state: Pick<CohortsState, 'brackets' | 'interval'>, column: number): string {
  const span = columnSpan(state, column);
  return `${state.interval}${span.includes('–') ? 's' : ''} ${span}`;
}

/** "in week 4", "on day 7". */
export function inColumn(state: Pick<CohortsState, 'brackets' | 'interval'>, column: number): string {
  const name = columnName(state, column);
  return name.startsWith('day ') ? `on ${name}` : `in ${name}`;
}

/** "week of 19 Oct", "19 Oct", "October" is the cohort's own period. */
export function cohortName(start: string, interval: CohortInterval, today: string): string {
  const date = formatDate(start, today);
  return interval === 'day' ? date : `${interval} of ${date}`;
}

export const cohortsInWords = (count: number, { interval }: CohortsState): string =>
  formatQuantity(count, `${ADVERBS[interval]} cohort`);
