import { useEffect, useRef } from 'react';
import { Icon } from './Icon.tsx';
import './menu.css';

export interface RadioChoice<Id extends string> {
  id: Id;
  label: string;
  /** What stands at the right end, in grey. */
  detail?: string;
}

interface RadioMenuProps<Id extends string> {
  label: string;
  choices: readonly RadioChoice<Id>[];
  chosen: Id | null;
  onChoose: (id: Id) => void;
  /** Takes the focus when it appears. */
  takesFocus?: boolean;
}

/** One choice of several: arrows move, Enter or Space chooses, a letter jumps. */
export function RadioMenu<Id extends string>({
  label,
  choices,
  chosen,
  onChoose,
  takesFocus = true,
}: RadioMenuProps<Id>) {
  const list = useRef<HTMLDivElement>(null);
  const items = () => [...(list.current?.querySelectorAll<HTMLButtonElement>('[role=menuitemradio]') ?? [])];
  useEffect(() => {
    if (!takesFocus) return;
    const all = items();
    (all.find((item) => item.ariaChecked === 'true') ?? all[0])?.focus();
  }, [takesFocus]);

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
      {choices.map(({ id, label: text, detail }) => (
        <button
          key={id}
          type="button"
          role="menuitemradio"
          aria-checked={id === chosen}
          tabIndex={id === chosen || (chosen === null && id === choices[0]?.id) ? 0 : -1}
          className="menu-item"
          onClick={() => {
            onChoose(id);
          }}
        >
          <span className="menu-mark">{id === chosen && <Icon name="check" />}</span>
          <span className="menu-label">{text}</span>
          {detail !== undefined && <span className="menu-detail">{detail}</span>}
        </button>
      ))}
    </div>
  );
}

export function itemAfter(
  key: string,
  items: HTMLButtonElement[],
  at: number,
): HTMLButtonElement | undefined {
  const { length } = items;
  if (key === 'ArrowDown') return items[(at + 1) % length];
  if (key === 'ArrowUp') return items[(at - 1 + length) % length];
  if (key === 'Home') return items[0];
  if (key === 'End') return items[length - 1];
  if (key.length !== 1 || key === ' ') return undefined;
  const inOrder = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  return inOrder.find((item) => item.textContent.trim().toLowerCase().startsWith(key.toLowerCase()));
}
