import type { Filter } from '../../../shared/query/filter.ts';
import { type Capture, planCapture } from './capture.ts';
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
export async function planImpact(
  context: SeriesContext,
  filters: readonly Filter[],
): Promise<PlannedMeasure> {
  const { question, period, space } = context;
  const detail = new GroupSpace([...space.axes, axisOn(PRACTICE), axisOn(MASTER)]);
  const base = { question, space: detail, axis: period.axis, filters };
  const own = await planCapture(base);
  const isNarrowed = propertiesOf([...question.spec.filters, ...filters]).includes(MASTER);
  const everyone = isNarrowed ? await planCapture({ ...base, lifted: new Set([MASTER]) }) : own;
  const mixOf = createMix(space.axes.length, isMasterAxis(space), own, everyone);

  return {
    scans: isNarrowed ? [...own.scans, ...everyone.scans] : own.scans,
    finish: () => {
      own.finish();
      everyone.finish();
      listGroups(detail, space);
    },
    units: (set) => own.completed(set, null),
    point: (set, bucket) =>
      impactOf(
        mixOf(set).map((practice) => {
          const all = everyone.cells.completed(practice.allCompleted, bucket);
          return {
            completed: own.cells.completed(practice.completed, bucket),
            captured: own.cells.captured(practice.captured, bucket),
            rate: divide(everyone.cells.captured(practice.allCaptured, bucket), all) ?? 0,
            masters: practice.masters.filter((ids) => everyone.cells.completed(ids, bucket) > 0).length,
          };
        }),
      ),
  };
}

const isMasterAxis =
  ({ axes }: GroupSpace) =>
  (axis: number): boolean => {
    const found = axes[axis];
    return found?.kind === 'event' && found.property === MASTER;
  };

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

/** One practice of a line, as numbers of groups: its own runs, those of all masters, and those master by master. */
interface PracticeMix {
  completed: number[];
  captured: number[];
  allCompleted: number[];
  allCaptured: number[];
  masters: number[][];
}

/** Practices of a line; axes of the groups: those of the breakdown, then practice, then master. */
function createMix(
  practiceAxis: number,
  isMaster: (axis: number) => boolean,
  own: Capture,
  everyone: Capture,
): (set: GroupSet) => PracticeMix[] {
  const masterAxis = practiceAxis + 1;
  const onLine = (ref: GroupingRef, line: GroupSet): Map<string | null, number[]> =>
    groupBy(line.idsIn(ref), (id) => valueOn(ref, id, practiceAxis));
  const known = new Map<GroupSet, PracticeMix[]>();

  function mix(set: GroupSet): PracticeMix[] {
    const shared = set.on((axis) => !isMaster(axis));
    const completed = onLine(own.completedGroups, set);
    const captured = onLine(own.capturedGroups(), set);
    const allCompleted = onLine(everyone.completedGroups, shared);
    const allCaptured = onLine(everyone.capturedGroups(), shared);
    return [...completed].map(([practice, ids]) => {
      const all = allCompleted.get(practice) ?? [];
      return {
        completed: ids,
        captured: captured.get(practice) ?? [],
        allCompleted: all,
        allCaptured: allCaptured.get(practice) ?? [],
        masters: [...groupBy(all, (id) => valueOn(everyone.completedGroups, id, masterAxis)).values()],
      };
    });
  }
  return (set) => {
    const found = known.get(set) ?? mix(set);
    known.set(set, found);
    return found;
  };
}

const valueOn = ({ grouping, axes }: GroupingRef, group: number, axis: number): string | null =>
  grouping.values[group]?.[axes.indexOf(axis)] ?? null;

function groupBy<K>(ids: readonly number[], keyOf: (id: number) => K): Map<K, number[]> {
  const lists = new Map<K, number[]>();
  for (const id of ids) {
    const list = lists.get(keyOf(id));
    if (list === undefined) lists.set(keyOf(id), [id]);
    else list.push(id);
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
