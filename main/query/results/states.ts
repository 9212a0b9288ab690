import type { Taxonomy } from '../../../shared/domain/taxonomy.ts';
import { statesInOrder } from '../../../shared/domain/taxonomy.ts';
import type {
  RateWithInterval,
  StatesContent,
  StatesResult,
  StatesRow,
  StatesSeriesRow,
} from '../../../shared/query/answer.ts';
import type { StatesSpec } from '../../../shared/query/spec.ts';
import { wilsonInterval } from '../../../shared/stats/wilson.ts';
import { isUntouchedBy, type Capture, COMPLETED, planCapture, REACTION } from '../plan/capture.ts';
import { type GroupAxis, type GroupValue, keyOf } from '../plan/grouping.ts';
import { bucketInstants, comparedPeriod, type Period, type PeriodOptions, periodOf } from '../plan/period.ts';
import { countEvents, type Quantity } from '../plan/quantity.ts';
import { GroupSet, GroupSpace, type Question } from '../plan/question.ts';
import { runScans } from '../plan/scan.ts';
import { expand } from './expand.ts';
import { compareValues } from './order.ts';

const STATE = 'state';

export async function answerStates(
  question: Question,
  spec: StatesSpec,
  options: PeriodOptions,
  taxonomy: Taxonomy | null,
): Promise<StatesResult> {
  const current = await computeStates(question, spec, periodOf(spec.range, options), taxonomy);
  if (spec.compare === null) return current;
  const compared = comparedPeriod(spec.compare, spec.range, options);
  return { ...current, previous: await computeStates(question, spec, compared, taxonomy) };
}

/** Everything counted once; rows of any breakdown value are unions of its cells (breakdown …, group, state). */
interface Counted {
  period: Period;
  capture: Capture;
  reactions: Quantity;
  /** (breakdown …, group) that occur in completions or reactions. */
  cells: GroupValue[];
  /** In order of the taxonomy, then those that only the data knows. */
  states: string[];
  /** States as cells have them: the above and "missing". */
  allStates: (string | null)[];
}

async function computeStates(
  question: Question,
  spec: StatesSpec,
  period: Period,
  taxonomy: Taxonomy | null,
): Promise<StatesResult> {
  const counted = await countStates(question, spec, period, taxonomy);
  const depth = question.breakdown.length;
  const cellsOf = (set: GroupSet | null): GroupValue[] => {
    if (set === null) return counted.cells;
    const wanted = new Set(set.values.map(keyOf));
    return counted.cells.filter((cell) => wanted.has(keyOf(cell.slice(0, depth))));
  };
  const values = new Map(counted.cells.map((cell) => [keyOf(cell.slice(0, depth)), cell.slice(0, depth)]));
  return expand<StatesContent>(
    {
      values: [...values.values()],
      contentOf: (set) => contentOf(spec, counted, cellsOf(set)),
      unitsOf: (set) => counted.capture.completed(new GroupSet(cellsOf(set)), null),
    },
    spec.breakdown?.limit ?? null,
  );
}

async function countStates(
  question: Question,
  spec: StatesSpec,
  period: Period,
  taxonomy: Taxonomy | null,
): Promise<Counted> {
  const axes: GroupAxis[] = [...question.breakdown, { kind: 'event', property: spec.groupBy }];
  const space = new GroupSpace(axes);
  const stateSpace = new GroupSpace([...axes, { kind: 'event', property: STATE }]);
  const capture = planCapture({ question, space, axis: period.axis, filters: [] });
  const reactions = countEvents({
    question,
    space: stateSpace,
    axis: period.axis,
    ref: { event: REACTION },
    ignores: (type, property) => isUntouchedBy(question, [COMPLETED, REACTION], type, property),
  });
  await runScans(question, [...capture.scans, ...reactions.scans]);
  capture.finish();
  const known = statesInOrder(taxonomy ?? { version: '', valid_from: '', states: [] }).map(({ id }) => id);
  const met = reactions.groups.grouping.values.map((value) => value.at(-1) ?? null);
  const unknown = [...new Set(met)].filter((state) => state !== null && !known.includes(state)).sort();
  const states = [...known, ...unknown.filter((state) => state !== null)];
  const cells = [
    ...occurringValues(space),
    ...occurringValues(stateSpace).map((value) => value.slice(0, axes.length)),
  ];
  return {
    period,
    capture,
    reactions,
    cells: [...new Map(cells.map((cell) => [keyOf(cell), cell])).values()],
    states,
    allStates: [...states, null],
  };
}

