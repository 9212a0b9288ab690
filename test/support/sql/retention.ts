import { type Asking, type Slice, type Sliced, type Span, takenStage, withinSql } from './asking.ts';
import { type Axis, axisOf, spansStage, valuesSql } from './calendar.ts';
import { type SqlRow, type Stage, numberIn, stageAll, sumBy, textIn } from './database.ts';
import { refSql, typeSql } from './filter-sql.ts';
import type { RetentionQuestion } from './question.ts';

/** Who comes back: users of a cohort joined with the intervals after it in which they did. */

interface Retention {
  asking: Asking<RetentionQuestion>;
  /** From the first cohort to the end of the last column of the last one. */
  periods: readonly Span[];
  cohorts: number;
  columns: readonly Column[];
}

/** Intervals after the cohort, both included. */
interface Column {
  first: number;
  last: number;
}

const DAY_MS = 86_400_000;
const WINDOW_MS = { hour: DAY_MS / 24, day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS };

export async function retentionBySlice(
  asking: Asking<RetentionQuestion>,
  slice: Slice,
): Promise<Sliced<object>> {
  const { database, question } = asking;
  const retention = await toRetention(asking);
  await stageAll(database, [
    spansStage(database, retention.periods),
    takenStage(asking, slice),
    ...cohortStages(retention),
    ...returnStages(retention),
    bracketsStage(retention),
  ]);
  const sizes = await database.select(
    'SELECT value, cohort, COUNT(*) AS users FROM cohorts GROUP BY value, cohort',
  );
  const isIn =
    question.mode === 'rolling'
      ? 'later >= first_interval'
      : 'later >= first_interval AND later <= last_interval';
  const counts = await database.select(`SELECT value, cohort, bracket, COUNT(DISTINCT user_id) AS users
    FROM came_back CROSS JOIN brackets WHERE ${isIn} GROUP BY value, cohort, bracket`);
  return {
    units: sumBy(sizes, 'value', 'users'),
    contentOf: (value) => ({ cohorts: cohortsOf(retention, { value, sizes, counts }) }),
  };
}

/** The periods of the range, or the last so many up to its end wherever it begins. */
async function toRetention(asking: Asking<RetentionQuestion>): Promise<Retention> {
  const { database, question, range } = asking;
  const options = { range, interval: question.interval, calendar: question };
  const { from, to } = await axisOf(database, options);
  const cohorts = question.cohorts ?? to - from;
  const columns = columnsOf(question, cohorts);
  const axis: Axis = await axisOf(database, {
    ...options,
    before: Math.max(0, cohorts - (to - from)),
    after: columns.at(-1)?.last ?? 0,
  });
  return { asking, periods: axis.buckets.slice(Math.max(0, axis.to - cohorts)), cohorts, columns };
}

function columnsOf({ brackets, periods }: RetentionQuestion, cohorts: number): Column[] {
  if (brackets === undefined)
    return Array.from({ length: periods ?? cohorts }, (_, column) => ({ first: column, last: column }));
  let last = 0;
  return [
    { first: 0, last: 0 },
    ...brackets.map((length) => {
      const first = last + 1;
      last += length;
      return { first, last };
    }),
  ];
}

/** Whole intervals, also where the range cuts one. */
const spanOf = ({ periods, cohorts }: Retention): Span => ({
  startMs: periods[0]?.startMs ?? 0,
  endMs: periods[cohorts - 1]?.endMs ?? 0,
});

/** `cohorts`: a row for each user in each cohort, with the anchor event that counts for 24-hour windows. */
function cohortStages(retention: Retention): Stage[] {
  const { question, database } = retention.asking;
  const fits = refSql(question.anchor, database.dataset.events, database.dialect);
  const period = database.dialect.bucketStartMs('ts_ms', question.interval, question);
  const single = 'SELECT value, user_id, MIN(ts_ms) AS ts_ms FROM anchors GROUP BY value, user_id';
  return [
    {
      name: 'matching',
      sql: `SELECT value, user_id, ts_ms FROM taken WHERE user_id IS NOT NULL AND (${fits})`,
    },
    {
      name: 'anchors',
      sql: `SELECT * FROM (${anchorsSql(retention.asking)}) AS joining WHERE ${withinSql(spanOf(retention))}`,
    },
    { name: 'counted_anchors', sql: question.mode === '24h' ? single : 'SELECT * FROM anchors' },
    { name: 'dated', sql: `SELECT value, user_id, ts_ms, ${period} AS period_ms FROM counted_anchors` },
    {
      name: 'cohorts',
      sql: `SELECT value, user_id, place AS cohort, MIN(ts_ms) AS anchor_ms
        FROM dated JOIN spans ON start_ms = period_ms GROUP BY value, user_id, place`,
    },
  ];
}

