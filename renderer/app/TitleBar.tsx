import { useRef, useState } from 'react';
import { formatLocalMoment } from '../../shared/format/local-time.ts';
import { formatQuantity } from '../../shared/format/numbers.ts';
import { useAddress } from '../state/address-store.ts';
import { useInterface } from '../state/interface-store.ts';
import { environmentOf, useSession } from '../state/session-store.ts';
import { NotesToggle } from '../notes/NotesStatus.tsx';
import { EnvironmentMark } from '../parts/EnvironmentMark.tsx';
import { Icon } from '../parts/Icon.tsx';
import { Popover } from '../parts/Popover.tsx';
import { RadioMenu } from '../parts/RadioMenu.tsx';
import { FreshnessPopover } from './FreshnessPopover.tsx';
import { SavedViews } from './SavedViews.tsx';
import { ThemeSwitch } from './ThemeSwitch.tsx';
import './title-bar.css';

export function TitleBar() {
  const workspace = useSession(({ workspace: known }) => known);
  return (
    <header className="title-bar">
      <Mark />
      <WorkspaceName />
      {workspace?.asOf != null && (
        <span className="title-bar-as-of">
          Sample, as of {formatLocalMoment(workspace.asOf, workspace.zone)}
        </span>
      )}
      <HistoryButtons />
      <PaletteButton />
      <SyncBadge />
      <LateBadge />
      <SavedViews />
      <NotesToggle />
      <KeysButton />
      <ThemeSwitch />
    </header>
  );
}

function Mark() {
  return (
    <svg className="title-bar-mark" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d="M1 15V1h14" />
      <path d="M4 11.5 7.4 7.6l2.6 1.6L13.6 4" />
      <circle cx="7.4" cy="7.8" r="1.7" />
    </svg>
  );
}

/** With several environments the name opens their list: environments never mix. */
function WorkspaceName() {
  const anchor = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const workspace = useSession(({ workspace: known }) => known);
  const wanted = useAddress(({ address }) => address.environment);
  const go = useAddress((state) => state.go);
  const environment = environmentOf(workspace, wanted);
  const name = workspace?.name ?? 'Tidemark';
  if (workspace === null || environment === null || workspace.environments.length < 2) {
    return <span className="title-bar-name">{name}</span>;
  }
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="title-bar-name title-bar-menu"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        {name}{' '}
        <span className="title-bar-environment">
          <EnvironmentMark
            environment={environment.environment}
            all={workspace.environments.map((one) => one.environment)}
          />
        </span>
        <Icon name="chevron-down" />
      </button>
      {isOpen && (
        <Popover
          anchor={anchor}
          label="Environment"
          role="group"
          onClose={() => {
            setOpen(false);
          }}
        >
          <RadioMenu
            label="Environment"
            chosen={environment.environment}
            choices={workspace.environments.map(({ environment: id, events }) => ({
              id,
              label: id,
              detail: formatQuantity(events, 'event'),
            }))}
            onChoose={(id) => {
              go({ environment: id });
              setOpen(false);
              anchor.current?.focus();
            }}
          />
        </Popover>
      )}
    </>
  );
}

function HistoryButtons() {
  const canGoBack = useAddress((state) => state.canGoBack);
  const canGoForward = useAddress((state) => state.canGoForward);
  return (
    <nav className="title-bar-history" aria-label="History">
      <button
        type="button"
        className="button-icon"
        aria-label="Back"
        title="Back"
        disabled={!canGoBack}
        onClick={() => {
          history.back();
        }}
      >
        <Icon name="chevron-left" />
      </button>
      <button
        type="button"
        className="button-icon"
        aria-label="Forward"
        title="Forward"
        disabled={!canGoForward}
        onClick={() => {
          history.forward();
        }}
      >
        <Icon name="chevron-right" />
      </button>
    </nav>
  );
}

function PaletteButton() {
  const open = useInterface((state) => state.openPalette);
  return (
    <button
      type="button"
      className="title-bar-palette"
      aria-haspopup="dialog"
      aria-keyshortcuts="Control+K Meta+K"
      onClick={() => {
        open(true);
      }}
    >
      <Icon name="search" />
      <span>Go to, filter or run</span>
      <kbd className="key">Ctrl K</kbd>
    </button>
  );
}

function KeysButton() {
  const open = useInterface((state) => state.openKeyList);
  return (
    <button
      type="button"
      className="button-icon"
      aria-label="Keys"
      title="Keys (?)"
      onClick={() => {
        open(true);
      }}
    >
      <Icon name="keys" />
    </button>
  );
}

function SyncBadge() {
  const sync = useSession((state) => state.sync);
  if (sync?.state !== 'running') return null;
  const share = sync.filesTotal === 0 ? '' : `, ${Math.floor((sync.filesDone / sync.filesTotal) * 100)}%`;
  return (
    <span className="badge badge-quiet title-bar-syncing">
      <Icon name="sync" />
      Syncing{share}
    </span>
  );
}

function LateBadge() {
  const anchor = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const workspace = useSession((state) => state.workspace);
  const late = workspace?.sources.filter((source) => source.late) ?? [];
  if (workspace === null || late.length === 0) return null;
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="badge badge-warn title-bar-late"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        <Icon name="clock" />
        {formatQuantity(late.length, 'source')} late
      </button>
      {isOpen && (
        <FreshnessPopover
          anchor={anchor}
          zone={workspace.zone}
          now={workspace.now}
          sources={late}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </>
  );
}
