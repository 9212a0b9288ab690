import { useEffect, useRef } from 'react';
import { Icon, type IconName } from './Icon.tsx';
import { itemAfter } from './RadioMenu.tsx';
import './menu.css';

export interface MenuAction<Id extends string> {
  id: Id;
  label: string;
  icon: IconName;
  keys?: readonly string[];
  /** Of something that is on or off. */
  isOn?: boolean;
}

interface ActionMenuProps<Id extends string> {
  label: string;
  actions: readonly MenuAction<Id>[];
  onRun: (id: Id) => void;
}

/** Things to do: arrows move, Enter or Space does it, a letter jumps. */
export function ActionMenu<Id extends string>({ label, actions, onRun }: ActionMenuProps<Id>) {
  const list = useRef<HTMLDivElement>(null);
  const items = () => [...(list.current?.querySelectorAll<HTMLButtonElement>('[role^=menuitem]') ?? [])];
  useEffect(() => {
    items()[0]?.focus();
  }, []);
  return (
    <div
      ref={list}
      className="menu"
      role="menu"
      aria-label={label}
      onKeyDown={(event) => {
        const all = items();
        const next = itemAfter(event.key, all, all.indexOf(document.activeElement as HTMLButtonElement));
        if (next === undefined) return;
        event.preventDefault();
        next.focus();
      }}
    >
      {actions.map(({ id, label: text, icon, keys = [], isOn }, index) => (
        <button
          key={id}
          type="button"
          role={isOn === undefined ? 'menuitem' : 'menuitemcheckbox'}
          aria-checked={isOn}
          tabIndex={index === 0 ? 0 : -1}
          className="menu-item"
          onClick={() => {
            onRun(id);
          }}
        >
          <span className="menu-mark">
            <Icon name={icon} />
          </span>
          <span className="menu-label">{text}</span>
          {isOn !== undefined && <span className="menu-detail">{isOn ? 'on' : 'off'}</span>}
          {keys.map((key) => (
            <kbd key={key} className="key" aria-hidden="true">
              {key}
            </kbd>
          ))}
        </button>
      ))}
    </div>
  );
}
