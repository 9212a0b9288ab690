import { CAPTURE_WINDOW_MS } from '../../../shared/domain/events.ts';
import type { EventRef, Filter } from '../../../shared/query/filter.ts';
import { CaptureTable } from '../kernels/js/capture.ts';
import { type Cell, CountCells } from '../kernels/js/cells.ts';
import { DistinctCells } from '../kernels/js/id-set.ts';
import { type Axis, wholeAxis } from './axis.ts';
import { PASS_ALL } from './expression.ts';
import { Grouping, type GroupValue } from './grouping.ts';
import { type IdSource, propertyIds } from './id-source.ts';
import type { EventMatch } from './event-match.ts';
import { EVERYONE } from './people.ts';
import { type Part, resolvePart } from './quantity.ts';
import type { GroupSet } from './question.ts';
import { type GroupingRef, type GroupSpace, type Question } from './question.ts';
import { runScans, type Scan, type ScannedRows } from './scan.ts';

export const COMPLETED = 'session_completed';
export const REACTION = 'reaction_captured';
export const RUN_ID = 'practice_session_id';
const CAPTURE_TYPES = [COMPLETED, REACTION] as const;

export interface CaptureOptions {
  question: Question;
  space: GroupSpace;
  axis: Axis;
  /** Of the series; joined to those of the question. */
  filters: readonly Filter[];
  /** Filters on these properties are lifted, for what a group is compared with; such rows make no lines. */
  lifted?: ReadonlySet<string>;
}

/** Completed runs and those with a reaction, each run once per group and bucket. Ask after its scans have run. */
export interface Capture {
  scans: readonly Scan[];
  completed: (groups: GroupSet, bucket: number | null) => number;
  captured: (groups: GroupSet, bucket: number | null) => number;
  /** The same by numbers of groups, once finished. */
  cells: Record<'completed' | 'captured', (groups: readonly number[], bucket: number | null) => number>;
  /** Groups of completions, and (once finished) of captured runs. */
  completedGroups: GroupingRef;
  capturedGroups: () => GroupingRef;
  /** Called once after the scans; makes the groups of captured runs known. */
  finish: () => void;
}

/**
 * Capture rate (DATA §4): of the runs completed in a bucket those with a reaction of the same run before them or at most 24 h later,
 * also beyond the range. A group comes from the completion; a property that only a reaction can have (its state)
 * splits the numerator alone, as a filter on it would.
 */
export async function planCapture(options: CaptureOptions): Promise<Capture> {
  const { question, space, axis } = options;
  const leadMs = await longestLead(question);
  const runs = propertyIds(question.view, RUN_ID);
  const completed = resolveSide(options, COMPLETED);
  const reactions = resolveSide(options, REACTION);
  const reactionAxes = reactions.groups.axes.filter((index) => !completed.groups.axes.includes(index));
  const reactionGroups = groupingOver(space, reactionAxes);
  const table = new CaptureTable();
  const scans: Scan[] = [
    {
      axis,
      match: completed.match,
      grouping: completed.groups.grouping,
      ...(options.lifted === undefined ? {} : { occursFromMs: Infinity }),
      take: gatherRuns(question, runs, ({ groups, buckets }, i, run, tsMs) =>
        table.addCompleted(run, tsMs, groups[i] as number, buckets[i] as number),
      ),
    },
    {
      axis: reachOf(axis, leadMs),
      match: reactions.match,
      grouping: reactionGroups,
      take: gatherRuns(question, runs, ({ groups }, i, run, tsMs) =>
        table.addReaction(run, tsMs, groups[i] as number),
      ),
    },
  ];
  const counted = memoize(() =>
    countRuns(table, {
      axis,
      universe: runs.universe,
      completed: completed.groups,
      reactions: { grouping: reactionGroups, axes: reactionAxes },
      space,
    }),
  );
  return {
    scans,
    cells: {
      completed: (groups, bucket) => counted().completed.at(groups, bucket),
      captured: (groups, bucket) => counted().captured.at(groups, bucket),
    },
    completedGroups: completed.groups,
    capturedGroups: () => counted().capturedGroups,
    finish: () => void counted(),
    completed: (set, bucket) => counted().completed.at(set.idsIn(completed.groups), bucket),
    captured: (set, bucket) => counted().captured.at(set.idsIn(counted().capturedGroups), bucket),
  };
}

/** Who of the two event types a filter or breakdown cannot touch, because only the other can have the property. */
export function isUntouchedBy(
  question: Question,
  types: readonly string[],
  eventType: string | null,
  property: string,
) {
  if (eventType === null || question.view.canHave(eventType, property)) return false;
  if (!types.some((type) => question.view.canHave(type, property))) return false;
  question.note(`${property} does not touch ${eventType}: that event type cannot have it.`);
  return true;
}

function resolveSide(options: CaptureOptions, event: string): { match: EventMatch; groups: GroupingRef } {
  const { question, space, axis, filters, lifted } = options;
  const ref: EventRef = { event, filters: [...filters] };
  const part: Part = {
    question,
    space,
    axis,
    ref,
    ignores: (eventType, property) => isUntouchedBy(question, CAPTURE_TYPES, eventType, property),
  };
  const { groups } = resolvePart(part);
  const isLifted = (property: string): boolean => lifted?.has(property) ?? false;
  const { match } = resolvePart({
    ...part,
    ignores: (eventType, property) =>
      isLifted(property) || isUntouchedBy(question, CAPTURE_TYPES, eventType, property),
  });
  return { match, groups };
}

