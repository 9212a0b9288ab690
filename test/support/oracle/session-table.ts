import type { BreakdownValue } from './breakdown.ts';
import { exactSum } from './exact.ts';
import { passesAll } from './filter.ts';
import { type Question, inSpan } from './question.ts';
import type { Row } from './rows.ts';
import { type Session, type SessionRules, sessionByRow } from './sessionize.ts';
import type { Filter } from './types.ts';
import type { Bucket } from './zone.ts';

export interface SessionNumbers {
  sessions: number;
  users: number;
  views: number;
  viewsOfSessions: number;
  durationSeconds: number;
  /** Sessions whose bounces are judged, and how many bounced. */
  entered: number;
  bounced: number;
}

export interface SessionTableOptions {
  /** On events. */
  filters: readonly Filter[];
  /** On the first event of a session. */
  entryFilters: readonly Filter[];
  rules: SessionRules;
}

/**
 * Sessions count in every bucket that they touch, from their first to their last event. Their breakdown value, cohort
 * and user are those of their first event. Under a filter only sessions that hold a fitting event count, and only
 * those entered with one are judged for bounces. Users and page views are those of the bucket's own fitting events.
 */
export function sessionTable(question: Question, { filters, entryFilters, rules }: SessionTableOptions) {
  const sessions = sessionByRow(question.rows, rules);
  const isFitting = (row: Row) => passesAll(filters, row.fields);
  const isEntry = (row: Row) => question.takesUser(row) && passesAll(entryFilters, row.fields);
  const holders = new Set(question.rows.filter(isFitting).map((row) => sessions.get(row)));

  const within = (range: Bucket) => {
    const counted = [...new Set(sessions.values())].filter(
      (session) => touches(session, range) && isEntry(session.firstRow) && holders.has(session),
    );
    const isCounted = new Set(counted);
    /** The event that names a session, or stands for itself outside any; none where its session does not count. */
    const namingRow = (row: Row): Row | null => {
      const session = sessions.get(row);
      if (session) return isCounted.has(session) ? session.firstRow : null;
      return isEntry(row) ? row : null;
    };
    const events = question.rows.filter((row) => inSpan(row, range) && isFitting(row));
    return {
      counted,
      values: (valueOf: (row: Row) => BreakdownValue): BreakdownValue[] => [
        ...counted.map(({ firstRow }) => valueOf(firstRow)),
        ...events
          .map(namingRow)
          .filter((row) => row !== null)
          .map(valueOf),
      ],
      numbers: (has: (row: Row) => boolean, span: Bucket): SessionNumbers => {
        const here = counted.filter((session) => touches(session, span) && has(session.firstRow));
        const own = events.filter((row) => {
          const naming = namingRow(row);
          return inSpan(row, span) && naming !== null && has(naming);
        });
        const entered = here.filter(({ firstRow }) => isFitting(firstRow));
        return {
          sessions: here.length,
          users: new Set(own.filter((row) => sessions.has(row) && row.user !== null).map(({ user }) => user))
            .size,
          views: own.filter(({ type }) => type === 'page_view').length,
          viewsOfSessions: exactSum(here.map(({ pageViews }) => pageViews)),
          durationSeconds: exactSum(here.map(({ startMs, endMs }) => endMs - startMs)) / 1000,
          entered: entered.length,
          bounced: entered.filter(({ bounced }) => bounced).length,
        };
      },
    };
  };
  return { within };
}

const touches = ({ startMs, endMs }: Session, span: Bucket): boolean =>
  startMs < span.endMs && endMs >= span.startMs;
