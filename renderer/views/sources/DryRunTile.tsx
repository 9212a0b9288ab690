import type { StoredSource } from '../../../shared/rpc/contract/sources.ts';
import { formatDuration, formatElapsed } from '../../../shared/format/durations.ts';
import { formatBytes, formatCount, formatQuantity } from '../../../shared/format/numbers.ts';
import { PlainTile } from '../../parts/PlainTile.tsx';
import type { Looked } from './looked.ts';

interface DryRunTileProps {
  looked: Looked;
  stored: StoredSource | null;
  isBusy: boolean;
  /** The form was changed since. */
  isOld: boolean;
}

/** What the first pull would bring; nothing is copied. */
export function DryRunTile({ looked, stored, isBusy, isOld }: DryRunTileProps) {
  const { dryRun, test, preview } = looked;
  const scrubbed = preview?.rows.flatMap(({ cells }) =>
    Object.values(cells).filter(
      (cell) => typeof cell === 'string' && /\[(email|phone|ip|card|token)\]/.test(cell),
    ),
  ).length;
  return (
    <PlainTile
      id="dry-run"
      title="Dry run"
      subtitle={isOld ? 'of the form as it was before' : 'nothing is copied'}
      aside={dryRun === null ? undefined : formatElapsed(dryRun.tookMs)}
      isBusy={isBusy}
    >
      {dryRun === null ? (
        <p className="fresh-quiet">
          {isBusy ? 'Listing…' : 'Test it to see what a first pull would bring, and its first rows.'}
        </p>
      ) : dryRun.failure !== null ? (
        <p className="dry-run-failed">{dryRun.failure}</p>
      ) : (
        <dl className="dry-run">
          <Amount
            id="bytes"
            name={stored === null ? 'First sync' : 'In all'}
            value={formatBytes(dryRun.bytes)}
            note={dryRun.budgetBytes === null ? 'no budget' : `of ${formatBytes(dryRun.budgetBytes)} budget`}
            share={dryRun.budgetBytes === null ? null : dryRun.bytes / dryRun.budgetBytes}
          />
          <Amount
            id="objects"
            name="Objects"
            value={formatCount(dryRun.objects)}
            note={dryRun.seconds < 2 ? 'a moment' : `about ${formatDuration(dryRun.seconds * 1000)}`}
            share={null}
          />
          <Amount
            id="rows"
            name="Rows"
            value={formatCount(dryRun.rows)}
            note="about, by a sample"
            share={null}
          />
          <Amount
            id="disk"
            name="On disk"
            value={formatBytes(dryRun.diskBytes)}
            note="about, once stored"
            share={null}
          />
        </dl>
      )}
      {test !== null && test.ok && (
        <dl className="side-list dry-run-facts">
          <div>
            <dt>Answers in</dt>
            <dd>{formatElapsed(test.tookMs)}</dd>
          </div>
          <div>
            <dt>Lists first</dt>
            <dd title={test.examples.join('\n')}>
              {test.examples[0] === undefined ? 'nothing' : endOf(test.examples[0])}
            </dd>
          </div>
          {scrubbed !== undefined && (
            <div>
              <dt>Scrubbed</dt>
              <dd>{formatQuantity(scrubbed, 'value')} in the first rows</dd>
            </div>
          )}
        </dl>
      )}
      {test !== null && !test.ok && <p className="dry-run-failed">{test.failure}</p>}
    </PlainTile>
  );
}

/** The end says which object it is; the start is the place above. */
const endOf = (object: string): string => object.split('/').slice(-2).join('/');

interface AmountProps {
  id: string;
  name: string;
  value: string;
  note: string;
  /** Of a budget; null: there is none. */
  share: number | null;
}

function Amount({ id, name, value, note, share }: AmountProps) {
  return (
    <div data-amount={id}>
      <dt>
        {name} <strong>{value}</strong>
      </dt>
      <dd>
        <span className="dry-run-bar" data-over={share !== null && share > 1} aria-hidden="true">
          {share !== null && <span style={{ width: `${Math.min(1, share) * 100}%` }} />}
        </span>
        {note}
      </dd>
    </div>
  );
}
