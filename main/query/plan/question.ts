import type { Breakdown } from '../../../shared/query/common-spec.ts';
import type { QuerySpec } from '../../../shared/query/spec.ts';
import type { Calendar } from '../../../shared/time/buckets.ts';
import type { EnvironmentView } from '../columns/environment-view.ts';
import type { FilterCompiler } from './expression.ts';
import { type GroupAxis, Grouping, type GroupValue } from './grouping.ts';
import { userProperty } from './people.ts';
import type { Period } from './period.ts';
import type { ScanContext } from './scan.ts';
import type { PartStepName } from './part-steps.ts';
import type { SessionIndex } from './session-index.ts';

/** What every part of one running question shares. */
export interface Question extends ScanContext {
  spec: QuerySpec;
  view: EnvironmentView;
  compiler: FilterCompiler;
  calendar: Calendar;
  /** Axes of `breakdown`, in its order. */
  breakdown: readonly BreakdownAxis[];
  /** A sentence for the answer's `notes`; the same one is kept once. */
  note: (text: string) => void;
  /** Event types whose rows the answer rests on; null: any. */
  reads: (eventTypes: readonly string[] | null) => void;
  /** Sessions of the whole store under a gap and passive types. */
  sessions: (options: { gapMs: number; passive: readonly string[] }) => Promise<SessionIndex>;
  /** How many members a count lists; a cohort that a question defines asks for all. */
  mostMembers: number;
  /** Works a named step out part by part, each for a share of the users; the results come in no particular order. */
  runParts: <Result>(step: PartStepName, argument: unknown, period: Period) => Promise<Result[]>;
}

export type BreakdownAxis = GroupAxis & { label: string };

export function breakdownAxes(breakdown: Breakdown | null, view: EnvironmentView): BreakdownAxis[] {
  if (breakdown === null) return [];
  if ('userProperty' in breakdown) {
    const { userProperty: property } = breakdown;
    return [{ kind: 'user', valueOf: userProperty(view, property), label: property }];
  }
  const properties = [breakdown.property].flat();
  return properties.map((property) => ({ kind: 'event', property, label: property }));
}

/** A grouping over some of the axes that lines are made of. */
export interface GroupingRef {
  grouping: Grouping;
  /** Positions of its axes in a full value. */
  axes: readonly number[];
}

/** Groupings of one period: parts that cannot have a property are grouped by the others, or not at all. */
export class GroupSpace {
  readonly axes: readonly GroupAxis[];
  readonly #refs = new Map<string, GroupingRef>();

  constructor(axes: readonly GroupAxis[]) {
    this.axes = axes;
  }

  /** The grouping without the axes that `ignores` names; asked twice, it is the same one. */
  without(ignores: (property: string) => boolean): GroupingRef {
    const kept = [...this.axes.entries()].filter(
      ([, axis]) => axis.kind === 'user' || !ignores(axis.property),
    );
    const key = kept.map(([index]) => index).join();
    const known = this.#refs.get(key);
    if (known !== undefined) return known;
    const ref = { grouping: new Grouping(kept.map(([, axis]) => axis)), axes: kept.map(([index]) => index) };
    this.#refs.set(key, ref);
    return ref;
  }

  get full(): GroupingRef {
    return this.without(() => false);
  }
}

/**
 * The events that one line stands for: those with one of some values on some axes (all axes: a breakdown value, or all
 * that the rest sums up; none: everything).
 */
export class GroupSet {
  readonly values: readonly GroupValue[];
  readonly #axes: readonly number[];
  readonly #ids = new Map<Grouping, number[]>();

  constructor(axes: readonly number[], values: readonly GroupValue[]) {
    this.#axes = axes;
    this.values = values;
  }

  /** Numbers of the groups that belong to the line; axes that a grouping lacks do not narrow it. */
  idsIn(ref: GroupingRef): number[] {
    const known = this.#ids.get(ref.grouping);
    if (known !== undefined) return known;
    const ids = this.#findIds(ref);
    this.#ids.set(ref.grouping, ids);
    return ids;
  }

  /** The same, narrowed to one value of a further axis. */
  and(axis: number, part: string | null): GroupSet {
    return new GroupSet(
      [...this.#axes, axis],
      this.values.map((value) => [...value, part]),
    );
  }

  /** The same without the axes that `keep` leaves out. */
  on(keep: (axis: number) => boolean): GroupSet {
    const kept = [...this.#axes.entries()].filter(([, axis]) => keep(axis));
    return new GroupSet(
      kept.map(([, axis]) => axis),
      this.values.map((value) => kept.map(([position]) => value[position] ?? null)),
    );
  }

  #findIds({ grouping, axes }: GroupingRef): number[] {
    const common = axes.filter((axis) => this.#axes.includes(axis));
    const wanted = this.values.map((value) => common.map((axis) => value[this.#axes.indexOf(axis)] ?? null));
    if (common.length === axes.length) return uniqueIds(wanted.map((value) => grouping.find(value)));
    const positions = common.map((axis) => axes.indexOf(axis));
    return uniqueIds(wanted.flatMap((value) => grouping.findAll(positions, value)));
  }
}

function uniqueIds(ids: readonly number[]): number[] {
  const found = new Set(ids);
  found.delete(-1);
  return [...found];
}

/** Values that have a part for every axis of the breakdown, in its order. */
export const setOfValues = (values: readonly GroupValue[]): GroupSet =>
  new GroupSet([...(values[0] ?? []).keys()], values);

export const everything = (): GroupSet => new GroupSet([], [[]]);
