import { type ReactNode, useCallback, useRef, useState } from 'react';
import { Icon, type IconName } from '../../parts/Icon.tsx';
import { Popover } from '../../parts/Popover.tsx';

interface FilterButtonProps {
  /** Grey part: what is filtered. */
  name: string;
  /** Strong part: by what. */
  value: string;
  icon?: IconName;
  /** Tinted, with a way to remove it in place. */
  onRemove?: (() => void) | undefined;
  /** Letter after F that opens it. */
  letter: string;
  hasChevron?: boolean;
  /** Why the view cannot apply it; drawn struck through. */
  unfit?: string | undefined;
  /** Drawn in the panel; told how to close it with the focus back on the button. */
  children: (close: () => void) => ReactNode;
}

export function FilterButton({
  name,
  value,
  icon,
  onRemove,
  letter,
  hasChevron = true,
  unfit,
  children,
}: FilterButtonProps) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const hide = useCallback(() => {
    setOpen(false);
  }, []);
  return (
    <span className="filter" data-set={onRemove !== undefined} data-unfit={unfit !== undefined}>
      <button
        ref={anchor}
        type="button"
        className="filter-button"
        data-filter-letter={letter}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-label={`${name}: ${value}${unfit === undefined ? '' : `, not applied: ${unfit}`}`}
        title={unfit === undefined ? `${name}: ${value}` : `Not applied here: ${unfit}`}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        {icon !== undefined && <Icon name={icon} />}
        {icon !== 'calendar' && <span className="filter-name">{name}</span>}
        <span className="filter-value">{value}</span>
        {hasChevron && onRemove === undefined && <Icon name="chevron-down" />}
      </button>
      {onRemove !== undefined && (
        <button
          type="button"
          className="filter-remove"
          aria-label={`Remove filter ${name}`}
          title={`Remove filter ${name}`}
          onClick={() => {
            onRemove();
            anchor.current?.focus();
          }}
        >
          <Icon name="close" />
        </button>
      )}
      {isOpen && (
        <Popover anchor={anchor} label={name} onClose={hide}>
          {children(() => {
            hide();
            anchor.current?.focus();
          })}
        </Popover>
      )}
    </span>
  );
}
