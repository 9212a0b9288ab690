import { type Asking, type Slice, WHOLE, propertySql, takenStage, withinSql } from './asking.ts';
import type { Stage } from './database.ts';
import { anySql, refSql, typeSql } from './filter-sql.ts';
import type { FunnelQuestion, FunnelStep } from './question.ts';
import { sessionKeyStages } from './session-keys.ts';

/**
 * Ordered funnels by joins: every way of an event of the first step, a later one of the second and so on inside the window
 * is a row; of a unit the longest ones count, of these those that began first, of these the one that is through sooner.
 */
type Funnel = Asking<FunnelQuestion>;

/**
 * `best`: the way that counts of each `unit` and `value` in each `bucket_ms`, with the furthest step as `depth` and the
 * instants of its steps as `t0`, `t1` … (-1 where it did not get). `bucket`: of the instant `t0`.
 */
export function bestWayStages(asking: Funnel, slice: Slice, bucket: string): Stage[] {
  const { steps } = asking.question;
  const times = steps.map((_, step) => `t${step}`).join(', ');
  return [
    ...unitEventStages(asking, slice),
    ...attributedStages(asking, slice),
    ...steps.map((_, step) => stepStage(asking, step)),
    { name: 'ways', sql: steps.map((_, depth) => waySql(asking, depth)).join(' UNION ALL ') },
    { name: 'bucketed', sql: `SELECT *, ${bucket} AS bucket_ms FROM ways` },
    {
      name: 'ranked',
      sql: `SELECT *, row_number() OVER (
          PARTITION BY value, unit, bucket_ms ORDER BY depth DESC, ${times}
        ) AS place FROM bucketed`,
    },
    { name: 'best', sql: 'SELECT * FROM ranked WHERE place = 1' },
  ];
}

/** `unit_events`: the events of the range with the unit that they belong to and the steps that they fit. */
function unitEventStages(asking: Funnel, slice: Slice): Stage[] {
  const { question, database, range } = asking;
  const { steps, unit, holdConstant } = question;
  const textOf = (property: string) =>
    `NULLIF(${propertySql(property, database.dataset.events, database)}, '')`;
  const columns = [
    `${unit === 'user' ? 'user_id' : unit === 'session' ? 'session_key' : textOf(unit.property)} AS unit`,
    ...holdConstant.map((property, index) => `${textOf(property)} AS held_${index}`),
    ...steps.map(
      (step, index) => `CASE WHEN ${fitsSql(asking, step, index)} THEN 1 ELSE 0 END AS fits_${index}`,
    ),
  ];
  const joins = [
    unit === 'session' ? 'LEFT JOIN session_keys ON keyed_event_id = event_id' : '',
    ...steps.map((step, index) => firstSql(asking, step, index)),
  ];
  return [
    // the values of events decide about units later on: here all of them take part
    takenStage(asking, slice.by === 'nothing' ? WHOLE : { by: 'value', breakdown: slice.breakdown }),
    ...(unit === 'session' ? sessionKeyStages() : []),
    {
      name: 'unit_events',
      sql: `SELECT * FROM (
          SELECT event_id, ts_ms, value, ${columns.join(', ')} FROM taken ${joins.join(' ')}
        ) AS own WHERE unit IS NOT NULL AND ${withinSql(range)}`,
    },
  ];
}

function fitsSql({ database }: Funnel, step: FunnelStep, index: number): string {
  const fits = refSql(step, database.dataset.events, database.dialect);
  return step.first === undefined ? fits : `(${fits}) AND ts_ms = first_ms_${index}`;
}

/** The first time of each user: of the event type over all time, whatever filters say, or of what matches. */
function firstSql({ database }: Funnel, step: FunnelStep, index: number): string {
  if (step.first === undefined) return '';
  const { dataset, dialect } = database;
  const [table, fits] =
    step.first === 'ever'
      ? ['stored', typeSql(step, dialect)]
      : ['taken', refSql(step, dataset.events, dialect)];
  return `LEFT JOIN (
      SELECT user_id AS first_user_${index}, MIN(ts_ms) AS first_ms_${index} FROM ${table}
      WHERE user_id IS NOT NULL AND (${fits}) GROUP BY user_id
    ) AS firsts_${index} ON first_user_${index} = user_id`;
}

