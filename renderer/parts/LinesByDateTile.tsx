import { type ReactNode, useCallback, useMemo } from 'react';
import { formatDate } from '../../shared/format/calendar.ts';
import { Chart, type ChartSize } from '../charts/Chart.tsx';
import { type DatedLine, linesByDateChart } from '../charts/lines-by-date.ts';
import { dateTicks } from '../charts/ticks.ts';
import type { Question } from '../link/use-question.ts';
import type { ChartSeries } from '../notes/SeriesEnds.tsx';
import type { TileId } from '../state/address.ts';
import type { ComparedColumn, TrendColumns } from '../state/trend-columns.ts';
import { type Bucket, bucketTitle } from './date-words.ts';
import { DataTable, type DataColumn } from './DataTable.tsx';
import { Tile } from './Tile.tsx';
import type { TooltipContent } from './tooltip-content.ts';

export interface TileLine {
  /** Of its columns in the table. */
  key: string;
  /** Shown at its end; may be empty where there is only one. */
  name: string;
  /** In tooltip and table; default: the name. */
  label?: string;
  stroke?: string;
  width?: number;
  column: ComparedColumn | null;
  band?: DatedLine['band'];
  /** Numerator and denominator are told too. */
  hasSides?: boolean;
  /** Its comparison is drawn. */
  showsPrevious?: boolean;
}

interface LinesByDateTileProps {
  id: TileId;
  title: string;
  subtitle: string;
  summary: string;
  questions: readonly Question[];
  lateEffect: string;
  empty: ReactNode | null;
  legend?: ReactNode;
  /** Below the chart. */
  footer?: ReactNode;
  columns: TrendColumns | null;
  lines: readonly TileLine[];
  bucket: Bucket;
  today: string;
  startsAtZero?: boolean;
  /** A value in full: tooltip, table, end of the line. */
  text: (value: number | null) => string;
  axisText: (value: number, isTop: boolean) => string;
  target?: { value: number; label: string } | null;
  endPx?: number;
  leftPx?: number;
  tickUnit?: number;
}

const NO_DATES: readonly string[] = [];
const NO_FLAGS: readonly boolean[] = [];
const TICK_EVERY_HOURS = 6;

/** Numbers over time: lines by bucket, the same as a table, and each bucket in words. */
export function LinesByDateTile(props: LinesByDateTileProps) {
  const { id, columns, lines, bucket, today, text, axisText, startsAtZero = true } = props;
  const { target = null, endPx = 84, leftPx = 36, tickUnit = 1, footer } = props;
  const dates = columns?.dates ?? NO_DATES;
  const isPartial = columns?.isPartial ?? NO_FLAGS;
  const drawn = useMemo(() => lines.map(drawnLine), [lines]);
  const draw = useCallback(
    (size: ChartSize, chartId: string) =>
      linesByDateChart(drawn, {
        ...size,
        id: chartId,
        isPartial,
        ticks: ticksOf(dates, bucket, (size.width - leftPx - endPx) / Math.max(1, dates.length - 1)),
        tickText: (index) => tickText(dates[index] ?? '', bucket, today),
        startsAtZero,
        axisText,
        endText: text,
        target,
        watermarkIndex: columns?.watermarkIndex ?? null,
        endPx,
        leftPx,
        tickUnit,
      }),
    [
      drawn,
      isPartial,
      dates,
      bucket,
      today,
      startsAtZero,
      axisText,
      text,
      target,
      columns,
      endPx,
      leftPx,
      tickUnit,
    ],
  );
  const describe = useCallback(
    (index: number) => describeBucket(index, { columns, lines, bucket, today, text }),
    [columns, lines, bucket, today, text],
  );
  const main = lines[0]?.column?.values;
  const valueAt = useCallback((index: number) => main?.[index] ?? null, [main]);
  const series = useMemo(() => seriesOf(lines), [lines]);
  const chart = (
    <Chart
      label={props.title}
      draw={draw}
      dates={dates}
      valueAt={valueAt}
      describe={describe}
      series={series}
    />
  );
  return (
    <Tile
      id={id}
      title={props.title}
      subtitle={props.subtitle}
      summary={props.summary}
      questions={props.questions}
      lateEffect={props.lateEffect}
      legend={props.legend}
      empty={props.empty}
      chart={
        footer === undefined ? (
          chart
        ) : (
          <>
            {chart}
            {footer}
          </>
        )
      }
      table={
        <DataTable
          caption={`${props.title} by ${bucket}`}
          columns={tableColumns({ columns, lines, bucket, today, text })}
          rows={dates.map((_, index) => index)}
          rowKey={(index) => dates[index] ?? ''}
        />
      }
    />
  );
}

