import type { KeyboardEvent } from 'react';
import type { QuarantinedRow } from '../../../shared/rpc/contract/freshness.ts';
import type { Instant } from '../../../shared/format/local-time.ts';
import { formatCount, NOT_DEFINED } from '../../../shared/format/numbers.ts';
import { formatMomentNear } from '../../app/FreshnessPopover.tsx';
import { fieldOf } from './words.ts';

interface RowsTableProps {
  rows: readonly QuarantinedRow[];
  chosen: number | null;
  zone: string;
  now: Instant;
  onChoose: (quarantineId: number) => void;
}

/** Arrows walk the rows, Enter opens one at the right. */
export function RowsTable({ rows, chosen, zone, now, onChoose }: RowsTableProps) {
  const onKey = (event: KeyboardEvent<HTMLElement>, index: number) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const next = rows[index + by];
    if (by === 0 || next === undefined) return;
    event.preventDefault();
    if (chosen !== null) onChoose(next.quarantineId);
    document.getElementById(idOf(next.quarantineId))?.focus();
  };
  return (
    <table className="rows-table quarantine-rows">
      <thead>
        <tr>
          <th scope="col">Event time</th>
          <th scope="col">Value at fault</th>
          <th scope="col">Event</th>
          <th scope="col">Release</th>
          <th scope="col">Locale</th>
          <th scope="col">Object</th>
          <th scope="col" data-number>
            Line
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={row.quarantineId} data-row={row.quarantineId} data-chosen={row.quarantineId === chosen}>
            <th scope="row">
              <button
                type="button"
                id={idOf(row.quarantineId)}
                className="quarantine-open"
                aria-pressed={row.quarantineId === chosen}
                onClick={() => {
                  onChoose(row.quarantineId);
                }}
                onKeyDown={(event) => {
                  onKey(event, index);
                }}
              >
                {timeOf(row, zone, now)}
              </button>
            </th>
            <td>
              <code data-fault="true">{faultOf(row)}</code>
            </td>
            <td>{fieldOf(row.copy, 'event_type') ?? NOT_DEFINED}</td>
            <td>{fieldOf(row.copy, 'app_version') ?? NOT_DEFINED}</td>
            <td>{fieldOf(row.copy, 'locale') ?? NOT_DEFINED}</td>
            <td className="quarantine-object" title={row.object}>
              <code>{row.object}</code>
            </td>
            <td data-number>{formatCount(row.position)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const idOf = (quarantineId: number): string => `quarantined-${quarantineId}`;

function timeOf({ copy }: QuarantinedRow, zone: string, now: Instant): string {
  const ts = fieldOf(copy, 'ts');
  if (ts === null) return 'no time';
  const ms = /^\d+$/.test(ts) ? Number(ts) : Date.parse(ts);
  return Number.isNaN(ms) || Math.abs(ms) > 8.64e15 ? ts : formatMomentNear(ms, now, zone);
}

function faultOf({ field, copy }: QuarantinedRow): string {
  if (field === null) return copy === null ? 'no copy kept' : 'whole row';
  return fieldOf(copy, field) ?? `${field} missing`;
}
