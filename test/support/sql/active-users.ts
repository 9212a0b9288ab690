import { type Asking, type Slice, type Sliced, type Span, takenStage } from './asking.ts';
import { type Axis, axisOf, clipped, insideOf, spansStage } from './calendar.ts';
import { type SqlRow, numberIn, stageAll, textIn } from './database.ts';
import { refSql } from './filter-sql.ts';
import type { Interval, Series, TrendQuestion } from './question.ts';

/**
 * Weekly and monthly actives: of a day the users of it and the days before, of an hour likewise, of a week or month its
 * own users; as a total those of the last day. What lies before the range counts, what lies after it never.
 */
export async function activeUsers(
  asking: Asking<TrendQuestion>,
  axis: Axis,
  { series, slice }: { series: Series; slice: Slice },
): Promise<Sliced<{ data: number[]; total: number }>> {
  const { interval, display } = asking.question;
  const days = series.measure === 'weekly_active' ? 7 : 30;
  const isSeries = display !== 'total';
  const spans = isSeries ? await trailing(asking, interval, days) : [];
  const lastDay = (await trailing(asking, 'day', days)).at(-1);
  const points = isSeries ? await usersIn(asking, spans, { series, slice }) : [];
  const totals = await usersIn(asking, lastDay === undefined ? [] : [lastDay], { series, slice });
  const numberOf = (rows: readonly SqlRow[], value: string, place: number) =>
    numberIn(
      rows.find((row) => textIn(row, 'value') === value && numberIn(row, 'place') === place),
      'users',
    );
  return {
    units: new Map(totals.map((row) => [textIn(row, 'value'), numberIn(row, 'users')])),
    contentOf: (value) => {
      const data = (isSeries ? insideOf(axis) : []).map((_, place) => numberOf(points, value, place));
      let sum = 0;
      return {
        data: display === 'cumulative' ? data.map((number) => (sum += number)) : data,
        total: numberOf(totals, value, 0),
      };
    },
  };
}

/** For each bucket of the range the span in which its users are looked for. */
async function trailing(asking: Asking, interval: Interval, days: number): Promise<Span[]> {
  const back = interval === 'day' ? days - 1 : interval === 'hour' ? 24 * days - 1 : 0;
  const { database, range, question } = asking;
  const axis = await axisOf(database, { range, interval, calendar: question, before: back });
  return insideOf(axis).map((bucket, place) => ({
    startMs: back > 0 ? (axis.buckets[place]?.startMs ?? 0) : clipped(bucket, range).startMs,
    endMs: clipped(bucket, range).endMs,
  }));
}

async function usersIn(
  asking: Asking,
  spans: readonly Span[],
  { series, slice }: { series: Series; slice: Slice },
): Promise<SqlRow[]> {
  const { database } = asking;
  const fits = refSql(series, database.dataset.events, database.dialect);
  await stageAll(database, [
    spansStage(database, spans),
    takenStage(asking, slice),
    { name: 'matching', sql: `SELECT value, user_id, ts_ms FROM taken WHERE ${fits}` },
  ]);
  return database.select(`SELECT value, place, COUNT(DISTINCT user_id) AS users FROM spans CROSS JOIN matching
    WHERE ts_ms >= start_ms AND ts_ms < end_ms GROUP BY value, place`);
}
