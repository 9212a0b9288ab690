import type { ReactNode } from 'react';
import { PopoverButton } from './PopoverButton.tsx';
import { type RadioChoice, RadioMenu } from './RadioMenu.tsx';

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
  /** Below the choices. */
  children?: (close: () => void) => ReactNode;
}

/** A value that opens the list of what else it can be. */
export function MenuButton<Id extends string>(props: MenuButtonProps<Id>) {
  const { choices, chosen, onChoose, children, label, ...button } = props;
  return (
    <PopoverButton {...button} label={label} opens="menu">
      {(close) => (
        <>
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
        </>
      )}
    </PopoverButton>
  );
}
