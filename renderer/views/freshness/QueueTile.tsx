import type { FreshnessReport } from '../../../shared/rpc/contract/freshness.ts';
import { formatDuration } from '../../../shared/format/durations.ts';
import { formatCount } from '../../../shared/format/numbers.ts';
import { PlainTile } from '../../parts/PlainTile.tsx';
import { formatAddress } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { DEFAULT_OPERATE } from '../../state/operate-address.ts';

const MINUTE_MS = 60_000; // shorter is no wait

/** What waits, and for how long the oldest of it. */
export function QueueTile({ report }: { report: FreshnessReport }) {
  const address = useAddress((state) => state.address);
  const { queue } = report;
  const oldestMs =
    queue.oldest === null ? null : Math.max(0, Date.parse(report.now) - Date.parse(queue.oldest));
  return (
    <PlainTile
      id="queue"
      title="Queue"
      aside={oldestMs === null || oldestMs < MINUTE_MS ? undefined : `oldest ${formatDuration(oldestMs)}`}
    >
      <dl className="side-list">
        <Line id="objects" name="Objects to read" count={queue.objectsToRead} />
        <Line id="gaps" name="Gaps to replay" count={queue.gapsToReplay} />
        <Line id="notes" name="Annotations to send" count={queue.annotationsToSend} look="annotation" />
        <Line
          id="conflicts"
          name="Annotation conflicts"
          count={queue.annotationConflicts}
          look="annotation"
        />
        <div data-queue="rejected">
          <dt>Rejected rows</dt>
          <dd data-look={queue.quarantinedRows > 0 ? 'crit' : undefined}>
            {queue.quarantinedRows === 0 ? (
              '0'
            ) : (
              <a href={formatAddress({ ...address, view: 'quarantine', operate: DEFAULT_OPERATE })}>
                {formatCount(queue.quarantinedRows)}, inspect
              </a>
            )}
          </dd>
        </div>
      </dl>
    </PlainTile>
  );
}

interface LineProps {
  id: string;
  name: string;
  /** null: nothing of the kind is kept here. */
  count: number | null;
  look?: 'annotation';
}

function Line({ id, name, count, look }: LineProps) {
  return (
    <div data-queue={id}>
      <dt>{name}</dt>
      <dd data-look={count !== null && count > 0 ? look : undefined}>
        {count === null ? 'none kept' : formatCount(count)}
      </dd>
    </div>
  );
}
