import { MAX_OWN_FILES_PER_DAY, OWN_FILE_MIN_ROWS } from '../plan-files.ts';

/** When small segments are merged; tests make small days large. */
export interface MergeLimits {
  /** Rows outside the largest file of a group, as a share of its rows. */
  deltaShare: number;
  /** Files beside the largest of a group. */
  deltaFiles: number;
  /** An event type earns its own file of a day from this many rows on. */
  ownFileRows: number;
  /** Files that are merged at once; of more, the smallest come first. */
  filesAtOnce: number;
}

export const MERGE_LIMITS: MergeLimits = {
  deltaShare: 0.1, // ENGINE §1*
  deltaFiles: 8, // ENGINE §1*
  ownFileRows: OWN_FILE_MIN_ROWS,
  filesAtOnce: 4096, // a pick names one of at most 2¹⁵ sources, and each keeps a block in memory
};

export interface DaySegment {
  segmentId: number;
  /** null: shared. */
  eventType: string | null;
  /** Rows by event type. */
  eventRows: ReadonlyMap<string, number>;
}

/** One file that a merge writes. */
export interface MergedFile {
  /** null: shared. */
  eventType: string | null;
  eventRows: Map<string, number>;
}

export const rowsOf = ({ eventRows }: Pick<DaySegment, 'eventRows'>): number =>
  [...eventRows.values()].reduce((sum, rows) => sum + rows, 0);

export interface MergePlan {
  /** Segments that go; each of their rows is in one of `files`. */
  consumed: number[];
  files: MergedFile[];
  /** There were too many for one merge: plan again when this one is done. */
  isPartial: boolean;
}

const SHARED = null;
type Group = string | typeof SHARED;

/**
 * What is to be merged of one day, null where nothing is. Rows are grouped as one commit would file them: by event type
 * where a type has earned its own file, else together. A group is merged when what lies outside its largest part is
 * more than a share of its rows, or more than some files.
 */
export function planMerge(segments: readonly DaySegment[], limits: MergeLimits): MergePlan | null {
  const own = frequentTypes(rowsByType(segments), limits);
  const crowded = crowdedGroups(segments, own, limits);
  if (crowded.size === 0) return null;
  const touched = consumedBy(segments, own, crowded).sort((a, b) => rowsOf(a) - rowsOf(b));
  const consumed = touched.slice(0, limits.filesAtOnce);
  return {
    consumed: consumed.map(({ segmentId }) => segmentId),
    files: filesOf(consumed, own, crowded),
    isPartial: consumed.length < touched.length,
  };
}

function rowsByType(segments: readonly DaySegment[]): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { eventRows } of segments)
    for (const [type, rows] of eventRows) totals.set(type, (totals.get(type) ?? 0) + rows);
  return totals;
}

function frequentTypes(totals: ReadonlyMap<string, number>, { ownFileRows }: MergeLimits): Set<string> {
  const frequent = [...totals].filter(([, rows]) => rows >= ownFileRows);
  frequent.sort(([typeA, a], [typeB, b]) => b - a || (typeA < typeB ? -1 : 1));
  return new Set(frequent.slice(0, MAX_OWN_FILES_PER_DAY).map(([type]) => type));
}

const groupOf = (type: string, own: ReadonlySet<string>): Group => (own.has(type) ? type : SHARED);

function crowdedGroups(
  segments: readonly DaySegment[],
  own: ReadonlySet<string>,
  limits: MergeLimits,
): Set<Group> {
  const parts = new Map<Group, number[]>(); // rows per segment
  for (const segment of segments) {
    for (const [group, rows] of partsOf(segment, own)) {
      const known = parts.get(group);
      if (known === undefined) parts.set(group, [rows]);
      else known.push(rows);
    }
  }
  return new Set([...parts].filter(([, rows]) => isCrowded(rows, limits)).map(([group]) => group));
}

function partsOf({ eventRows }: DaySegment, own: ReadonlySet<string>): Map<Group, number> {
  const parts = new Map<Group, number>();
  for (const [type, rows] of eventRows) {
    const group = groupOf(type, own);
    parts.set(group, (parts.get(group) ?? 0) + rows);
  }
  return parts;
}

function isCrowded(rows: readonly number[], { deltaShare, deltaFiles }: MergeLimits): boolean {
  const total = rows.reduce((sum, part) => sum + part, 0);
  const deltas = total - Math.max(...rows);
  return rows.length - 1 > deltaFiles || deltas > total * deltaShare;
}

/** A shared file that has to be written anew takes the other shared ones along: they are small. */
function consumedBy(
  segments: readonly DaySegment[],
  own: ReadonlySet<string>,
  crowded: ReadonlySet<Group>,
): DaySegment[] {
  const isTouched = (segment: DaySegment): boolean =>
    [...partsOf(segment, own).keys()].some((group) => crowded.has(group));
  const touchesShared = segments.some((segment) => segment.eventType === SHARED && isTouched(segment));
  return segments.filter((segment) => isTouched(segment) || (touchesShared && segment.eventType === SHARED));
}

/** Rows of a frequent type that is not crowded stay in the shared file: its own large one is left alone. */
function filesOf(
  consumed: readonly DaySegment[],
  own: ReadonlySet<string>,
  crowded: ReadonlySet<Group>,
): MergedFile[] {
  const totals = [...rowsByType(consumed)];
  const leaves = (type: string): boolean => own.has(type) && crowded.has(type);
  const files = totals
    .filter(([type]) => leaves(type))
    .map(([type, rows]): MergedFile => ({ eventType: type, eventRows: new Map([[type, rows]]) }));
  const rest = new Map(totals.filter(([type]) => !leaves(type)));
  const [first] = rest.keys();
  if (first !== undefined) files.push({ eventType: rest.size === 1 ? first : SHARED, eventRows: rest });
  return files;
}
