import { divide, exactSum } from './exact.ts';
import { expanded } from './expand.ts';
import { fits } from './filter.ts';
import { isFirstTime } from './first-times.ts';
import { membersIf } from './members.ts';
import { IGNORES_NOTHING, type Line } from './outcome.ts';
import { type Question, inSpan } from './question.ts';
import { Refused } from './refused.ts';
import { type Row, numberOf } from './rows.ts';
import type { Interval, RetentionAggregate, RetentionSpec } from './types.ts';
import { type Bucket, bucketAt, bucketsOf } from './zone.ts';

/** Who comes back, user by user and cell by cell. */
export function answerRetention(spec: RetentionSpec, question: Question): object {
  if (spec.periods != null && spec.brackets != null) throw new Refused('periods and brackets at once');
  const scene = toScene(spec, question);
  return expanded(
    {
      answer: (range, line) => ({ cohorts: cohortsOf(scene, range, line) }),
      values: (naming, range) => scene.anchors.filter((row) => inSpan(row, range)).map(naming.of),
      units: (line, range) =>
        periodsOf(scene, range)
          .map((period) => joining(scene, { period, range, line }).size)
          .reduce((sum, size) => sum + size, 0),
      omitsEmpty: true,
    },
    spec.breakdown,
    question,
  );
}

interface Scene {
  spec: RetentionSpec;
  question: Question;
  interval: Interval;
  mode: NonNullable<RetentionSpec['mode']>;
  /** Events of users that make them join a cohort: their first ones are looked for line by line. */
  anchors: Row[];
  returns: Row[];
}

function toScene(spec: RetentionSpec, question: Question): Scene {
  const { type = 'recurring', interval = 'day', mode = 'calendar' } = spec;
  const taken = question.rows.filter((row) => row.user !== null && question.takes(row));
  const isAnchor =
    type === 'first_ever' ? isFirstTime(spec.anchor, 'ever', question) : (row: Row) => fits(spec.anchor, row);
  return {
    spec,
    question,
    interval,
    mode,
    anchors: taken.filter(isAnchor),
    returns: taken.filter((row) => fits(spec.return, row)),
  };
}

/** Of a breakdown value the first matching event is the first one that has the value. */
function anchorsOn({ anchors, spec }: Scene, line: Line): Row[] {
  const own = anchors.filter((row) => line.has(row, IGNORES_NOTHING));
  if (spec.type !== 'first_time') return own;
  return own.filter(({ user, tsMs }) => !own.some((other) => other.user === user && other.tsMs < tsMs));
}

const periodsOf = ({ interval, question }: Scene, range: Bucket): Bucket[] =>
  bucketsOf(range, interval, question.calendar);

/** The same and so many more. */
function periodsBeyond(scene: Scene, range: Bucket, more: number): Bucket[] {
  const periods = periodsOf(scene, range);
  for (let count = 0; count < more; count++) {
    const endMs = periods.at(-1)?.endMs;
    if (endMs !== undefined) periods.push(bucketAt(endMs, scene.interval, scene.question.calendar));
  }
  return periods;
}

interface Place {
  period: Bucket;
  range: Bucket;
  line: Line;
}

/** Users who join the cohort of a period, with the instant of their anchor event. In 24-hour mode only the first one counts. */
function joining(scene: Scene, { period, range, line }: Place): Map<string, number> {
  const { mode } = scene;
  const own = anchorsOn(scene, line).filter((row) => inSpan(row, range));
  const anchorMs = new Map<string, number>();
  for (const { user, tsMs } of mode === '24h' ? own : own.filter((row) => inSpan(row, period))) {
    if (user !== null) anchorMs.set(user, Math.min(tsMs, anchorMs.get(user) ?? Infinity));
  }
  return new Map([...anchorMs].filter(([, ms]) => ms >= period.startMs && ms < period.endMs));
}

/** A column: the intervals from `first` to `last` after the cohort. */
interface Column {
  first: number;
  last: number;
}

function columnsOf({ spec }: Scene, cohorts: number): Column[] {
  const { brackets, periods } = spec;
  if (brackets == null) {
    return Array.from({ length: periods ?? cohorts }, (_, column) => ({ first: column, last: column }));
  }
  const columns: Column[] = [{ first: 0, last: 0 }];
  for (const length of brackets) {
    const first = (columns.at(-1)?.last ?? 0) + 1;
    columns.push({ first, last: first + length - 1 });
  }
  return columns;
}

