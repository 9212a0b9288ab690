import type { SegmentRow } from '../../format/types.ts';
import type { Batch } from '../columns/batch.ts';
import { idIn, idsOf } from '../columns/event-order.ts';
import { isPresent, numbersOf, type NumberColumn } from '../columns/storage.ts';
import { narrowByTime } from '../kernels/js/narrow.ts';
import type { EventMatch } from '../plan/event-match.ts';
import { narrow, passesAll } from '../plan/expression.ts';
import type { Grouping } from '../plan/grouping.ts';
import type { IdSource } from '../plan/id-source.ts';
import { type Part, rowsOfPart, WHOLE } from '../plan/part.ts';
import type { Question } from '../plan/question.ts';
import { groupTypes, narrowToTypes } from '../plan/scan.ts';
import { orderByUnit } from './order-by-unit.ts';

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
  const rows = new GatheredRows(request);
  const segments = segmentsFor(question.view.segments, request);
  const days = new Set(segments.map(({ day }) => day)).size;
  let done = 0;
  let day: string | null = null;
  for (const segment of segments) {
    if (segment.day !== day) {
      if (day !== null) question.onDay(++done, days);
      day = segment.day;
    }
    gatherSegment(question, request, segment, rows);
    await question.pace.breathe();
  }
  const timeline = arrange(rows, request, question);
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

/** Columns of the gathered rows, in the order of segments; room is made before a segment's rows are written. */
class GatheredRows {
  count = 0;
  tsMs = new Float64Array(FIRST_ROWS);
  units = new Int32Array(FIRST_ROWS);
  masks = new Int32Array(FIRST_ROWS);
  /** Where each row lies; only where order at one instant matters. */
  segments = new Int32Array(0);
  rows = new Int32Array(0);
  groups: Int32Array[];
  numbers: Float64Array | null;
  readonly #hasPlaces: boolean;

  constructor({ groupings = [], property, isOrdered = false }: TimelineRequest) {
    this.#hasPlaces = isOrdered;
    if (isOrdered) [this.segments, this.rows] = [new Int32Array(FIRST_ROWS), new Int32Array(FIRST_ROWS)];
    this.groups = groupings.map(() => new Int32Array(FIRST_ROWS));
    this.numbers = property === undefined ? null : new Float64Array(FIRST_ROWS);
  }

  reserve(more: number): void {
    const needed = this.count + more;
    if (needed <= this.units.length) return;
    const length = Math.max(needed, this.units.length * 2);
    this.tsMs = longer(this.tsMs, new Float64Array(length));
    this.units = longer(this.units, new Int32Array(length));
    this.masks = longer(this.masks, new Int32Array(length));
    if (this.#hasPlaces) {
      this.segments = longer(this.segments, new Int32Array(length));
      this.rows = longer(this.rows, new Int32Array(length));
    }
    this.groups = this.groups.map((column) => longer(column, new Int32Array(length)));
    if (this.numbers !== null) this.numbers = longer(this.numbers, new Float64Array(length));
  }
}

const FIRST_ROWS = 4096;

function longer<Column extends Int32Array | Float64Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}

function gatherSegment(
  question: Question,
  request: TimelineRequest,
  segment: SegmentRow,
  gathered: GatheredRows,
): void {
  const { scratch, people, view } = question;
  question.onSegment(segment);
  const batch = view.batch(segment);
  const rows = scratch.takeInts(batch.rows);
  let count = rowsOfPart(segment, request.isUser ? request.part : WHOLE, rows);
  count = rowsInTime(batch, rows, count, request);
  const mask = maskOfAll(segment, request.roles);
  if (mask !== null || !hasRoleOfAnyone(request.roles)) count = people.narrow(batch, rows, count);
  const marks = mask === null ? scratch.takeInts(batch.rows) : null;
  if (marks !== null) count = markRoles(question, request, batch, rows, count, marks);
  if (count > 0) append(question, request, batch, { rows, count, marks, mask: mask ?? 0 }, gathered);
  if (marks !== null) scratch.giveInts(marks);
  scratch.giveInts(rows);
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

function append(
  { scratch, view }: Question,
  request: TimelineRequest,
  batch: Batch,
  { rows, count, marks, mask }: MarkedRows,
  gathered: GatheredRows,
): void {
  const units = scratch.takeInts(count);
  request.unit.assign({ batch, rows, count }, units);
  const left = keepUnits(request, rows, units, count);
  gathered.reserve(left);
  const at = gathered.count;
  gathered.units.set(units.subarray(0, left), at);
  writeTimes(batch, rows, left, gathered.tsMs, at);
  if (marks === null) gathered.masks.fill(mask, at, at + left);
  else for (let i = 0; i < left; i++) gathered.masks[at + i] = marks[rows[i] as number] as number;
  if (request.isOrdered === true) {
    gathered.segments.fill(view.segments.indexOf(batch.segment), at, at + left);
    gathered.rows.set(rows.subarray(0, left), at);
  }
  for (const [index, grouping] of (request.groupings ?? []).entries()) {
    grouping.assign(batch, rows, left, units, scratch);
    gathered.groups[index]?.set(units.subarray(0, left), at);
  }
  if (request.property !== undefined && gathered.numbers !== null)
    writeNumbers(numbersOf(batch, request.property), rows, left, gathered.numbers, at);
  gathered.count = at + left;
  scratch.giveInts(units);
}

function writeTimes(
  { dayMs, ms }: Batch,
  rows: Int32Array,
  count: number,
  out: Float64Array,
  at: number,
): void {
  for (let i = 0; i < count; i++) out[at + i] = dayMs + (ms[rows[i] as number] as number);
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

function writeNumbers(
  numbers: NumberColumn | null,
  rows: Int32Array,
  count: number,
  out: Float64Array,
  at: number,
): void {
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number;
    const isThere = numbers !== null && isPresent(numbers.validity, row);
    out[at + i] = isThere ? (numbers.values[row] as number) : NaN;
  }
}

function arrange(gathered: GatheredRows, { isOrdered }: TimelineRequest, { view }: Question): Timeline {
  const { count } = gathered;
  const tsMs = gathered.tsMs.subarray(0, count);
  const idsBySegment = new Map<number, Uint8Array>();
  const idOf = (index: number): Uint8Array => {
    const segment = gathered.segments[index] as number;
    let ids = idsBySegment.get(segment);
    if (ids === undefined)
      idsBySegment.set(segment, (ids = idsOf(view.batch(view.segments[segment] as SegmentRow))));
    return idIn(ids, gathered.rows[index] as number);
  };
  const isBefore =
    isOrdered === true ? (a: number, b: number): boolean => Buffer.compare(idOf(a), idOf(b)) < 0 : null;
  const { order, units, starts } = orderByUnit(gathered.units.subarray(0, count), tsMs, isBefore);
  return {
    events: order.length,
    units,
    starts,
    tsMs: pickNumbers(tsMs, order),
    masks: pickInts(gathered.masks, order),
    groups: gathered.groups.map((column) => pickInts(column, order)),
    numbers: gathered.numbers === null ? null : pickNumbers(gathered.numbers, order),
  };
}

function pickInts(values: Int32Array, order: Int32Array): Int32Array {
  const picked = new Int32Array(order.length);
  for (let i = 0; i < order.length; i++) picked[i] = values[order[i] as number] as number;
  return picked;
}

function pickNumbers(values: Float64Array, order: Int32Array): Float64Array {
  const picked = new Float64Array(order.length);
  for (let i = 0; i < order.length; i++) picked[i] = values[order[i] as number] as number;
  return picked;
}
