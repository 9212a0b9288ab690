import type { SegmentRow } from '../../format/types.ts';
import type { Batch } from '../columns/batch.ts';
import type { EnvironmentView } from '../columns/environment-view.ts';
import { idIn, idsOf } from '../columns/event-order.ts';
import { isPresent, numbersOf, type NumberColumn } from '../columns/storage.ts';
import { narrowByTime } from '../kernels/js/narrow.ts';
import type { EventMatch } from '../plan/event-match.ts';
import { narrow, passesAll } from '../plan/expression.ts';
import type { Grouping } from '../plan/grouping.ts';
import type { IdSource } from '../plan/id-source.ts';
import { type Part, rowsOfPart, spanOfPart, WHOLE } from '../plan/part.ts';
import type { Question } from '../plan/question.ts';
import { groupTypes, narrowToTypes } from '../plan/scan.ts';
import { createPlaceOf, type RowChunk, type ScatteredRows, scatterByUnit } from './gathered-rows.ts';
import { type IsBefore, sortUnits } from './sort-units.ts';

/** What an event can be to a unit: a step, an exclusion, an anchor, a return. */
export interface Role {
  match: EventMatch;
  /** Of those that match, only rows that pass this too. */
  only?: (batch: Batch, row: number) => boolean;
  /** Whoever the event's user is, also outside the question's cohort and user filters. */
  ofAnyone?: boolean;
}

export interface TimelineRequest {
  unit: IdSource;
  /** Units are users: their shards lie apart in every segment. */
  isUser: boolean;
  /** Half-open; −Infinity and Infinity are open. */
  fromMs: number;
  toMs: number;
  roles: readonly Role[];
  /** Events of one instant in the order of their ids, where the order matters. */
  isOrdered?: boolean;
  /** Numbers of each event's values: of a breakdown, of properties that are held constant, of path items. */
  groupings?: readonly Grouping[];
  /** A number of each event; NaN where it has none. */
  property?: string;
  part: Part;
}

/** The events of all units of a part, unit by unit in order of time. */
export interface Timeline {
  events: number;
  /** Numbers of the units that have events, and where the events of each begin; one more start at the end. */
  units: Int32Array;
  starts: Int32Array;
  tsMs: Float64Array;
  /** Bit r: the event has role r. */
  masks: Int32Array;
  /** One column per grouping. */
  groups: readonly Int32Array[];
  numbers: Float64Array | null;
}

/** Reads a timeline segment by segment; the order of segments does not matter. */
export async function readTimeline(question: Question, request: TimelineRequest): Promise<Timeline> {
  const chunks: RowChunk[] = [];
  const segments = segmentsFor(question.view.segments, request);
  const days = new Set(segments.map(({ day }) => day)).size;
  let done = 0;
  let day: string | null = null;
  for (const segment of segments) {
    if (segment.day !== day) {
      if (day !== null) question.onDay(++done, days);
      day = segment.day;
    }
    const chunk = gatherSegment(question, request, segment);
    if (chunk !== null) chunks.push(chunk);
    await question.pace.breathe();
  }
  const timeline = arrange(chunks, request, question);
  await question.pace.breathe();
  return timeline;
}

function segmentsFor(all: readonly SegmentRow[], { fromMs, toMs, roles }: TimelineRequest): SegmentRow[] {
  return all.filter(
    (segment) =>
      segment.maxTsMs >= fromMs &&
      segment.minTsMs < toMs &&
      Object.keys(segment.eventRows).some((type) => roles.some(({ match }) => match.forType(type) !== null)),
  );
}

/** The rows of a segment that have a role; null: there are none. */
function gatherSegment(question: Question, request: TimelineRequest, segment: SegmentRow): RowChunk | null {
  const { scratch, people, view } = question;
  question.onSegment(segment);
  const batch = view.batch(segment);
  const mask = maskOfAll(segment, request.roles);
  if (mask !== null) {
    const chunk = takeAsItLies(question, request, batch, mask);
    if (chunk !== null) return chunk;
  }
  const rows = scratch.takeInts(batch.rows);
  let count = rowsOfPart(segment, request.isUser ? request.part : WHOLE, rows);
  count = rowsInTime(batch, rows, count, request);
  if (mask !== null || !hasRoleOfAnyone(request.roles)) count = people.narrow(batch, rows, count);
  const marks = mask === null ? scratch.takeInts(batch.rows) : null;
  if (marks !== null) count = markRoles(question, request, batch, rows, count, marks);
  const chunk =
    count === 0 ? null : pickRows(question, request, batch, { rows, count, marks, mask: mask ?? 0 });
  if (marks !== null) scratch.giveInts(marks);
  scratch.giveInts(rows);
  return chunk;
}

