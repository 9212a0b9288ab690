import { useEffect, useState } from 'react';
import type { WorkspaceInfo } from '../../../shared/rpc/methods.ts';
import { formatZoneOffset } from '../../../shared/format/local-time.ts';
import { AddressNotice } from '../../app/AddressNotice.tsx';
import { useServices } from '../../app/services.ts';
import { useAct } from '../../link/use-act.ts';
import { useCall } from '../../link/use-call.ts';
import { PlainTile } from '../../parts/PlainTile.tsx';
import { Refusal } from '../../parts/Refusal.tsx';
import { SegmentedControl } from '../../parts/SegmentedControl.tsx';
import { TextField } from '../../parts/TextField.tsx';
import { useAddress } from '../../state/address-store.ts';
import { type ThemeChoice, useInterface } from '../../state/interface-store.ts';
import { SourceNav } from '../sources/SourceNav.tsx';
import { RetentionPart } from './RetentionPart.tsx';
import { ScheduleTile } from './ScheduleTile.tsx';
import { SecretsTile } from './SecretsTile.tsx';
import './settings-view.css';

const THEMES: readonly { id: ThemeChoice; label: string }[] = [
  { id: 'system', label: 'As the system' },
  { id: 'light', label: 'Light' },
  { id: 'dark', label: 'Dark' },
];
const WEEKS = [
  { id: 'monday', label: 'Monday' },
  { id: 'sunday', label: 'Sunday' },
] as const;

/** What holds for the whole workspace, and for this screen. */
export function SettingsView({ workspace }: { workspace: WorkspaceInfo }) {
  const { part } = useAddress((state) => state.address.operate);
  const listed = useCall('query.sources', {}, workspace.revision);
  useEffect(() => {
    document.title = `Settings · ${workspace.name} · Tidemark`;
  }, [workspace.name]);
  const isLate = (name: string) => workspace.sources.some((source) => source.name === name && source.late);
  return (
    <div className="view-column">
      <AddressNotice />
      <div className="sources-layout">
        <SourceNav
          sources={listed.value?.sources ?? []}
          chosen={null}
          isNew={false}
          isLate={isLate}
          environments={workspace.environments.map(({ environment }) => environment)}
          settings={part}
        />
        {part === 'retention' ? (
          <RetentionPart workspace={workspace} />
        ) : (
          <WorkspacePart workspace={workspace} />
        )}
      </div>
    </div>
  );
}

function WorkspacePart({ workspace }: { workspace: WorkspaceInfo }) {
  return (
    <div className="source-editor">
      <header className="page-head">
        <div className="page-crumb">Settings / Workspace</div>
        <h1 className="page-finding">
          <strong>Days begin at midnight in {workspace.zone}.</strong>
          <span> Weeks begin on {workspace.weekStart === 'monday' ? 'Monday' : 'Sunday'}.</span>
        </h1>
      </header>
      <div className="page-sheet">
        <div className="settings-grid">
          <WorkspaceTile workspace={workspace} />
          <ScreenTile />
        </div>
        <ScheduleTile />
        <SecretsTile />
      </div>
    </div>
  );
}

function WorkspaceTile({ workspace }: { workspace: WorkspaceInfo }) {
  const { backend } = useServices();
  const act = useAct();
  const [zones] = useState(() => Intl.supportedValuesOf('timeZone'));
  const change = (what: { name?: string; zone?: string; weekStart?: 'monday' | 'sunday' }) => {
    void act.run('workspace', () => backend.call('command.workspace.configure', what));
  };
  return (
    <PlainTile id="settings-workspace" title="Workspace" isBusy={act.doing !== null}>
      <Refusal failure={act.failure} what="The setting was refused" onDismiss={act.clear} />
      <dl className="settings-list">
        <div>
          <dt>Name</dt>
          <dd>
            <TextField
              label="Name"
              value={workspace.name}
              isValid={(text) => text !== ''}
              onSet={(name) => {
                change({ name });
              }}
            />
          </dd>
        </div>
        <div>
          <dt>Time zone</dt>
          <dd>
            <TextField
              label="Time zone"
              value={workspace.zone}
              isValid={(text) => text === 'UTC' || zones.includes(text)}
              suggestions={['UTC', ...zones]}
              onSet={(zone) => {
                change({ zone });
              }}
            />
            <span className="settings-note">{formatZoneOffset(workspace.now, workspace.zone)}</span>
          </dd>
        </div>
        <div>
          <dt>Week starts on</dt>
          <dd>
            <SegmentedControl
              label="Week starts on"
              choices={WEEKS}
              chosen={workspace.weekStart}
              onChoose={(weekStart) => {
                change({ weekStart });
              }}
            />
          </dd>
        </div>
      </dl>
      <p className="settings-note">Days and weeks of every answer follow at once; nothing is read again.</p>
    </PlainTile>
  );
}

function ScreenTile() {
  const theme = useInterface((state) => state.theme);
  const setTheme = useInterface((state) => state.setTheme);
  const hasLetterKeys = useInterface((state) => state.hasLetterKeys);
  const setLetterKeys = useInterface((state) => state.setLetterKeys);
  return (
    <PlainTile id="settings-screen" title="This screen">
      <dl className="settings-list">
        <div>
          <dt>Theme</dt>
          <dd>
            <SegmentedControl label="Theme" choices={THEMES} chosen={theme} onChoose={setTheme} />
          </dd>
        </div>
        <div>
          <dt>Keyboard</dt>
          <dd>
            <label className="source-check">
              <input
                type="checkbox"
                checked={hasLetterKeys}
                onChange={({ target }) => {
                  setLetterKeys(target.checked);
                }}
              />
              Single letters work as keys
            </label>
          </dd>
        </div>
      </dl>
    </PlainTile>
  );
}
