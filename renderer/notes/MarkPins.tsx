import { useLayoutEffect, useRef, useState } from 'react';
import { useTilePins } from './NoteLane.tsx';
import { anchorKey, markOf } from './note-mark.ts';
import { annotate } from './notes-store.ts';
import { Pin } from './Pin.tsx';
import { useTile } from './tile-context.ts';

interface Spot {
  key: string;
  x: number;
  y: number;
  isCell: boolean;
}

/** Pins on rows and cells: whatever in the tile carries `noteMark`. Under the pointer a mark offers to be annotated. */
export function MarkPins() {
  const pins = useTilePins();
  const tile = useTile();
  const [measured, setSpots] = useState<readonly Spot[]>([]);
  const [hovered, setHovered] = useState<Element | null>(null);
  const layer = useRef<HTMLDivElement>(null);
  const byKey = Map.groupBy(pins, ({ anchor }) => anchorKey(anchor));
  const wanted = [...byKey.keys()].join('\n');
  const spots = measured.filter(({ key }) => byKey.has(key));

  useLayoutEffect(() => {
    const element = layer.current?.parentElement ?? null;
    if (element === null || wanted === '') return;
    let frame = 0;
    const measure = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        setSpots((known) => {
          const next = spotsIn(element, new Set(wanted.split('\n')));
          return JSON.stringify(next) === JSON.stringify(known) ? known : next;
        });
      });
    };
    const resizes = new ResizeObserver(measure);
    resizes.observe(element);
    const changes = new MutationObserver((records) => {
      if (records.some(({ target }) => layer.current?.contains(target) !== true)) measure();
    });
    changes.observe(element, { subtree: true, childList: true, attributeFilter: ['data-note'] });
    element.addEventListener('scroll', measure, true);
    measure();
    return () => {
      cancelAnimationFrame(frame);
      resizes.disconnect();
      changes.disconnect();
      element.removeEventListener('scroll', measure, true);
    };
  }, [wanted]);

  useLayoutEffect(() => {
    const element = layer.current?.parentElement ?? null;
    if (element === null) return;
    const onOver = ({ target }: PointerEvent) => {
      if (!(target instanceof Element) || layer.current?.contains(target) === true) return;
      const mark = target.closest('[data-note]:not([hidden])');
      setHovered(mark !== null && element.contains(mark) ? mark : null);
    };
    const onLeave = () => {
      setHovered(null);
    };
    element.addEventListener('pointerover', onOver);
    element.addEventListener('pointerleave', onLeave);
    return () => {
      element.removeEventListener('pointerover', onOver);
      element.removeEventListener('pointerleave', onLeave);
    };
  }, []);

  const body = layer.current?.parentElement ?? null;
  const ghost = hovered === null || body === null ? null : spotOf(body, hovered);
  return (
    <div ref={layer} className="mark-pins">
      {spots.map(({ key, x, y, isCell }) => (
        <Pin
          key={key}
          pins={byKey.get(key) ?? []}
          size={isCell ? 'cell' : 'row'}
          style={{ left: isCell ? x - 6 : x, top: y }}
        />
      ))}
      {ghost !== null && !spots.some(({ key }) => key === ghost.key) && (
        <button
          type="button"
          className="pin-ghost"
          data-size={ghost.isCell ? 'cell' : 'row'}
          tabIndex={-1}
          aria-hidden="true"
          title="Annotate (A)"
          style={{ left: ghost.x, top: ghost.y }}
          onClick={(event) => {
            event.stopPropagation();
            const mark = hovered === null ? null : markOf(hovered);
            if (mark !== null) annotate({ tile, mark, origin: null });
          }}
        >
          +
        </button>
      )}
    </div>
  );
}

function spotsIn(host: Element, wanted: ReadonlySet<string>): Spot[] {
  const found = new Map<string, Element>(); // of several the first
  for (const element of host.querySelectorAll('[data-note]:not([hidden])')) {
    const key = keyOf(element);
    if (key !== null && wanted.has(key) && !found.has(key)) found.set(key, element);
  }
  return [...found.values()].flatMap((element) => spotOf(host, element) ?? []);
}

/** Rows carry their pin before them, in the margin of the tile; cells in their upper corner. null: scrolled out of sight. */
function spotOf(host: Element, element: Element): Spot | null {
  const key = keyOf(element);
  if (key === null) return null;
  const outer = host.getBoundingClientRect();
  const box = element.getBoundingClientRect();
  const isCell = element.tagName === 'TD';
  const x = isCell ? box.right - outer.left : box.left - outer.left;
  const y = isCell ? box.top - outer.top + 3 : box.top - outer.top + box.height / 2;
  if (y < 0 || y > outer.height) return null;
  return { key, x: Math.round(x), y: Math.round(y), isCell };
}

function keyOf(element: Element): string | null {
  const mark = markOf(element);
  return mark === null ? null : anchorKey(mark.anchor);
}
