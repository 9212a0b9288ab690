import { useCallback, useMemo, useRef } from 'react';
import { formatCount, formatPoints } from '../../../shared/format/numbers.ts';
import { cellLinesChart, cellPlace, type LineCell, NARROW_CELL_GAP } from '../../charts/cell-lines.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { useSize } from '../../charts/use-size.ts';
import { bucketTitle } from '../../parts/date-words.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { pageOf } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { type ImpactCourse, inOrderOf, type ListedMaster } from './columns.ts';
import { EmptyMasters } from './EmptyMasters.tsx';
import type { Masters } from './use-masters.ts';

interface OverTimeTileProps {
  masters: Masters;
  /** In the order of the list. */
  rows: readonly ListedMaster[] | null;
  nameOf: (id: string | null) => string;
}

type CourseRow = ImpactCourse['rows'][number];

const NO_DATES: readonly string[] = [];
const NO_FLAGS: readonly boolean[] = [];
const LEAST_CELL_PX = 92;

/** Capture minus expected by week, a cell per master on one scale. */
export function OverTimeTile({ masters, rows, nameOf }: OverTimeTileProps) {
  const { course, questions, base } = masters;
  const host = useRef<HTMLDivElement>(null);
  const width = useSize(host)?.width ?? 0;
  const address = useAddress((state) => state.address);
  const go = useAddress((state) => state.go);
  const all = useMemo(() => ordered(course, rows), [course, rows]);
  const room = width === 0 ? all.length : Math.max(1, Math.floor((width - 42) / LEAST_CELL_PX));
  const shown = useMemo(() => all.slice(0, room), [all, room]);
  const dates = course?.dates ?? NO_DATES;
  const isPartial = course?.isPartial ?? NO_FLAGS;
  const { today } = base.calendar;
  const cells = useMemo(
    () =>
      shown.map((row): LineCell => {
        const n = row.n.reduce<number>((sum, each) => sum + (each ?? 0), 0);
        return {
          name: nameOf(row.id),
          ...(n < SMALL_SAMPLE ? { note: `n ${formatCount(n)}` } : {}),
          values: row.values,
          low: row.low,
          high: row.high,
          reference: null,
        };
      }),
    [shown, nameOf],
  );
  const draw = useCallback(
    (size: ChartSize) =>
      cellLinesChart(cells, {
        ...size,
        dates,
        isPartial,
        today,
        isDifference: true,
        startsAtZero: false,
        isStepped: false,
        gap: NARROW_CELL_GAP,
      }),
    [cells, dates, isPartial, today],
  );
  const count = Math.max(1, dates.length);
  const names = useMemo(
    () => shown.flatMap(({ id }) => dates.map((date) => `${nameOf(id)} ${date}`)),
    [shown, dates, nameOf],
  );
  const xAt = useCallback(
    (index: number) => cellPlace(Math.floor(index / count), index % count, count, NARROW_CELL_GAP),
    [count],
  );
  const valueAt = useCallback(
    (index: number) => shown[Math.floor(index / count)]?.values[index % count] ?? null,
    [shown, count],
  );
  const describe = useCallback(
    (index: number): TooltipContent => {
      const row = shown[Math.floor(index / count)];
      const at = index % count;
      if (row === undefined) return { title: '', rows: [] };
      return {
        title: `${nameOf(row.id)}, ${bucketTitle(dates[at] ?? '', 'week', today)}`,
        rows: [
          { label: 'Difference', value: formatPoints(row.values[at] ?? null), isStrong: true },
          { label: '95% interval', value: intervalOf(row, at) },
          { label: 'Sessions', value: formatCount(row.n[at] ?? 0) },
        ],
        ...(isPartial[at] === true ? { note: 'Still filling' } : {}),
      };
    },
    [shown, dates, isPartial, today, nameOf, count],
  );
  const hidden = all.length - shown.length;
  return (
    <Tile
      id="masters-over-time"
      title="Difference over time"
      subtitle={`capture minus expected, pp, weekly, 12 weeks; one scale${hidden > 0 ? `; ${formatCount(hidden)} more in the table` : ''}`}
      summary={summaryOf(all, isPartial, nameOf)}
      questions={[questions.impactOverTime]}
      lateEffect="The open week is not judged."
      empty={course?.rows.length === 0 ? <EmptyMasters masters={masters} /> : null}
      chart={
        <div ref={host} className="masters-cells">
          <Chart
            label="Difference over time"
            draw={draw}
            dates={names}
            xAt={xAt}
            valueAt={valueAt}
            describe={describe}
            onOpen={(index) => {
              const id = shown[Math.floor(index / count)]?.id;
              if (id != null) go(pageOf(address, 'master', id));
            }}
          />
        </div>
      }
      table={
        <DataTable
          caption="Difference from expected by week"
          columns={tableColumns(all, dates, nameOf)}
          rows={dates.map((_, index) => index)}
          rowKey={(index) => dates[index] ?? ''}
        />
      }
    />
  );
}

const ordered = (course: ImpactCourse | null, list: readonly ListedMaster[] | null): CourseRow[] =>
  inOrderOf(
    (course?.rows ?? []).filter(({ id }) => id !== null),
    list ?? [],
  );

const intervalOf = ({ low, high }: CourseRow, at: number): string =>
  low[at] == null || high[at] == null
    ? '–'
    : `${formatPoints(low[at]).replace(' pp', '')} to ${formatPoints(high[at])}`;

function summaryOf(
  rows: readonly CourseRow[],
  isPartial: readonly boolean[],
  nameOf: (id: string | null) => string,
): string {
  if (rows.length === 0) return 'Not read yet.';
  const last = isPartial.lastIndexOf(false);
  return `Latest complete week: ${rows.map((row) => `${nameOf(row.id)} ${formatPoints(row.values[last] ?? null)}`).join(', ')}.`;
}

const tableColumns = (
  rows: readonly CourseRow[],
  dates: readonly string[],
  nameOf: (id: string | null) => string,
): DataColumn<number>[] => [
  { key: 'date', label: 'Week of', isHead: true, text: (index) => dates[index] ?? '' },
  ...rows.flatMap((row): DataColumn<number>[] => [
    {
      key: row.id ?? '',
      label: nameOf(row.id),
      isNumber: true,
      text: (index) => formatPoints(row.values[index] ?? null),
    },
    {
      key: `${row.id ?? ''}-interval`,
      label: '95% interval',
      isNumber: true,
      text: (index) => intervalOf(row, index),
    },
    { key: `${row.id ?? ''}-n`, label: 'n', isNumber: true, text: (index) => formatCount(row.n[index] ?? 0) },
  ]),
];
