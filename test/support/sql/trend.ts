import { type Asking, type Slice, type Sliced, WHOLE, numberSql, takenStage, withinSql } from './asking.ts';
import { activeUsers } from './active-users.ts';
import { type Axis, axisOf, startsOf } from './calendar.ts';
import { captureRows, practiceStages } from './capture.ts';
import { type SqlRow, type Stage, numberIn, numberOrNull, stageAll, textIn } from './database.ts';
import { anySql, refSql } from './filter-sql.ts';
import type { Series, TrendQuestion } from './question.ts';
import { sessionKeyStages } from './session-keys.ts';
import { bySize } from './sizes.ts';

/** Numbers over time: one table of values and buckets per series, and one for the whole range. */

interface Line {
  data: (number | null)[];
  total: number | null;
  numerator?: (number | null)[];
  denominator?: (number | null)[];
  totalNumerator?: number | null;
  totalDenominator?: number | null;
}
type Trend = Asking<TrendQuestion>;

export async function answerTrend(asking: Trend): Promise<object> {
  const { breakdown, display, series } = asking.question;
  const axis = await axisOf(asking.database, {
    range: asking.range,
    interval: asking.question.interval,
    calendar: asking.question,
  });
  const buckets = display === 'total' ? [] : startsOf(axis);
  if (breakdown === null) {
    const lines = await linesOf(asking, axis, WHOLE);
    return { buckets, series: series.map(({ name }, index) => named(name, lines[index]?.contentOf(''))) };
  }
  const lines = await linesOf(asking, axis, { by: 'value', breakdown });
  const sizes = sizesOf(lines);
  const drawn = sizes.slice(0, breakdown.limit);
  const others = sizes.slice(breakdown.limit).map(({ value }) => value);
  const result = {
    buckets,
    series: series.flatMap(({ name }, index) =>
      drawn.map(({ value }) => ({
        ...named(name, lines[index]?.contentOf(value)),
        breakdown: value === '' ? null : value,
      })),
    ),
  };
  if (others.length === 0) return result;
  const rest = await linesOf(asking, axis, { by: 'rest', breakdown, values: others });
  return {
    ...result,
    rest: {
      values: others.length,
      units: rest.reduce((sum, { units }) => sum + (units.get('') ?? 0), 0),
      series: series.map(({ name }, index) => named(name, rest[index]?.contentOf(''))),
    },
  };
}

const named = (name: string, line: Line | undefined) => ({ name, compare: 'current', ...line });

function sizesOf(lines: readonly Sliced<Line>[]) {
  const values = new Set(lines.flatMap(({ units }) => [...units.keys()]));
  return [...values]
    .map((value) => ({
      value,
      units: lines.reduce((sum, { units }) => sum + (units.get(value) ?? 0), 0),
    }))
    .sort(bySize);
}

async function linesOf(asking: Trend, axis: Axis, slice: Slice): Promise<Sliced<Line>[]> {
  const lines: Sliced<Line>[] = [];
  for (const series of asking.question.series) lines.push(await lineOf(asking, axis, { series, slice }));
  return lines;
}

interface Part {
  series: Series;
  slice: Slice;
}

const IS_TRAILING = ['weekly_active', 'monthly_active'];
const STARTS_AT_ZERO = ['events', 'users', 'sessions', 'sum', 'captured_reactions', 'completed_sessions'];
const HAS_SIDES = ['ratio', 'mean', 'capture_rate'];

async function lineOf(asking: Trend, axis: Axis, part: Part): Promise<Sliced<Line>> {
  const { measure } = part.series;
  if (IS_TRAILING.includes(measure)) return activeUsers(asking, axis, part);
  const { interval, display } = asking.question;
  const bucket = asking.database.dialect.bucketStartMs('ts_ms', interval, asking.question);
  await stageAll(asking.database, stagesOf(asking, part));
  const totals = await rowsOf(asking, part.series, '0');
  const points = display === 'total' ? [] : await rowsOf(asking, part.series, bucket);
  const starts = display === 'total' ? [] : startsOf(axis).map((start) => Date.parse(start));
  return {
    units: new Map(totals.map((row) => [textIn(row, 'value'), numberIn(row, 'units')])),
    contentOf: (value) => {
      const own = points.filter((row) => textIn(row, 'value') === value);
      const pointAt = (startMs: number) => own.find((row) => numberIn(row, 'bucket_ms') === startMs);
      const total = totals.find((row) => textIn(row, 'value') === value);
      return toLine(part.series, starts.map(pointAt), total, display);
    },
  };
}

function toLine(
  { measure }: Series,
  points: readonly (SqlRow | undefined)[],
  total: SqlRow | undefined,
  display: TrendQuestion['display'],
): Line {
  const valueOf = STARTS_AT_ZERO.includes(measure) ? numberIn : numberOrNull;
  const data = points.map((row) => valueOf(row, 'number'));
  const isCumulative = display === 'cumulative';
  const line: Line = { data: isCumulative ? cumulated(data) : data, total: valueOf(total, 'number') };
  if (!HAS_SIDES.includes(measure)) return line;
  const sides = {
    numerator: points.map((row) => numberIn(row, 'numerator')),
    denominator: points.map((row) => numberIn(row, 'denominator')),
  };
  return {
    ...line,
    ...(isCumulative ? {} : sides),
    totalNumerator: numberIn(total, 'numerator'),
    totalDenominator: numberIn(total, 'denominator'),
  };
}

