import { useEffect, useRef } from 'react';
import { useInterface } from '../state/interface-store.ts';
import { KEY_GROUPS } from './key-map.ts';
import './key-list.css';

export function KeyList() {
  const dialog = useRef<HTMLDialogElement>(null);
  const closeButton = useRef<HTMLButtonElement>(null);
  const isOpen = useInterface((state) => state.isKeyListOpen);
  const open = useInterface((state) => state.openKeyList);
  const hasLetterKeys = useInterface((state) => state.hasLetterKeys);
  const setLetterKeys = useInterface((state) => state.setLetterKeys);
  useEffect(() => {
    if (!isOpen) {
      dialog.current?.close();
      return;
    }
    dialog.current?.showModal();
    closeButton.current?.focus();
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
      <div className="key-groups" tabIndex={0} role="region" aria-label="All keys">
        {KEY_GROUPS.map(({ title, lines }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {lines.map(({ keys, action }) => (
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
          </section>
        ))}
      </div>
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
        ref={closeButton}
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
