import { IntList, NumberList } from './lists.ts';

/** Events of users that name no session, in any order; cut into sessions by a gap. */
export class LooseEvents {
  readonly users = new IntList();
  readonly tsMs = new NumberList();
  readonly segments = new IntList();
  readonly rows = new IntList();
  readonly isView = new IntList();

  add(user: number, tsMs: number, segment: number, row: number, isView: boolean): void {
    this.users.push(user);
    this.tsMs.push(tsMs);
    this.segments.push(segment);
    this.rows.push(row);
    this.isView.push(isView ? 1 : 0);
  }
}

/** Sessions of one kind as columns, ordered by user and time. */
export interface DerivedSessions {
  count: number;
  firstMs: Float64Array;
  lastMs: Float64Array;
  views: Int32Array;
  others: Int32Array;
  firstSegment: Int32Array;
  firstRow: Int32Array;
  /** Index of the first session of each user code, plus the count at the end. */
  startByUser: Int32Array;
}

/** Which of two events at one instant is the first: (segment, row) pairs. */
export type ComesFirst = (segmentA: number, rowA: number, segmentB: number, rowB: number) => boolean;

/** A pause of `gapMs` or longer ends a session. */
export function deriveSessions(
  events: LooseEvents,
  userCount: number,
  gapMs: number,
  comesFirst: ComesFirst,
): DerivedSessions {
  const { order, startByUser: eventStart } = orderByUserAndTime(events, userCount);
  const sessions = emptySessions(order.length, userCount);
  for (let user = 0; user <= userCount; user++) {
    sessions.startByUser[user] = sessions.count;
    let lastMs = -Infinity;
    for (let i = eventStart[user] as number; i < (eventStart[user + 1] as number); i++) {
      const event = eventAt(events, order[i] as number);
      if (event.tsMs - lastMs >= gapMs) openSession(sessions, event);
      else prolongSession(sessions, event, comesFirst);
      lastMs = event.tsMs;
    }
  }
  sessions.startByUser[userCount + 1] = sessions.count;
  return cutToCount(sessions);
}

interface LooseEvent {
  tsMs: number;
  segment: number;
  row: number;
  isView: boolean;
}

const eventAt = (events: LooseEvents, index: number): LooseEvent => ({
  tsMs: events.tsMs.at(index),
  segment: events.segments.at(index),
  row: events.rows.at(index),
  isView: events.isView.at(index) === 1,
});

/** Room for one session per event. */
function emptySessions(capacity: number, userCount: number): DerivedSessions {
  return {
    count: 0,
    firstMs: new Float64Array(capacity),
    lastMs: new Float64Array(capacity),
    views: new Int32Array(capacity),
    others: new Int32Array(capacity),
    firstSegment: new Int32Array(capacity),
    firstRow: new Int32Array(capacity),
    startByUser: new Int32Array(userCount + 2),
  };
}

function openSession(sessions: DerivedSessions, event: LooseEvent): void {
  const session = sessions.count++;
  sessions.firstMs[session] = event.tsMs;
  sessions.firstSegment[session] = event.segment;
  sessions.firstRow[session] = event.row;
  countEvent(sessions, session, event);
}

function prolongSession(sessions: DerivedSessions, event: LooseEvent, comesFirst: ComesFirst): void {
  const session = sessions.count - 1;
  const { firstMs, firstSegment, firstRow } = sessions;
  const isTie = event.tsMs === firstMs[session];
  if (
    isTie &&
    comesFirst(event.segment, event.row, firstSegment[session] as number, firstRow[session] as number)
  ) {
    firstSegment[session] = event.segment;
    firstRow[session] = event.row;
  }
  countEvent(sessions, session, event);
}

function countEvent({ lastMs, views, others }: DerivedSessions, session: number, event: LooseEvent): void {
  lastMs[session] = event.tsMs;
  const kind = event.isView ? views : others;
  kind[session] = (kind[session] as number) + 1;
}

function cutToCount(sessions: DerivedSessions): DerivedSessions {
  const { count } = sessions;
  return {
    count,
    firstMs: sessions.firstMs.slice(0, count),
    lastMs: sessions.lastMs.slice(0, count),
    views: sessions.views.slice(0, count),
    others: sessions.others.slice(0, count),
    firstSegment: sessions.firstSegment.slice(0, count),
    firstRow: sessions.firstRow.slice(0, count),
    startByUser: sessions.startByUser,
  };
}

/** Counting sort by user, then each user's events by time. */
function orderByUserAndTime(
  events: LooseEvents,
  userCount: number,
): { order: Int32Array; startByUser: Int32Array } {
  const users = events.users.view();
  const tsMs = events.tsMs.view();
  const startByUser = new Int32Array(userCount + 2);
  for (const user of users) startByUser[user + 1] = (startByUser[user + 1] as number) + 1;
  for (let user = 0; user <= userCount; user++) {
    startByUser[user + 1] = (startByUser[user + 1] as number) + (startByUser[user] as number);
  }
  const next = startByUser.slice();
  const order = new Int32Array(users.length);
  users.forEach((user, event) => {
    order[next[user] as number] = event;
    next[user] = (next[user] as number) + 1;
  });
  for (let user = 0; user <= userCount; user++) {
    const slice = order.subarray(startByUser[user], startByUser[user + 1]);
    if (!isInOrder(slice, tsMs)) slice.sort((a, b) => (tsMs[a] as number) - (tsMs[b] as number));
  }
  return { order, startByUser };
}

function isInOrder(order: Int32Array, tsMs: Float64Array): boolean {
  for (let i = 1; i < order.length; i++) {
    if ((tsMs[order[i] as number] as number) < (tsMs[order[i - 1] as number] as number)) return false;
  }
  return true;
}

/** The derived session that holds an instant of a user, or whose gap still runs then; −1: none. */
export function derivedSessionAt(
  sessions: DerivedSessions,
  user: number,
  tsMs: number,
  gapMs: number,
): number {
  let low = (sessions.startByUser[user] as number) - 1;
  let high = sessions.startByUser[user + 1] as number;
  const before = low;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((sessions.firstMs[middle] as number) <= tsMs) low = middle;
    else high = middle;
  }
  return low > before && tsMs - (sessions.lastMs[low] as number) < gapMs ? low : -1;
}
