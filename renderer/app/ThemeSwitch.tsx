import { useRef, useState } from 'react';
import { Icon, type IconName } from '../parts/Icon.tsx';
import { Popover } from '../parts/Popover.tsx';
import { RadioMenu } from '../parts/RadioMenu.tsx';
import { type ThemeChoice, useInterface } from '../state/interface-store.ts';

const THEMES: { id: ThemeChoice; label: string; icon: IconName }[] = [
  { id: 'system', label: 'As the system', icon: 'system' },
  { id: 'light', label: 'Light', icon: 'sun' },
  { id: 'dark', label: 'Dark', icon: 'moon' },
];

export function ThemeSwitch() {
  const anchor = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const theme = useInterface((state) => state.theme);
  const setTheme = useInterface((state) => state.setTheme);
  const current = THEMES.find(({ id }) => id === theme);
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="button-icon"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={`Theme: ${current?.label ?? ''}`}
        title="Theme"
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        <Icon name={current?.icon ?? 'system'} />
      </button>
      {isOpen && (
        <Popover
          anchor={anchor}
          label="Theme"
          role="group"
          align="end"
          onClose={() => {
            setOpen(false);
          }}
        >
          <RadioMenu
            label="Theme"
            choices={THEMES}
            chosen={theme}
            onChoose={(id) => {
              setTheme(id);
              setOpen(false);
              anchor.current?.focus();
            }}
          />
        </Popover>
      )}
    </>
  );
}
