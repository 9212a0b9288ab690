import { type ReactNode, useCallback, useMemo, useRef } from 'react';
import { formatCount, formatRate } from '../../../shared/format/numbers.ts';
import {
  cellLinesChart,
  cellPlace,
  type LineCell,
  NARROW_CELL_GAP,
  WIDE_CELL_GAP,
} from '../../charts/cell-lines.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { useSize } from '../../charts/use-size.ts';
import type { Question } from '../../link/use-question.ts';
import { BUCKET_HEADS, type Bucket, bucketTitle } from '../../parts/date-words.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { MoreRows } from '../../parts/MoreRows.tsx';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import type { TileId } from '../../state/address.ts';
import './state-lines.css';

export interface StateLine {
  id: string;
  label: string;
  /** Of a state; without one ink. */
  slot?: number;
  /** Under the name, warning. */
  note?: string;
  /** Denominators of its own; default: those of the tile. */
  n?: readonly number[];
  shares: readonly (number | null)[];
  counts: readonly number[];
  /** What it is held against; null: nothing. */
  reference: readonly (number | null)[] | null;
  changes?: readonly number[];
}

export interface StateLinesTileProps {
  id: TileId;
  title: string;
  subtitle: string;
  summary: string;
  lines: readonly StateLine[];
  dates: readonly string[];
  isOpen: readonly boolean[];
  /** Reactions per bucket. */
  n: readonly number[];
  bucket: Bucket;
  today: string;
  isStepped?: boolean;
  startsAtZero?: boolean;
  /** What is counted. */
  countName?: string;
  /** Narrower cells are left to the table. */
  leastCellPx?: number;
  onOpen?: (id: string) => void;
  /** "all others". */
  referenceName: string;
  questions: readonly Question[];
  legend?: ReactNode;
  empty: ReactNode | null;
}

/** Every state over time, one cell each, on one scale. */
export function StateLinesTile(props: StateLinesTileProps) {
  const { dates, isOpen, n, bucket, today, isStepped = false, startsAtZero = true } = props;
  const { referenceName, countName = 'Reactions', leastCellPx = 0, onOpen } = props;
  const host = useRef<HTMLDivElement>(null);
  const width = useSize(host)?.width ?? 0;
  const room = leastCellPx === 0 ? Infinity : Math.max(1, Math.floor((width - 42) / leastCellPx));
  const gap = leastCellPx === 0 ? WIDE_CELL_GAP : NARROW_CELL_GAP;
  const lines = useMemo(() => props.lines.slice(0, room), [props.lines, room]);
  const hidden = props.lines.length - lines.length;
  const cells = useMemo(
    () =>
      lines.map(({ label, slot, note, shares, reference, changes }): LineCell => ({
        name: label,
        ...(slot === undefined ? {} : { slot }),
        ...(note === undefined ? {} : { note }),
        values: shares,
        reference,
        ...(changes === undefined ? {} : { changes }),
      })),
    [lines],
  );
  const draw = useCallback(
    (size: ChartSize) =>
      cellLinesChart(cells, {
        ...size,
        dates,
        isPartial: isOpen,
        today,
        isDifference: false,
        startsAtZero,
        isStepped,
        gap,
      }),
    [cells, dates, isOpen, today, startsAtZero, isStepped, gap],
  );
  const count = Math.max(1, dates.length);
  const names = useMemo(
    () => lines.flatMap(({ label }) => dates.map((date) => `${label} ${date}`)),
    [lines, dates],
  );
  const xAt = useCallback(
    (index: number) => cellPlace(Math.floor(index / count), index % count, count, gap),
    [count, gap],
  );
  const valueAt = useCallback(
    (index: number) => lines[Math.floor(index / count)]?.shares[index % count] ?? null,
    [lines, count],
  );
  const describe = useCallback(
    (index: number): TooltipContent => {
      const line = lines[Math.floor(index / count)];
      const at = index % count;
      if (line === undefined) return { title: '', rows: [] };
      return {
        title: `${line.label}, ${bucketTitle(dates[at] ?? '', bucket, today)}`,
        rows: [
          {
            label: line.label,
            ...(line.slot === undefined ? {} : { slot: line.slot }),
            value: formatRate(line.shares[at] ?? null),
            isStrong: true,
          },
          {
            label: countName,
            value: `${formatCount(line.counts[at] ?? 0)} of ${formatCount((line.n ?? n)[at] ?? 0)}`,
          },
          ...(line.reference === null
            ? []
            : [{ label: referenceName, value: formatRate(line.reference[at] ?? null) }]),
        ],
        ...(isOpen[at] === true ? { note: 'Still filling' } : {}),
      };
    },
    [lines, dates, n, isOpen, bucket, today, referenceName, countName, count],
  );
  return (
    <Tile
      id={props.id}
      title={props.title}
      subtitle={props.subtitle}
      summary={props.summary}
      questions={props.questions}
      lateEffect="Reactions of the open buckets are still arriving; their shares may move."
      legend={props.legend}
      empty={props.empty}
      chart={
        <div ref={host} className="cells">
          <Chart
            label={props.title}
            draw={draw}
            dates={names}
            xAt={xAt}
            valueAt={valueAt}
            describe={describe}
            {...(onOpen === undefined
              ? {}
              : {
                  onOpen: (index: number) => {
                    onOpen(lines[Math.floor(index / count)]?.id ?? '');
                  },
                })}
          />
          {hidden > 0 && width > 0 && <MoreRows id={props.id} hidden={hidden} className="cells-more" />}
        </div>
      }
      table={
        <DataTable
          caption={`${props.title} by ${bucket}`}
          columns={tableColumns(props)}
          rows={dates.map((_, index) => index)}
          rowKey={(index) => dates[index] ?? ''}
        />
      }
    />
  );
}

function tableColumns(props: StateLinesTileProps): DataColumn<number>[] {
  const { lines, dates, n, bucket, referenceName } = props;
  return [
    { key: 'date', label: BUCKET_HEADS[bucket], isHead: true, text: (index) => dates[index] ?? '' },
    ...(lines.every((line) => line.n !== undefined)
      ? []
      : [
          {
            key: 'n',
            label: 'Reactions',
            isNumber: true,
            text: (index: number) => formatCount(n[index] ?? 0),
          },
        ]),
    ...lines.flatMap(({ id, label, counts, shares, reference, n: own }): DataColumn<number>[] => [
      ...(own === undefined
        ? []
        : [
            {
              key: `${id}-n`,
              label: `${label}, n`,
              isNumber: true,
              text: (index: number) => formatCount(own[index] ?? 0),
            },
          ]),
      { key: id, label, isNumber: true, text: (index) => formatCount(counts[index] ?? 0) },
      { key: `${id}-share`, label: '%', isNumber: true, text: (index) => formatRate(shares[index] ?? null) },
      ...(reference === null
        ? []
        : [
            {
              key: `${id}-reference`,
              label: referenceName,
              isNumber: true,
              text: (index: number) => formatRate(reference[index] ?? null),
            },
          ]),
    ]),
  ];
}
