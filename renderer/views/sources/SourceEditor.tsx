import { useState } from 'react';
import type { SourcePreview, StoredSource } from '../../../shared/rpc/contract/sources.ts';
import { formatDuration } from '../../../shared/format/durations.ts';
import { formatBytes, formatQuantity } from '../../../shared/format/numbers.ts';
import { useServices } from '../../app/services.ts';
import { type Act, useAct } from '../../link/use-act.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Refusal } from '../../parts/Refusal.tsx';
import { ConnectionForm } from './ConnectionForm.tsx';
import { type Draft, mapOf, retarget, textOf } from './draft.ts';
import { DryRunTile } from './DryRunTile.tsx';
import { FieldMap } from './FieldMap.tsx';
import type { Looked } from './looked.ts';
import { SecretRow } from './SecretRow.tsx';

interface SourceEditorProps {
  /** null: a new source. */
  stored: StoredSource | null;
  first: Draft;
  environments: readonly string[];
  onSaved: (name: string) => void;
  onRemoved: () => void;
  onCancel: () => void;
}

const NOTHING: Looked = { preview: null, dryRun: null, test: null, of: '' };

export function SourceEditor({
  stored,
  first,
  environments,
  onSaved,
  onRemoved,
  onCancel,
}: SourceEditorProps) {
  const { backend } = useServices();
  const act = useAct();
  const [draft, setDraft] = useState(first);
  const [looked, setLooked] = useState<Looked>(NOTHING);
  const [isRemoving, setRemoving] = useState(false);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(first);
  const name = textOf(draft, 'name');

  const previewOf = (source: Draft) => backend.call('query.source.preview', { source });
  /** A table with columns of its own can be tested only with a map; where none can be had, the test says why. */
  const mapped = async (source: Draft): Promise<Draft> => {
    if (!isDatabase(source) || 'map' in source) return source;
    const preview = await previewOf(withName(source)).catch(() => null);
    return preview === null ? source : withProposal(source, preview);
  };
  const look = async (unmapped: Draft) => {
    await act.run('look', async () => {
      const source = await mapped(unmapped);
      const named = withName(source);
      setDraft(source);
      const test = await backend.call('query.source.test', { source: named });
      setLooked({ ...NOTHING, test, of: JSON.stringify(source) });
      if (!test.ok) return;
      const dryRun = await backend.call('query.source.dryRun', { source: named });
      setLooked({ ...NOTHING, test, dryRun, of: JSON.stringify(source) });
      const preview = await previewOf(named);
      const filled = withProposal(source, preview);
      setDraft(filled);
      setLooked({ test, dryRun, preview, of: JSON.stringify(filled) });
    });
  };
  const save = async () => {
    const saved = await act.run('save', () =>
      stored === null
        ? backend.call('command.source.add', { source: draft })
        : backend.call('command.source.update', { name: stored.name, source: draft }),
    );
    if (saved === undefined) return;
    if (stored === null) backend.call('command.jobs.run', { sourceName: saved.name }).catch(() => undefined); // told by its state
    onSaved(saved.name);
  };
  const remove = async () => {
    if (stored === null) return;
    const done = await act.run('remove', () => backend.call('command.source.remove', { name: stored.name }));
    if (done !== undefined) onRemoved();
  };
  const isOld = looked.of !== '' && looked.of !== JSON.stringify(draft);
  return (
    <div className="source-editor">
      <header className="page-head page-head-row">
        <div className="page-head-text">
          <div className="page-crumb">Settings / Sources / {stored === null ? 'New' : stored.name}</div>
          <h1 className="page-finding">
            <EditorFinding stored={stored} looked={looked} act={act} />
          </h1>
        </div>
        <div className="page-head-actions">
          {stored === null ? (
            <button type="button" className="button-quiet" onClick={onCancel}>
              Cancel
            </button>
          ) : (
            <button
              type="button"
              className="button"
              onClick={() => {
                setRemoving(true);
              }}
            >
              Remove
            </button>
          )}
          <button
            type="button"
            className="button"
            disabled={act.doing !== null}
            onClick={() => void look(draft)}
          >
            <Icon name="sync" />
            {looked.of === '' ? 'Test and look' : 'Run again'}
          </button>
          <button
            type="button"
            className="button-primary"
            disabled={act.doing !== null || name === '' || (stored !== null && !isChanged)}
            onClick={() => void save()}
          >
            {stored === null ? 'Save and sync' : 'Save'}
          </button>
        </div>
      </header>
      <Refusal failure={act.failure} what="That was refused" onDismiss={act.clear} />
      {isRemoving && stored !== null && (
        <div className="source-confirm" role="alertdialog" aria-label="Remove the source">
          <span>
            “{stored.name}” will not be read any more. What it brought, {formatQuantity(stored.kept, 'row')},
            stays and goes on counting.
          </span>
          <button type="button" className="button" autoFocus onClick={() => void remove()}>
            Remove the source
          </button>
          <button
            type="button"
            className="button-quiet"
            onClick={() => {
              setRemoving(false);
            }}
          >
            Keep it
          </button>
        </div>
      )}
      <div className="page-sheet">
        <div className="source-top">
          <section className="plain-tile" data-tile="connection" aria-label="Connection" aria-busy="false">
            <ConnectionForm
              draft={draft}
              isStored={stored !== null}
              environments={environments}
              faultAt={act.failure?.path ?? null}
              onChange={setDraft}
            />
            <SecretRow draft={draft} onChange={setDraft} />
          </section>
          <DryRunTile looked={looked} stored={stored} isBusy={act.doing === 'look'} isOld={isOld} />
        </div>
        <FieldMap
          preview={looked.preview}
          isBusy={act.doing === 'look'}
          onRetarget={(field, target) => {
            const next = retarget(draft, looked.preview?.sourceFields ?? [], field, target);
            setDraft(next);
            void look(next);
          }}
        />
      </div>
    </div>
  );
}

