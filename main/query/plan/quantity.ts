import type { EventRef } from '../../../shared/query/filter.ts';
import { numbersOf } from '../columns/storage.ts';
import { CountCells, SumCells, ValueCells } from '../kernels/js/cells.ts';
import { DistinctCells } from '../kernels/js/id-set.ts';
import type { Axis } from './axis.ts';
import { type EventMatch, eventTypesOf, matchEvents } from './event-match.ts';
import type { IdSource } from './id-source.ts';
import type { GroupingRef, GroupSet, GroupSpace, Question } from './question.ts';
import type { Scan } from './scan.ts';

/** A number per group and bucket; bucket null is the whole axis. Ask after its scans have run. */
export interface Quantity {
  scans: readonly Scan[];
  at: (groups: GroupSet, bucket: number | null) => number;
}

/** Which rows a quantity is taken of. */
export interface Part {
  question: Question;
  space: GroupSpace;
  axis: Axis;
  ref: EventRef;
  /** Properties that rows of a type cannot have: their filters and breakdowns leave the type alone. */
  ignores?: (eventType: string | null, property: string) => boolean;
  /** From where on a row makes its breakdown value occur; default: the axis' start. */
  occursFromMs?: number;
}

/** The match and grouping of a part; says so where a filter or breakdown does not touch an event type. */
export function resolvePart(part: Part): { match: EventMatch; groups: GroupingRef } {
  const { question, space, ref, ignores } = part;
  const types = eventTypesOf(ref);
  question.reads(types);
  return {
    match: matchEvents(ref, {
      compiler: question.compiler,
      filters: question.spec.filters,
      ...(ignores === undefined ? {} : { isUntouched: ignores }),
    }),
    groups: space.without((property) =>
      (types ?? [null]).every((type) => ignores?.(type, property) ?? false),
    ),
  };
}

export function scanOf(part: Part, take: Scan['take']): { scan: Scan; groups: GroupingRef } {
  const { match, groups } = resolvePart(part);
  const { axis, occursFromMs } = part;
  const scan: Scan = {
    axis,
    match,
    grouping: groups.grouping,
    take,
    ...(occursFromMs === undefined ? {} : { occursFromMs }),
  };
  return { scan, groups };
}

export function countEvents(part: Part): Quantity & { groups: GroupingRef } {
  const cells = new CountCells(part.axis.buckets);
  const { scan, groups } = scanOf(part, (rows) => cells.add(rows));
  return { scans: [scan], groups, at: (set, bucket) => cells.at(set.idsIn(groups), bucket) };
}

export function countDistinct(
  part: Part,
  ids: IdSource,
): Quantity & { cells: DistinctCells; groups: GroupingRef } {
  const cells = new DistinctCells(part.axis.buckets, ids.universe);
  const { scratch } = part.question;
  const { scan, groups } = scanOf(part, (rows) => {
    const found = scratch.takeInts(rows.count);
    ids.assign(rows, found);
    cells.add(found, rows.groups, rows.buckets, rows.count);
    scratch.giveInts(found);
  });
  return { scans: [scan], cells, groups, at: (set, bucket) => cells.at(set.idsIn(groups), bucket) };
}

export interface SumQuantity {
  scans: readonly Scan[];
  at: (groups: GroupSet, bucket: number | null) => { sum: number; count: number };
}

export function sumNumbers(part: Part, property: string): SumQuantity {
  const cells = new SumCells(part.axis.buckets);
  const { scan, groups } = scanOf(part, (rows) => {
    const numbers = numbersOf(rows.batch, property);
    if (numbers !== null) cells.add(rows, numbers);
  });
  return { scans: [scan], at: (set, bucket) => cells.at(set.idsIn(groups), bucket) };
}

export interface ValueQuantity {
  scans: readonly Scan[];
  cells: ValueCells;
  groups: GroupingRef;
}

export function collectNumbers(part: Part, property: string): ValueQuantity {
  const cells = new ValueCells(part.axis.buckets);
  const { scan, groups } = scanOf(part, (rows) => {
    const numbers = numbersOf(rows.batch, property);
    if (numbers !== null) cells.add(rows, numbers);
  });
  return { scans: [scan], cells, groups };
}
