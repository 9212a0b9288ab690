import type { Row } from './rows.ts';

/** Sessions of all events, before any filter: by `session_id`, else by user and pauses. */

export interface Session {
  rows: Row[];
  /** Of its events that are not passive; of a session of passive events alone its first instant, twice. */
  startMs: number;
  endMs: number;
  /** The events at its first instant: one, unless several share it. */
  firstRows: Row[];
  pageViews: number;
  /** One page view and, but for passive events, nothing else. */
  bounced: boolean;
}

export interface SessionRules {
  gapMs: number;
  passive: readonly string[];
}

export const DEFAULT_SESSION_RULES: SessionRules = { gapMs: 30 * 60_000, passive: [] };

const byTime = (a: Row, b: Row): number => a.tsMs - b.tsMs || (a.id < b.id ? -1 : 1);

export function sessionByRow(rows: readonly Row[], rules: SessionRules): Map<Row, Session> {
  const groups = [...groupBySessionId(rows), ...groupByPauses(rows, rules)];
  const found = new Map<Row, Session>();
  for (const group of groups) {
    const session = toSession(group, rules.passive);
    for (const row of group) found.set(row, session);
  }
  return found;
}

function groupBySessionId(rows: readonly Row[]): Row[][] {
  const bySession = Map.groupBy(
    rows.filter((row) => row.session !== null),
    (row) => row.session,
  );
  return [...bySession.values()];
}

/** A pause of the gap or longer ends a session. Passive events do not shorten a pause; a session may begin with one. */
function groupByPauses(rows: readonly Row[], { gapMs, passive }: SessionRules): Row[][] {
  const byUser = Map.groupBy(
    rows.filter((row) => row.session === null && row.user !== null),
    (row) => row.user,
  );
  return [...byUser.values()].flatMap((own) => {
    const groups: Row[][] = [];
    let lastActiveMs = -Infinity;
    for (const row of own.sort(byTime)) {
      const begins = row.tsMs - lastActiveMs >= gapMs;
      if (begins) groups.push([]);
      groups.at(-1)?.push(row);
      if (begins || !passive.includes(row.type)) lastActiveMs = row.tsMs;
    }
    return groups;
  });
}

function toSession(group: readonly Row[], passive: readonly string[]): Session {
  const rows = [...group].sort(byTime);
  const active = rows.filter((row) => !passive.includes(row.type));
  const counted = active.length > 0 ? active : rows;
  const startMs = counted[0]?.tsMs ?? 0;
  const pageViews = rows.filter((row) => row.type === 'page_view').length;
  return {
    rows,
    startMs,
    endMs: active.at(-1)?.tsMs ?? startMs,
    firstRows: counted.filter((row) => row.tsMs === startMs),
    pageViews,
    bounced: pageViews === 1 && active.every((row) => row.type === 'page_view'),
  };
}
