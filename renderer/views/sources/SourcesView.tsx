import { useEffect } from 'react';
import type { WorkspaceInfo } from '../../../shared/rpc/methods.ts';
import type { StoredSource } from '../../../shared/rpc/contract/sources.ts';
import { AddressNotice } from '../../app/AddressNotice.tsx';
import { useCall } from '../../link/use-call.ts';
import { Refusal } from '../../parts/Refusal.tsx';
import { formatAddress } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { DEFAULT_OPERATE } from '../../state/operate-address.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { KINDS, draftOfStored, newDraft } from './draft.ts';
import { SourceEditor } from './SourceEditor.tsx';
import { SourceNav } from './SourceNav.tsx';
import './sources-view.css';

interface SourcesViewProps {
  /** null: the folder holds none yet; the first source makes it. */
  workspace: WorkspaceInfo | null;
  environment: EnvironmentInfo | null;
}

/** What a sync reads: add, test, edit, remove, with a look at what would come before anything does. */
export function SourcesView({ workspace, environment }: SourcesViewProps) {
  const { operate } = useAddress((state) => state.address);
  const go = useAddress((state) => state.go);
  const name = workspace?.name ?? 'New workspace';
  const listed = useCall('query.sources', {}, workspace?.revision);
  useEffect(() => {
    document.title = `Sources · ${name} · Tidemark`;
  }, [name]);
  const sources = listed.value?.sources ?? [];
  const editable = sources.filter(({ kind }) => kind !== 'import');
  const chosen =
    operate.adding !== null
      ? undefined
      : (editable.find(({ name }) => name === operate.source) ?? editable[0]);
  const inEnvironment = environment?.environment ?? 'prod';
  const environments = workspace?.environments.map((one) => one.environment) ?? [];
  const isLate = (of: string) =>
    workspace?.sources.some((source) => source.name === of && source.late) === true;
  return (
    <div className="view-column">
      <AddressNotice />
      <Refusal failure={listed.failure} what="The sources cannot be listed" onRetry={listed.again} />
      <div className="sources-layout" aria-busy={listed.value === null && listed.failure === null}>
        <SourceNav
          sources={sources}
          chosen={chosen?.name ?? null}
          isNew={operate.adding !== null}
          isLate={isLate}
          environments={environments}
        />
        {listed.value === null ? (
          <p className="sources-none">Reading…</p>
        ) : chosen !== undefined || operate.adding !== null ? (
          <SourceEditor
            key={`${operate.adding ?? ''} ${editorKey(chosen)}`}
            stored={chosen ?? null}
            first={
              chosen === undefined
                ? newDraft(operate.adding ?? 'folder', inEnvironment)
                : draftOfStored(chosen)
            }
            environments={environments}
            onSaved={(saved) => {
              listed.again();
              go({ view: 'sources', operate: { ...DEFAULT_OPERATE, source: saved } });
            }}
            onRemoved={() => {
              listed.again();
              go({ operate: DEFAULT_OPERATE });
            }}
            onCancel={() => {
              go({ operate: DEFAULT_OPERATE });
            }}
          />
        ) : (
          <NoSources />
        )}
      </div>
    </div>
  );
}

const editorKey = (stored: StoredSource | undefined): string =>
  stored === undefined ? 'new' : `${stored.name} ${JSON.stringify(stored.config)}`;

function NoSources() {
  const address = useAddress((state) => state.address);
  return (
    <div className="sources-none">
      <h1>Where do your events live?</h1>
      <p>
        Events are copied to this device and stay on it. Nothing else leaves, and every view works offline.
      </p>
      <ul>
        {KINDS.map(({ id, label, says }) => (
          <li key={id}>
            <strong>{label}</strong> <span>{says}</span>
          </li>
        ))}
      </ul>
      <a
        className="button-primary"
        href={formatAddress({ ...address, operate: { ...DEFAULT_OPERATE, adding: 'folder' } })}
      >
        Add a source
      </a>
    </div>
  );
}
