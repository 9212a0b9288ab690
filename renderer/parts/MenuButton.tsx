import { type ReactNode, useRef, useState } from 'react';
import { Icon } from './Icon.tsx';
import { Popover } from './Popover.tsx';
import { type RadioChoice, RadioMenu } from './RadioMenu.tsx';
import './menu-button.css';

interface MenuButtonProps<Id extends string> {
  /** Grey words before the value. */
  name?: string;
  /** What it is for, read out before the value. */
  label: string;
  value: string;
  choices: readonly RadioChoice<Id>[];
  chosen: Id | null;
  onChoose: (id: Id) => void;
  align?: 'start' | 'end';
  /** Text in a line, or a field with an edge. */
  look?: 'text' | 'field';
  /** Below the choices. */
  children?: (close: () => void) => ReactNode;
}

/** A value that opens the list of what else it can be. */
export function MenuButton<Id extends string>({
  name,
  label,
  value,
  choices,
  chosen,
  onChoose,
  align = 'start',
  look = 'text',
  children,
}: MenuButtonProps<Id>) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
    anchor.current?.focus();
  };
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="menu-button"
        data-look={look}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={`${label}: ${value}`}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        {name !== undefined && <span className="menu-button-name">{name}</span>}
        <span className="menu-button-value">{value}</span>
        <Icon name="chevron-down" />
      </button>
      {isOpen && (
        <Popover
          anchor={anchor}
          label={label}
          role="group"
          align={align}
          onClose={() => {
            setOpen(false);
          }}
        >
          <RadioMenu
            label={label}
            choices={choices}
            chosen={chosen}
            onChoose={(id) => {
              onChoose(id);
              close();
            }}
          />
          {children?.(close)}
        </Popover>
      )}
    </>
  );
}
