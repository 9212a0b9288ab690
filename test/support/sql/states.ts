import { type Asking, type Slice, type Sliced, WHOLE, propertySql, withinSql } from './asking.ts';
import { axisOf, startsOf } from './calendar.ts';
import { practiceStages } from './capture.ts';
import { type SqlRow, numberIn, stageAll, textIn } from './database.ts';
import type { StatesQuestion } from './question.ts';
import { compareValues } from './sizes.ts';

/** Practices × states: completed and captured runs from completions, states from reactions. */

/** Rows of `value`, `own_group`, `bucket_ms` and what is counted. */
interface Counts {
  runs: readonly SqlRow[];
  reactions: readonly SqlRow[];
}

export async function statesBySlice(asking: Asking<StatesQuestion>, slice: Slice): Promise<Sliced<object>> {
  const { interval, groupBy } = asking.question;
  const { database, range } = asking;
  const group = propertySql(groupBy, database.dataset.events, database);
  const axis = interval && (await axisOf(database, { range, interval, calendar: asking.question }));
  const starts = axis && startsOf(axis);
  const bucket = interval && database.dialect.bucketStartMs('ts_ms', interval, asking.question);
  const wholes = slice.by === 'nothing' ? null : await countsOf(asking, WHOLE);
  await stageAll(database, practiceStages({ asking, slice, group }));
  const total = await countsIn(asking, {});
  const totalByBucket = bucket === undefined ? total : await countsIn(asking, { bucket });
  const groups = await countsIn(asking, { group: 'group_value' });
  const groupsByBucket =
    bucket === undefined ? groups : await countsIn(asking, { group: 'group_value', bucket });
  const { reactions } = wholes ?? total;
  const occurring = namesOf(reactions, 'state_name').filter((state) => state !== '');
  const states = database.dataset.states ?? occurring;
  const rowOf = (counts: Counts) =>
    starts === undefined
      ? cellOf(counts, states)
      : listed(
          starts.map((start) => cellOf(where(counts, 'bucket_ms', Date.parse(start)), states)),
          states,
        );
  return {
    units: new Map(
      namesOf([...total.runs, ...total.reactions], 'value').map((value) => [
        value,
        cellOf(where(total, 'value', value), []).completed,
      ]),
    ),
    contentOf: (value) => ({
      ...(starts === undefined ? {} : { buckets: starts }),
      rows: sortedGroups(where(groups, 'value', value)).map((name) => ({
        value: name === '' ? null : name,
        ...rowOf(where(where(groupsByBucket, 'value', value), 'own_group', name)),
      })),
      total: { value: null, ...rowOf(where(totalByBucket, 'value', value)) },
    }),
  };
}

async function countsOf(asking: Asking<StatesQuestion>, slice: Slice): Promise<Counts> {
  await stageAll(asking.database, practiceStages({ asking, slice }));
  return countsIn(asking, {});
}

/** Of the staged events; without a group or bucket all are one. */
async function countsIn(
  { database, range }: Asking<StatesQuestion>,
  { bucket = '0', group = "''" }: { bucket?: string; group?: string },
): Promise<Counts> {
  return {
    runs: await database.select(`SELECT value, ${group} AS own_group, ${bucket} AS bucket_ms,
        COUNT(DISTINCT run) AS completed, COUNT(DISTINCT captured_run) AS captured
      FROM completions GROUP BY value, own_group, bucket_ms`),
    reactions: await database.select(`SELECT value, ${group} AS own_group, ${bucket} AS bucket_ms,
        COALESCE(state, '') AS state_name, COUNT(*) AS reactions
      FROM reactions WHERE ${withinSql(range)} GROUP BY value, own_group, bucket_ms, state_name`),
  };
}

const where = ({ runs, reactions }: Counts, column: string, value: string | number): Counts => ({
  runs: runs.filter((row) => row[column] === value),
  reactions: reactions.filter((row) => row[column] === value),
});

const namesOf = (rows: readonly SqlRow[], column: string): string[] =>
  [...new Set(rows.map((row) => textIn(row, column)))].sort();

function sortedGroups(counts: Counts): string[] {
  const groups = namesOf([...counts.runs, ...counts.reactions], 'own_group').map((name) => ({
    name,
    ...cellOf(where(counts, 'own_group', name), []),
  }));
  groups.sort((a, b) => b.completed - a.completed || b.n - a.n || compareValues(a.name, b.name));
  return groups.map(({ name }) => name);
}

/** Of rows that are all of one value, group and bucket. */
function cellOf({ runs, reactions }: Counts, states: readonly string[]) {
  const [run] = runs;
  const [completed, captured] = [numberIn(run, 'completed'), numberIn(run, 'captured')];
  const n = reactions.reduce((sum, row) => sum + numberIn(row, 'reactions'), 0);
  return {
    n,
    captured,
    completed,
    captureRate: { value: shareOf(captured, completed) },
    states: states.map((state) => {
      const own = reactions.find((row) => row['state_name'] === state);
      const count = numberIn(own, 'reactions');
      return { state, count, value: shareOf(count, n) };
    }),
  };
}

const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const listed = (cells: readonly ReturnType<typeof cellOf>[], states: readonly string[]) => ({
  n: cells.map(({ n }) => n),
  captured: cells.map(({ captured }) => captured),
  completed: cells.map(({ completed }) => completed),
  captureRate: { value: cells.map(({ captureRate }) => captureRate.value) },
  states: states.map((state, index) => ({
    state,
    count: cells.map((cell) => cell.states[index]?.count ?? 0),
    value: cells.map((cell) => cell.states[index]?.value ?? null),
  })),
});
