import { useCallback, useMemo } from 'react';
import { formatCount, formatRate } from '../../../shared/format/numbers.ts';
import { cellLinesChart, cellPlace, type LineCell } from '../../charts/cell-lines.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { bucketTitle } from '../../parts/date-words.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import type { Course, CourseLine } from './course.ts';
import { EmptySubject } from './EmptySubject.tsx';
import type { SubjectPage } from './use-subject.ts';

const LINES = [
  { id: 'all', name: 'All sessions' },
  { id: 'fresh', name: 'New people' },
  { id: 'returning', name: 'Returning' },
] as const;

const NO_DATES: readonly string[] = [];
const NO_FLAGS: readonly boolean[] = [];

/** Twelve weeks of a master: captured beside expected, and new people beside returning ones, on one scale. */
export function CourseTile({ page }: { page: SubjectPage }) {
  const { course, questions, base } = page;
  const { today } = base.calendar;
  const dates = course?.dates ?? NO_DATES;
  const isPartial = course?.isPartial ?? NO_FLAGS;
  const cells = useMemo(() => (course === null ? [] : LINES.map((line) => cellOf(line, course))), [course]);
  const draw = useCallback(
    (size: ChartSize) =>
      cellLinesChart(cells, {
        ...size,
        dates,
        isPartial,
        today,
        isDifference: false,
        startsAtZero: false,
        isStepped: false,
      }),
    [cells, dates, isPartial, today],
  );
  const count = Math.max(1, dates.length);
  const names = useMemo(() => LINES.flatMap(({ name }) => dates.map((date) => `${name} ${date}`)), [dates]);
  const xAt = useCallback(
    (index: number) => cellPlace(Math.floor(index / count), index % count, count),
    [count],
  );
  const valueAt = useCallback(
    (index: number) => cells[Math.floor(index / count)]?.values[index % count] ?? null,
    [cells, count],
  );
  const describe = useCallback(
    (index: number) => describePoint(course, Math.floor(index / count), index % count, today),
    [course, count, today],
  );
  return (
    <Tile
      id="subject-course"
      title="Capture by week"
      subtitle="dotted: expected of the practice mix; 12 weeks, 95% interval, one scale"
      summary={summaryOf(course)}
      questions={[questions.course, questions.courseOfNew, questions.courseOfReturning]}
      lateEffect="Reactions of the last hours are missing; the open week is not judged."
      empty={
        course?.all.n.every((n) => (n ?? 0) === 0) === true ? (
          <EmptySubject page={page} what="sessions" />
        ) : null
      }
      chart={
        <Chart
          label="Capture by week"
          draw={draw}
          dates={names}
          xAt={xAt}
          valueAt={valueAt}
          describe={describe}
        />
      }
      table={
        <DataTable
          caption="Capture by week"
          columns={course === null ? [] : tableColumns(course)}
          rows={dates.map((_, index) => index)}
          rowKey={(index) => dates[index] ?? ''}
        />
      }
    />
  );
}

function cellOf({ id, name }: (typeof LINES)[number], course: Course): LineCell {
  const { values, low, high, n } = course[id];
  const all = n.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  return {
    name,
    ...(all < SMALL_SAMPLE ? { note: `n ${formatCount(all)}` } : {}),
    values,
    low,
    high,
    reference: id === 'all' ? course.expected : null,
  };
}

const intervalAt = ({ low, high }: CourseLine, at: number): string =>
  intervalText({ low: low[at] ?? null, high: high[at] ?? null });

function describePoint(course: Course | null, cell: number, at: number, today: string): TooltipContent {
  const line = LINES[cell];
  if (course === null || line === undefined) return { title: '', rows: [] };
  const shown = course[line.id];
  return {
    title: `${line.name}, ${bucketTitle(course.dates[at] ?? '', 'week', today)}`,
    rows: [
      {
        label: 'Capture rate',
        value: formatRate(shown.values[at] ?? null),
        detail: intervalAt(shown, at),
        isStrong: true,
      },
      {
        label: 'Captured',
        value: `${formatCount(shown.captured[at] ?? 0)} of ${formatCount(shown.n[at] ?? 0)}`,
      },
      ...(line.id === 'all' ? [{ label: 'Expected', value: formatRate(course.expected[at] ?? null) }] : []),
    ],
    ...(course.isPartial[at] === true ? { note: 'Still filling' } : {}),
  };
}

function summaryOf(course: Course | null): string {
  if (course === null) return 'Not read yet.';
  const at = course.isPartial.lastIndexOf(false);
  const words = LINES.map(({ id, name }) => `${name} ${formatRate(course[id].values[at] ?? null)}`);
  return `Latest complete week: ${words.join(', ')}; expected ${formatRate(course.expected[at] ?? null)}.`;
}

const tableColumns = (course: Course): DataColumn<number>[] => [
  { key: 'date', label: 'Week of', isHead: true, text: (at) => course.dates[at] ?? '' },
  ...LINES.flatMap(({ id, name }): DataColumn<number>[] => [
    { key: id, label: name, isNumber: true, text: (at) => formatRate(course[id].values[at] ?? null) },
    {
      key: `${id}-interval`,
      label: '95% interval',
      isNumber: true,
      text: (at) => intervalAt(course[id], at),
    },
    {
      key: `${id}-captured`,
      label: 'Captured',
      isNumber: true,
      text: (at) => formatCount(course[id].captured[at] ?? 0),
    },
    { key: `${id}-n`, label: 'of', isNumber: true, text: (at) => formatCount(course[id].n[at] ?? 0) },
  ]),
  {
    key: 'expected',
    label: 'Expected',
    isNumber: true,
    text: (at) => formatRate(course.expected[at] ?? null),
  },
  { key: 'mark', label: 'Mark', text: (at) => (course.isPartial[at] === true ? 'Still filling' : '') },
];