/**
 * `attributed`: the same with the value that they count for as `counted_value`. Either each event counts for its own, or
 * all of a unit for that of its first or last step event that has one.
 */
function attributedStages({ question, database }: Funnel, slice: Slice): Stage[] {
  const { attribution, steps } = question;
  const isAsked = (value: string) =>
    slice.by === 'rest' ? `${value} IN (${slice.values.map(database.dialect.text).join(', ')})` : '1 = 1';
  const counted = (value: string) => `${slice.by === 'value' ? value : "''"} AS counted_value`;
  if (attribution === 'each' || slice.by === 'nothing')
    return [
      { name: 'attributed', sql: `SELECT *, ${counted('value')} FROM unit_events WHERE ${isAsked('value')}` },
    ];
  const direction = attribution === 'first' ? 'ASC' : 'DESC';
  return [
    {
      name: 'touches',
      sql: `SELECT unit AS touched_unit, value AS touched_value, row_number() OVER (
          PARTITION BY unit
          ORDER BY CASE WHEN value = '' THEN 1 ELSE 0 END, ts_ms ${direction}, event_id ${direction}
        ) AS touch FROM unit_events WHERE ${anySql(steps.map((_, step) => `fits_${step} = 1`))}`,
    },
    {
      name: 'attributed',
      sql: `SELECT *, ${counted('touched_value')} FROM unit_events JOIN touches ON touched_unit = unit
        WHERE touch = 1 AND ${isAsked('touched_value')}`,
    },
  ];
}

/** `step_0`, `step_1` …: the events of each step; what is held constant is there. */
function stepStage({ question }: Funnel, step: number): Stage {
  const held = question.holdConstant.map((_, index) => `held_${index} IS NOT NULL`);
  return {
    name: `step_${step}`,
    sql: `SELECT * FROM attributed WHERE ${[`fits_${step} = 1`, ...held].join(' AND ')}`,
  };
}

/** Ways of so many steps after the first one. */
function waySql({ question }: Funnel, depth: number): string {
  const { steps, holdConstant } = question;
  const endMs = `step_0.ts_ms + ${windowMs(question)}`;
  const later = Array.from({ length: depth }, (_, index) => index + 1);
  const same = ['unit', 'counted_value', ...holdConstant.map((_, index) => `held_${index}`)];
  const joins = later.map((step) => {
    const on = same.map((column) => `step_${step}.${column} = step_0.${column}`);
    return `JOIN step_${step} ON ${on.join(' AND ')}`;
  });
  const conditions = later.flatMap((step) => [
    `step_${step}.ts_ms >= step_${step - 1}.ts_ms`,
    `step_${step}.ts_ms <= ${endMs}`,
    ...Array.from({ length: step }, (_, before) => `step_${step}.event_id <> step_${before}.event_id`),
  ]);
  const times = steps.map((_, step) => `${step <= depth ? `step_${step}.ts_ms` : '-1'} AS t${step}`);
  return `SELECT step_0.unit AS unit, step_0.counted_value AS value, ${depth} AS depth, ${times.join(', ')}
    FROM step_0 ${joins.join(' ')} WHERE ${['1 = 1', ...conditions].join(' AND ')}`;
}

const SECOND_MS = 1_000;
const DAY_MS = 86_400 * SECOND_MS;
const UNITS_MS: Readonly<Record<string, number>> = {
  second: SECOND_MS,
  minute: 60 * SECOND_MS,
  hour: 3_600 * SECOND_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
};

function windowMs({ window }: FunnelQuestion): number {
  const unitMs = UNITS_MS[window.unit];
  if (unitMs === undefined) throw new Error(`unknown unit ${window.unit}`);
  return window.value * unitMs;
}
