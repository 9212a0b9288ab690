import type { SegmentRow } from '../../format/types.ts';
import type { Batch, Codes } from '../columns/batch.ts';
import type { EnvironmentView } from '../columns/environment-view.ts';
import type { CellRows } from '../kernels/js/cells.ts';
import { narrowByCodes, narrowByTime } from '../kernels/js/narrow.ts';
import type { Scratch } from '../kernels/js/scratch.ts';
import { assignBuckets, type Axis } from './axis.ts';
import type { EventMatch } from './event-match.ts';
import { type Expression, narrow } from './expression.ts';
import type { Grouping } from './grouping.ts';
import type { Pace } from './pace.ts';
import { type Part, rowsOfPart, WHOLE } from './part.ts';
import type { People } from './people.ts';

/** Rows of one segment that a scan means, of event types that its match treats alike. */
export interface ScannedRows extends CellRows {
  batch: Batch;
  eventTypes: readonly string[];
}

/** One pass over the events of a span: which rows, in which buckets and groups, and who takes them. */
export interface Scan {
  axis: Axis;
  match: EventMatch;
  grouping: Grouping;
  /** Rows from here on make their group occur; earlier ones are only looked back at. Default: the axis' start. */
  occursFromMs?: number;
  /** Default: those of the question. */
  people?: People;
  /** Only rows of these users. */
  part?: Part;
  take: (rows: ScannedRows) => void;
}

export interface ScanContext {
  view: EnvironmentView;
  people: People;
  pace: Pace;
  scratch: Scratch;
  /** Called once per segment that a scan reads. */
  onSegment: (segment: SegmentRow) => void;
  /** Days done of days to do. */
  onDay: (done: number, total: number) => void;
}

/**
 * Runs scans together, segment by segment in order of days, so that each segment's columns are loaded once. Work items
 * are independent: the order of segments never changes what accumulators hold.
 */
export async function runScans(context: ScanContext, scans: readonly Scan[]): Promise<void> {
  const segments = segmentsFor(context.view, scans);
  const total = new Set(segments.map(({ day }) => day)).size;
  let done = 0;
  let day: string | null = null;
  for (const segment of segments) {
    if (segment.day !== day) {
      if (day !== null) context.onDay(++done, total);
      day = segment.day;
    }
    scanSegment(context, segment, scans);
    await context.pace.breathe();
  }
  context.onDay(total, total);
}

function segmentsFor(view: EnvironmentView, scans: readonly Scan[]): SegmentRow[] {
  return view.segments.filter((segment) =>
    scans.some(
      ({ axis, match }) =>
        overlaps(segment, axis) &&
        Object.keys(segment.eventRows).some((type) => match.forType(type) !== null),
    ),
  );
}

const overlaps = (segment: SegmentRow, { fromMs, toMs }: Axis): boolean =>
  segment.maxTsMs >= fromMs && segment.minTsMs < toMs;

function scanSegment(context: ScanContext, segment: SegmentRow, scans: readonly Scan[]): void {
  context.onSegment(segment);
  const batch = context.view.batch(segment);
  for (const scan of scans) {
    if (!overlaps(segment, scan.axis)) continue;
    for (const [expression, eventTypes] of groupTypes(segment, scan.match)) {
      scanTypes(context, batch, { eventTypes, expression }, scan);
    }
  }
}

/** Event types of a segment by what their rows must pass. */
export function groupTypes(segment: SegmentRow, match: EventMatch): Map<Expression, string[]> {
  const groups = new Map<Expression, string[]>();
  for (const eventType of Object.keys(segment.eventRows)) {
    const expression = match.forType(eventType);
    if (expression === null) continue;
    const group = groups.get(expression);
    if (group === undefined) groups.set(expression, [eventType]);
    else group.push(eventType);
  }
  return groups;
}

interface TypeGroup {
  eventTypes: readonly string[];
  expression: Expression;
}

function scanTypes(context: ScanContext, batch: Batch, group: TypeGroup, scan: Scan): void {
  const { view, scratch } = context;
  const { axis, grouping, occursFromMs = axis.fromMs } = scan;
  const rows = scratch.takeInts(batch.rows);
  let count = rowsOfPart(batch.segment, scan.part ?? WHOLE, rows);
  count = narrowToTypes(view, batch, group.eventTypes, rows, count);
  count = rowsInTime(batch, rows, count, axis);
  count = (scan.people ?? context.people).narrow(batch, rows, count);
  count = narrow(group.expression, batch, rows, count, scratch);
  if (count > 0) {
    const groups = scratch.takeInts(count);
    const buckets = scratch.takeInts(count);
    assignBuckets(axis, batch, rows, count, buckets);
    grouping.assign(batch, rows, count, groups, scratch);
    if (occursFromMs <= axis.fromMs || batch.segment.minTsMs >= occursFromMs)
      if (grouping.isTrivial) grouping.markOne(0);
      else grouping.markOccurring(groups, count);
    else markFrom(occursFromMs, batch, grouping, { rows, count, groups });
    scan.take({ batch, eventTypes: group.eventTypes, rows, count, groups, buckets });
    scratch.giveInts(buckets);
    scratch.giveInts(groups);
  }
  scratch.giveInts(rows);
}

/** Rows of some of a segment's event types; all of them cost nothing. */
export function narrowToTypes(
  view: EnvironmentView,
  batch: Batch,
  eventTypes: readonly string[],
  rows: Int32Array,
  count: number,
): number {
  const { eventType, eventRows } = batch.segment;
  if (eventType !== null || eventTypes.length === Object.keys(eventRows).length) return count;
  const events = batch.column('event');
  if (events === undefined) return count;
  return narrowByCodes(rows, count, events.values as Codes, passesOfTypes(view, eventTypes));
}

function passesOfTypes(view: EnvironmentView, eventTypes: readonly string[]): Uint8Array {
  return view.memo(`types:${JSON.stringify(eventTypes)}`, () => {
    const dictionary = view.dictionary('event_type');
    const passes = new Uint8Array(dictionary.count + 1);
    for (const eventType of eventTypes) passes[dictionary.codeOf(eventType)] = 1;
    return passes;
  });
}

function rowsInTime(batch: Batch, rows: Int32Array, count: number, { fromMs, toMs }: Axis): number {
  const { minTsMs, maxTsMs } = batch.segment;
  if (minTsMs >= fromMs && maxTsMs < toMs) return count;
  return narrowByTime(rows, count, batch.ms, fromMs - batch.dayMs, toMs - batch.dayMs);
}

function markFrom(
  fromMs: number,
  batch: Batch,
  grouping: Grouping,
  { rows, count, groups }: Pick<CellRows, 'rows' | 'count' | 'groups'>,
): void {
  const one = new Int32Array(1);
  for (let i = 0; i < count; i++) {
    if (batch.dayMs + (batch.ms[rows[i] as number] as number) < fromMs) continue;
    one[0] = groups[i] as number;
    grouping.markOccurring(one, 1);
  }
}
