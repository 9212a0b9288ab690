import type { Filter } from '../../../shared/query/filter.ts';
import { CountCells } from '../kernels/js/cells.ts';
import { DistinctCells } from '../kernels/js/id-set.ts';
import { SessionCells, type SpanTotals } from '../kernels/js/session-cells.ts';
import { type Axis, bucketAt, wholeAxis } from './axis.ts';
import { apart, type EventMatch, matchEvents } from './event-match.ts';
import { narrow } from './expression.ts';
import { Grouping } from './grouping.ts';
import { userIds } from './id-source.ts';
import { EVERYONE } from './people.ts';
import type { GroupingRef, GroupSet, GroupSpace, Question } from './question.ts';
import { groupTypes, narrowToTypes, runScans, type ScannedRows } from './scan.ts';
import { type SessionIndex, type SessionOptions, VIEW_EVENT } from './session-index.ts';

export interface SessionTotals extends SpanTotals {
  users: number;
  /** Page views of the bucket itself. */
  views: number;
}

export interface SessionTable {
  at: (groups: GroupSet, bucket: number | null) => SessionTotals;
}

export interface SessionTableOptions extends SessionOptions {
  space: GroupSpace;
  axis: Axis;
  /** On events: sessions that hold such an event, users and views of such events. */
  filters: readonly Filter[];
  /** On the first event of a session. */
  entryFilters: readonly Filter[];
}

/**
 * Sessions that touch a range (DATA §5). A session takes its breakdown value, cohort and user from its first event and
 * belongs to every bucket it touches; page views and users belong to the bucket of their own event. An event outside
 * any session (no user, no session id) is its own entry.
 */
export async function tabulateSessions(
  question: Question,
  options: SessionTableOptions,
): Promise<SessionTable> {
  question.reads(null);
  const run: Run = {
    question,
    options,
    index: await question.sessions(options),
    groups: options.space.full,
    events: matchEvents({ event: null }, { compiler: question.compiler, filters: options.filters }),
    entries: matchEvents({ event: null }, { compiler: question.compiler, filters: options.entryFilters }),
  };
  const entered = await readEntries(run);
  if (options.filters.length > 0) await keepHolders(run, entered);
  const spans = countSpans(run, entered);
  const own = await countOwnEvents(run, entered);
  return {
    at(set, bucket) {
      const groups = set.idsIn(run.groups);
      return {
        ...spans.at(groups, bucket),
        users: own.users.at(groups, bucket),
        views: own.views.at(groups, bucket),
      };
    },
  };
}

interface Run {
  question: Question;
  options: SessionTableOptions;
  index: SessionIndex;
  groups: GroupingRef;
  events: EventMatch;
  entries: EventMatch;
}

/** Sessions that touch the range and whose first event passes; columns by session number. */
interface Entered {
  sessions: number[];
  /** Group of the first event; −1: not among `sessions`. */
  group: Int32Array;
  /** 1: the first event passes the event filter. */
  matches: Uint8Array;
}

async function readEntries(run: Run): Promise<Entered> {
  const { index, question, options } = run;
  const entered: Entered = {
    sessions: [],
    group: new Int32Array(index.count + 1).fill(-1),
    matches: new Uint8Array(index.count + 1),
  };
  for (const [position, sessions] of sessionsBySegment(index, options.axis, question.view.segments.length)) {
    readSegmentEntries(run, position, sessions, entered);
    await question.pace.breathe();
  }
  return entered;
}

/** Sessions that touch the range, by the segment that holds their first event. */
function sessionsBySegment(
  index: SessionIndex,
  { fromMs, toMs }: Axis,
  segments: number,
): [number, number[]][] {
  const bySegment = Array.from({ length: segments }, (): number[] => []);
  for (let session = 1; session <= index.count && fromMs < toMs; session++) {
    const touches = (index.firstMs[session] as number) < toMs && (index.lastMs[session] as number) >= fromMs;
    if (touches) bySegment[index.firstSegment[session] as number]?.push(session);
  }
  return [...bySegment.entries()].filter(([, sessions]) => sessions.length > 0);
}

function readSegmentEntries(run: Run, position: number, sessions: readonly number[], entered: Entered): void {
  const { question, index, entries, events, groups } = run;
  const { view, people, scratch } = question;
  const segment = view.segments[position];
  if (segment === undefined) return;
  const batch = view.batch(segment);
  const sessionOfRow = scratch.takeInts(batch.rows);
  const rows = scratch.takeInts(batch.rows);
  const found = scratch.takeInts(batch.rows);
  const fillRows = (): number => {
    sessions.forEach((session, i) => (rows[i] = index.firstRow[session] as number));
    return sessions.length;
  };
  for (const session of sessions) sessionOfRow[index.firstRow[session] as number] = session;

  for (const [expression, eventTypes] of groupTypes(segment, entries)) {
    let count = narrowToTypes(view, batch, eventTypes, rows, fillRows());
    count = people.narrow(batch, rows, count);
    count = narrow(expression, batch, rows, count, scratch);
    groups.grouping.assign(batch, rows, count, found, scratch);
    for (let i = 0; i < count; i++) {
      const session = sessionOfRow[rows[i] as number] as number;
      entered.sessions.push(session);
      entered.group[session] = found[i] as number;
    }
  }
  for (const [expression, eventTypes] of groupTypes(segment, events)) {
    let count = narrowToTypes(view, batch, eventTypes, rows, fillRows());
    count = narrow(expression, batch, rows, count, scratch);
    for (let i = 0; i < count; i++) entered.matches[sessionOfRow[rows[i] as number] as number] = 1;
  }
  scratch.giveInts(found);
  scratch.giveInts(rows);
  scratch.giveInts(sessionOfRow);
}