const isDatabase = ({ kind }: Draft): boolean => kind === 'clickhouse' || kind === 'postgres';

const withName = (source: Draft): Draft => ({ ...source, name: textOf(source, 'name') || 'New source' });

/** What the first rows suggest, where nobody has said anything else. */
function withProposal(source: Draft, { proposed: { columns, event_id } }: SourcePreview): Draft {
  const isProposed = !('map' in source) && (Object.keys(columns).length > 0 || event_id !== 'column');
  return isProposed ? { ...source, map: { ...mapOf(source), columns, event_id } } : source;
}

function EditorFinding({ stored, looked, act }: { stored: StoredSource | null; looked: Looked; act: Act }) {
  const { test, dryRun, preview } = looked;
  if (act.doing === 'look') return <span>Looking; nothing is copied…</span>;
  if (test !== null && !test.ok)
    return (
      <>
        <strong>It cannot be read.</strong>
        <span> {test.failure}</span>
      </>
    );
  if (dryRun !== null && dryRun.failure === null) {
    const rejected = preview?.rows.filter(({ problem }) => problem !== null).length ?? 0;
    const rows = preview?.rows.length ?? 0;
    return (
      <>
        <strong>
          It can be read: {formatBytes(dryRun.bytes)}, {wait(dryRun.seconds)}.
        </strong>
        <span>
          {preview === null || rows === 0
            ? ' No row was looked at.'
            : rejected === 0
              ? ` None of the first ${formatQuantity(rows, 'row')} would be rejected.`
              : ` ${rejected} of the first ${formatQuantity(rows, 'row')} would be rejected.`}
        </span>
      </>
    );
  }
  if (stored === null)
    return (
      <>
        <strong>A new source.</strong>
        <span> Test it before anything is copied.</span>
      </>
    );
  return (
    <>
      <strong>
        {stored.name} brought {formatQuantity(stored.kept, 'row')}
        {stored.lastFailure === null ? '.' : ' and cannot be read now.'}
      </strong>
      <span> {stored.lastFailure ?? 'A change holds for what is read from then on.'}</span>
    </>
  );
}

const wait = (seconds: number): string =>
  seconds < 2 ? 'a moment' : `about ${formatDuration(seconds * 1000)}`;
