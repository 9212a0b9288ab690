import type { SegmentRow } from '../../format/types.ts';
import type { Batch, Codes } from '../columns/batch.ts';
import type { EnvironmentView } from '../columns/environment-view.ts';
import type { CellRows } from '../kernels/js/cells.ts';
import { allRows, narrowByCodes, narrowByTime } from '../kernels/js/narrow.ts';
import type { Scratch } from '../kernels/js/scratch.ts';
import { assignBuckets, type Axis } from './axis.ts';
import type { EventMatch } from './event-match.ts';
import { narrow } from './expression.ts';
import type { Grouping } from './grouping.ts';
import type { Pace } from './pace.ts';
import type { People } from './people.ts';

/** Rows of one event type of one segment that a scan means. */
export interface ScannedRows extends CellRows {
  batch: Batch;
  eventType: string;
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
    for (const eventType of Object.keys(segment.eventRows)) scanType(context, batch, eventType, scan);
  }
}

function scanType(context: ScanContext, batch: Batch, eventType: string, scan: Scan): void {
  const { scratch } = context;
  const { axis, grouping, occursFromMs = axis.fromMs } = scan;
  const rows = scratch.takeInts(batch.rows);
  const count = selectRows(context, batch, eventType, scan, rows);
  if (count > 0) {
    const groups = scratch.takeInts(count);
    const buckets = scratch.takeInts(count);
    assignBuckets(axis, batch, rows, count, buckets);
    grouping.assign(batch, rows, count, groups, scratch);
    if (occursFromMs <= axis.fromMs || batch.segment.minTsMs >= occursFromMs)
      grouping.markOccurring(groups, count);
    else markFrom(occursFromMs, batch, grouping, { rows, count, groups });
    scan.take({ batch, eventType, rows, count, groups, buckets });
    scratch.giveInts(buckets);
    scratch.giveInts(groups);
  }
  scratch.giveInts(rows);
}

/** Row numbers of one event type that pass time, event, user and filters; returns how many. */
export function selectRows(
  { view, people, scratch }: Pick<ScanContext, 'view' | 'people' | 'scratch'>,
  batch: Batch,
  eventType: string,
  scan: Pick<Scan, 'axis' | 'match' | 'people'>,
  rows: Int32Array,
): number {
  const expression = scan.match.forType(eventType);
  if (expression === null) return 0;
  let count = rowsOfType(view, batch, eventType, rows);
  count = rowsInTime(batch, rows, count, scan.axis);
  count = (scan.people ?? people).narrow(batch, rows, count);
  return narrow(expression, batch, rows, count, scratch);
}

export function rowsOfType(view: EnvironmentView, batch: Batch, eventType: string, rows: Int32Array): number {
  const count = allRows(rows, batch.rows);
  const events = batch.segment.eventType === null ? batch.column('event') : undefined;
  if (events === undefined) return count;
  return narrowByCodes(rows, count, events.values as Codes, onlyCode(view, eventType));
}

function onlyCode(view: EnvironmentView, eventType: string): Uint8Array {
  return view.memo(`only:${eventType}`, () => {
    const dictionary = view.dictionary('event_type');
    const passes = new Uint8Array(dictionary.count + 1);
    passes[dictionary.codeOf(eventType)] = 1;
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
