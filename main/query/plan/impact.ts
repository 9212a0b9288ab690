import type { Filter } from '../../../shared/query/filter.ts';
import { planCapture } from './capture.ts';
import { propertiesOf } from './expression.ts';
import type { GroupAxis } from './grouping.ts';
import type { PlannedMeasure, SeriesContext } from './measures.ts';
import { type GroupingRef, type GroupSet, GroupSpace } from './question.ts';
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
  const mixOf = createMix(space, own.completedGroups);

  return {
    scans: isNarrowed ? [...own.scans, ...everyone.scans] : own.scans,
    finish: () => {
      own.finish();
      everyone.finish();
      listGroups(detail, space);
    },
    units: (set) => own.completed(set, null),
    point(set, bucket) {
      return impactOf(
        mixOf(set).map(({ own: cells, all, masters }) => ({
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

/** One practice of a line: its own completions, those of all masters, and those master by master. */
interface PracticeMix {
  own: GroupSet;
  all: GroupSet;
  masters: GroupSet[];
}

/** Practices of a line; the axes of the cells are those of the breakdown, then practice, then master. */
function createMix(space: GroupSpace, cells: GroupingRef): (set: GroupSet) => PracticeMix[] {
  const practiceAxis = space.axes.length;
  const masterAxis = practiceAxis + 1;
  const isShared = (axis: number): boolean => {
    const { [axis]: found } = space.axes;
    return found?.kind !== 'event' || found.property !== MASTER;
  };
  const known = new Map<GroupSet, PracticeMix[]>();
  const valuesOn = (axis: number): (string | null)[] => {
    const position = cells.axes.indexOf(axis);
    return [...new Set(cells.grouping.values.map((value) => value[position] ?? null))];
  };
  return (set) => {
    const found = known.get(set);
    if (found !== undefined) return found;
    const shared = set.on(isShared);
    const masters = valuesOn(masterAxis);
    const mix = valuesOn(practiceAxis).map((practice) => ({
      own: set.and(practiceAxis, practice),
      all: shared.and(practiceAxis, practice),
      masters: masters.map((master) => shared.and(practiceAxis, practice).and(masterAxis, master)),
    }));
    known.set(set, mix);
    return mix;
  };
}

/** The lines are the breakdown parts of the cells. */
function listGroups(detail: GroupSpace, space: GroupSpace): void {
  const { grouping } = detail.full;
  grouping.values.forEach((value, group) => {
    if (grouping.occurs(group)) space.full.grouping.addOccurring(value.slice(0, space.axes.length));
  });
}
