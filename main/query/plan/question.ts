import type { BreakdownValue } from '../../../shared/query/answer.ts';
import type { Breakdown, QuerySpec } from '../../../shared/query/spec.ts';
import type { Calendar } from '../../../shared/time/buckets.ts';
import type { EnvironmentView } from '../columns/environment-view.ts';
import type { FilterCompiler } from './expression.ts';
import { type GroupAxis, Grouping, type GroupValue } from './grouping.ts';
import { userProperty } from './people.ts';
import type { Period } from './period.ts';
import type { ScanContext } from './scan.ts';
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

/** The group or groups that one line stands for: one value of the breakdown, or all that the rest sums up. */
export class GroupSet {
  readonly values: readonly GroupValue[];
  readonly #ids = new Map<Grouping, number[]>();

  constructor(values: readonly GroupValue[]) {
    this.values = values;
  }

  /** Numbers of the values in a grouping, each once; values that it never met are left out. */
  idsIn({ grouping, axes }: GroupingRef): number[] {
    const known = this.#ids.get(grouping);
    if (known !== undefined) return known;
    const found = new Set(this.values.map((value) => grouping.find(axes.map((axis) => value[axis] ?? null))));
    found.delete(-1);
    const ids = [...found];
    this.#ids.set(grouping, ids);
    return ids;
  }
}

export const EVERYTHING: GroupValue = [];

export type { BreakdownValue, Period };
