import type { Filter } from '../../../shared/query/filter.ts';
import { planCapture } from './capture.ts';
import { propertiesOf } from './expression.ts';
import type { GroupAxis, GroupValue } from './grouping.ts';
import type { PlannedMeasure, SeriesContext } from './measures.ts';
import { GroupSet, GroupSpace } from './question.ts';
import { divide, type Point } from './series.ts';

const Z = 1.96; // DATA §4 names this factor
const MASTER = 'master_id';
const PRACTICE = 'practice_id';

/**
 * Master impact (DATA §4): capture rate of a group minus the rate expected from its practice mix, where a practice's
 * expected rate is that over all masters: filters on `master_id` do not narrow it, and breakdowns by it do not split it.
 * impact = (captured − Σ n_p·r_p) ÷ n, interval ± 1.96·√(Σ n_p·r_p(1 − r_p)) ÷ n (indirect standardisation).
 */
export function planImpact(context: SeriesContext, filters: readonly Filter[]): PlannedMeasure {
  const { question, period, space } = context;
  const detail = new GroupSpace([...space.axes, axisOn(PRACTICE), axisOn(MASTER)]);
  const base = { question, space: detail, axis: period.axis, filters };
  const own = planCapture(base);
  const isNarrowed = propertiesOf([...question.spec.filters, ...filters]).includes(MASTER);
  const everyone = isNarrowed ? planCapture({ ...base, lifted: new Set([MASTER]) }) : own;
  const isMasterAxis = space.axes.map((axis) => axis.kind === 'event' && axis.property === MASTER);
  const index = memoizeIndex(detail, space.axes.length, isMasterAxis);

  return {
    scans: isNarrowed ? [...own.scans, ...everyone.scans] : own.scans,
    finish: () => {
      own.finish();
      everyone.finish();
      listGroups(detail, space);
    },
    units: (set) => own.completed(index().ofGroups(set), null),
    point(set, bucket) {
      return impactOf(
        index()
          .mixOf(set)
          .map(({ cells, masters, all }) => ({
            completed: own.completed(cells, bucket),
            captured: own.captured(cells, bucket),
            rate: divide(everyone.captured(all, bucket), everyone.completed(all, bucket)) ?? 0,
            masters: masters.filter((master) => everyone.completed(master, bucket) > 0).length,
          })),
      );
    },
  };
}

interface MixEntry {
  completed: number;
  captured: number;
  /** Over all masters. */
  rate: number;
  masters: number;
}

function impactOf(mix: readonly MixEntry[]): Point {
  let [n, captured, expected, variance, comparable] = [0, 0, 0, 0, 0];
  for (const { completed, captured: inPractice, rate, masters } of mix) {
    n += completed;
    captured += inPractice;
    expected += completed * rate;
    variance += completed * rate * (1 - rate);
    if (masters > 1) comparable += completed;
  }
  if (n === 0) return { value: null, numerator: 0, denominator: 0, low: null, high: null, comparable: null };
  const value = (captured - expected) / n;
  const half = (Z * Math.sqrt(variance)) / n;
  return {
    value,
    numerator: captured - expected,
    denominator: n,
    low: value - half,
    high: value + half,
    comparable: comparable / n,
  };
}

const axisOn = (property: string): GroupAxis => ({ kind: 'event', property });

/** The cells (breakdown value, practice, master) that a line and its expectation are made of. */
interface MixIndex {
  ofGroups: (set: GroupSet) => GroupSet;
  /** One entry per practice of the line. */
  mixOf: (set: GroupSet) => PracticeCells[];
}

interface PracticeCells {
  cells: GroupSet;
  /** The practice over all masters, and master by master. */
  all: GroupSet;
  masters: GroupSet[];
}

function memoizeIndex(detail: GroupSpace, axes: number, isMasterAxis: readonly boolean[]): () => MixIndex {
  let made: MixIndex | undefined;
  return () => (made ??= buildIndex(detail.full.grouping.values, axes, isMasterAxis));
}

function buildIndex(cells: readonly GroupValue[], axes: number, isMasterAxis: readonly boolean[]): MixIndex {
  const keyOf = (value: GroupValue): string => JSON.stringify(value.slice(0, axes));
  const sharedKeyOf = (value: GroupValue): string =>
    JSON.stringify(value.slice(0, axes).map((part, axis) => (isMasterAxis[axis] === true ? '' : part)));
  const practiceOf = (value: GroupValue): string => JSON.stringify(value[axes] ?? null);
  const masterOf = (value: GroupValue): string => JSON.stringify(value[axes + 1] ?? null);

  const ofGroups = memoizeBySet((set) => new GroupSet(matching(cells, set, keyOf)));
  const mixOf = memoizeBySet((set): PracticeCells[] => {
    const shared = groupInto(matching(cells, set, sharedKeyOf), practiceOf);
    return [...groupInto(ofGroups(set).values, practiceOf)].map(([practice, own]) => {
      const all = shared.get(practice) ?? own;
      return {
        cells: new GroupSet(own),
        all: new GroupSet(all),
        masters: [...groupInto(all, masterOf).values()].map((values) => new GroupSet(values)),
      };
    });
  });
  return { ofGroups, mixOf };
}

function memoizeBySet<T>(compute: (set: GroupSet) => T): (set: GroupSet) => T {
  const known = new Map<GroupSet, T>();
  return (set) => {
    const found = known.get(set) ?? compute(set);
    known.set(set, found);
    return found;
  };
}

function matching(
  cells: readonly GroupValue[],
  set: GroupSet,
  keyOf: (value: GroupValue) => string,
): GroupValue[] {
  const wanted = new Set(set.values.map(keyOf));
  return cells.filter((cell) => wanted.has(keyOf(cell)));
}

function groupInto(
  cells: readonly GroupValue[],
  keyOf: (cell: GroupValue) => string,
): Map<string, GroupValue[]> {
  const lists = new Map<string, GroupValue[]>();
  for (const cell of cells) {
    const list = lists.get(keyOf(cell));
    if (list === undefined) lists.set(keyOf(cell), [cell]);
    else list.push(cell);
  }
  return lists;
}

/** The lines are the breakdown parts of the cells. */
function listGroups(detail: GroupSpace, space: GroupSpace): void {
  const { grouping } = detail.full;
  grouping.values.forEach((value, group) => {
    if (grouping.occurs(group)) space.full.grouping.addOccurring(value.slice(0, space.axes.length));
  });
}
