import type { Codes } from '../columns/batch.ts';
import type { EnvironmentView } from '../columns/environment-view.ts';
import { comesFirst, type EventPlace } from '../columns/event-order.ts';
import { gatherCodes } from '../kernels/js/narrow.ts';
import {
  type ComesFirst,
  type DerivedSessions,
  derivedSessionAt,
  deriveSessions,
  LooseEvents,
} from '../kernels/js/sessionize.ts';
import { wholeAxis } from './axis.ts';
import { apart } from './event-match.ts';
import { PASS_ALL } from './expression.ts';
import { Grouping } from './grouping.ts';
import { EVERYONE } from './people.ts';
import { runScans, type ScanContext, type ScannedRows } from './scan.ts';

export interface SessionOptions {
  /** So long or longer without an event ends a session of events that name none. */
  gapMs: number;
  /** Event types that neither open, prolong nor end a session; they only lie in one. */
  passive: readonly string[];
}

/**
 * Every session of the store, numbered from 1: those that events name by `session_id`, then those derived from events
 * that name none. A session that holds passive events only is none. Columns are indexed by session number.
 */
export interface SessionIndex {
  count: number;
  /** How many of them no event names. */
  derived: number;
  /** Infinity: no session. */
  firstMs: Float64Array;
  lastMs: Float64Array;
  /** Page views (passive or not), and events of all other types that are not passive. */
  views: Int32Array;
  others: Int32Array;
  /** Where the first event lies: position in the view's segments, and row. Ties go to the smaller event id. */
  firstSegment: Int32Array;
  firstRow: Int32Array;
  /** Session of each row, 0 for none. */
  assign: (rows: Pick<ScannedRows, 'batch' | 'rows' | 'count'>, out: Int32Array) => void;
}

export const VIEW_EVENT = 'page_view';

export async function buildSessionIndex(
  context: ScanContext,
  options: SessionOptions,
): Promise<SessionIndex> {
  const { view } = context;
  const named = emptyColumns(view.dictionary('session_id').count + 1);
  const loose = new LooseEvents();
  const comesFirst = compareByEventId(view);
  const passive = new Set(options.passive);
  const segmentIndex = new Map(view.segments.map((segment, index) => [segment.segmentId, index]));
  const users = new Int32Array(largestSegment(view));
  const sessions = new Int32Array(largestSegment(view));

  await runScans(context, [
    {
      axis: wholeAxis(-Infinity, Infinity),
      match: apart(VIEW_EVENT, (eventType) => (passive.has(eventType) ? null : PASS_ALL)),
      grouping: new Grouping([]),
      people: EVERYONE,
      take({ batch, eventTypes, rows, count }) {
        const segment = segmentIndex.get(batch.segment.segmentId) ?? 0;
        readCodes(batch.column('user')?.values as Codes | undefined, rows, count, users);
        readCodes(batch.column('session')?.values as Codes | undefined, rows, count, sessions);
        const isView = eventTypes.includes(VIEW_EVENT);
        const { dayMs, ms } = batch;
        for (let i = 0; i < count; i++) {
          const row = rows[i] as number;
          const tsMs = dayMs + (ms[row] as number);
          const session = sessions[i] as number;
          if (session !== 0) addToSession(named, session, { tsMs, segment, row, isView }, comesFirst);
          else if (users[i] !== 0) loose.add(users[i] as number, tsMs, segment, row, isView);
        }
      },
    },
  ]);
  const derived = deriveSessions(loose, view.dictionary('user_id').count, options.gapMs, comesFirst);
  const index = joinIndex(named, derived, options.gapMs);
  if (passive.has(VIEW_EVENT)) await addPassiveViews(context, index);
  return index;
}

/** Passive page views are views of the session that they lie in, though they shape none. */
async function addPassiveViews(context: ScanContext, index: SessionIndex): Promise<void> {
  const sessions = new Int32Array(largestSegment(context.view));
  await runScans(context, [
    {
      axis: wholeAxis(-Infinity, Infinity),
      match: { forType: (eventType) => (eventType === VIEW_EVENT ? PASS_ALL : null) },
      grouping: new Grouping([]),
      people: EVERYONE,
      take(rows) {
        index.assign(rows, sessions);
        for (let i = 0; i < rows.count; i++) {
          const session = sessions[i] as number;
          if (session !== 0) index.views[session] = (index.views[session] as number) + 1;
        }
      },
    },
  ]);
}