const NO_VALUES: readonly (number | null)[] = [];

const drawnLine = ({ name, stroke, width, column, band, showsPrevious = false }: TileLine): DatedLine => ({
  name,
  stroke: stroke ?? 'var(--data)',
  ...(width === undefined ? {} : { width }),
  values: column?.values ?? NO_VALUES,
  previous: showsPrevious ? (column?.previous?.values ?? null) : null,
  ...(band === undefined ? {} : { band }),
});

/** What can be annotated by itself: one of several. */
function seriesOf(lines: readonly TileLine[]): ChartSeries[] {
  if (lines.length < 2) return [];
  return lines.map((line) => {
    const value = line.column?.values.findLast((each) => each !== null) ?? null;
    return { id: line.key, name: labelOf(line), value, at: value };
  });
}

function ticksOf(dates: readonly string[], bucket: Bucket, pxPerBucket: number): number[] {
  if (bucket !== 'hour') return dateTicks(dates, bucket, pxPerBucket);
  const isOnTheHour = (date: string): boolean => Number(date.slice(11, 13)) % TICK_EVERY_HOURS === 0;
  return dates.flatMap((date, index) => (isOnTheHour(date) ? [index] : []));
}

const tickText = (date: string, bucket: Bucket, today: string): string =>
  bucket === 'hour' ? date.slice(11) : formatDate(date, today);

interface Described {
  columns: TrendColumns | null;
  lines: readonly TileLine[];
  bucket: Bucket;
  today: string;
  text: (value: number | null) => string;
}

function describeBucket(index: number, { columns, lines, bucket, today, text }: Described): TooltipContent {
  const date = columns?.dates[index];
  if (columns === null || date === undefined) return { title: '', rows: [] };
  return {
    title: bucketTitle(date, bucket, today),
    rows: lines.flatMap((line, at) => {
      const { column } = line;
      const before = line.showsPrevious === true ? column?.previous?.values[index] : undefined;
      const then = columns.previousDates[index];
      return [
        {
          label: labelOf(line),
          value: text(column?.values[index] ?? null),
          isStrong: at === 0,
          ...(line.hasSides === true ? { detail: sidesText(column, index) } : {}),
        },
        ...(before === undefined || then === undefined
          ? []
          : [{ label: bucketTitle(then, bucket, today), value: text(before) }]),
      ];
    }),
    ...(columns.isPartial[index] === true ? { note: 'Still filling' } : {}),
  };
}

const labelOf = ({ label, name }: TileLine): string => label ?? name;

function sidesText(column: ComparedColumn | null, index: number): string {
  const [above, below] = [column?.numerator[index], column?.denominator[index]];
  return above == null || below == null ? '' : `${plain(above)} of ${plain(below)}`;
}

/** Sums of money and time are not whole. */
const plain = (value: number): string =>
  value.toLocaleString('en-GB', { maximumFractionDigits: 2 }).replace('-', '−');

function tableColumns({ columns, lines, bucket, text }: Described): DataColumn<number>[] {
  const isCompared = columns !== null && columns.previousDates.length > 0;
  return [
    {
      key: 'date',
      label: { hour: 'Hour', day: 'Day', week: 'Week of' }[bucket],
      isHead: true,
      text: (index) => columns?.dates[index] ?? '',
    },
    ...lines.flatMap((line): DataColumn<number>[] => [
      {
        key: line.key,
        label: labelOf(line),
        isNumber: true,
        text: (index) => text(line.column?.values[index] ?? null),
      },
      ...(line.hasSides === true
        ? [
            {
              key: `${line.key}-sides`,
              label: 'Counted',
              isNumber: true,
              text: (index: number) => sidesText(line.column, index),
            },
          ]
        : []),
      ...(isCompared && line.showsPrevious === true
        ? [
            {
              key: `${line.key}-previous`,
              label: `${labelOf(line)} then`,
              isNumber: true,
              text: (index: number) => text(line.column?.previous?.values[index] ?? null),
            },
          ]
        : []),
    ]),
    {
      key: 'mark',
      label: 'Mark',
      text: (index) => (columns?.isPartial[index] === true ? 'Still filling' : ''),
    },
  ];
}