function cohortsOf(scene: Scene, range: Bucket, line: Line): object[] {
  const periods = periodsOf(scene, range);
  const columns = columnsOf(scene, periods.length);
  const allPeriods = periodsBeyond(scene, range, columns.at(-1)?.last ?? 0);
  return periods.map((period, cohort) => {
    const joined = joining(scene, { period, range, line });
    const later = allPeriods.slice(cohort);
    const listed = columns.filter(({ first }) => (later[first]?.startMs ?? Infinity) < range.endMs);
    return {
      start: new Date(period.startMs).toISOString(),
      size: joined.size,
      cells: listed.map((column) => cellOf(scene, { period, later, range, line, joined, column, columns })),
    };
  });
}

interface Cell extends Place {
  /** The cohort's own period and those after it. */
  later: readonly Bucket[];
  joined: Map<string, number>;
  column: Column;
  columns: readonly Column[];
}

function cellOf(scene: Scene, cell: Cell): object {
  const { spec } = scene;
  const { joined, column } = cell;
  const counted =
    column.first === 0
      ? [...joined.keys()]
      : [...joined.keys()].filter((user) => cameBack(scene, cell, user));
  return {
    count: counted.length,
    partial: isOpen(scene, cell),
    ...(spec.aggregate ? { value: aggregated(scene, spec.aggregate, { cell, counted }) } : {}),
    ...membersIf(spec.members, counted),
  };
}

/** In one interval of the column; rolling, of this or a later one. */
function cameBack(scene: Scene, cell: Cell, user: string): boolean {
  const { minimumReturns = 1, brackets } = scene.spec;
  const { column, columns } = cell;
  const lastBracket = columns.at(-1)?.last ?? 0;
  const last = scene.mode !== 'rolling' ? column.last : brackets == null ? Infinity : lastBracket;
  for (let interval = column.first; interval <= last; interval++) {
    const span = spanOf(scene, cell, user, interval);
    if (span === null || span.startMs >= cell.range.endMs) return false;
    if (returnsIn(scene, cell, user, span).length >= minimumReturns) return true;
  }
  return false;
}

const WINDOW_MS: Readonly<Record<Interval, number>> = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
};

/** An interval of a user: a calendar period or, in 24-hour mode, a window from the user's own anchor event. */
function spanOf(scene: Scene, { later, joined }: Cell, user: string, interval: number): Bucket | null {
  if (scene.mode !== '24h') return later[interval] ?? null;
  const windowMs = WINDOW_MS[scene.interval];
  const startMs = (joined.get(user) ?? 0) + interval * windowMs;
  return { startMs, endMs: startMs + windowMs };
}

const returnsIn = ({ returns }: Scene, { range, line }: Cell, user: string, span: Bucket): Row[] =>
  returns.filter(
    (row) =>
      row.user === user && inSpan(row, span) && row.tsMs < range.endMs && line.has(row, IGNORES_NOTHING),
  );

/** Whether more events may still change the cell. */
function isOpen(scene: Scene, { period, later, range, column }: Cell): boolean {
  const { nowMs } = scene.question;
  if (scene.mode === 'rolling' && column.first > 0) return range.endMs > nowMs;
  if (scene.mode === '24h') return period.endMs + (column.last + 1) * WINDOW_MS[scene.interval] > nowMs;
  return (later[column.last]?.endMs ?? Infinity) > nowMs;
}

/** Of the return events of counted users in the intervals of the column, in interval 0 from the anchor event on. */
function aggregated(
  scene: Scene,
  aggregate: RetentionAggregate,
  { cell, counted }: { cell: Cell; counted: readonly string[] },
): number | null {
  const perUser = counted.map((user) => {
    const returns = returnsOfColumn(scene, cell, user);
    if ('userProperty' in aggregate)
      return returns.slice(0, 1).flatMap((row) => userNumber(scene, row, aggregate));
    return returns.map((row) => numberOf(row, aggregate.property)).filter((number) => number !== null);
  });
  const sum = exactSum(perUser.flat());
  const users = perUser.filter((numbers) => numbers.length > 0).length;
  return aggregate.measure === 'sum' ? sum : divide(sum, users);
}

function returnsOfColumn(scene: Scene, cell: Cell, user: string): Row[] {
  const { first, last } = cell.column;
  const anchorMs = cell.joined.get(user) ?? 0;
  const intervals = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return intervals
    .flatMap((interval) => {
      const span = spanOf(scene, cell, user, interval);
      return span === null ? [] : returnsIn(scene, cell, user, span);
    })
    .filter((row) => row.tsMs >= anchorMs);
}

function userNumber({ question }: Scene, row: Row, { userProperty }: { userProperty: string }): number[] {
  const value = question.userFields(row).get(userProperty);
  return typeof value === 'number' ? [value] : [];
}
