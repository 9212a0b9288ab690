import { exactSum } from './exact.ts';
import type { Row } from './rows.ts';
import type { Session } from './sessionize.ts';

/**
 * Numbers of the sessions that hold one of `held`, the fitting events of a bucket. Users and page views are those of
 * these events; duration and views per session are of the whole sessions; bounces are judged over the sessions that
 * were entered with a fitting event.
 */
export function sessionNumbers(
  held: readonly Row[],
  sessionOf: (row: Row) => Session | undefined,
  isFitting: (row: Row) => boolean,
) {
  const sessions = [...new Set(held.map(sessionOf))].filter((session) => session !== undefined);
  const entered = sessions.filter((session) => isFitting(session.firstRow));
  return {
    sessions: sessions.length,
    users: new Set(held.map((row) => row.user).filter((user) => user !== null)).size,
    views: held.filter((row) => row.type === 'page_view').length,
    viewsOfSessions: exactSum(sessions.map((session) => session.pageViews)),
    durationSeconds: exactSum(sessions.map((session) => session.endMs - session.startMs)) / 1000,
    entered: entered.length,
    bounced: entered.filter((session) => session.bounced).length,
  };
}