function groupingOver(space: GroupSpace, axes: readonly number[]): Grouping {
  return new Grouping(axes.flatMap((index) => space.axes[index] ?? []));
}

/** Where reactions lie that can capture a completion of the axis. */
function reachOf({ fromMs, toMs }: Axis, leadMs: number): Axis {
  return wholeAxis(fromMs - leadMs, toMs + CAPTURE_WINDOW_MS + 1);
}

/**
 * How long before its completion a reaction lies at most, over the whole store; found out once per view, so that a
 * question about a month does not read the reactions of years.
 */
async function longestLead(question: Question): Promise<number> {
  const memo = question.view.memo<{ leadMs?: number }>('capture-lead', () => ({}));
  memo.leadMs ??= await readLongestLead(question);
  return memo.leadMs;
}

async function readLongestLead(question: Question): Promise<number> {
  const runs = propertyIds(question.view, RUN_ID);
  const table = new CaptureTable();
  const everywhere = (event: string, take: Scan['take']): Scan => ({
    axis: wholeAxis(-Infinity, Infinity),
    match: { forType: (eventType) => (eventType === event ? PASS_ALL : null) },
    grouping: new Grouping([]),
    people: EVERYONE,
    take,
  });
  await runScans({ ...question, onSegment: () => undefined, onDay: () => undefined }, [
    everywhere(
      COMPLETED,
      gatherRuns(question, runs, (_rows, _index, run, tsMs) => table.addCompleted(run, tsMs, 0, 0)),
    ),
    everywhere(
      REACTION,
      gatherRuns(question, runs, (_rows, _index, run, tsMs) => table.addReaction(run, tsMs, 0)),
    ),
  ]);
  return table.longestLeadMs(runs.universe);
}

function gatherRuns(
  { scratch }: Question,
  runs: IdSource,
  add: (rows: ScannedRows, index: number, run: number, tsMs: number) => void,
): Scan['take'] {
  return (rows) => {
    const ids = scratch.takeInts(rows.count);
    runs.assign(rows, ids);
    const { dayMs, ms } = rows.batch;
    for (let i = 0; i < rows.count; i++) {
      add(rows, i, ids[i] as number, dayMs + (ms[rows.rows[i] as number] as number));
    }
    scratch.giveInts(ids);
  };
}

interface CountOptions {
  axis: Axis;
  universe: number;
  completed: GroupingRef;
  reactions: GroupingRef;
  space: GroupSpace;
}

function countRuns(table: CaptureTable, { axis, universe, completed, reactions, space }: CountOptions) {
  const completedRuns = new RunCells(axis.buckets, universe);
  const capturedRuns = new RunCells(axis.buckets, universe);
  const joined = joinGroups(completed, reactions, space);
  const isOneGroup = reactions.axes.length === 0; // every reaction of a run captures it in the same group
  table.link(universe, CAPTURE_WINDOW_MS, {
    completed: (run, group, bucket, isOnly) => completedRuns.add(run, { group, bucket }, isOnly),
    captured(run, group, bucket, reactionGroup, isOnly) {
      capturedRuns.add(run, { group: joined.groupOf(group, reactionGroup), bucket }, isOnly && isOneGroup);
      return isOneGroup;
    },
  });
  return { completed: completedRuns, captured: capturedRuns, capturedGroups: joined.ref };
}

/** Distinct runs per cell. Nearly every run completes once: those are counted, only the others need sets. */
class RunCells {
  readonly #single: CountCells;
  readonly #repeated: DistinctCells;

  constructor(buckets: number, universe: number) {
    this.#single = new CountCells(buckets);
    this.#repeated = new DistinctCells(buckets, universe);
  }

  add(run: number, cell: Cell, isOnly: boolean): void {
    if (isOnly) this.#single.addOne(cell);
    else this.#repeated.addOne(run, cell.group, cell.bucket);
  }

  at(groups: readonly number[], bucket: number | null): number {
    return this.#single.at(groups, bucket) + this.#repeated.at(groups, bucket);
  }
}

/** Groups of captured runs: the completion's, or where reactions bring axes of their own both together. */
function joinGroups(
  completed: GroupingRef,
  reactions: GroupingRef,
  { full }: GroupSpace,
): { ref: GroupingRef; groupOf: (group: number, reactionGroup: number) => number } {
  if (reactions.axes.length === 0) return { ref: completed, groupOf: (group) => group };
  const known = new Map<string, number>();
  return {
    ref: full,
    groupOf(group, reactionGroup) {
      const key = `${group} ${reactionGroup}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const sides: Side[] = [
        { axes: completed.axes, value: completed.grouping.values[group] },
        { axes: reactions.axes, value: reactions.grouping.values[reactionGroup] },
      ];
      const joined = full.grouping.addOccurring(full.axes.map((axis) => valueOn(axis, sides)));
      known.set(key, joined);
      return joined;
    },
  };
}

interface Side {
  axes: readonly number[];
  value: GroupValue | undefined;
}

function valueOn(axis: number, sides: readonly Side[]): string | null {
  const side = sides.find(({ axes }) => axes.includes(axis));
  return side?.value?.[side.axes.indexOf(axis)] ?? null;
}

function memoize<T>(compute: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: compute() }).value;
}
