import { type Asking, type Slice, type Sliced, propertySql, takenStage, withinSql } from './asking.ts';
import { type SqlRow, type Stage, numberIn, stageAll, sumBy, textIn } from './database.ts';
import { refSql } from './filter-sql.ts';
import type { PathsQuestion } from './question.ts';

const MINUTE_MS = 60_000;

/** What people do next: items cut into paths at pauses, repeats collapsed, each item beside the one after it. */
export async function pathsBySlice(asking: Asking<PathsQuestion>, slice: Slice): Promise<Sliced<object>> {
  await stageAll(asking.database, [takenStage(asking, slice), ...transitionStages(asking)]);
  const rows = await asking.database.select(`SELECT value, item AS source, target, step,
      COUNT(*) AS transitions, AVG((target_ms - ts_ms) / 1000.0) AS mean_seconds
    FROM transitions WHERE target IS NOT NULL GROUP BY value, item, target, step`);
  return {
    units: sumBy(rows, 'value', 'transitions'),
    contentOf: (value) => {
      const own = rows.filter((row) => textIn(row, 'value') === value);
      const isDrawn = (row: SqlRow) => numberIn(row, 'step') < asking.question.steps - 1;
      const hidden = own.filter((row) => !isDrawn(row));
      return {
        links: own.filter(isDrawn).map(toLink).sort(byCount),
        remainder: {
          links: hidden.length,
          count: hidden.reduce((sum, row) => sum + numberIn(row, 'transitions'), 0),
        },
      };
    },
  };
}

/** `transitions`: the items of each path in order as `step`, each with the next one as `target`. */
function transitionStages(asking: Asking<PathsQuestion>): Stage[] {
  const { exclude, gapMinutes } = asking.question;
  const { text } = asking.database.dialect;
  const kept = exclude.length === 0 ? '1 = 1' : `item NOT IN (${exclude.map(text).join(', ')})`;
  const ofUser = 'PARTITION BY value, user_id ORDER BY ts_ms, event_id';
  const ofPath = 'PARTITION BY value, user_id, path_number ORDER BY ts_ms, event_id';
  const gapMs = gapMinutes * MINUTE_MS;
  return [
    {
      name: 'named_items',
      sql: `SELECT value, user_id, ts_ms, event_id, NULLIF(${itemSql(asking)}, '') AS item_name FROM taken
        WHERE user_id IS NOT NULL AND ${withinSql(asking.range)}`,
    },
    {
      name: 'items',
      sql: `SELECT value, user_id, ts_ms, event_id, CASE
          WHEN length(item_name) > 1 AND substr(item_name, length(item_name), 1) = '/'
          THEN substr(item_name, 1, length(item_name) - 1) ELSE item_name END AS item
        FROM named_items WHERE item_name IS NOT NULL`,
    },
    {
      name: 'begun',
      sql: `SELECT value, user_id, ts_ms, event_id, item, CASE
          WHEN row_number() OVER (${ofUser}) > 1 AND ts_ms - lag(ts_ms) OVER (${ofUser}) < ${gapMs}
          THEN 0 ELSE 1 END AS begins
        FROM items WHERE ${kept}`,
    },
    {
      name: 'numbered',
      sql: `SELECT value, user_id, ts_ms, event_id, item, SUM(begins) OVER (${ofUser}) AS path_number FROM begun`,
    },
    { name: 'repeating', sql: `SELECT *, lead(item) OVER (${ofPath}) AS next_item FROM numbered` },
    {
      name: 'kept',
      sql: `SELECT value, user_id, ts_ms, event_id, item, path_number FROM repeating
        WHERE next_item IS NULL OR next_item <> item`,
    },
    {
      name: 'transitions',
      sql: `SELECT value, ts_ms, item, row_number() OVER (${ofPath}) - 1 AS step,
          lead(item) OVER (${ofPath}) AS target, lead(ts_ms) OVER (${ofPath}) AS target_ms
        FROM kept`,
    },
  ];
}

/** The first fitting entry names the item. */
function itemSql({ question, database }: Asking<PathsQuestion>): string {
  const { dataset, dialect } = database;
  const cases = question.items.map((item) => {
    const name = propertySql(item.by ?? 'event_type', dataset.events, database);
    return `WHEN ${refSql(item, dataset.events, dialect)} THEN ${name}`;
  });
  return `CASE ${cases.join(' ')} ELSE '' END`;
}

type Link = ReturnType<typeof toLink>;

const toLink = (row: SqlRow) => ({
  source: textIn(row, 'source'),
  target: textIn(row, 'target'),
  step: numberIn(row, 'step'),
  count: numberIn(row, 'transitions'),
  meanSeconds: numberIn(row, 'mean_seconds'),
});

const byCount = (a: Link, b: Link): number =>
  b.count - a.count || a.step - b.step || byText(a.source, b.source) || byText(a.target, b.target);
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
