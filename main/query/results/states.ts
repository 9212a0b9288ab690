import type { Taxonomy } from '../../../shared/domain/taxonomy.ts';
import { statesInOrder } from '../../../shared/domain/taxonomy.ts';
import type {
  RateWithInterval,
  StatesContent,
  StatesResult,
  StatesRow,
  StatesSeriesRow,
} from '../../../shared/query/answer.ts';
import { AppError } from '../../../shared/errors.ts';
import type { StatesSpec } from '../../../shared/query/kinds/states.ts';
import { wilsonInterval } from '../../../shared/stats/wilson.ts';
import { isUntouchedBy, type Capture, COMPLETED, planCapture, REACTION } from '../plan/capture.ts';
import { type GroupAxis, type GroupValue, keyOf } from '../plan/grouping.ts';
import { bucketInstants, comparedPeriod, type Period, type PeriodOptions, periodOf } from '../plan/period.ts';
import { countEvents, type Quantity } from '../plan/quantity.ts';
import { type GroupingRef, type GroupSet, GroupSpace, type Question } from '../plan/question.ts';
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

/** Everything counted once. Axes: those of the breakdown, then the group, then (of reactions) the state. */
interface Counted {
  period: Period;
  capture: Capture;
  reactions: Quantity;
  groupAxis: number;
  /** Values of the breakdown and of `groupBy` that occur. */
  breakdowns: GroupValue[];
  groups: (string | null)[];
  /** Whether completions or reactions have the group of a row. */
  occurs: (set: GroupSet) => boolean;
  /** In order of the taxonomy, then those that only the data knows. */
  states: string[];
}

async function computeStates(
  question: Question,
  spec: StatesSpec,
  period: Period,
  taxonomy: Taxonomy | null,
): Promise<StatesResult> {
  const counted = await countStates(question, spec, period, taxonomy);
  return expand<StatesContent>(
    {
      values: counted.breakdowns,
      contentOf: (set) => contentOf(question, spec, counted, set),
      unitsOf: (set) => counted.capture.completed(set, null),
    },
    spec.breakdown?.limit ?? null,
    question.pace,
  );
}

async function countStates(
  question: Question,
  spec: StatesSpec,
  period: Period,
  taxonomy: Taxonomy | null,
): Promise<Counted> {
  const groupAxis = question.breakdown.length;
  const axes: GroupAxis[] = [...question.breakdown, { kind: 'event', property: spec.groupBy }];
  const space = new GroupSpace(axes);
  const stateSpace = new GroupSpace([...axes, { kind: 'event', property: STATE }]);
  const capture = await planCapture({ question, space, axis: period.axis, filters: [] });
  const reactions = countEvents({
    question,
    space: stateSpace,
    axis: period.axis,
    ref: { event: REACTION },
    ignores: (type, property) => isUntouchedBy(question, [COMPLETED, REACTION], type, property),
  });
  await runScans(question, [...capture.scans, ...reactions.scans]);
  capture.finish();
  const refs = [capture.completedGroups, capture.capturedGroups(), reactions.groups];
  return {
    period,
    capture,
    reactions,
    groupAxis,
    breakdowns: valuesOn([...question.breakdown.keys()], refs),
    groups: valuesOn([groupAxis], refs).map(([value]) => value ?? null),
    occurs: (set) =>
      refs.some(
        (ref) => ref.axes.includes(groupAxis) && set.idsIn(ref).some((id) => ref.grouping.occurs(id)),
      ),
    states: statesOf(taxonomy, valuesOn([groupAxis + 1], [reactions.groups])),
  };
}

/** Values on some axes that occur in groupings which have all of them. */
function valuesOn(wanted: readonly number[], refs: readonly GroupingRef[]): GroupValue[] {
  const found = new Map<string, GroupValue>();
  for (const { grouping, axes } of refs) {
    if (!wanted.every((axis) => axes.includes(axis))) continue;
    for (const [group, value] of grouping.values.entries()) {
      if (!grouping.occurs(group)) continue;
      const part = wanted.map((axis) => value[axes.indexOf(axis)] ?? null);
      found.set(keyOf(part), part);
    }
  }
  return [...found.values()];
}

function statesOf(taxonomy: Taxonomy | null, met: readonly GroupValue[]): string[] {
  const known = taxonomy === null ? [] : statesInOrder(taxonomy).map(({ id }) => id);
  const others = met.flatMap(([state]) => state ?? []).filter((state) => !known.includes(state));
  return [...known, ...others.sort()];
}

async function contentOf(
  { pace }: Question,
  spec: StatesSpec,
  counted: Counted,
  set: GroupSet,
): Promise<StatesContent> {
  const { groups, groupAxis, occurs, period } = counted;
  const sized: { value: string | null; rowAt: RowAt; whole: StatesRow }[] = [];
  for (const value of groups) {
    const own = set.and(groupAxis, value);
    if (!occurs(own)) continue;
    const rowAt = createRow(counted, value, own);
    sized.push({ value, rowAt, whole: rowAt(null) });
    await pace.breathe();
  }
  sized.sort(
    (a, b) =>
      b.whole.completed - a.whole.completed || b.whole.n - a.whole.n || compareValues([a.value], [b.value]),
  );
  const totalAt = createRow(counted, null, set);
  if (spec.interval === undefined) return { rows: sized.map(({ whole }) => whole), total: totalAt(null) };
  refuseTooLarge(sized.length, counted);
  const rows: StatesSeriesRow[] = [];
  for (const { value, rowAt } of sized) {
    rows.push(seriesRow(counted, value, rowAt));
    await pace.breathe();
  }
  return { buckets: bucketInstants(period), rows, total: seriesRow(counted, null, totalAt) };
}

const MOST_NUMBERS = 2_000_000; // 16 MB of one kind; nobody reads more rows than that

function refuseTooLarge(rows: number, { period, states }: Counted): void {
  const numbers = rows * period.axis.buckets * (states.length * 2 + 6);
  if (numbers <= MOST_NUMBERS) return;
  const message = `the answer would hold ${numbers} numbers, at most ${MOST_NUMBERS} are sent; ask for fewer groups or longer buckets`;
  throw new AppError('too-large', message);
}

type RowAt = (bucket: number | null) => StatesRow;

/** A row as a function of the bucket; null is the whole range. */
function createRow(
  { capture, reactions, states, groupAxis }: Counted,
  value: string | null,
  set: GroupSet,
): RowAt {
  const byState = states.map((state) => ({ state, set: set.and(groupAxis + 1, state) }));
  return (bucket) => {
    const n = reactions.at(set, bucket);
    const completed = capture.completed(set, bucket);
    const captured = capture.captured(set, bucket);
    return {
      value,
      n,
      captured,
      completed,
      captureRate: rateOf(captured, completed),
      states: byState.map(({ state, set: own }) => {
        const count = reactions.at(own, bucket);
        return { state, count, ...rateOf(count, n) };
      }),
    };
  };
}

function rateOf(numerator: number, denominator: number): RateWithInterval {
  if (denominator === 0) return { value: null, low: null, high: null };
  const [low, high] = wilsonInterval(numerator, denominator);
  return { value: numerator / denominator, low, high };
}

function seriesRow(counted: Counted, value: string | null, rowAt: RowAt): StatesSeriesRow {
  const rows = Array.from({ length: counted.period.axis.buckets }, (_, bucket) => rowAt(bucket));
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
