import { type Asking, type Slice, type Sliced, type Span, slicedSql, usersSql, valueSql } from './asking.ts';
import { axisOf, clipped, insideOf, spansStage, startsOf } from './calendar.ts';
import { type SqlRow, type Stage, numberIn, stageAll, textIn } from './database.ts';
import { allOf, filtersSql } from './filter-sql.ts';
import type { SessionsQuestion } from './question.ts';
import { sessionKeyStages } from './session-keys.ts';

const MINUTE_MS = 60_000;

/**
 * Sessions count in every bucket that they touch, from their first to their last event; value, cohort and user are those
 * of their first event. Under a filter those count that hold a fitting event, and those bounce that begin with one.
 */
export async function sessionsBySlice(
  asking: Asking<SessionsQuestion>,
  slice: Slice,
): Promise<Sliced<object>> {
  const { database, question, range } = asking;
  const { interval } = question;
  await stageAll(database, sessionStages(asking, slice));
  const axis = interval && (await axisOf(database, { range, interval, calendar: question }));
  const whole = await numbersIn(asking, [range]);
  const spans = axis && insideOf(axis).map((bucket) => clipped(bucket, range));
  const points = spans && (await numbersIn(asking, spans));
  return {
    units: new Map([
      // what lies outside sessions has a value, too
      ...whole.events.map((row) => [textIn(row, 'value'), 0] as const),
      ...whole.sessions.map((row) => [textIn(row, 'value'), numberIn(row, 'sessions')] as const),
    ]),
    contentOf: (value) => {
      if (axis === undefined || points === undefined) return cellOf(whole, value, 0);
      const starts = startsOf(axis);
      const cells = starts.map((_, place) => cellOf(points, value, place));
      const names = Object.keys(cellOf(whole, value, 0)) as (keyof ReturnType<typeof cellOf>)[];
      return {
        buckets: starts,
        ...Object.fromEntries(names.map((name) => [name, cells.map((cell) => cell[name])])),
      };
    },
  };
}

/** `counted`: the sessions that count; `own_events`: the fitting events in them and, without user, those in none. */
function sessionStages({ question, database }: Asking<SessionsQuestion>, slice: Slice): Stage[] {
  const { dataset, dialect } = database;
  const flag = (condition: string) => `CASE WHEN ${condition} THEN 1 ELSE 0 END`;
  const isFitting = filtersSql(question.filters, dataset.events, dialect);
  const isEntry = allOf([
    usersSql(question, database),
    filtersSql(question.entryFilters, dataset.events, dialect),
    slicedSql(slice, database),
  ]);
  const atFirst = (column: string) => `MAX(CASE WHEN place_in_session = 1 THEN ${column} END)`;
  return [
    ...sessionKeyStages(question.gapMinutes * MINUTE_MS),
    {
      name: 'keyed',
      sql: `SELECT event_id, event_type, ts_ms, user_id, session_key, ${valueSql(slice, database)} AS value,
          ${flag(isFitting)} AS is_fitting, ${flag(isEntry)} AS is_entry,
          row_number() OVER (PARTITION BY session_key ORDER BY ts_ms, event_id) AS place_in_session
        FROM stored LEFT JOIN session_keys ON keyed_event_id = event_id`,
    },
    {
      name: 'sessions',
      sql: `SELECT session_key, MIN(ts_ms) AS began_ms, MAX(ts_ms) AS ended_ms, MAX(is_fitting) AS holds_fitting,
          ${atFirst('value')} AS session_value, ${atFirst('is_entry')} AS begins_as_asked,
          ${atFirst('is_fitting')} AS is_fitting_entry,
          COUNT(CASE WHEN event_type = 'page_view' THEN 1 END) AS page_views,
          CASE WHEN COUNT(*) = 1 AND MAX(event_type) = 'page_view' THEN 1 ELSE 0 END AS bounced
        FROM keyed WHERE session_key IS NOT NULL GROUP BY session_key`,
    },
    {
      name: 'counted',
      sql: `SELECT session_key AS counted_key, session_value, began_ms, ended_ms, page_views, bounced,
          is_fitting_entry
        FROM sessions WHERE begins_as_asked = 1 AND holds_fitting = 1`,
    },
    {
      name: 'own_events',
      sql: `SELECT session_value AS value, user_id, event_type, ts_ms
        FROM keyed JOIN counted ON counted_key = session_key WHERE is_fitting = 1
        UNION ALL
        SELECT value, NULL AS user_id, event_type, ts_ms FROM keyed
        WHERE session_key IS NULL AND is_fitting = 1 AND is_entry = 1`,
    },
  ];
}

/** Rows of `value` and `place`, the span. */
interface Numbers {
  sessions: readonly SqlRow[];
  events: readonly SqlRow[];
}

async function numbersIn({ database }: Asking<SessionsQuestion>, spans: readonly Span[]): Promise<Numbers> {
  await stageAll(database, [spansStage(database, spans)]);
  return {
    sessions: await database.select(`SELECT session_value AS value, place, COUNT(*) AS sessions,
        SUM(ended_ms - began_ms) / 1000.0 AS seconds, SUM(page_views) AS views_inside,
        SUM(is_fitting_entry) AS entered, SUM(is_fitting_entry * bounced) AS bounces
      FROM counted CROSS JOIN spans WHERE began_ms < end_ms AND ended_ms >= start_ms
      GROUP BY session_value, place`),
    events: await database.select(`SELECT value, place, COUNT(DISTINCT user_id) AS users,
        COUNT(CASE WHEN event_type = 'page_view' THEN 1 END) AS page_views
      FROM own_events CROSS JOIN spans WHERE ts_ms >= start_ms AND ts_ms < end_ms GROUP BY value, place`),
  };
}

function cellOf({ sessions, events }: Numbers, value: string, place: number) {
  const isOwn = (row: SqlRow) => textIn(row, 'value') === value && numberIn(row, 'place') === place;
  const [session, event] = [sessions.find(isOwn), events.find(isOwn)];
  const count = numberIn(session, 'sessions');
  return {
    sessions: count,
    users: numberIn(event, 'users'),
    views: numberIn(event, 'page_views'),
    bounce_rate: divided(numberIn(session, 'bounces'), numberIn(session, 'entered')),
    mean_duration: divided(numberIn(session, 'seconds'), count),
    views_per_session: divided(numberIn(session, 'views_inside'), count),
  };
}

const divided = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
