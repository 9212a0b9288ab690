import { Fragment, useState } from 'react';
import type { FreshnessReport } from '../../../shared/rpc/contract/freshness.ts';
import type { ListedExport } from '../../../shared/rpc/contract/privacy.ts';
import { formatDateRange } from '../../../shared/format/calendar.ts';
import { formatDuration } from '../../../shared/format/durations.ts';
import { formatCount, formatQuantity, NOT_DEFINED } from '../../../shared/format/numbers.ts';
import { formatMomentNear } from '../../app/FreshnessPopover.tsx';
import { useCall } from '../../link/use-call.ts';
import { PlainTile } from '../../parts/PlainTile.tsx';

const WAITING = 'waiting';
const STAGES: Readonly<Record<string, string>> = { waiting: 'Waiting', removed: 'Removed', done: 'Done' };
const SHORT_MS = 12 * 3_600_000; // what is left below this is drawn as urgent*

/** Requests to be forgotten, the most urgent first. */
export function DeletionTile({ report, zone }: { report: FreshnessReport; zone: string }) {
  const { deletionRequests: requests } = report;
  const [opened, setOpened] = useState<string | null>(null);
  const privacy = useCall('query.privacy', requests.length === 0 ? null : {}, report.now);
  const exportsOf = (id: string): readonly ListedExport[] =>
    privacy.value?.requests.find(({ requestId }) => requestId === id)?.receipt?.exports ?? [];
  const nowMs = Date.parse(report.now);
  const open = requests.filter(({ stage }) => stage === WAITING);
  const overdue = open.filter(({ dueAt }) => Date.parse(dueAt) < nowMs).length;
  return (
    <PlainTile
      id="deletion-requests"
      title="Deletion requests"
      subtitle="rows removed from the local store and everything derived from it, target 72 hours*"
      aside={
        requests.length === 0
          ? undefined
          : `${formatCount(open.length)} open, ${overdue === 0 ? 'none late' : `${formatCount(overdue)} late`}`
      }
    >
      {requests.length === 0 ? (
        <p className="fresh-quiet">Nobody asks to be forgotten.</p>
      ) : (
        <table className="rows-table fresh-table">
          <thead>
            <tr>
              <th scope="col">Request</th>
              <th scope="col">Received</th>
              <th scope="col">State</th>
              <th scope="col" data-number>
                Rows removed
              </th>
              <th scope="col" data-number>
                To recall
              </th>
              <th scope="col">Time used</th>
              <th scope="col" data-number>
                Left
              </th>
            </tr>
          </thead>
          <tbody>
            {requests.map(({ requestId, receivedAt, dueAt, stage, rowsRemoved }) => {
              const dueMs = Date.parse(dueAt);
              const receivedMs = Date.parse(receivedAt);
              const leftMs = dueMs - nowMs;
              const used = Math.min(1, Math.max(0, (nowMs - receivedMs) / (dueMs - receivedMs)));
              const isOpen = stage === WAITING;
              const isShort = isOpen && leftMs < SHORT_MS;
              const left = exportsOf(requestId);
              const isOpened = opened === requestId && left.length > 0;
              return (
                <Fragment key={requestId}>
                  <tr data-request={requestId}>
                    <th scope="row">
                      <code>{requestId}</code>
                    </th>
                    <td>{formatMomentNear(receivedAt, report.now, zone)}</td>
                    <td>{STAGES[stage] ?? stage}</td>
                    <td data-number>{rowsRemoved === null ? NOT_DEFINED : formatCount(rowsRemoved)}</td>
                    <td data-number data-key="recall">
                      {left.length === 0 ? (
                        isOpen ? (
                          NOT_DEFINED
                        ) : (
                          '0'
                        )
                      ) : (
                        <button
                          type="button"
                          className="button-quiet"
                          aria-expanded={isOpened}
                          aria-label={`${formatQuantity(left.length, 'export')} to recall for ${requestId}`}
                          onClick={() => {
                            setOpened(isOpened ? null : requestId);
                          }}
                        >
                          {formatCount(left.length)}
                        </button>
                      )}
                    </td>
                    <td>
                      <span className="lag-bar lag-bar-wide" data-crit={isShort} aria-hidden="true">
                        <span style={{ width: `${(isOpen ? used : 1) * 100}%` }} />
                      </span>
                    </td>
                    <td data-number data-crit={isShort} data-key="left">
                      {!isOpen
                        ? NOT_DEFINED
                        : leftMs < 0
                          ? `${formatDuration(-leftMs)} over`
                          : formatDuration(leftMs)}
                    </td>
                  </tr>
                  {isOpened && <RecallRow exports={left} now={report.now} zone={zone} />}
                </Fragment>
              );
            })}
          </tbody>
        </table>
      )}
    </PlainTile>
  );
}

const COLUMNS = 7;
const FORMS: Readonly<Record<ListedExport['form'], string>> = { svg: 'SVG', png: 'picture', csv: 'CSV' };

interface RecallRowProps {
  exports: readonly ListedExport[];
  now: string;
  zone: string;
}

/** What left of the days in which the user had rows: totals with the user in them. */
function RecallRow({ exports, now, zone }: RecallRowProps) {
  return (
    <tr className="recall-row">
      <td colSpan={COLUMNS}>
        <ul aria-label="Exports that may need recall">
          {exports.map(({ name, form, from, to, environment, madeAt }, index) => (
            <li key={index}>
              {name}{' '}
              <span>
                {FORMS[form]} of {formatDateRange(from, to, now.slice(0, 10))}, {environment}, made{' '}
                {formatMomentNear(madeAt, now, zone)}
              </span>
            </li>
          ))}
        </ul>
      </td>
    </tr>
  );
}
