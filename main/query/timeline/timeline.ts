import type { SegmentRow } from '../../format/types.ts';
import type { Batch } from '../columns/batch.ts';
import { comesFirst } from '../columns/event-order.ts';
import { isPresent, numbersOf, type NumberColumn } from '../columns/storage.ts';
import { IntList, NumberList } from '../kernels/js/lists.ts';
import { narrowByTime } from '../kernels/js/narrow.ts';
import type { EventMatch } from '../plan/event-match.ts';
import { narrow } from '../plan/expression.ts';
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
  /** Also events without a role: what lies between two steps. */
  keepsAll?: boolean;
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
  const rows = new GatheredRows(request.groupings?.length ?? 0, request.property !== undefined);
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

function segmentsFor(
  all: readonly SegmentRow[],
  { fromMs, toMs, roles, keepsAll }: TimelineRequest,
): SegmentRow[] {
  return all.filter(
    (segment) =>
      segment.maxTsMs >= fromMs &&
      segment.minTsMs < toMs &&
      (keepsAll === true ||
        Object.keys(segment.eventRows).some((type) =>
          roles.some(({ match }) => match.forType(type) !== null),
        )),
  );
}

/** Columns of the gathered rows, in the order of segments. */
class GatheredRows {
  readonly units = new IntList();
  readonly tsMs = new NumberList();
  readonly masks = new IntList();
  readonly segments = new IntList();
  readonly rows = new IntList();
  readonly groups: readonly IntList[];
  readonly numbers: NumberList | null;

  constructor(groupings: number, hasNumbers: boolean) {
    this.groups = Array.from({ length: groupings }, () => new IntList());
    this.numbers = hasNumbers ? new NumberList() : null;
  }
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
  if (!request.roles.some(({ ofAnyone }) => ofAnyone === true)) count = people.narrow(batch, rows, count);
  const marks = new Int32Array(batch.rows);
  count = markRoles(question, request, batch, rows, count, marks);
  if (count > 0) append(question, request, batch, { rows, count, marks }, gathered);
  scratch.giveInts(rows);
}

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

/** Sets each row's roles in `marks`; keeps, in place, the rows that have one. */
function markRoles(
  { view, scratch, people }: Question,
  { roles, keepsAll }: TimelineRequest,
  batch: Batch,
  rows: Int32Array,
  count: number,
  marks: Int32Array,
): number {
  if (count === 0) return 0;
  const own = scratch.takeInts(count);
  const isMixed = roles.some(({ ofAnyone }) => ofAnyone === true);
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
  if (keepsAll === true) return count;
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
  marks: Int32Array;
}

function append(
  { scratch, view }: Question,
  request: TimelineRequest,
  batch: Batch,
  { rows, count, marks }: MarkedRows,
  gathered: GatheredRows,
): void {
  const units = scratch.takeInts(count);
  request.unit.assign({ batch, rows, count }, units);
  const left = keepUnits(request, rows, units, count);
  const position = view.segments.indexOf(batch.segment);
  const { dayMs, ms } = batch;
  for (let i = 0; i < left; i++) {
    const row = rows[i] as number;
    gathered.units.push(units[i] as number);
    gathered.tsMs.push(dayMs + (ms[row] as number));
    gathered.masks.push(marks[row] as number);
  }
  if (request.isOrdered === true) {
    for (let i = 0; i < left; i++) {
      gathered.segments.push(position);
      gathered.rows.push(rows[i] as number);
    }
  }
  for (const [index, grouping] of (request.groupings ?? []).entries()) {
    grouping.assign(batch, rows, left, units, scratch);
    const list = gathered.groups[index];
    for (let i = 0; i < left; i++) list?.push(units[i] as number);
  }
  if (request.property !== undefined && gathered.numbers !== null)
    appendNumbers(numbersOf(batch, request.property), rows, left, gathered.numbers);
  scratch.giveInts(units);
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

function appendNumbers(numbers: NumberColumn | null, rows: Int32Array, count: number, out: NumberList): void {
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number;
    const isThere = numbers !== null && isPresent(numbers.validity, row);
    out.push(isThere ? (numbers.values[row] as number) : NaN);
  }
}

function arrange(gathered: GatheredRows, { isOrdered }: TimelineRequest, { view }: Question): Timeline {
  const tsMs = gathered.tsMs.view();
  const isBefore =
    isOrdered === true
      ? (a: number, b: number): boolean =>
          comesFirst(
            {
              batch: view.batch(view.segments[gathered.segments.at(a)] as SegmentRow),
              row: gathered.rows.at(a),
            },
            {
              batch: view.batch(view.segments[gathered.segments.at(b)] as SegmentRow),
              row: gathered.rows.at(b),
            },
          )
      : null;
  const { order, units, starts } = orderByUnit(gathered.units.view(), tsMs, isBefore);
  return {
    events: order.length,
    units,
    starts,
    tsMs: pickNumbers(tsMs, order),
    masks: pickInts(gathered.masks.view(), order),
    groups: gathered.groups.map((list) => pickInts(list.view(), order)),
    numbers: gathered.numbers === null ? null : pickNumbers(gathered.numbers.view(), order),
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
