import type { Range } from '../../../../shared/query/common-spec.ts';
import type { Expanded } from '../../../../shared/query/answer.ts';
import type {
  RetentionCell,
  RetentionCohort,
  RetentionContent,
} from '../../../../shared/query/kind-answers.ts';
import type { RetentionSpec } from '../../../../shared/query/kinds/retention.ts';
import { ExactSum } from '../../../../shared/stats/exact-sum.ts';
import { MS_PER_INTERVAL } from '../../plan/elapsed.ts';
import { eventTypesOf } from '../../plan/event-match.ts';
import type { Period, PeriodOptions } from '../../plan/period.ts';
import type { Question } from '../../plan/question.ts';
import { divide } from '../../plan/series.ts';
import { boundariesBeyond, lastIntervals, widen } from '../../plan/whole-intervals.ts';
import { comparePeriods, expandParts } from '../expand-parts.ts';
import { joinMembers } from '../members.ts';
import { columnsOf, type RetentionColumns } from './retention-columns.ts';
import type { RetentionSlotPart } from './retention-slot.ts';

/** A cell whose period is over once the clock has passed this; the answer says so when it is given. */
type TimedCell = Omit<RetentionCell, 'partial'> & { overMs: number };

export async function answerRetention(
  question: Question,
  spec: RetentionSpec,
  options: PeriodOptions,
): Promise<Expanded<RetentionContent>> {
  for (const ref of [spec.anchor, spec.return]) question.reads(eventTypesOf(ref));
  return comparePeriods(
    spec,
    options,
    (period) =>
      expandParts<RetentionSlotPart, RetentionContent>(question, spec.breakdown, period, {
        step: 'retention',
        contentOf: (slots) => contentOf(question, spec, period, slots),
        unitsOf: (slots) => usersOf(spec, period, slots),
      }),
    { widen: (period) => periodsOf(spec, period), range: retentionRange(spec) },
  );
}

/** With `cohorts` periods are counted back from the end of the range, wherever it begins. */
export const retentionRange = ({ cohorts, range }: RetentionSpec): Range =>
  cohorts === undefined ? range : { from: null, to: range.to };

/** The periods whose cohorts are listed; none before an open end without events. */
export function periodsOf(spec: RetentionSpec, period: Period): Period {
  const isNowhere = spec.range.to === null && period.startMs === period.endMs;
  return spec.cohorts === undefined || isNowhere ? widen(period) : lastIntervals(period, spec.cohorts);
}

function usersOf(spec: RetentionSpec, period: Period, slots: readonly RetentionSlotPart[]): number {
  const width = columnsOf(spec, period).from.length;
  let users = 0;
  for (const { counts } of slots)
    for (let cell = 0; cell < counts.length; cell += width) users += counts[cell] ?? 0;
  return users;
}

function contentOf(
  { mostMembers }: Question,
  spec: RetentionSpec,
  period: Period,
  slots: readonly RetentionSlotPart[],
): RetentionContent {
  const columns = columnsOf(spec, period);
  const overMs = createOver(spec, period, columns);
  const cohorts = Array.from({ length: period.axis.buckets }, (_, cohort): RetentionCohort => {
    const first = cohort * columns.from.length;
    const cells = columns.from
      .filter((from) => cohort + from < period.axis.buckets)
      .map((_from, column) =>
        cellOf(spec, slots, { cell: first + column, overMs: overMs(cohort, column), mostMembers }),
      );
    return {
      start: new Date(period.axis.boundaries[cohort] ?? 0).toISOString(),
      size: cells[0]?.count ?? 0,
      cells: cells as unknown as RetentionCell[], // their `partial` is filled in by `atTime`
    };
  });
  return { cohorts };
}

function cellOf(
  spec: RetentionSpec,
  slots: readonly RetentionSlotPart[],
  { cell, overMs, mostMembers }: { cell: number; overMs: number; mostMembers: number },
): TimedCell {
  return {
    count: slots.reduce((sum, { counts }) => sum + (counts[cell] ?? 0), 0),
    overMs,
    ...(spec.aggregate === undefined ? {} : { value: valueOf(spec.aggregate.measure, slots, cell) }),
    ...(spec.members
      ? {
          members: joinMembers(
            slots.map(({ members }) => members[cell] ?? []),
            mostMembers,
          ),
        }
      : {}),
  };
}

function valueOf(measure: 'sum' | 'mean', slots: readonly RetentionSlotPart[], cell: number): number | null {
  const total = new ExactSum();
  let holders = 0;
  for (const slot of slots) {
    for (const partial of slot.sums[cell] ?? []) total.add(partial);
    holders += slot.holders[cell] ?? 0;
  }
  return measure === 'sum' ? total.value : divide(total.value, holders);
}

/** When the last event that a cell can count has to have happened. */
function createOver(
  spec: RetentionSpec,
  period: Period,
  columns: RetentionColumns,
): (cohort: number, column: number) => number {
  const longest = Math.max(...columns.to);
  const boundaries = boundariesBeyond(period, longest);
  if (spec.mode === 'rolling')
    return (_cohort, column) => (column === 0 ? (boundaries[_cohort + 1] ?? 0) : period.endMs);
  if (spec.mode === 'calendar')
    return (cohort, column) => boundaries[cohort + (columns.to[column] ?? 0)] ?? 0;
  return (cohort, column) =>
    (boundaries[cohort + 1] ?? 0) + (columns.to[column] ?? 0) * MS_PER_INTERVAL[spec.interval];
}

/** The answer as of an instant: which cells are still open. */
export function retentionAtTime(
  result: Expanded<RetentionContent>,
  nowMs: number,
): Expanded<RetentionContent> {
  const at = <Content extends RetentionContent>(content: Content): Content => ({
    ...content,
    cohorts: content.cohorts.map((cohort) => ({
      ...cohort,
      cells: cohort.cells.map((cell) => {
        const { count, overMs, ...kept } = cell as unknown as TimedCell;
        return { count, partial: overMs > nowMs, ...kept };
      }),
    })),
  });
  const { breakdowns, rest, previous } = result;
  return {
    ...at(result),
    ...(breakdowns === undefined ? {} : { breakdowns: breakdowns.map(at) }),
    ...(rest === undefined ? {} : { rest: at(rest) }),
    ...(previous === undefined ? {} : { previous: retentionAtTime(previous, nowMs) }),
  };
}
