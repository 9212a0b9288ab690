import { type ReactNode, useRef, useState } from 'react';
import { Icon, type IconName } from './Icon.tsx';
import { Popover } from './Popover.tsx';
import './popover-button.css';

interface PopoverButtonProps {
  /** What it is for, read out before the value. */
  label: string;
  /** Grey words before the value. */
  name?: string;
  value: string;
  opens: 'menu' | 'dialog';
  align?: 'start' | 'end';
  /** Text in a line, a field with an edge, a chip of a list, or a plain button. */
  look?: 'text' | 'field' | 'chip' | 'button';
  /** Stands before the value. */
  icon?: IconName;
  /** The icon says it all; the value is read out. */
  isIconOnly?: boolean;
  /** Drawn in the panel; told how to close it with the focus back on the button. */
  children: (close: () => void) => ReactNode;
}

/** A value that opens what it is chosen with. */
export function PopoverButton(props: PopoverButtonProps) {
  const {
    label,
    name,
    value,
    opens,
    align = 'start',
    look = 'text',
    icon,
    isIconOnly = false,
    children,
  } = props;
  const anchor = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="popover-button"
        data-look={look}
        aria-haspopup={opens}
        aria-expanded={isOpen}
        aria-label={value === '' ? label : `${label}: ${value}`}
        title={isIconOnly ? label : undefined}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        {icon !== undefined && <Icon name={icon} />}
        {name !== undefined && <span className="popover-button-name">{name}</span>}
        {!isIconOnly && <span className="popover-button-value">{value}</span>}
        {(look === 'text' || look === 'field') && <Icon name="chevron-down" />}
      </button>
      {isOpen && (
        <Popover
          anchor={anchor}
          label={label}
          role={opens === 'menu' ? 'group' : 'dialog'}
          align={align}
          onClose={() => {
            setOpen(false);
          }}
        >
          {children(() => {
            setOpen(false);
            anchor.current?.focus();
          })}
        </Popover>
      )}
    </>
  );
}
