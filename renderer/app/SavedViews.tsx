import { useCallback, useRef, useState } from 'react';
import { Icon } from '../parts/Icon.tsx';
import { Popover } from '../parts/Popover.tsx';
import { useInterface } from '../state/interface-store.ts';
import { openSavedView, removeSavedView, saveView, useSavedViews } from '../state/saved-views-store.ts';
import { useServices } from './services.ts';
import './saved-views.css';

/** Addresses with a name: open one, save the one that is open, remove one. */
export function SavedViews() {
  const anchor = useRef<HTMLButtonElement>(null);
  const isOpen = useInterface((state) => state.isViewListOpen);
  const setOpen = useInterface((state) => state.openViewList);
  const close = useCallback(() => {
    setOpen(false);
  }, [setOpen]);
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="button-icon"
        aria-label="Saved views"
        title="Saved views (V)"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        <Icon name="bookmark" />
      </button>
      {isOpen && (
        <Popover anchor={anchor} label="Saved views" onClose={close}>
          <SavedViewList
            onDone={() => {
              close();
              anchor.current?.focus();
            }}
          />
        </Popover>
      )}
    </>
  );
}

function SavedViewList({ onDone }: { onDone: () => void }) {
  const { backend } = useServices();
  const views = useSavedViews((state) => state.views);
  const [name, setName] = useState('');
  const isKnown = views?.some((view) => view.name === name.trim()) === true;
  const save = async () => {
    if (await saveView(backend, name.trim())) onDone();
  };
  return (
    <div className="saved-views">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') void save();
        }}
      >
        <input
          autoFocus
          aria-label="Name of this view"
          placeholder="Name of this view"
          maxLength={120}
          value={name}
          onChange={({ target }) => {
            setName(target.value);
          }}
        />
        <button type="submit" className="button" disabled={name.trim() === ''}>
          {isKnown ? 'Replace' : 'Save'}
        </button>
      </form>
      {views?.length === 0 && <p>Nothing is saved yet. A saved view keeps dates, filters and choices.</p>}
      {views !== null && views.length > 0 && (
        <ul aria-label="Saved views">
          {views.map((view) => (
            <li key={view.viewId}>
              <button
                type="button"
                className="menu-item"
                onClick={() => {
                  openSavedView(view);
                  onDone();
                }}
              >
                <Icon name="bookmark" />
                <span className="menu-label">{view.name}</span>
              </button>
              <button
                type="button"
                className="button-icon"
                aria-label={`Remove ${view.name}`}
                title={`Remove ${view.name}`}
                onClick={() => void removeSavedView(backend, view)}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
