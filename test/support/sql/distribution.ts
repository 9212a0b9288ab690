import { type Asking, type Slice, type Sliced, numberSql, takenStage, withinSql } from './asking.ts';
import { type SqlRow, numberIn, numberOrNull, stageAll, textIn } from './database.ts';
import { allOf, refSql } from './filter-sql.ts';
import type { DistributionQuestion } from './question.ts';
import { cubeRoot } from './sizes.ts';

/** How the numbers of a property are spread. The interval of the mean is not said in SQL. */
export async function distributionBySlice(
  asking: Asking<DistributionQuestion>,
  slice: Slice,
): Promise<Sliced<object>> {
  const { database, question } = asking;
  const { dialect, dataset, select } = database;
  const conditions = [refSql(question.event, dataset.events, dialect), withinSql(asking.range)];
  await stageAll(database, [
    takenStage(asking, slice),
    {
      name: 'numbers',
      sql: `SELECT value, ${numberSql(question.property, database)} AS number FROM taken WHERE ${allOf(conditions)}`,
    },
  ]);
  const sums = await select(`SELECT value, COUNT(number) AS n, COUNT(*) - COUNT(number) AS missing,
    SUM(number) AS sum, AVG(number) AS mean, MIN(number) AS smallest, MAX(number) AS largest
    FROM numbers GROUP BY value`);
  const from = 'SELECT value, number FROM numbers';
  const qs = question.quantiles;
  const quantiles = await select(dialect.quantiles({ from, keys: ['value'], qs }));
  const bins = new Map<string, object[]>();
  for (const row of sums) bins.set(textIn(row, 'value'), await binsOf(asking, row));
  return {
    units: new Map(sums.map((row) => [textIn(row, 'value'), numberIn(row, 'n')])),
    contentOf: (value) => {
      const isOwn = (row: SqlRow) => textIn(row, 'value') === value;
      const [sum, quantile] = [sums.find(isOwn), quantiles.find(isOwn)];
      return {
        n: numberIn(sum, 'n'),
        missing: numberIn(sum, 'missing'),
        sum: numberIn(sum, 'sum'),
        mean: numberOrNull(sum, 'mean'),
        min: numberOrNull(sum, 'smallest'),
        max: numberOrNull(sum, 'largest'),
        quantiles: qs.map((q, index) => ({ q, value: numberOrNull(quantile, `q${index}`) })),
        bins: bins.get(value) ?? [],
      };
    },
  };
}

/** A number lies in the last bin that does not begin above it. */
async function binsOf({ question, database }: Asking<DistributionQuestion>, row: SqlRow): Promise<object[]> {
  const n = numberIn(row, 'n');
  if (n === 0) return [];
  const [min, max] = [numberIn(row, 'smallest'), numberIn(row, 'largest')];
  if (min === max) return [{ from: min, to: max, count: n }];
  const bins = question.bins ?? cubeRoot(n);
  const width = (max - min) / bins;
  const edges = Array.from({ length: bins }, (_, bin) => min + bin * width);
  const ends = [...edges.slice(1), max];
  const counts = edges.map((from, bin) => {
    const isBelowNext = bin === bins - 1 ? '1 = 1' : `number < ${ends[bin] ?? max}`;
    return `COUNT(CASE WHEN number >= ${from} AND ${isBelowNext} THEN 1 END) AS bin_${bin}`;
  });
  const [counted] = await database.select(`SELECT ${counts.join(', ')} FROM numbers
    WHERE value = ${database.dialect.text(textIn(row, 'value'))}`);
  return edges.map((from, bin) => ({ from, to: ends[bin], count: numberIn(counted, `bin_${bin}`) }));
}