function cumulated(data: readonly (number | null)[]): number[] {
  let sum = 0;
  return data.map((number) => (sum += number ?? 0));
}

const stagesOf = (asking: Trend, { series, slice }: Part): Stage[] =>
  series.measure === 'capture_rate'
    ? practiceStages({ asking, slice, filters: series.filters })
    : matchingStages(asking, { series, slice });

/** Rows of `value`, `bucket_ms`, `number`, `units` and, of quotients, `numerator` and `denominator`. */
async function rowsOf(asking: Trend, series: Series, bucket: string): Promise<readonly SqlRow[]> {
  if (series.measure === 'capture_rate') return captureRows(asking, bucket);
  if (series.measure === 'quantile') return quantileRows(asking, series, bucket);
  return asking.database.select(`SELECT value, ${bucket} AS bucket_ms, ${aggregateSql(asking, series)}
    FROM matching GROUP BY value, bucket_ms`);
}

/** `matching`: the events that a series reads, with their sessions if these are counted. */
function matchingStages(asking: Trend, { series, slice }: Part): Stage[] {
  const { dataset, dialect } = asking.database;
  const refs = series.measure === 'ratio' ? [series, series.of ?? { event: null }] : [refOf(series)];
  const fits = anySql(refs.map((ref) => refSql(ref, dataset.events, dialect)));
  const hasSessions = series.measure === 'sessions';
  const sessions = hasSessions ? 'LEFT JOIN session_keys ON keyed_event_id = event_id' : '';
  return [
    takenStage(asking, slice),
    ...(hasSessions ? sessionKeyStages() : []),
    {
      name: 'matching',
      sql: `SELECT * FROM taken ${sessions} WHERE (${fits}) AND ${withinSql(asking.range)}`,
    },
  ];
}

const EVENT_OF_METRIC: Readonly<Record<string, string>> = {
  captured_reactions: 'reaction_captured',
  completed_sessions: 'session_completed',
};

function refOf(series: Series): Series {
  const event = EVENT_OF_METRIC[series.measure];
  return event === undefined ? series : { ...series, event };
}

function aggregateSql(asking: Trend, series: Series): string {
  const { dataset, dialect } = asking.database;
  const number = series.property === undefined ? 'NULL' : numberSql(series.property, asking.database);
  const ofNumbers = (aggregate: string) => `${aggregate} AS number, COUNT(${number}) AS units`;
  const count = (counted: string) => `${counted} AS number, ${counted} AS units`;
  const fitting = (ref: Series['of'] & object) =>
    `COUNT(CASE WHEN ${refSql(ref, dataset.events, dialect)} THEN 1 END)`;
  switch (series.measure) {
    case 'events':
    case 'captured_reactions':
      return count('COUNT(*)');
    case 'completed_sessions':
      return count(`COUNT(DISTINCT NULLIF(practice_session_id, ''))`);
    case 'users':
      return count('COUNT(DISTINCT user_id)');
    case 'sessions':
      return count('COUNT(DISTINCT session_key)');
    case 'sum':
    case 'min':
    case 'max':
      return ofNumbers(`${series.measure.toUpperCase()}(${number})`);
    case 'mean':
      return `${ofNumbers(`AVG(${number})`)}, SUM(${number}) AS numerator, COUNT(${number}) AS denominator`;
    case 'ratio': {
      const [part, whole] = [fitting(series), fitting(series.of ?? { event: null })];
      const quotient = `1.0 * ${part} / NULLIF(${whole}, 0)`;
      return `${quotient} AS number, ${part} AS numerator, ${whole} AS denominator, ${whole} AS units`;
    }
    default:
      throw new Error(`no SQL for the measure ${series.measure}`);
  }
}

async function quantileRows(asking: Trend, series: Series, bucket: string): Promise<readonly SqlRow[]> {
  const { dialect, select } = asking.database;
  const { property = '', q = 0.5 } = series;
  const from = `SELECT value, ${bucket} AS bucket_ms, ${numberSql(property, asking.database)} AS number FROM matching`;
  const sizes = await select(`SELECT value, bucket_ms, COUNT(number) AS units FROM (${from}) AS numbers
    GROUP BY value, bucket_ms`);
  const quantiles = await select(dialect.quantiles({ from, keys: ['value', 'bucket_ms'], qs: [q] }));
  return sizes.map((size) => {
    const found = quantiles.find(
      (row) => row['value'] === size['value'] && row['bucket_ms'] === size['bucket_ms'],
    );
    return { ...size, number: numberOrNull(found, 'q0') };
  });
}
