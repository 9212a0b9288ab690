import { useMemo } from 'react';
import { formatQuantity } from '../../../shared/format/numbers.ts';
import { BarTable } from '../../parts/BarTable.tsx';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { LinesByDateTile } from '../../parts/LinesByDateTile.tsx';
import { Tile } from '../../parts/Tile.tsx';
import { cellText, isNumberColumn, type ResultRow, type ResultTable } from './result-table.ts';
import type { Explore } from './use-explore.ts';

const STROKES = ['var(--series-1)', 'var(--series-2)', 'var(--series-3)', 'var(--series-4)'];
const LATE = 'Events of the hatched time may still come.';

/** The answer drawn: lines over time, or bars. */
export function ResultTile({ explore }: { explore: Explore }) {
  const { shape, table, question, base, bucket, isRate } = explore;
  const columns = table === null ? [] : dataColumns(table);
  const rows = table?.rows ?? [];
  const lines = useMemo(
    () =>
      shape?.kind === 'lines'
        ? shape.lines.map(({ key, name, column }, index) => ({
            key,
            name: shape.lines.length === 1 ? '' : name,
            label: name,
            stroke: shape.lines.length === 1 ? 'var(--data)' : (STROKES[index] ?? 'var(--data)'),
            column,
            hasSides: column.denominator.length > 0,
            showsPrevious: shape.lines.length === 1,
          }))
        : [],
    [shape],
  );
  const text = isRate ? rateText : valueText;
  if (shape?.kind === 'lines') {
    return (
      <LinesByDateTile
        id="explore-result"
        title="Result"
        subtitle={subtitleOf(explore, shape.more)}
        summary={`${formatQuantity(shape.lines.length + shape.more, 'line')} by ${bucket}.`}
        questions={[question]}
        lateEffect={LATE}
        empty={null}
        columns={shape.columns}
        lines={lines}
        bucket={bucket}
        today={base.calendar.today}
        startsAtZero={!isRate}
        text={text}
        axisText={isRate ? rateAxisText : valueText}
        endPx={lines.length > 1 ? 170 : 64}
        leftPx={52}
      />
    );
  }
  return (
    <Tile
      id="explore-result"
      title="Result"
      subtitle={subtitleOf(explore, shape?.more ?? 0)}
      summary={`${formatQuantity(rows.length, 'row')}.`}
      questions={[question]}
      lateEffect={LATE}
      empty={null}
      chart={
        <BarTable
          caption="Result"
          nameLabel="Name"
          rows={shape?.rows ?? []}
          rowKey={({ id }) => id}
          name={({ name }) => name}
          bar={({ value }) => ({ value: Math.max(0, value), tick: null })}
          columns={[
            {
              key: 'value',
              label: shape?.measure ?? 'value',
              cell: ({ value }) => cellText(shape?.measure ?? '', value),
              isStrong: true,
            },
          ]}
        />
      }
      table={
        <DataTable
          caption="Result"
          columns={columns}
          rows={rows}
          rowKey={(row) => String(rows.indexOf(row))}
        />
      }
    />
  );
}

/** The answer row by row. */
export function TableTile({ explore }: { explore: Explore }) {
  const { table, question } = explore;
  const rows = table?.rows ?? [];
  const shown = (
    <DataTable
      caption="Table of the result"
      columns={table === null ? [] : dataColumns(table)}
      rows={rows}
      rowKey={(row) => String(rows.indexOf(row))}
    />
  );
  return (
    <Tile
      id="explore-table"
      title="Table"
      subtitle={formatQuantity(rows.length, 'row')}
      summary={`${formatQuantity(rows.length, 'row')}.`}
      questions={[question]}
      lateEffect={LATE}
      empty={null}
      chart={shown}
      table={shown}
    />
  );
}

const dataColumns = ({ heads, rows }: ResultTable): DataColumn<ResultRow>[] =>
  heads.map((name, index) => ({
    key: name,
    label: name,
    isHead: index === 0,
    isNumber: isNumberColumn(rows, name),
    text: (row) => cellText(name, row[name]),
  }));

function subtitleOf({ question, table }: Explore, more: number): string {
  const { good } = question.state;
  if (good === null || table === null) return '';
  const left = more === 0 ? '' : `; ${more} more in the table`;
  return `${formatQuantity(table.rows.length, 'row')}${left}`;
}

const valueText = (value: number | null): string => cellText('value', value);
const rateText = (value: number | null): string => cellText('rate', value);
const rateAxisText = (value: number, isTop: boolean): string =>
  `${Number((value * 100).toPrecision(6)).toLocaleString('en-GB')}${isTop ? '%' : ''}`;