function anchorsSql({ question, database }: Retention['asking']): string {
  switch (question.type) {
    case 'recurring':
      return 'SELECT value, user_id, ts_ms FROM matching';
    case 'first_time':
      return 'SELECT value, user_id, MIN(ts_ms) AS ts_ms FROM matching GROUP BY value, user_id';
    case 'first_ever':
      return `SELECT value, user_id, ts_ms FROM matching JOIN (
          SELECT user_id AS first_user, MIN(ts_ms) AS first_ms FROM stored
          WHERE ${typeSql(question.anchor, database.dialect)} GROUP BY user_id
        ) AS firsts ON first_user = user_id WHERE first_ms = ts_ms`;
  }
}

/** `came_back`: the intervals after the cohort in which a user returned often enough, as `later`. */
function returnStages(retention: Retention): Stage[] {
  const { question, database } = retention.asking;
  const { dialect } = database;
  const fits = refSql(question.return, database.dataset.events, dialect);
  const period = dialect.bucketStartMs('ts_ms', question.interval, question);
  const windows = dialect.quotient('returned_ms - anchor_ms', String(WINDOW_MS[question.interval]));
  const [later, dated] =
    question.mode === '24h'
      ? [windows, 'WHERE anchor_ms <= returned_ms']
      : ['place - cohort', 'JOIN spans ON start_ms = period_ms'];
  return [
    {
      name: 'returned',
      sql: `SELECT value AS returned_value, user_id AS returned_user, ts_ms AS returned_ms,
          ${period} AS period_ms
        FROM taken WHERE user_id IS NOT NULL AND (${fits}) AND ${withinSql(spanOf(retention))}`,
    },
    {
      name: 'pairs',
      sql: `SELECT value, cohort, user_id, ${later} AS later
        FROM cohorts JOIN returned ON returned_user = user_id AND returned_value = value ${dated}`,
    },
    {
      name: 'came_back',
      sql: `SELECT value, cohort, user_id, later FROM pairs WHERE later > 0
        GROUP BY value, cohort, user_id, later HAVING COUNT(*) >= ${question.minimumReturns}`,
    },
  ];
}

const bracketsStage = ({ asking, columns }: Retention): Stage => ({
  name: 'brackets',
  sql: valuesSql(
    asking.database,
    ['bracket', 'first_interval', 'last_interval'],
    columns.map(({ first, last }, bracket) => [bracket, first, last]),
  ),
});

interface Counts {
  value: string;
  sizes: readonly SqlRow[];
  counts: readonly SqlRow[];
}

function cohortsOf(retention: Retention, { value, sizes, counts }: Counts): object[] {
  const { periods, columns } = retention;
  const isAt = (row: SqlRow, cohort: number) =>
    textIn(row, 'value') === value && numberIn(row, 'cohort') === cohort;
  return periods.slice(0, retention.cohorts).map(({ startMs }, cohort) => {
    const size = numberIn(
      sizes.find((row) => isAt(row, cohort)),
      'users',
    );
    const own = counts.filter((row) => isAt(row, cohort));
    const usersIn = (bracket: number) =>
      numberIn(
        own.find((row) => numberIn(row, 'bracket') === bracket),
        'users',
      );
    const isListed = ({ first }: Column) =>
      (periods[cohort + first]?.startMs ?? Infinity) < spanOf(retention).endMs;
    return {
      start: new Date(startMs).toISOString(),
      size,
      cells: columns.filter(isListed).map((column, bracket) => ({
        count: bracket === 0 ? size : usersIn(bracket),
        partial: isOpen(retention, cohort, column),
      })),
    };
  });
}

/** Whether more events may still change a cell. */
function isOpen(retention: Retention, cohort: number, { first, last }: Column): boolean {
  const { asking, periods } = retention;
  const { mode, interval } = asking.question;
  const endOf = (place: number) => periods[place]?.endMs ?? Infinity;
  if (mode === '24h') return endOf(cohort) + (last + 1) * WINDOW_MS[interval] > asking.nowMs;
  if (mode === 'rolling' && first > 0) return spanOf(retention).endMs > asking.nowMs;
  return endOf(cohort + last) > asking.nowMs;
}
