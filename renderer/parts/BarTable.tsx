import type { CSSProperties, ReactNode } from 'react';
import type { Anchor } from '../../shared/annotations/anchor.ts';
import { noteMark } from '../notes/note-mark.ts';
import { seriesAnchor } from '../notes/table-mark.ts';
import { useRowKeys } from './use-row-keys.ts';
import './bar-table.css';

export interface BarColumn<Row> {
  key: string;
  label: string;
  /** Text, or a small drawing. */
  cell: (row: Row) => ReactNode;
  isStrong?: boolean;
  /** Not a number: stands left. */
  isText?: boolean;
}

interface BarTableProps<Row> {
  caption: string;
  nameLabel: string;
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  name: (row: Row) => string;
  /** Names are identifiers. */
  isMono?: boolean;
  /** Length of the bar, and where the compared period ended; null draws none. Without it there are no bars. */
  bar?: (row: Row) => { value: number | null; tick: number | null };
  columns: readonly BarColumn<Row>[];
  chosen?: string | null;
  onChoose?: (row: Row) => void;
  total?: Row;
  /** What a note on a row is pinned to; default: the series of its key. */
  anchorOf?: (row: Row) => Anchor | null;
  /** Further attributes of a row: which mark it is. */
  attributesOf?: (row: Row) => Record<`data-${string}`, string | undefined>;
}

/** Names with bars on one scale from zero, the compared period as a tick, and figures beside them. */
export function BarTable<Row>(props: BarTableProps<Row>) {
  const { caption, nameLabel, rows, rowKey, columns, bar, total } = props;
  const keys = useRowKeys<HTMLDivElement>();
  const longest = Math.max(
    0,
    ...rows.flatMap((row) => {
      const drawn = bar?.(row);
      return [drawn?.value ?? 0, drawn?.tick ?? 0];
    }),
  );
  return (
    <div
      ref={keys.host}
      className="bar-table"
      tabIndex={0}
      role="region"
      aria-label={caption}
      data-chart-area
      onKeyDown={keys.onKeyDown}
      onBlur={keys.onBlur}
    >
      <table>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{nameLabel}</th>
            {bar !== undefined && <td className="bar-cell" />}
            {columns.map(({ key, label, isText = false }) => (
              <th key={key} scope="col" data-text={isText}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <BarRow key={rowKey(row)} {...props} row={row} longest={longest} />
          ))}
        </tbody>
        {total !== undefined && (
          <tfoot>
            <BarRow {...props} row={total} longest={longest} isTotal />
          </tfoot>
        )}
      </table>
    </div>
  );
}

function BarRow<Row>(props: BarTableProps<Row> & { row: Row; longest: number; isTotal?: boolean }) {
  const {
    row,
    rowKey,
    name,
    columns,
    bar,
    longest,
    chosen,
    onChoose,
    isMono = false,
    isTotal = false,
    attributesOf,
  } = props;
  const key = rowKey(row);
  return (
    <tr
      data-row={key}
      data-chosen={key === chosen}
      {...(isTotal ? {} : markOfRow(props, row))}
      {...(isTotal ? {} : attributesOf?.(row))}
    >
      <th scope="row" title={name(row)} data-mono={isMono}>
        {onChoose === undefined || isTotal ? (
          name(row)
        ) : (
          <button
            type="button"
            className="bar-name"
            aria-pressed={key === chosen}
            onClick={() => {
              onChoose(row);
            }}
          >
            {name(row)}
          </button>
        )}
      </th>
      {bar !== undefined && (
        <td className="bar-cell" aria-hidden="true">
          {!isTotal && <Bar {...bar(row)} longest={longest} />}
        </td>
      )}
      {columns.map(({ key: column, cell, isStrong = false, isText = false }) => (
        <td key={column} data-key={column} data-strong={isStrong} data-text={isText}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}

function markOfRow<Row>({ rowKey, name, bar, anchorOf }: BarTableProps<Row>, row: Row) {
  const anchor = anchorOf === undefined ? seriesAnchor(rowKey(row)) : anchorOf(row);
  if (anchor === null) return {};
  return noteMark({ anchor, label: name(row), value: bar?.(row).value ?? null, interval: null, n: null });
}

function Bar({ value, tick, longest }: { value: number | null; tick: number | null; longest: number }) {
  const share = (length: number | null): string => `${longest === 0 ? 0 : (100 * (length ?? 0)) / longest}%`;
  return (
    <span className="bar" style={{ '--bar': share(value), '--tick': share(tick) } as CSSProperties}>
      {value !== null && <span className="bar-length" />}
      {tick !== null && <span className="bar-tick" />}
    </span>
  );
}
