import { useState } from 'react';
import type { RetentionSource } from '../../../shared/rpc/contract/privacy.ts';
import type { ResultOf, WorkspaceInfo } from '../../../shared/rpc/methods.ts';
import { formatBytes, formatCount, formatQuantity } from '../../../shared/format/numbers.ts';
import { useServices } from '../../app/services.ts';
import { useAct } from '../../link/use-act.ts';
import { PlainTile } from '../../parts/PlainTile.tsx';
import { Refusal } from '../../parts/Refusal.tsx';
import { RetentionRow } from './RetentionRow.tsx';
import { nextPurge, type RetentionChange, shareText, spanText } from './retention-words.ts';

interface RetentionTileProps {
  workspace: WorkspaceInfo;
  sources: readonly RetentionSource[];
  /** Settings that are not saved. */
  changes: readonly RetentionChange[];
  /** What would go with the settings as they stand on screen; null: it is being worked out. */
  previewOf: (sourceName: string) => RetentionSource | null;
  isBusy: boolean;
  onChange: (changes: readonly RetentionChange[]) => void;
  onSaved: () => void;
}

/** How long each source of events keeps rows and aggregates, and exactly what the next purge takes away. */
export function RetentionTile(props: RetentionTileProps) {
  const { workspace, sources, changes, previewOf, isBusy, onChange, onSaved } = props;
  const { backend } = useServices();
  const act = useAct();
  const [isConfirming, setConfirming] = useState(false);
  const [outcome, setOutcome] = useState<string | null>(null);
  const next = nextPurge(sources);
  const without = (name: string) => changes.filter(({ sourceName }) => sourceName !== name);

  const save = async (change: RetentionChange, preview: RetentionSource) => {
    const settings = change.purges ? { ...change, seenRows: preview.next.rows } : change;
    const done = await act.run('save', () => backend.call('command.retention.set', settings));
    onSaved();
    if (done !== undefined) onChange(without(change.sourceName));
  };
  const purge = async () => {
    setOutcome(null);
    setConfirming(false);
    const done = await act.run('purge', () =>
      backend.call('command.retention.purge', { seenRows: next.rows }),
    );
    if (done !== undefined) setOutcome(outcomeText(done));
    onSaved();
  };
  return (
    <PlainTile
      id="settings-retention"
      title="Retention"
      subtitle="whole UTC days; imported files and sources that are off keep everything"
      isBusy={isBusy || act.doing !== null}
      aside={
        <button
          type="button"
          className="button"
          disabled={act.doing !== null || next.rows === 0}
          onClick={() => {
            setConfirming(true);
          }}
        >
          {act.doing === 'purge' ? 'Purging…' : 'Purge now'}
        </button>
      }
    >
      <Refusal failure={act.failure} what="That was refused" onDismiss={act.clear} />
      <p className="retention-outcome" role="status" hidden={outcome === null}>
        {outcome}
      </p>
      {isConfirming && (
        <div className="source-confirm" role="alertdialog" aria-label="Purge now">
          <span>
            {formatQuantity(next.rows, 'row')} ({spanText(next, workspace.now)}) of {namesOf(sources)}:{' '}
            {shareText(next)}. What goes cannot be had back here.
          </span>
          <button type="button" className="button" autoFocus onClick={() => void purge()}>
            Purge {formatQuantity(next.rows, 'row')}
          </button>
          <button
            type="button"
            className="button-quiet"
            onClick={() => {
              setConfirming(false);
            }}
          >
            Keep them
          </button>
        </div>
      )}
      <table className="rows-table retention-table">
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Rows, days</th>
            <th scope="col">Aggregates</th>
            <th scope="col">Purging</th>
            <th scope="col">Next purge</th>
            <th scope="col" data-number>
              Rows
            </th>
            <th scope="col" data-number>
              To aggregates
            </th>
            <th scope="col" data-number>
              Stored
            </th>
          </tr>
        </thead>
        <tbody>
          {sources.map((source) => (
            <RetentionRow
              key={source.sourceName}
              source={source}
              change={changes.find(({ sourceName }) => sourceName === source.sourceName) ?? null}
              preview={previewOf(source.sourceName)}
              now={workspace.now}
              isBusy={act.doing !== null}
              onChange={(change) => {
                onChange(
                  isSame(change, source)
                    ? without(source.sourceName)
                    : [...without(source.sourceName), change],
                );
              }}
              onDiscard={() => {
                act.clear();
                onChange(without(source.sourceName));
              }}
              onSave={(change, preview) => void save(change, preview)}
            />
          ))}
        </tbody>
      </table>
    </PlainTile>
  );
}

const isSame = (change: RetentionChange, saved: RetentionSource): boolean =>
  change.hotDays === saved.hotDays &&
  change.aggregateDays === saved.aggregateDays &&
  change.purges === saved.purges;

const namesOf = (sources: readonly RetentionSource[]): string =>
  sources
    .filter(({ purges, next }) => purges && next.rows > 0)
    .map(({ sourceName }) => `“${sourceName}”`)
    .join(', ');

function outcomeText(outcome: ResultOf<'command.retention.purge'>): string {
  const { days, rowsToAggregates, rowsRemoved, bytesBefore, bytesAfter } = outcome;
  return (
    `Of ${formatQuantity(days, 'day')} ${formatCount(rowsToAggregates)} rows became aggregates and ` +
    `${formatCount(rowsRemoved)} are gone; their files went from ${formatBytes(bytesBefore)} to ${formatBytes(bytesAfter)}.`
  );
}
