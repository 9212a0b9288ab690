import { useCallback, useMemo } from 'react';
import { formatCount, formatPoints, formatRate } from '../../../shared/format/numbers.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { type RetentionLine, retentionCurvesChart } from '../../charts/retention-curves.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent, TooltipRow } from '../../parts/tooltip-content.ts';
import { comparedInWords } from '../../state/compared-words.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { capitalise } from '../../state/event-names.ts';
import { EmptyCohorts } from './EmptyCohorts.tsx';
import type { Cohorts, RetentionCurve } from './use-cohorts.ts';
import { columnName, columnSpan } from './words.ts';

export function CurvesTile({ cohorts }: { cohorts: Cohorts }) {
  const { state, fresh, returning, questions, address, span } = cohorts;
  const lines = useMemo(() => linesOf(returning, fresh), [returning, fresh]);
  const columns = Math.max(0, ...lines.map(({ points }) => points.length));
  const names = useMemo(
    () =>
      Array.from({ length: columns }, (_, column) =>
        column === 0 ? `${capitalise(state.interval)} 0` : columnSpan(state, column),
      ),
    [columns, state],
  );
  const draw = useCallback(
    (size: ChartSize) =>
      retentionCurvesChart(lines, {
        ...size,
        columns: names,
        marked: state.column,
        smallSample: SMALL_SAMPLE,
      }),
    [lines, names, state.column],
  );
  const keys = useMemo(() => names.map((_, column) => columnName(state, column)), [names, state]);
  const compared = comparedInWords(address, span);
  const describe = useCallback(
    (column: number) => describeColumn(lines, column, keys[column] ?? '', compared),
    [lines, keys, compared],
  );
  return (
    <Tile
      id="retention-curves"
      title="New and returning"
      subtitle={`% back${lines.some(({ previous }) => previous !== null) ? `; dotted: ${compared}` : ''}`}
      summary={summaryOf(lines, keys)}
      questions={[questions.fresh, questions.every]}
      lateEffect="Returns of the last hours are missing from columns that are not complete; those stay out."
      empty={
        lines[0]?.points[0]?.n === 0 && lines[1]?.points[0]?.n === 0 ? (
          <EmptyCohorts cohorts={cohorts} />
        ) : null
      }
      chart={<Chart label="New and returning" draw={draw} dates={keys} describe={describe} />}
      table={
        <DataTable
          caption="Retention of new and returning people"
          columns={curveColumns(lines, keys)}
          rows={keys.map((_, column) => column)}
          rowKey={String}
        />
      }
    />
  );
}

function linesOf(returning: RetentionCurve | null, fresh: RetentionCurve | null): RetentionLine[] {
  const known = [
    { name: 'Returning', series: 1 as const, curve: returning },
    { name: 'New', series: 2 as const, curve: fresh },
  ];
  return known.flatMap(({ name, series, curve }) =>
    curve === null ? [] : [{ name, series, points: curve.totals, previous: curve.previous }],
  );
}

function describeColumn(
  lines: readonly RetentionLine[],
  column: number,
  name: string,
  compared: string,
): TooltipContent {
  return {
    title: capitalise(name),
    rows: lines.flatMap(({ name: who, points, previous }): TooltipRow[] => {
      const point = points[column];
      if (point === undefined) return [];
      const before = previous?.[column]?.value ?? null;
      return [
        { label: who, value: formatRate(point.value), isStrong: true, detail: `n ${formatCount(point.n)}` },
        { label: `${who}, interval`, value: intervalText(point) },
        ...(before === null || point.value === null
          ? []
          : [
              {
                label: `${who}, ${compared}`,
                value: formatRate(before),
                detail: formatPoints(point.value - before),
              },
            ]),
      ];
    }),
    note: lines.some(({ points }) => points[column]?.isPartial === true)
      ? 'No cohort has it complete; this is so far'
      : 'New: their first one of all time. Returning: had one before',
  };
}

function curveColumns(lines: readonly RetentionLine[], keys: readonly string[]): DataColumn<number>[] {
  return [
    { key: 'column', label: 'Period', isHead: true, text: (column) => capitalise(keys[column] ?? '') },
    ...lines.flatMap(({ name, points, previous }): DataColumn<number>[] => {
      const id = name.toLowerCase();
      return [
        {
          key: `${id}-rate`,
          label: name,
          isNumber: true,
          text: (column) =>
            `${formatRate(points[column]?.value ?? null)}${points[column]?.isPartial === true ? ' so far' : ''}`,
        },
        {
          key: `${id}-interval`,
          label: '95% interval',
          isNumber: true,
          text: (column) => intervalText(points[column] ?? { low: null, high: null }),
        },
        {
          key: `${id}-count`,
          label: 'Back',
          isNumber: true,
          text: (column) => formatCount(countAt(points[column])),
        },
        { key: `${id}-n`, label: 'n', isNumber: true, text: (column) => formatCount(points[column]?.n ?? 0) },
        ...(previous === null
          ? []
          : [
              {
                key: `${id}-previous`,
                label: 'Then',
                isNumber: true,
                text: (column: number) => formatRate(previous[column]?.value ?? null),
              },
            ]),
      ];
    }),
  ];
}

const countAt = (point: RetentionLine['points'][number] | undefined): number =>
  point?.value == null ? 0 : Math.round(point.value * point.n);

function summaryOf(lines: readonly RetentionLine[], keys: readonly string[]): string {
  const parts = lines.flatMap(({ name, points }) => {
    const last = points.findLastIndex(({ value, isPartial }) => value !== null && !isPartial);
    return last < 1 ? [] : [`${name} ${formatRate(points[last]?.value ?? null)} in ${keys[last] ?? ''}`];
  });
  return parts.length === 0 ? 'Not read yet.' : `${parts.join(', ')}.`;
}