function occurringValues(space: GroupSpace): GroupValue[] {
  const { grouping } = space.full;
  return grouping.values.filter((_value, group) => grouping.occurs(group));
}

function contentOf(spec: StatesSpec, counted: Counted, cells: readonly GroupValue[]): StatesContent {
  const byGroup = new Map<string | null, GroupValue[]>();
  for (const cell of cells) {
    const group = cell.at(-1) ?? null;
    byGroup.set(group, [...(byGroup.get(group) ?? []), cell]);
  }
  const sets = [...byGroup].map(([value, own]) => ({ value, sets: setsOf(counted, own) }));
  const sized = sets.map((entry) => ({ ...entry, whole: rowAt(counted, entry.value, entry.sets, null) }));
  sized.sort(
    (a, b) =>
      b.whole.completed - a.whole.completed || b.whole.n - a.whole.n || compareValues([a.value], [b.value]),
  );
  const all = setsOf(counted, cells);
  if (spec.interval === undefined) {
    return { rows: sized.map(({ whole }) => whole), total: rowAt(counted, null, all, null) };
  }
  return {
    buckets: bucketInstants(counted.period),
    rows: sized.map((entry) => seriesRow(counted, entry.value, entry.sets)),
    total: seriesRow(counted, null, all),
  };
}

interface RowSets {
  cells: GroupSet;
  byState: GroupSet[];
  reactions: GroupSet;
}

function setsOf({ states, allStates }: Counted, cells: readonly GroupValue[]): RowSets {
  const inState = (state: string | null): GroupValue[] => cells.map((cell) => [...cell, state]);
  return {
    cells: new GroupSet(cells),
    byState: states.map((state) => new GroupSet(inState(state))),
    reactions: new GroupSet(allStates.flatMap(inState)),
  };
}

function rowAt(counted: Counted, value: string | null, sets: RowSets, bucket: number | null): StatesRow {
  const { capture, reactions, states } = counted;
  const n = reactions.at(sets.reactions, bucket);
  const completed = capture.completed(sets.cells, bucket);
  const captured = capture.captured(sets.cells, bucket);
  return {
    value,
    n,
    captured,
    completed,
    captureRate: rateOf(captured, completed),
    states: states.map((state, index) => {
      const count = reactions.at(sets.byState[index] ?? new GroupSet([]), bucket);
      return { state, count, ...rateOf(count, n) };
    }),
  };
}

function rateOf(numerator: number, denominator: number): RateWithInterval {
  if (denominator === 0) return { value: null, low: null, high: null };
  const [low, high] = wilsonInterval(numerator, denominator);
  return { value: numerator / denominator, low, high };
}

function seriesRow(counted: Counted, value: string | null, sets: RowSets): StatesSeriesRow {
  const rows = Array.from({ length: counted.period.axis.buckets }, (_, bucket) =>
    rowAt(counted, value, sets, bucket),
  );
  return {
    value,
    n: rows.map(({ n }) => n),
    captured: rows.map(({ captured }) => captured),
    completed: rows.map(({ completed }) => completed),
    captureRate: {
      value: rows.map(({ captureRate }) => captureRate.value),
      low: rows.map(({ captureRate }) => captureRate.low),
      high: rows.map(({ captureRate }) => captureRate.high),
    },
    states: counted.states.map((state, index) => ({
      state,
      count: rows.map(({ states }) => states[index]?.count ?? 0),
      value: rows.map(({ states }) => states[index]?.value ?? null),
    })),
  };
}
