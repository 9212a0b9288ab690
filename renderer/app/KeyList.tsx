import { useEffect, useRef } from 'react';
import { useInterface } from '../state/interface-store.ts';
import './key-list.css';

const KEYS: { keys: string[]; action: string }[] = [
  { keys: ['T'], action: 'Chart or table of the tile in focus' },
  { keys: ['←', '→', '↑', '↓'], action: 'Between tiles; inside one between its points' },
  { keys: ['Enter'], action: 'Into the tile' },
  { keys: ['Esc'], action: 'Out of it; closes what floats' },
  { keys: ['G', 'P'], action: 'Open Practices; F Funnels, C Cohorts' },
  { keys: ['G', 'U'], action: 'Open Usage; A Features, S Signals' },
  { keys: ['G', 'J'], action: 'Open Journeys; X Explore, E Engagement' },
  { keys: ['F', 'D'], action: 'Filter by dates' },
  { keys: ['F', 'V'], action: 'Choose the comparison' },
  { keys: ['F', 'C'], action: 'Filter by cohort' },
  { keys: ['F', 'L'], action: 'Filter by locale; R release, P practice, M master, S state' },
  { keys: ['F', 'B'], action: 'In Cohorts: what starts a cohort; E what counts as back, U the unit' },
  { keys: ['C'], action: 'Comparison on, off' },
  { keys: ['R'], action: 'Sync now' },
  { keys: ['?'], action: 'This list' },
];

export function KeyList() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = useInterface((state) => state.isKeyListOpen);
  const open = useInterface((state) => state.openKeyList);
  const hasLetterKeys = useInterface((state) => state.hasLetterKeys);
  const setLetterKeys = useInterface((state) => state.setLetterKeys);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      className="key-list"
      aria-label="Keys"
      onClose={() => {
        open(false);
      }}
    >
      <h2>Keys</h2>
      <dl>
        {KEYS.map(({ keys, action }) => (
          <div key={action}>
            <dt>
              {keys.map((key) => (
                <kbd key={key} className="key">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{action}</dd>
          </div>
        ))}
      </dl>
      <label>
        <input
          type="checkbox"
          checked={hasLetterKeys}
          onChange={({ target }) => {
            setLetterKeys(target.checked);
          }}
        />
        Single letters work as keys
      </label>
      <button
        type="button"
        className="button"
        onClick={() => {
          open(false);
        }}
      >
        Close
      </button>
    </dialog>
  );
}