/** All rows of the part, without a copy, where nothing picks among them; null: something does. */
function takeAsItLies(
  question: Question,
  request: TimelineRequest,
  batch: Batch,
  mask: number,
): RowChunk | null {
  const { fromMs, toMs, isUser, part, property, groupings = [] } = request;
  const { segment } = batch;
  const users = batch.column('user')?.values;
  if (!isUser || !question.people.isEveryone || property !== undefined) return null;
  if (segment.minTsMs < fromMs || segment.maxTsMs >= toMs || !(users instanceof Int32Array)) return null;
  const { from, to } = spanOfPart(segment, part);
  if (from === to) return null;
  return {
    segment: question.view.segments.indexOf(segment),
    dayMs: batch.dayMs,
    units: users.subarray(from, to),
    ms: batch.ms.subarray(from, to),
    masks: null,
    mask,
    rows: null,
    firstRow: from,
    groups: groupings.map((grouping) => groupsOfSpan(question, batch, grouping, from, to)),
    numbers: null,
  };
}

function groupsOfSpan(
  { scratch }: Question,
  batch: Batch,
  grouping: Grouping,
  from: number,
  to: number,
): Int32Array | null {
  if (grouping.isTrivial) return null;
  const rows = scratch.takeInts(to - from);
  for (let row = from; row < to; row++) rows[row - from] = row;
  const groups = new Int32Array(to - from);
  grouping.assign(batch, rows, to - from, groups, scratch);
  scratch.giveInts(rows);
  return groups;
}

const hasRoleOfAnyone = (roles: readonly Role[]): boolean => roles.some(({ ofAnyone }) => ofAnyone === true);

function rowsInTime(
  batch: Batch,
  rows: Int32Array,
  count: number,
  { fromMs, toMs }: TimelineRequest,
): number {
  const { minTsMs, maxTsMs } = batch.segment;
  if (minTsMs >= fromMs && maxTsMs < toMs) return count;
  return narrowByTime(rows, count, batch.ms, fromMs - batch.dayMs, toMs - batch.dayMs);
}

/**
 * The one mask of all rows, where every role means all of the segment's rows or none; null where it is row by row. It
 * holds no role of anyone.
 */
function maskOfAll(segment: SegmentRow, roles: readonly Role[]): number | null {
  const types = Object.keys(segment.eventRows).length;
  let mask = 0;
  for (const [role, { match, only, ofAnyone }] of roles.entries()) {
    const groups = groupTypes(segment, match);
    if (groups.size === 0) continue;
    const [[expression, eventTypes] = [null, []]] = groups;
    const isOfAll =
      groups.size === 1 && eventTypes.length === types && expression !== null && passesAll(expression);
    if (!isOfAll || only !== undefined || ofAnyone === true) return null;
    mask |= 1 << role;
  }
  return mask;
}

/** Sets each row's roles in `marks`; keeps, in place, the rows that have one. */
function markRoles(
  { view, scratch, people }: Question,
  { roles }: TimelineRequest,
  batch: Batch,
  rows: Int32Array,
  count: number,
  marks: Int32Array,
): number {
  if (count === 0) return 0;
  for (let i = 0; i < count; i++) marks[rows[i] as number] = 0;
  const own = scratch.takeInts(count);
  const isMixed = hasRoleOfAnyone(roles);
  for (const [role, { match, only, ofAnyone }] of roles.entries()) {
    const bit = 1 << role;
    for (const [expression, eventTypes] of groupTypes(batch.segment, match)) {
      own.set(rows.subarray(0, count));
      const ofTypes = narrowToTypes(view, batch, eventTypes, own, count);
      const ofPeople = isMixed && ofAnyone !== true ? people.narrow(batch, own, ofTypes) : ofTypes;
      const passed = narrow(expression, batch, own, ofPeople, scratch);
      for (let i = 0; i < passed; i++) {
        const row = own[i] as number;
        if (only === undefined || only(batch, row)) marks[row] = (marks[row] as number) | bit;
      }
    }
  }
  scratch.giveInts(own);
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number;
    rows[kept] = row;
    kept += marks[row] === 0 ? 0 : 1;
  }
  return kept;
}

