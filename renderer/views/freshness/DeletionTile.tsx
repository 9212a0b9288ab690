import type { FreshnessReport } from '../../../shared/rpc/contract/freshness.ts';
import { formatDuration } from '../../../shared/format/durations.ts';
import { formatCount } from '../../../shared/format/numbers.ts';
import { formatMomentNear } from '../../app/FreshnessPopover.tsx';
import { PlainTile } from '../../parts/PlainTile.tsx';

const SHORT_MS = 12 * 3_600_000; // what is left below this is drawn as urgent*

/** Requests to be forgotten, the most urgent first. */
export function DeletionTile({ report, zone }: { report: FreshnessReport; zone: string }) {
  const { deletionRequests: requests } = report;
  const nowMs = Date.parse(report.now);
  const overdue = requests.filter(({ dueAt }) => Date.parse(dueAt) < nowMs).length;
  return (
    <PlainTile
      id="deletion-requests"
      title="Deletion requests"
      subtitle="rows removed from the local store and everything derived from it, target 72 hours*"
      aside={
        requests.length === 0
          ? undefined
          : `${formatCount(requests.length)} open, ${overdue === 0 ? 'none late' : `${formatCount(overdue)} late`}`
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
              const isShort = leftMs < SHORT_MS;
              return (
                <tr key={requestId} data-request={requestId}>
                  <th scope="row">
                    <code>{requestId}</code>
                  </th>
                  <td>{formatMomentNear(receivedAt, report.now, zone)}</td>
                  <td>{stage === 'waiting' ? 'Waiting' : stage}</td>
                  <td data-number>{rowsRemoved === null ? '–' : formatCount(rowsRemoved)}</td>
                  <td>
                    <span className="lag-bar lag-bar-wide" data-crit={isShort} aria-hidden="true">
                      <span style={{ width: `${used * 100}%` }} />
                    </span>
                  </td>
                  <td data-number data-crit={isShort} data-key="left">
                    {leftMs < 0 ? `${formatDuration(-leftMs)} over` : formatDuration(leftMs)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </PlainTile>
  );
}
