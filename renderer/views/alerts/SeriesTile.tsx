import { useCallback, useMemo } from 'react';
import { formatDate } from '../../../shared/format/calendar.ts';
import { formatRate } from '../../../shared/format/numbers.ts';
import type { Subject } from '../../../shared/alerts/rule.ts';
import { kindOfSubject } from '../../../shared/alerts/question.ts';
import { formatSubjectValue } from '../../../shared/alerts/sentence.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import {
  type WatchedPoint,
  watchedSeriesChart,
  type WatchedSeriesOptions,
} from '../../charts/watched-series.ts';
import type { Question } from '../../link/use-question.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { Tile, type TileProps } from '../../parts/Tile.tsx';

interface SeriesTileProps extends Pick<TileProps, 'id' | 'title' | 'subtitle' | 'legend' | 'line'> {
  question: Question;
  subject: Subject;
  points: readonly WatchedPoint[];
  today: string;
  shown: Pick<WatchedSeriesOptions, 'threshold' | 'expected' | 'marks' | 'judged' | 'hasIntervals'>;
}

/** A watched series with what was expected of it, its rule and its firings. */
export function SeriesTile({ question, subject, points, today, shown, ...tile }: SeriesTileProps) {
  const isRate =
    kindOfSubject(subject) === 'rate' || points.every(({ value }) => value === null || value <= 1);
  const format = useCallback(
    (value: number) => (isRate ? formatRate(value, 0) : formatSubjectValue(subject, value)),
    [isRate, subject],
  );
  const draw = useCallback(
    (size: ChartSize) =>
      watchedSeriesChart(points, { ...size, today, isRate, formatValue: format, ...shown }),
    [points, today, isRate, format, shown],
  );
  const dates = useMemo(() => points.map(({ date }) => date), [points]);
  const describe = useCallback(
    (index: number) => {
      const point = points[index];
      if (point === undefined) return { title: '', rows: [] };
      const value = formatSubjectValue(subject, point.value);
      const note = point.isPartial ? 'Not complete' : point.fails ? 'Beyond the threshold' : null;
      return {
        title: formatDate(point.date, today),
        rows: [{ label: 'Value', value, isStrong: true }],
        ...(note === null ? {} : { note }),
      };
    },
    [points, subject, today],
  );
  const latest = points.findLast(({ isPartial, value }) => !isPartial && value !== null);
  return (
    <Tile
      {...tile}
      summary={
        latest === undefined
          ? 'No complete day.'
          : `Latest complete day ${latest.date}: ${formatSubjectValue(subject, latest.value)}. ${shown.marks.length} firings.`
      }
      questions={[question]}
      lateEffect="Days that a late source has not filled are not judged."
      empty={
        points.length === 0 ? (
          <div className="tile-block">
            <h3>No days yet</h3>
            <p>There is nothing to judge before the first complete day.</p>
          </div>
        ) : null
      }
      chart={
        <Chart
          label={tile.title}
          draw={draw}
          dates={dates}
          valueAt={(index) => points[index]?.value ?? null}
          describe={describe}
        />
      }
      table={
        <DataTable
          caption={`${tile.title} by day`}
          columns={[
            { key: 'date', label: 'Day', isHead: true, text: ({ date }: WatchedPoint) => date },
            {
              key: 'value',
              label: 'Value',
              isNumber: true,
              text: ({ value }: WatchedPoint) => formatSubjectValue(subject, value),
            },
            {
              key: 'mark',
              label: 'Mark',
              text: ({ isPartial, fails }: WatchedPoint) =>
                isPartial ? 'Not complete' : fails ? 'Beyond the threshold' : '',
            },
          ]}
          rows={points}
          rowKey={({ date }) => date}
        />
      }
    />
  );
}
