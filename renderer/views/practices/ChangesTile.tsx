import { type ReactNode, useCallback, useMemo } from 'react';
import { formatDate, formatDateRange } from '../../../shared/format/calendar.ts';
import { formatCount, formatPoints, formatQuantity, formatRate } from '../../../shared/format/numbers.ts';
import type { Levels, Stretch } from '../../../shared/stats/change-points.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { levelsChart } from '../../charts/levels.ts';
import type { Question } from '../../link/use-question.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';

interface ChangesTileProps {
  levels: Levels | null;
  /** First days of the buckets, those still filling included. */
  dates: readonly string[];
  bucket: 'day' | 'week';
  today: string;
  thresholdRatio: number | null;
  releases: readonly { version: string; date: string }[];
  questions: readonly Question[];
  empty: ReactNode | null;
}

/** How changes are found, in words. */
export const METHOD =
  'A change is where two levels explain the days better than one: binomial likelihood, 2.5 ln(days) per change, widened by the scatter between days. About 2 of 100 quiet series show one.';

interface LevelRow extends Stretch {
  from: string;
  to: string;
  difference: { points: number; low: number; high: number } | null;
}

/** The capture rate as levels: change points only, no single bucket. */
export function ChangesTile(props: ChangesTileProps) {
  const { levels, dates, bucket, today, thresholdRatio, releases, questions, empty } = props;
  const rows = useMemo(() => rowsOf(levels, dates), [levels, dates]);
  const draw = useCallback(
    (size: ChartSize) =>
      levelsChart(levels ?? NO_LEVELS, { ...size, dates, today, bucket, thresholdRatio, releases }),
    [levels, dates, today, bucket, thresholdRatio, releases],
  );
  const names = useMemo(() => rows.map(({ from }) => from), [rows]);
  const describe = useCallback((index: number) => describeRow(rows[index], today), [rows, today]);
  const xAt = useCallback((index: number) => rows[index]?.first ?? 0, [rows]);
  const valueAt = useCallback((index: number) => rows[index]?.value ?? null, [rows]);
  return (
    <Tile
      id="changes"
      title="Capture rate, changes"
      subtitle={`levels with 95% interval; ${bucket}s are not drawn`}
      summary={summaryOf(rows, today)}
      questions={questions}
      lateEffect="Days still filling are not judged."
      legend={
        <span className="lens-method" title={METHOD}>
          {formatQuantity(Math.max(0, rows.length - 1), 'change')}
        </span>
      }
      empty={empty}
      chart={
        <>
          <Chart
            label="Capture rate, changes"
            draw={draw}
            dates={names}
            xAt={xAt}
            valueAt={valueAt}
            describe={describe}
          />
          <p className="lens-foot">{METHOD}</p>
        </>
      }
      table={
        <DataTable
          caption="Levels of the capture rate"
          columns={TABLE}
          rows={rows}
          rowKey={({ from }) => from}
        />
      }
    />
  );
}

const NO_LEVELS: Levels = { stretches: [], changes: [], scatter: 1 };

function rowsOf(levels: Levels | null, dates: readonly string[]): LevelRow[] {
  if (levels === null) return [];
  return levels.stretches.map((stretch) => {
    const change = levels.changes.find(({ at }) => at === stretch.first);
    return {
      ...stretch,
      from: dates[stretch.first] ?? '',
      to: dates[stretch.last] ?? '',
      difference:
        change === undefined ? null : { points: change.difference, low: change.low, high: change.high },
    };
  });
}

function describeRow(row: LevelRow | undefined, today: string): TooltipContent {
  if (row === undefined) return { title: '', rows: [] };
  return {
    title: formatDateRange(row.from, row.to, today),
    rows: [
      { label: 'Capture rate', value: formatRate(row.value), isStrong: true },
      { label: '95% interval', value: intervalText(row) },
      { label: 'Captured', value: `${formatCount(row.k)} of ${formatCount(row.n)}` },
      ...(row.difference === null
        ? []
        : [
            {
              label: 'Changed by',
              value: formatPoints(row.difference.points),
              detail: differenceText(row.difference),
            },
          ]),
    ],
  };
}

const differenceText = ({ low, high }: { low: number; high: number }): string =>
  `${formatPoints(low).replace(' pp', '')} to ${formatPoints(high)}`;

function summaryOf(rows: readonly LevelRow[], today: string): string {
  const changes = rows.flatMap(({ from, difference, value }) =>
    difference === null
      ? []
      : [`${formatDate(from, today)} ${formatPoints(difference.points)} to ${formatRate(value)}`],
  );
  if (rows.length === 0) return 'Not read yet.';
  return changes.length === 0
    ? `One level, ${formatRate(rows[0]?.value ?? null)}; nothing changed beyond chance.`
    : `${formatQuantity(changes.length, 'change')}: ${changes.join('; ')}.`;
}

const TABLE: DataColumn<LevelRow>[] = [
  { key: 'from', label: 'From', isHead: true, text: ({ from }) => from },
  { key: 'to', label: 'To', text: ({ to }) => to },
  { key: 'rate', label: 'Capture rate', isNumber: true, text: ({ value }) => formatRate(value) },
  { key: 'interval', label: '95% interval', isNumber: true, text: intervalText },
  { key: 'captured', label: 'Captured sessions', isNumber: true, text: ({ k }) => formatCount(k) },
  { key: 'completed', label: 'Completed sessions', isNumber: true, text: ({ n }) => formatCount(n) },
  {
    key: 'change',
    label: 'Changed by',
    isNumber: true,
    text: ({ difference }) => formatPoints(difference?.points ?? null),
  },
  {
    key: 'change-interval',
    label: '95% interval',
    isNumber: true,
    text: ({ difference }) => (difference === null ? '–' : differenceText(difference)),
  },
];
