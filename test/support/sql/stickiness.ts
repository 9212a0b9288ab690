import { type Asking, type Slice, type Sliced, takenStage } from './asking.ts';
import { axisOf, insideOf, spansStage } from './calendar.ts';
import { type Stage, numberIn, stageAll, sumBy, textIn } from './database.ts';
import { refSql } from './filter-sql.ts';
import type { StickinessQuestion } from './question.ts';

const SIGNS = { gte: '>=', lte: '<=', is: '=' };

/** In how many buckets users were active: events per user and bucket, then buckets per user, then users. */
export async function stickinessBySlice(
  asking: Asking<StickinessQuestion>,
  slice: Slice,
): Promise<Sliced<object>> {
  const { database, question, range } = asking;
  const axis = await axisOf(database, { range, interval: question.interval, calendar: question });
  await stageAll(database, [
    spansStage(database, insideOf(axis)),
    takenStage(asking, slice),
    ...activeStages(asking),
  ]);
  const rows = await database.select(
    'SELECT value, buckets, COUNT(*) AS users FROM counted GROUP BY value, buckets',
  );
  const units = sumBy(rows, 'value', 'users');
  const length = Math.ceil(insideOf(axis).length / question.buckets.count);
  return {
    units,
    contentOf: (value) => {
      const own = rows.filter((row) => textIn(row, 'value') === value);
      const usersWith = (takes: (buckets: number) => boolean) =>
        own
          .filter((row) => takes(numberIn(row, 'buckets')))
          .reduce((sum, row) => sum + numberIn(row, 'users'), 0);
      return {
        counts: Array.from({ length }, (_, index) =>
          usersWith((count) => (question.cumulative ? count > index : count === index + 1)),
        ),
        users: units.get(value) ?? 0,
      };
    },
  };
}

/** `counted`: users with the number of their `buckets`. */
function activeStages({ question, database }: Asking<StickinessQuestion>): Stage[] {
  const { dialect, dataset } = database;
  const { occurrences, buckets } = question;
  const interval = dialect.bucketStartMs('ts_ms', question.interval, question);
  return [
    {
      name: 'matching',
      sql: `SELECT value, user_id, ${interval} AS interval_ms FROM taken
        WHERE user_id IS NOT NULL AND (${refSql(question.event, dataset.events, dialect)})`,
    },
    {
      name: 'placed',
      sql: `SELECT value, user_id, ${dialect.quotient('place', String(buckets.count))} AS bucket
        FROM matching JOIN spans ON start_ms = interval_ms`,
    },
    {
      name: 'active',
      sql: `SELECT value, user_id, bucket FROM placed GROUP BY value, user_id, bucket
        HAVING COUNT(*) ${SIGNS[occurrences.op]} ${occurrences.value}`,
    },
    {
      name: 'counted',
      sql: 'SELECT value, user_id, COUNT(*) AS buckets FROM active GROUP BY value, user_id',
    },
  ];
}
