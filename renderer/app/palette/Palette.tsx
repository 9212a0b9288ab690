import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { useValues } from '../../link/use-values.ts';
import { Icon } from '../../parts/Icon.tsx';
import { indexAfter } from '../../parts/list-keys.ts';
import { useAddress } from '../../state/address-store.ts';
import { useInterface } from '../../state/interface-store.ts';
import { openSavedView, removeSavedView, useSavedViews } from '../../state/saved-views-store.ts';
import { environmentOf, useSession } from '../../state/session-store.ts';
import { calendarOf } from '../../state/span-of.ts';
import { tileFacts, tilesOnScreen, useTiles } from '../../state/tile-store.ts';
import { runTileAction } from '../run-tile-action.ts';
import { useServices } from '../services.ts';
import { syncNow } from '../sync-now.ts';
import { redo, undo } from '../undo.ts';
import { paletteEntries } from './palette-entries.ts';
import { GROUP_LABELS, type PaletteEntry } from './palette-entry.ts';
import { matchesIn, searchEntries } from './search-entries.ts';
import './palette.css';

/** Go to, filter or run: everything that the workbench can do, by typing. It searches this device only. */
export function Palette() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = useInterface((state) => state.isPaletteOpen);
  const open = useInterface((state) => state.openPalette);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label="Go to, filter or run"
      onClose={() => {
        open(false);
      }}
      onPointerDown={(event) => {
        if (event.target === dialog.current) open(false);
      }}
    >
      {isOpen && (
        <PaletteBox
          onClose={() => {
            // at once, so that what the entry does may take the focus
            dialog.current?.close();
          }}
        />
      )}
    </dialog>
  );
}

function PaletteBox({ onClose }: { onClose: () => void }) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const entries = usePaletteEntries(text);
  const shown = useMemo(() => searchEntries(entries, text), [entries, text]);
  const at = Math.min(active, Math.max(0, shown.length - 1));
  const current = shown[at];

  useEffect(() => {
    list.current?.querySelector('[data-active="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at, shown]);

  const run = (entry: PaletteEntry | undefined) => {
    if (entry === undefined) return;
    onClose();
    entry.run();
  };
  const onKey = (key: string): boolean => {
    const next = indexAfter(key, at, shown.length);
    if (next !== undefined) setActive(next);
    else if (key === 'Enter') run(current);
    else if (key === 'Tab' && current?.add !== undefined) current.add();
    else return key === 'Tab'; // nothing else to go to: the box has one field
    return true;
  };
  return (
    <>
      <label className="palette-field">
        <Icon name="search" />
        <input
          autoFocus
          role="combobox"
          aria-label="Go to, filter or run"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={current === undefined ? undefined : `${id}-${current.id}`}
          placeholder="Go to, filter or run"
          value={text}
          spellCheck={false}
          onChange={({ target }) => {
            setText(target.value);
            setActive(0);
          }}
          onKeyDown={(event) => {
            if (event.ctrlKey || event.metaKey || event.altKey) return;
            if (onKey(event.key)) event.preventDefault();
          }}
        />
      </label>
      <div
        ref={list}
        id={`${id}-list`}
        className="palette-list"
        role="listbox"
        aria-label="What fits"
        tabIndex={-1}
      >
        {groupsOf(shown).map(({ group, entries: own }) => (
          <div key={group} role="group" aria-label={GROUP_LABELS[group]}>
            <div className="palette-group" aria-hidden="true">
              {GROUP_LABELS[group]}
            </div>
            {own.map((entry) => (
              <Entry
                key={entry.id}
                id={`${id}-${entry.id}`}
                entry={entry}
                text={text}
                isActive={entry === current}
                onChoose={() => {
                  run(entry);
                }}
              />
            ))}
          </div>
        ))}
        {shown.length === 0 && <p className="palette-none">Nothing here is called that.</p>}
      </div>
      <div className="palette-foot">
        <Hint keys={['↑', '↓']} text="move" />
        <Hint keys={['Enter']} text="apply" />
        {current?.add !== undefined && <Hint keys={['Tab']} text="add to filter" />}
        <Hint keys={['Esc']} text="close" />
        <span className="palette-space" />
        <span>Searches this device, works offline</span>
      </div>
    </>
  );
}

interface EntryProps {
  id: string;
  entry: PaletteEntry;
  text: string;
  isActive: boolean;
  onChoose: () => void;
}

function Entry({ id, entry, text, isActive, onChoose }: EntryProps) {
  const { icon, label, detail, keys } = entry;
  return (
    <div
      id={id}
      className="palette-entry"
      role="option"
      aria-selected={isActive}
      data-active={isActive}
      onClick={onChoose}
    >
      <Icon name={icon} />
      <span className="palette-label">
        <Marked label={label} text={text} />
      </span>
      {detail !== undefined && <span className="palette-detail">{detail}</span>}
      <span className="palette-space" />
      {(isActive ? ['Enter'] : (keys ?? [])).map((key) => (
        <kbd key={key} className="key">
          {key}
        </kbd>
      ))}
    </div>
  );
}

function Marked({ label, text }: { label: string; text: string }) {
  let end = 0;
  const parts = matchesIn(label, text).map(({ from, to }) => {
    const before = label.slice(end, from);
    end = to;
    return (
      <span key={from}>
        {before}
        <b>{label.slice(from, to)}</b>
      </span>
    );
  });
  return (
    <>
      {parts}
      {label.slice(end)}
    </>
  );
}

function Hint({ keys, text }: { keys: readonly string[]; text: string }) {
  return (
    <span className="palette-hint">
      {keys.map((key) => (
        <kbd key={key} className="key">
          {key}
        </kbd>
      ))}
      {text}
    </span>
  );
}

function usePaletteEntries(text: string): PaletteEntry[] {
  const { backend } = useServices();
  const { address, go, canGoBack, canGoForward } = useAddress();
  const workspace = useSession((state) => state.workspace);
  const savedViews = useSavedViews((state) => state.views);
  const { theme, hasLetterKeys, setTheme, setLetterKeys, openKeyList, openViewList } = useInterface();
  const focused = useTiles((state) => state.focused);
  const environment = environmentOf(workspace, address.environment);
  const locales = useValues(environment?.environment ?? '', environment === null ? '' : 'locale', '').values;
  return paletteEntries(
    {
      address,
      environment,
      calendar: workspace === null || environment === null ? null : calendarOf(workspace, environment),
      text,
      locales: locales?.values ?? null,
      savedViews: savedViews ?? [],
      tile: tileFacts(focused),
      tiles: tilesOnScreen(),
      theme,
      hasLetterKeys,
      canUndo: canGoBack,
      canRedo: canGoForward,
    },
    {
      go,
      openSavedView,
      removeSavedView: (view) => void removeSavedView(backend, view),
      saveView: () => {
        openViewList(true);
      },
      focusTile: (tile) => {
        tileFacts(tile)?.element.focus();
      },
      runTile: (action) => {
        const facts = tileFacts(focused);
        if (facts !== null) void runTileAction(action, facts, backend);
      },
      setTheme,
      setLetterKeys,
      syncNow: () => {
        syncNow(backend);
      },
      showKeys: () => {
        openKeyList(true);
      },
      undo,
      redo,
    },
  );
}

function groupsOf(entries: readonly PaletteEntry[]) {
  const groups = [...new Set(entries.map(({ group }) => group))];
  return groups.map((group) => ({ group, entries: entries.filter((entry) => entry.group === group) }));
}
