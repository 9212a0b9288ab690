import type { Asking, Slice, Sliced } from './asking.ts';
import { axisOf, startsOf } from './calendar.ts';
import { type SqlRow, numberIn, numberOrNull, stageAll, sumBy, textIn } from './database.ts';
import { bestWayStages } from './funnel-ways.ts';
import type { FunnelQuestion } from './question.ts';
import { cubeRoot } from './sizes.ts';

/** Who gets through the steps of an ordered funnel, from the way that counts of each unit. */
type Funnel = Asking<FunnelQuestion>;

const SECOND_MS = 1_000;

export async function funnelBySlice(asking: Funnel, slice: Slice): Promise<Sliced<object>> {
  switch (asking.question.show) {
    case 'steps':
      return stepsBySlice(asking, slice);
    case 'trend':
      return trendBySlice(asking, slice);
    case 'time':
      return timesBySlice(asking, slice);
  }
}

async function stepsBySlice(asking: Funnel, slice: Slice): Promise<Sliced<object>> {
  const { steps } = asking.question;
  const { dialect, select } = asking.database;
  await stageAll(asking.database, bestWayStages(asking, slice, '0'));
  const counts = steps.map((_, step) => `COUNT(CASE WHEN depth >= ${step} THEN 1 END) AS count_${step}`);
  const counted = await select(`SELECT value, ${counts.join(', ')} FROM best GROUP BY value`);
  const times: SqlRow[][] = [[]];
  for (let step = 1; step < steps.length; step++) {
    const from = `SELECT value, (t${step} - t${step - 1}) / 1000.0 AS number FROM best WHERE depth >= ${step}`;
    const means = await select(`SELECT value, AVG(number) AS mean FROM (${from}) AS times GROUP BY value`);
    times.push([...means, ...(await select(dialect.quantiles({ from, keys: ['value'], qs: [0.5, 0.9] })))]);
  }
  return {
    units: sumBy(counted, 'value', 'count_0'),
    contentOf: (value) => {
      const row = counted.find((one) => textIn(one, 'value') === value);
      const countAt = (step: number) => numberIn(row, `count_${step}`);
      return {
        steps: steps.map((_, step) => ({
          count: countAt(step),
          fromPrevious: step === 0 ? null : divided(countAt(step), countAt(step - 1)),
          fromFirst: divided(countAt(step), countAt(0)),
          ...timesOf(times[step] ?? [], value),
        })),
      };
    },
  };
}

const divided = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** From rows with a mean and rows with quantiles. */
function timesOf(rows: readonly SqlRow[], value: string) {
  const own = rows.filter((row) => textIn(row, 'value') === value);
  const of = (column: string) =>
    numberOrNull(
      own.find((row) => column in row),
      column,
    );
  return { meanSeconds: of('mean'), medianSeconds: of('q0'), p90Seconds: of('q1') };
}

/** A unit counts once per bucket, by the tries that begin there. */
async function trendBySlice(asking: Funnel, slice: Slice): Promise<Sliced<object>> {
  const { interval, fromStep, toStep } = asking.question;
  const { database, range } = asking;
  const axis = await axisOf(database, { range, interval, calendar: asking.question });
  const bucket = database.dialect.bucketStartMs('t0', interval, asking.question);
  await stageAll(database, bestWayStages(asking, slice, bucket));
  const rows = await database.select(`SELECT value, bucket_ms, COUNT(*) AS begun,
      COUNT(CASE WHEN depth >= ${fromStep} THEN 1 END) AS entered,
      COUNT(CASE WHEN depth >= ${toStep} THEN 1 END) AS converted
    FROM best GROUP BY value, bucket_ms`);
  const starts = startsOf(axis);
  return {
    units: sumBy(rows, 'value', 'begun'),
    contentOf: (value) => {
      const own = starts.map((start) =>
        rows.find((row) => textIn(row, 'value') === value && row['bucket_ms'] === Date.parse(start)),
      );
      return {
        buckets: starts,
        entered: own.map((row) => numberIn(row, 'entered')),
        converted: own.map((row) => numberIn(row, 'converted')),
        rate: own.map((row) => divided(numberIn(row, 'converted'), numberIn(row, 'entered'))),
      };
    },
  };
}

async function timesBySlice(asking: Funnel, slice: Slice): Promise<Sliced<object>> {
  const { fromStep, toStep } = asking.question;
  const { dialect, select } = asking.database;
  await stageAll(asking.database, [
    ...bestWayStages(asking, slice, '0'),
    {
      name: 'times',
      sql: `SELECT value, t${toStep} - t${fromStep} AS took_ms FROM best WHERE depth >= ${toStep}`,
    },
  ]);
  const begun = await select('SELECT value, COUNT(*) AS begun FROM best GROUP BY value');
  const sizes = await select(`SELECT value, COUNT(*) AS samples, AVG(took_ms / 1000.0) AS mean,
    MIN(took_ms) AS min_ms, MAX(took_ms) AS max_ms FROM times GROUP BY value`);
  const from = 'SELECT value, took_ms / 1000.0 AS number FROM times';
  const medians = await select(dialect.quantiles({ from, keys: ['value'], qs: [0.5] }));
  const bins = new Map<string, object[]>();
  for (const size of sizes) bins.set(textIn(size, 'value'), await binsOf(asking, size));
  return {
    units: sumBy(begun, 'value', 'begun'),
    contentOf: (value) => {
      const { meanSeconds, medianSeconds } = timesOf([...sizes, ...medians], value);
      return { bins: bins.get(value) ?? [], meanSeconds, medianSeconds };
    },
  };
}

/** Whole seconds wide, from the shortest time on; the last bin holds everything above it, too. */
async function binsOf({ question, database }: Funnel, size: SqlRow): Promise<object[]> {
  const [minMs, maxMs] = [numberIn(size, 'min_ms'), numberIn(size, 'max_ms')];
  const bins = question.bins ?? cubeRoot(numberIn(size, 'samples'));
  const widthMs = SECOND_MS * Math.max(1, Math.ceil((maxMs - minMs) / SECOND_MS / bins));
  const place = database.dialect.quotient(`took_ms - ${minMs}`, String(widthMs));
  const value = database.dialect.text(textIn(size, 'value'));
  const rows = await database.select(`SELECT bin, COUNT(*) AS samples FROM (
      SELECT CASE WHEN ${place} < ${bins} THEN ${place} ELSE ${bins - 1} END AS bin FROM times WHERE value = ${value}
    ) AS placed GROUP BY bin`);
  return Array.from({ length: bins }, (_, bin) => ({
    fromSeconds: (minMs + bin * widthMs) / 1000,
    toSeconds: (minMs + (bin + 1) * widthMs) / 1000,
    count: numberIn(
      rows.find((row) => numberIn(row, 'bin') === bin),
      'samples',
    ),
  }));
}