interface MarkedRows {
  rows: Int32Array;
  count: number;
  /** By row; null: all rows have `mask`. */
  marks: Int32Array | null;
  mask: number;
}

function pickRows(
  { scratch, view }: Question,
  request: TimelineRequest,
  batch: Batch,
  { rows, count, marks, mask }: MarkedRows,
): RowChunk {
  const units = scratch.takeInts(count);
  request.unit.assign({ batch, rows, count }, units);
  const left = keepUnits(request, rows, units, count);
  const chunk: RowChunk = {
    segment: view.segments.indexOf(batch.segment),
    dayMs: batch.dayMs,
    units: units.slice(0, left),
    ms: pickInts(batch.ms, rows, left),
    masks: marks === null ? null : pickInts(marks, rows, left),
    mask,
    rows: request.isOrdered === true ? rows.slice(0, left) : null,
    firstRow: 0,
    groups: (request.groupings ?? []).map((grouping) => {
      if (grouping.isTrivial) return null;
      const groups = new Int32Array(left);
      grouping.assign(batch, rows, left, groups, scratch);
      return groups;
    }),
    numbers:
      request.property === undefined ? null : pickNumbers(numbersOf(batch, request.property), rows, left),
  };
  scratch.giveInts(units);
  return chunk;
}

function pickInts(values: Int32Array, rows: Int32Array, count: number): Int32Array {
  const picked = new Int32Array(count);
  for (let i = 0; i < count; i++) picked[i] = values[rows[i] as number] as number;
  return picked;
}

/** Rows that belong to a unit of the part. */
function keepUnits(
  { isUser, part }: TimelineRequest,
  rows: Int32Array,
  units: Int32Array,
  count: number,
): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const unit = units[i] as number;
    if (unit === 0 || (!isUser && part.of > 1 && unit % part.of !== part.index)) continue;
    rows[kept] = rows[i] as number;
    units[kept] = unit;
    kept++;
  }
  return kept;
}

/** NaN where a row has none. */
function pickNumbers(numbers: NumberColumn | null, rows: Int32Array, count: number): Float64Array {
  const picked = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number;
    const isThere = numbers !== null && isPresent(numbers.validity, row);
    picked[i] = isThere ? (numbers.values[row] as number) : NaN;
  }
  return picked;
}

function arrange(
  chunks: RowChunk[],
  { isOrdered = false, groupings = [], property }: TimelineRequest,
  { view }: Question,
): Timeline {
  const rows = scatterByUnit(chunks, { groupings, hasNumbers: property !== undefined, hasPlaces: isOrdered });
  const isBefore = isOrdered ? createIsBefore(view, rows, createPlaceOf(chunks)) : null;
  if (isBefore === null) chunks.length = 0; // their memory may go
  sortUnits(rows, isBefore);
  const { units, starts, tsMs, masks, groups, numbers } = rows;
  return { events: tsMs.length, units, starts, tsMs, masks, groups, numbers };
}

/** At one instant the smaller event id comes first. */
function createIsBefore(
  view: EnvironmentView,
  { gathered }: ScatteredRows,
  placeOf: (gathered: number) => { segment: number; row: number },
): IsBefore {
  const idsBySegment = new Map<number, Uint8Array>();
  const idOf = (index: number): Uint8Array => {
    const { segment, row } = placeOf(gathered[index] as number);
    let ids = idsBySegment.get(segment);
    if (ids === undefined)
      idsBySegment.set(segment, (ids = idsOf(view.batch(view.segments[segment] as SegmentRow))));
    return idIn(ids, row);
  };
  return (a, b) => Buffer.compare(idOf(a), idOf(b)) < 0;
}