type Columns = Pick<SessionIndex, 'firstMs' | 'lastMs' | 'views' | 'others' | 'firstSegment' | 'firstRow'>;

function emptyColumns(length: number): Columns {
  return {
    firstMs: new Float64Array(length).fill(Infinity),
    lastMs: new Float64Array(length).fill(-Infinity),
    views: new Int32Array(length),
    others: new Int32Array(length),
    firstSegment: new Int32Array(length),
    firstRow: new Int32Array(length),
  };
}

function addToSession(
  columns: Columns,
  session: number,
  event: { tsMs: number; segment: number; row: number; isView: boolean },
  comesFirst: ReturnType<typeof compareByEventId>,
): void {
  const { tsMs, segment, row, isView } = event;
  const firstMs = columns.firstMs[session] as number;
  const isTie = tsMs === firstMs;
  if (
    tsMs < firstMs ||
    (isTie &&
      comesFirst(segment, row, columns.firstSegment[session] as number, columns.firstRow[session] as number))
  ) {
    columns.firstMs[session] = tsMs;
    columns.firstSegment[session] = segment;
    columns.firstRow[session] = row;
  }
  if (tsMs > (columns.lastMs[session] as number)) columns.lastMs[session] = tsMs;
  const kind = isView ? columns.views : columns.others;
  kind[session] = (kind[session] as number) + 1;
}

/** Which of two events at one instant is the first, by position of the segment and row. */
function compareByEventId(view: EnvironmentView): ComesFirst {
  const placeOf = (position: number, row: number): EventPlace => {
    const segment = view.segments[position];
    if (segment === undefined) throw new RangeError(`segment ${position} of ${view.segments.length}`);
    return { batch: view.batch(segment), row };
  };
  return (segmentA, rowA, segmentB, rowB) => comesFirst(placeOf(segmentA, rowA), placeOf(segmentB, rowB));
}

function joinIndex(named: Columns, derived: DerivedSessions, gapMs: number): SessionIndex {
  const offset = named.firstMs.length; // derived session i is number offset + i
  const length = offset + derived.count;
  const joined = emptyColumns(length);
  for (const key of ['firstMs', 'lastMs', 'views', 'others', 'firstSegment', 'firstRow'] as const) {
    joined[key].set(named[key]);
    joined[key].set(derived[key], offset);
  }
  return {
    ...joined,
    count: length - 1,
    derived: derived.count,
    assign({ batch, rows, count }, out) {
      readCodes(batch.column('session')?.values as Codes | undefined, rows, count, out);
      const users = batch.column('user')?.values as Codes | undefined;
      const { dayMs, ms } = batch;
      const { firstMs } = joined;
      for (let i = 0; i < count; i++) {
        const session = out[i] as number;
        if (session !== 0) {
          if (firstMs[session] === Infinity) out[i] = 0;
        } else if (users !== undefined && derived.count > 0) {
          const row = rows[i] as number;
          const user = users[row] as number;
          const tsMs = dayMs + (ms[row] as number);
          const found = user === 0 ? -1 : derivedSessionAt(derived, user, tsMs, gapMs);
          out[i] = found < 0 ? 0 : offset + found;
        }
      }
    },
  };
}

function readCodes(codes: Codes | undefined, rows: Int32Array, count: number, out: Int32Array): void {
  if (codes === undefined) out.fill(0, 0, count);
  else gatherCodes(codes, rows, count, out);
}

const largestSegment = (view: EnvironmentView): number =>
  view.segments.reduce((most, { rows }) => Math.max(most, rows), 0);

const MS_PER_MINUTE = 60_000;

/** What the reader must know where sessions were derived; null where every session is named. */
export function derivedNote({ derived }: SessionIndex, { gapMs }: SessionOptions): string | null {
  if (derived === 0) return null;
  return `Events without a session id form sessions that end after ${gapMs / MS_PER_MINUTE} min without an event.`;
}
