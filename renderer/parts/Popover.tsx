import {
  type CSSProperties,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { createPortal } from 'react-dom';
import './popover.css';

interface PopoverProps {
  anchor: RefObject<HTMLElement | null>;
  label: string;
  /** `menu` and `listbox` parts inside name their own role. */
  role?: 'dialog' | 'group';
  align?: 'start' | 'end';
  onClose: () => void;
  children: ReactNode;
}

const GAP_PX = 4;
const EDGE_PX = 8;

/** Floats under its anchor. Esc, a press outside or Tab out of it closes; focus goes back to the anchor. */
export function Popover({
  anchor,
  label,
  role = 'dialog',
  align = 'start',
  onClose,
  children,
}: PopoverProps) {
  const panel = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<CSSProperties>({ opacity: 0 });

  useLayoutEffect(() => {
    const position = () => {
      const box = anchor.current?.getBoundingClientRect();
      const size = panel.current;
      if (box === undefined || size === null) return;
      const wanted = align === 'start' ? box.left : box.right - size.offsetWidth;
      const left = Math.max(EDGE_PX, Math.min(wanted, innerWidth - size.offsetWidth - EDGE_PX));
      const top = box.bottom + GAP_PX;
      setPlace({ left, top, maxHeight: innerHeight - top - EDGE_PX });
    };
    position();
    addEventListener('resize', position);
    return () => {
      removeEventListener('resize', position);
    };
  }, [anchor, align]);

  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (!(event.target instanceof Node)) return;
      if (panel.current?.contains(event.target) === true || anchor.current?.contains(event.target) === true)
        return;
      onClose();
    };
    addEventListener('pointerdown', outside, true);
    return () => {
      removeEventListener('pointerdown', outside, true);
    };
  }, [anchor, onClose]);

  const closeAndReturn = () => {
    onClose();
    anchor.current?.focus();
  };

  return createPortal(
    <div
      ref={panel}
      className="popover"
      role={role}
      aria-label={label}
      tabIndex={-1}
      style={place}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          closeAndReturn();
        }
        if (event.key === 'Tab' && isLeaving(panel.current, event.shiftKey)) {
          event.preventDefault();
          closeAndReturn();
        }
      }}
    >
      {children}
    </div>,
    document.body,
  );
}

const FOCUSABLE =
  'button:not(:disabled), input:not(:disabled), select:not(:disabled), a[href], [tabindex="0"]';

function isLeaving(panel: HTMLElement | null, backwards: boolean): boolean {
  const stops = [...(panel?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])].filter(
    (stop) => stop.tabIndex >= 0,
  );
  const edge = backwards ? stops.at(0) : stops.at(-1);
  return edge === undefined || document.activeElement === edge || document.activeElement === panel;
}
