import type { Row } from './rows.ts';

/** Sessions of all events, before any filter: by `session_id`, else by user and pauses. */

export interface Session {
  /** Of the first and the last of its events that are not passive. */
  startMs: number;
  endMs: number;
  /** Of several at one instant the one with the smallest id. */
  firstRow: Row;
  pageViews: number;
  /** One page view and, but for passive events, nothing else. */
  bounced: boolean;
}

export interface SessionRules {
  gapMs: number;
  passive: readonly string[];
}

export const DEFAULT_SESSION_RULES: SessionRules = { gapMs: 30 * 60_000, passive: [] };

/** Passive events open no session; they lie in the one that runs, or in none. */
export function sessionByRow(rows: readonly Row[], { gapMs, passive }: SessionRules): Map<Row, Session> {
  const isActive = (row: Row) => !passive.includes(row.type);
  const found = new Map<Row, Session>();
  for (const group of [...groupBySessionId(rows), ...groupByPauses(rows, gapMs, isActive)]) {
    const session = toSession(group, isActive);
    if (session) for (const row of group) found.set(row, session);
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

/** A pause of the gap or longer ends a session; passive events do not shorten it. */
function groupByPauses(rows: readonly Row[], gapMs: number, isActive: (row: Row) => boolean): Row[][] {
  const byUser = Map.groupBy(
    rows.filter((row) => row.session === null && row.user !== null),
    (row) => row.user,
  );
  return [...byUser.values()].flatMap((own) => {
    const groups: Row[][] = [];
    let lastActiveMs = -Infinity;
    // of one instant the active events come first, so that a passive one lies in the session that they open
    for (const row of own.sort((a, b) => a.tsMs - b.tsMs || Number(isActive(b)) - Number(isActive(a)))) {
      const isPaused = row.tsMs - lastActiveMs >= gapMs;
      if (isActive(row)) {
        if (isPaused) groups.push([]);
        lastActiveMs = row.tsMs;
      } else if (isPaused) continue;
      groups.at(-1)?.push(row);
    }
    return groups;
  });
}

function toSession(group: readonly Row[], isActive: (row: Row) => boolean): Session | null {
  const active = group.filter(isActive).sort((a, b) => a.tsMs - b.tsMs || (a.id < b.id ? -1 : 1));
  const [firstRow] = active;
  const last = active.at(-1);
  if (firstRow === undefined || last === undefined) return null;
  const pageViews = group.filter((row) => row.type === 'page_view').length;
  return {
    startMs: firstRow.tsMs,
    endMs: last.tsMs,
    firstRow,
    pageViews,
    bounced: pageViews === 1 && active.every((row) => row.type === 'page_view'),
  };
}
