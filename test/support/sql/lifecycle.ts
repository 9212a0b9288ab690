import { type Asking, type Slice, type Sliced, takenStage } from './asking.ts';
import { axisOf, spansStage, startsOf } from './calendar.ts';
import { type Stage, numberIn, stageAll, sumBy, textIn } from './database.ts';
import { refSql } from './filter-sql.ts';
import type { LifecycleQuestion } from './question.ts';

const STATUSES = ['new', 'returning', 'resurrected', 'dormant'];

/** New, returning, resurrected and dormant users: the buckets of a user, joined with those before and after. */
export async function lifecycleBySlice(
  asking: Asking<LifecycleQuestion>,
  slice: Slice,
): Promise<Sliced<object>> {
  const { database, question, range } = asking;
  const { interval } = question;
  const axis = await axisOf(database, { range, interval, calendar: question, before: 1 });
  await stageAll(database, [
    spansStage(database, axis.buckets.slice(0, axis.to)),
    takenStage(asking, slice),
    ...statusStages(asking),
  ]);
  const rows = await database.select(
    'SELECT value, place, status, COUNT(*) AS users FROM statuses GROUP BY value, place, status',
  );
  const sizes = await database.select(
    'SELECT value, COUNT(DISTINCT user_id) AS users FROM active GROUP BY value',
  );
  return {
    units: sumBy(sizes, 'value', 'users'),
    contentOf: (value) => {
      const own = rows.filter((row) => textIn(row, 'value') === value);
      const usersAt = (place: number, status: string) =>
        numberIn(
          own.find((row) => numberIn(row, 'place') === place && row['status'] === status),
          'users',
        );
      const starts = startsOf(axis);
      return {
        buckets: starts,
        ...Object.fromEntries(
          STATUSES.map((status) => [status, starts.map((_, index) => usersAt(axis.from + index, status))]),
        ),
      };
    },
  };
}

/** `active`: users in the buckets where they are; `statuses`: what that makes of them there. */
function statusStages({ question, database }: Asking<LifecycleQuestion>): Stage[] {
  const { dataset, dialect } = database;
  const bucket = dialect.bucketStartMs('ts_ms', question.interval, question);
  const isSame = 'near_value = active.value AND near_user = active.user_id';
  return [
    {
      name: 'matching',
      sql: `SELECT value, user_id, ts_ms, ${bucket} AS bucket_ms FROM taken
        WHERE user_id IS NOT NULL AND (${refSql(question.event, dataset.events, dialect)})`,
    },
    {
      name: 'firsts',
      sql: `SELECT value AS first_value, user_id AS first_user, MIN(bucket_ms) AS first_ms FROM matching
        GROUP BY value, user_id`,
    },
    {
      name: 'active',
      sql: 'SELECT DISTINCT value, user_id, place, start_ms FROM matching JOIN spans ON start_ms = bucket_ms',
    },
    {
      name: 'neighbours',
      sql: 'SELECT value AS near_value, user_id AS near_user, place AS near_place FROM active',
    },
    {
      name: 'statuses',
      sql: `SELECT value, place, CASE
          WHEN first_ms = start_ms THEN 'new'
          WHEN near_place IS NOT NULL THEN 'returning'
          ELSE 'resurrected' END AS status
        FROM active
        JOIN firsts ON first_value = active.value AND first_user = active.user_id
        LEFT JOIN neighbours ON ${isSame} AND near_place = active.place - 1
        UNION ALL
        SELECT value, place + 1 AS place, 'dormant' AS status FROM active
        LEFT JOIN neighbours ON ${isSame} AND near_place = active.place + 1
        WHERE near_place IS NULL`,
    },
  ];
}
