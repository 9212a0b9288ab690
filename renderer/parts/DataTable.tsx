import { type KeyboardEvent, useRef, useState } from 'react';
import type { Anchor } from '../../shared/annotations/anchor.ts';
import { type NoteMark, noteMark } from '../notes/note-mark.ts';
import { namedMark, rowAnchor } from '../notes/table-mark.ts';
import { useSession } from '../state/session-store.ts';
import './data-table.css';

export interface DataColumn<Row> {
  key: string;
  label: string;
  /** Numbers stand right. */
  isNumber?: boolean;
  /** The name of its row. */
  isHead?: boolean;
  text: (row: Row) => string;
}

interface DataTableProps<Row> {
  caption: string;
  columns: readonly DataColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  total?: Row;
  /** What a note on a row is pinned to; null: nothing. Default: its day, or the series of its name. */
  noteOf?: (row: Row) => NoteMark | null;
  /** Only where a note on a row is pinned to. */
  anchorOf?: (row: Row) => Anchor | null;
}

/** The twin of a chart: the same numbers, unrounded counts, in reading order. */
export function DataTable<Row>({ caption, columns, rows, rowKey, total, ...notes }: DataTableProps<Row>) {
  const { noteOf, anchorOf } = notes;
  const cells = (row: Row) =>
    columns.map(({ key, isNumber = false, isHead = false, text }) =>
      isHead ? (
        <th key={key} scope="row" data-key={key}>
          {text(row)}
        </th>
      ) : (
        <td key={key} data-key={key} data-number={isNumber}>
          {text(row)}
        </td>
      ),
    );
  const zone = useSession(({ workspace }) => workspace?.zone ?? 'UTC');
  const head = columns.find(({ isHead }) => isHead === true) ?? columns[0];
  const markOfRow = (row: Row): NoteMark | null => {
    if (noteOf !== undefined) return noteOf(row);
    const name = head?.text(row) ?? '';
    return namedMark(anchorOf === undefined ? rowAnchor(rowKey(row), name, zone) : anchorOf(row), name);
  };
  const region = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState('');
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || region.current === null) return;
    const current = region.current.querySelector<HTMLElement>('[data-current]');
    if (event.key === 'Enter' && current !== null) current.click();
    else {
      const next = cellAfter(event.key, numberCells(region.current), current);
      if (next === null) return;
      if (current !== null) delete current.dataset['current'];
      next.dataset['current'] = 'true';
      next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      setSaid(cellInWords(next));
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={region}
      className="data-table"
      tabIndex={0}
      role="region"
      aria-label={`${caption}. Arrow keys read the numbers, Enter opens their passport.`}
      onKeyDown={onKeyDown}
      onBlur={() => {
        delete region.current?.querySelector<HTMLElement>('[data-current]')?.dataset['current'];
      }}
    >
      <div className="visually-hidden" aria-live="polite">
        {said}
      </div>
      <table>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ key, label, isNumber = false }) => (
              <th key={key} scope="col" data-number={isNumber}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} {...markAttribute(markOfRow(row))}>
              {cells(row)}
            </tr>
          ))}
        </tbody>
        {total !== undefined && (
          <tfoot>
            <tr>{cells(total)}</tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

/** The number cells row by row. */
const numberCells = (region: HTMLElement): HTMLElement[][] =>
  [...region.querySelectorAll('tbody tr, tfoot tr')]
    .map((row) => [...row.querySelectorAll<HTMLElement>('td[data-number="true"]')])
    .filter((cells) => cells.length > 0);

/** The cell that an arrow key leads to; the first one where none is current; null for other keys and at the edge. */
function cellAfter(key: string, rows: HTMLElement[][], current: HTMLElement | null): HTMLElement | null {
  const moves: Record<string, readonly [number, number]> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
  };
  const move = moves[key];
  if (move === undefined) return null;
  if (current === null) return rows[0]?.[0] ?? null;
  const row = rows.findIndex((cells) => cells.includes(current));
  const column = rows[row]?.indexOf(current) ?? 0;
  return rows[row + move[0]]?.[column + move[1]] ?? null;
}

function cellInWords(cell: HTMLElement): string {
  const row = cell.closest('tr');
  const at = row === null ? -1 : [...row.children].indexOf(cell);
  const column = cell.closest('table')?.querySelector('thead tr')?.children[at]?.textContent ?? '';
  return [row?.querySelector('[scope="row"]')?.textContent, column, cell.textContent]
    .filter(Boolean)
    .join(', ');
}

const markAttribute = (mark: NoteMark | null) => (mark === null ? {} : noteMark(mark));
