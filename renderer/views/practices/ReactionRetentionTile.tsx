import { useCallback, useMemo } from 'react';
import { formatCount, formatRate } from '../../../shared/format/numbers.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { IntervalList, type ListedRate } from '../../parts/IntervalList.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { SegmentedControl } from '../../parts/SegmentedControl.tsx';
import { Select } from '../../parts/Select.tsx';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { useAddress } from '../../state/address-store.ts';
import { answerIn } from '../../state/answer-in.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { MOST_WEEKS, type ReactionChoice } from '../../state/practices-address.ts';
import { type ColumnTotal, columnTotals, retentionTable } from '../cohorts/columns.ts';
import type { ReactionQuestion } from './reaction-retention.ts';

interface ReactionRow {
  id: string;
  name: string;
  slot: number | null;
  /** By week; week 0 is everybody. */
  weeks: readonly ColumnTotal[];
}

interface ReactionRetentionTileProps {
  reactions: readonly ReactionQuestion[];
  /** "back to any practice", where it matters from which. */
  from: string;
}

const CHOICES = [
  { id: 'any', label: 'Any', title: 'Everybody who reacted so in a week' },
  { id: 'first', label: 'First', title: 'Those whose first reaction ever it was' },
] as const;

/** How many come back in a later week, by the state they recorded. */
export function ReactionRetentionTile({ reactions, from }: ReactionRetentionTileProps) {
  const { week, reaction } = useAddress(({ address }) => address.practices);
  const answers = reactions.map(({ answered }) => answerIn(answered, 'retention'));
  const rows = useMemo(() => rowsOf(reactions), answers);
  const listed = useMemo(() => rows.map((row) => listedOf(row, week)), [rows, week]);
  const describe = useCallback(
    (index: number) => describeRow(rows[index], week, reaction),
    [rows, week, reaction],
  );
  const hasPeople = listed.some(({ n }) => n > 0);
  return (
    <Tile
      id="reaction-retention"
      title="Retention by reaction"
      subtitle={`back to any practice in week ${String(week)}, by ${reaction === 'any' ? 'state recorded' : 'first reaction ever'}${from}; 12 weekly cohorts; association only`}
      summary={summaryOf(rows, week)}
      questions={reactions.map(({ question }) => question)}
      lateEffect="Returns of the last hours are missing; cells whose week is not over say so."
      legend={<Choices />}
      empty={
        rows.length > 0 && !hasPeople ? (
          <div className="tile-block">
            <h3>Nobody has reached week {week}</h3>
            <p>No cohort of the last 12 weeks is old enough, or nobody of it reacted.</p>
          </div>
        ) : null
      }
      chart={
        <IntervalList
          label={`Back in week ${String(week)} by reaction`}
          rows={listed}
          reference={null}
          hasValues
          describe={describe}
        />
      }
      table={
        <DataTable
          caption="Retention by reaction and week"
          columns={TABLE}
          rows={rows.flatMap(cellsOf)}
          rowKey={({ key }) => key}
        />
      }
    />
  );
}

function Choices() {
  const practices = useAddress(({ address }) => address.practices);
  const go = useAddress((state) => state.go);
  return (
    <>
      <Select
        label="Week"
        chosen={String(practices.week)}
        choices={Array.from({ length: MOST_WEEKS }, (_, index) => ({
          id: String(index + 1),
          label: `Week ${String(index + 1)}`,
        }))}
        onChoose={(week) => {
          go({ practices: { ...practices, week: Number(week) } });
        }}
      />
      <SegmentedControl
        label="Reaction"
        isSmall
        choices={CHOICES}
        chosen={practices.reaction}
        onChoose={(reaction) => {
          go({ practices: { ...practices, reaction } });
        }}
      />
    </>
  );
}

const NOBODY: ColumnTotal = { count: 0, n: 0, isPartial: false, value: null, low: null, high: null };

function rowsOf(reactions: readonly ReactionQuestion[]): ReactionRow[] {
  return reactions.map(({ name, answered }) => {
    const answer = answerIn(answered, 'retention');
    return {
      id: name?.id ?? 'none',
      name: name?.label ?? 'No reaction',
      slot: name?.slot ?? null,
      weeks: answer === null ? [] : columnTotals(retentionTable(answer)),
    };
  });
}

function listedOf({ id, name, slot, weeks }: ReactionRow, week: number): ListedRate {
  const { value, low, high, n } = weeks[week] ?? NOBODY;
  return {
    id,
    name,
    value,
    low,
    high,
    n,
    isSmall: n < SMALL_SAMPLE,
    ...(slot === null ? { isNone: true } : { slot }),
  };
}

function describeRow(row: ReactionRow | undefined, week: number, reaction: ReactionChoice): TooltipContent {
  if (row === undefined) return { title: '', rows: [] };
  const cell = row.weeks[week] ?? NOBODY;
  const notes = [
    'Association only: what people felt and whether they return may share a cause',
    ...(reaction === 'any' ? ['A person counts once per week with such a reaction'] : []),
    ...(cell.isPartial ? [`Week ${String(week)} is not over for any of them`] : []),
  ];
  return {
    title: row.id === 'none' ? 'No reaction' : `Reacted ${row.name}`,
    rows: [
      { label: `Back in week ${String(week)}`, value: formatRate(cell.value), isStrong: true },
      { label: '95% interval', value: intervalText(cell) },
      { label: 'People', value: `${formatCount(cell.count)} of ${formatCount(cell.n)}` },
    ],
    note: notes.join('. '),
  };
}

function summaryOf(rows: readonly ReactionRow[], week: number): string {
  if (rows.every(({ weeks }) => weeks.length === 0)) return 'Not read yet.';
  const words = rows.map(({ name, weeks }) => {
    const cell = weeks[week] ?? NOBODY;
    return `${name} ${formatRate(cell.value)}${cell.isPartial ? ' so far' : ''}`;
  });
  return `Back in week ${String(week)}: ${words.join(', ')}.`;
}

interface WeekCell extends ColumnTotal {
  key: string;
  name: string;
  week: number;
}

const cellsOf = ({ id, name, weeks }: ReactionRow): WeekCell[] =>
  weeks.map((cell, week) => ({ ...cell, key: `${id}-${String(week)}`, name, week })).slice(1);

const TABLE: DataColumn<WeekCell>[] = [
  { key: 'state', label: 'Reaction', isHead: true, text: ({ name }) => name },
  { key: 'week', label: 'Week', isNumber: true, text: ({ week }) => String(week) },
  {
    key: 'rate',
    label: '% back',
    isNumber: true,
    text: ({ value, isPartial }) => `${formatRate(value)}${isPartial ? ' so far' : ''}`,
  },
  { key: 'interval', label: '95% interval', isNumber: true, text: intervalText },
  { key: 'count', label: 'Back', isNumber: true, text: ({ count }) => formatCount(count) },
  { key: 'n', label: 'People', isNumber: true, text: ({ n }) => formatCount(n) },
  {
    key: 'mark',
    label: 'Mark',
    text: ({ isPartial, n }) => (isPartial ? 'Week not over' : n < SMALL_SAMPLE ? 'Small sample' : ''),
  },
];
