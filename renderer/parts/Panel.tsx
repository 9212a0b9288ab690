import { type ReactNode, useEffect, useRef } from 'react';
import { Icon } from './Icon.tsx';
import './panel.css';

interface PanelProps {
  title: string;
  /** null: there is none that way. */
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
  previousLabel: string;
  nextLabel: string;
  onClose: () => void;
  children: ReactNode;
}

/** What is known of one mark, at the right; Esc closes it. Below 1180 px it lies over the page. */
export function Panel(props: PanelProps) {
  const { title, onPrevious, onNext, previousLabel, nextLabel, onClose, children } = props;
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (body.current !== null) body.current.scrollTop = 0;
  }, [title]);
  return (
    <aside
      className="panel"
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.stopPropagation();
        onClose();
      }}
    >
      <div className="panel-head">
        <h2>{title}</h2>
        <StepButton label={previousLabel} icon="chevron-left" onPress={onPrevious} />
        <StepButton label={nextLabel} icon="chevron-right" onPress={onNext} />
        <button
          type="button"
          className="button-icon"
          aria-label="Close"
          title="Close (Esc)"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </div>
      <div ref={body} className="panel-body">
        {children}
      </div>
    </aside>
  );
}

interface StepButtonProps {
  label: string;
  icon: 'chevron-left' | 'chevron-right';
  onPress: (() => void) | null;
}

function StepButton({ label, icon, onPress }: StepButtonProps) {
  return (
    <button
      type="button"
      className="button-icon"
      aria-label={label}
      title={label}
      disabled={onPress === null}
      onClick={() => {
        onPress?.();
      }}
    >
      <Icon name={icon} />
    </button>
  );
}
