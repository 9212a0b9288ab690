import { type ReactNode, useCallback, useMemo } from 'react';
import {
  formatCount,
  formatPoints,
  formatRate,
  formatSignedPercentNumber,
} from '../../../shared/format/numbers.ts';
import type { Question } from '../../link/use-question.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { type ListedPair, PairList } from '../../parts/PairList.tsx';
import { formatPValue } from '../../parts/p-value.ts';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import type { TileId } from '../../state/address.ts';
import { CAPTURE, clearRows, differenceInterval, inWords, type ShiftRow, sideText } from './shift.ts';

interface ShiftTileProps {
  id: TileId;
  title: string;
  subtitle: string;
  /** What the two sides are called. */
  names: readonly [one: string, other: string];
  mark: 'dot' | 'tick';
  rows: readonly ShiftRow[] | null;
  questions: readonly Question[];
  empty: ReactNode | null;
}

const LATE = 'Reactions of the last hours are missing on both sides.';

/** Every state and the capture rate of two sets of sessions, with the difference and its interval. */
export function ShiftTile({ id, title, subtitle, names, mark, rows, questions, empty }: ShiftTileProps) {
  const [one, other] = names;
  const listed = useMemo(() => (rows ?? []).map((row) => listedOf(row, mark)), [rows, mark]);
  const describe = useCallback(
    ({ id: shown }: ListedPair) =>
      describeRow(
        rows?.find((row) => row.id === shown),
        one,
        other,
      ),
    [rows, one, other],
  );
  const [first] = rows ?? [];
  return (
    <Tile
      id={id}
      title={title}
      subtitle={subtitle}
      summary={summaryOf(rows, one, other)}
      questions={questions}
      lateEffect={LATE}
      empty={empty}
      chart={
        <PairList
          label={title}
          rows={listed}
          columns={[short(one), short(other), 'pp', '95% interval']}
          legend={
            first !== undefined && (
              <span className="pair-legend">
                <span className={mark === 'dot' ? 'pair-open' : 'pair-filled'} />
                {one}, n {formatCount(first.one.n)}
                <span className={mark === 'dot' ? 'pair-filled' : 'pair-tick'} />
                {other}, n {formatCount(first.other.n)}
              </span>
            )
          }
          mark={mark}
          describe={describe}
        />
      }
      table={
        <DataTable
          caption={title}
          columns={tableColumns(one, other)}
          rows={rows ?? []}
          rowKey={(row) => row.id}
        />
      }
    />
  );
}

/** The first word heads a column: "Other practices" is "Other". */
const short = (name: string): string => name.split(' ')[0] ?? name;

const listedOf = (row: ShiftRow, mark: 'dot' | 'tick'): ListedPair => ({
  id: row.id,
  name: row.name,
  ...(row.slot === undefined ? {} : { slot: row.slot }),
  isSmall: row.isSmall,
  isPlain: row.id === CAPTURE,
  one: row.one,
  other: mark === 'tick' ? { ...row.other, low: null, high: null } : row.other,
  figures: [
    formatRate(row.one.value),
    formatRate(row.other.value),
    row.difference === null ? '–' : formatSignedPercentNumber(row.difference.points, 1),
    differenceInterval(row.difference).replace(' pp', ''),
  ],
});

function describeRow(row: ShiftRow | undefined, one: string, other: string): TooltipContent {
  if (row === undefined) return { title: '', rows: [] };
  const side = (name: string, which: 'one' | 'other') => [
    { label: name, value: formatRate(row[which].value), detail: intervalText(row[which]) },
    { label: row.id === CAPTURE ? 'Captured' : 'Reactions', value: sideText(row[which]) },
  ];
  return {
    title: row.name,
    rows: [
      {
        label: 'Difference',
        value: formatPoints(row.difference?.points ?? null),
        detail: differenceInterval(row.difference),
        isStrong: true,
      },
      ...side(one, 'one'),
      ...side(other, 'other'),
    ],
    ...(row.isSmall ? { note: 'Small sample on one side' } : {}),
  };
}

function summaryOf(rows: readonly ShiftRow[] | null, one: string, other: string): string {
  if (rows === null) return 'Not read yet.';
  const clear = clearRows(rows);
  if (clear.length === 0) return `${one} and ${other} do not differ beyond chance.`;
  return `${one} against ${other}: ${clear.map(inWords).join(', ')}. The rest does not differ beyond chance.`;
}

const tableColumns = (one: string, other: string): DataColumn<ShiftRow>[] => [
  { key: 'name', label: 'Measure', isHead: true, text: ({ name }) => name },
  ...sideColumns('one', one),
  ...sideColumns('other', other),
  {
    key: 'difference',
    label: `${one} − ${other}`,
    isNumber: true,
    text: ({ difference }) => formatPoints(difference?.points ?? null),
  },
  {
    key: 'difference-interval',
    label: '95% interval',
    isNumber: true,
    text: ({ difference }) => differenceInterval(difference),
  },
  {
    key: 'p',
    label: 'p',
    isNumber: true,
    text: ({ difference }) => (difference?.pValue == null ? '–' : formatPValue(difference.pValue)),
  },
  { key: 'mark', label: 'Mark', text: ({ isSmall }) => (isSmall ? 'Small sample' : '') },
];

const sideColumns = (which: 'one' | 'other', name: string): DataColumn<ShiftRow>[] => [
  { key: which, label: name, isNumber: true, text: (row) => formatRate(row[which].value) },
  {
    key: `${which}-interval`,
    label: '95% interval',
    isNumber: true,
    text: (row) => intervalText(row[which]),
  },
  { key: `${which}-count`, label: 'Count', isNumber: true, text: (row) => formatCount(row[which].count) },
  { key: `${which}-n`, label: 'of', isNumber: true, text: (row) => formatCount(row[which].n) },
];
