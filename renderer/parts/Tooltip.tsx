import { type CSSProperties, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { Swatch } from './Swatch.tsx';
import type { TooltipContent } from './tooltip-content.ts';
import './tooltip.css';

interface TooltipProps {
  /** x and y are pixels in this element. */
  anchor: RefObject<HTMLElement | null>;
  x: number;
  y: number;
  content: TooltipContent;
}

const GAP_PX = 12;
const EDGE_PX = 8;

/** Beside the point, on the side with room; never under the pointer. */
export function Tooltip({ anchor, x, y, content }: TooltipProps) {
  const panel = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<CSSProperties>({ visibility: 'hidden' });
  useLayoutEffect(() => {
    const box = anchor.current?.getBoundingClientRect();
    const size = panel.current;
    if (box === undefined || size === null) return;
    const { offsetWidth, offsetHeight } = size;
    const at = box.left + x;
    const isLeft = at - GAP_PX - offsetWidth >= EDGE_PX && at > box.left + box.width / 2;
    const left = isLeft
      ? at - GAP_PX - offsetWidth
      : Math.min(at + GAP_PX, innerWidth - offsetWidth - EDGE_PX);
    const top = Math.max(EDGE_PX, Math.min(box.top + y, innerHeight - offsetHeight - EDGE_PX));
    setPlace({ left, top });
  }, [anchor, x, y, content]);
  return createPortal(
    <div ref={panel} className="tooltip" style={place} aria-hidden="true">
      <div className="tooltip-title">{content.title}</div>
      <dl>
        {content.rows.map(({ label, value, detail, slot, isStrong }) => (
          <div key={label} className="tooltip-row">
            <dt>
              {slot !== undefined && <Swatch slot={slot} />}
              {label}
            </dt>
            <dd>
              {isStrong === true ? <strong>{value}</strong> : value}
              {detail !== undefined && <span> {detail}</span>}
            </dd>
          </div>
        ))}
      </dl>
      {content.note !== undefined && <div className="tooltip-note">{content.note}</div>}
    </div>,
    document.body,
  );
}