/** Under an event filter: only sessions that hold such an event, wherever in the session it lies. */
async function keepHolders(run: Run, entered: Entered): Promise<void> {
  const { index, options } = run;
  const holds = new Uint8Array(index.count + 1);
  const span =
    options.passive.length === 0 ? spanOf(index, entered.sessions) : wholeAxis(-Infinity, Infinity);
  await scanSessionEvents(run, span, ({ count }, sessions) => {
    for (let i = 0; i < count; i++) holds[sessions[i] as number] = 1;
  });
  for (const session of entered.sessions) if (holds[session] === 0) entered.group[session] = -1;
  entered.sessions = entered.sessions.filter((session) => holds[session] === 1);
}

function spanOf(index: SessionIndex, sessions: readonly number[]): Axis {
  let [firstMs, lastMs] = [Infinity, -Infinity];
  for (const session of sessions) {
    firstMs = Math.min(firstMs, index.firstMs[session] as number);
    lastMs = Math.max(lastMs, index.lastMs[session] as number);
  }
  return sessions.length === 0 ? wholeAxis(0, 0) : wholeAxis(firstMs, lastMs + 1);
}

/** Events that pass the event filter, with the session of each (0: none); page views come apart from the others. */
async function scanSessionEvents(
  { question, index, events }: Run,
  axis: Axis,
  take: (rows: ScannedRows, sessions: Int32Array) => void,
): Promise<void> {
  const { scratch } = question;
  await runScans(question, [
    {
      axis,
      match: apart(VIEW_EVENT, events.forType),
      grouping: new Grouping([]),
      people: EVERYONE,
      take(rows) {
        const sessions = scratch.takeInts(rows.count);
        index.assign(rows, sessions);
        take(rows, sessions);
        scratch.giveInts(sessions);
      },
    },
  ]);
}

function countSpans({ index, options, groups }: Run, entered: Entered): SessionCells {
  const { axis } = options;
  const cells = new SessionCells(axis.buckets);
  const hasFilter = options.filters.length > 0;
  for (const session of entered.sessions) {
    const group = entered.group[session] as number;
    const firstMs = index.firstMs[session] as number;
    const lastMs = index.lastMs[session] as number;
    groups.grouping.markOne(group);
    cells.add({
      group,
      fromBucket: bucketAt(axis, Math.max(firstMs, axis.fromMs)),
      toBucket: bucketAt(axis, Math.min(lastMs, axis.toMs - 1)),
      isEntered: !hasFilter || entered.matches[session] === 1,
      isBounce: index.views[session] === 1 && index.others[session] === 0,
      durationMs: lastMs - firstMs,
      views: index.views[session] as number,
    });
  }
  return cells;
}

async function countOwnEvents(
  run: Run,
  entered: Entered,
): Promise<{ users: DistinctCells; views: CountCells }> {
  const { question, options, groups } = run;
  const { scratch } = question;
  const ids = userIds(question.view);
  const users = new DistinctCells(options.axis.buckets, ids.universe);
  const views = new CountCells(options.axis.buckets);
  const ownGroup = ownEntries(run);
  await scanSessionEvents(run, options.axis, (rows, sessions) => {
    const isView = rows.eventTypes.includes(VIEW_EVENT);
    const found = scratch.takeInts(rows.count);
    ids.assign(rows, found);
    const last = { user: 0, group: -1, bucket: -1 }; // rows come by user: often the same as the row before
    for (let i = 0; i < rows.count; i++) {
      const session = sessions[i] as number;
      const group = session === 0 ? ownGroup(rows, i) : (entered.group[session] as number);
      if (group < 0) continue;
      const bucket = rows.buckets[i] as number;
      groups.grouping.markOne(group);
      if (isView) views.addOne({ group, bucket });
      const user = found[i] as number;
      if (session === 0 || user === 0) continue;
      if (user === last.user && group === last.group && bucket === last.bucket) continue;
      users.addOne(user, group, bucket);
      last.user = user;
      last.group = group;
      last.bucket = bucket;
    }
    scratch.giveInts(found);
  });
  return { users, views };
}

/** Group of an event outside any session, −1 where it does not pass as an entry. */
function ownEntries({ question, entries, groups }: Run): (rows: ScannedRows, position: number) => number {
  const { people, scratch } = question;
  const one = new Int32Array(1);
  const group = new Int32Array(1);
  return ({ batch, eventTypes, rows }, position) => {
    one[0] = rows[position] as number;
    const [eventType = ''] = eventTypes; // no filter on entries tells event types apart
    const expression = entries.forType(eventType);
    if (expression === null) return -1;
    const count = narrow(expression, batch, one, people.narrow(batch, one, 1), scratch);
    if (count === 0) return -1;
    groups.grouping.assign(batch, one, 1, group, scratch);
    return group[0] ?? -1;
  };
}
