import type { CSSProperties } from 'react';
import type { AnnotationPin } from '../../shared/rpc/contract/annotations.ts';
import { openPanel, useNotes } from './notes-store.ts';

interface PinProps {
  /** Several at one place: the first is looked at first. */
  pins: readonly AnnotationPin[];
  style: CSSProperties;
  size?: 'lane' | 'cell' | 'row';
}

const SYNC_WORDS = { conflict: ', in conflict', pending: ', not sent yet', synced: '' } as const;

/** A numbered round pin; it opens its note. */
export function Pin({ pins, style, size = 'lane' }: PinProps) {
  const chosen = useNotes((state) => state.chosen);
  const [first] = pins;
  if (first === undefined) return null;
  const sync = pins.find((pin) => pin.sync === 'conflict')?.sync ?? first.sync;
  const others = pins.length - 1;
  const label = `Note ${first.number}: ${first.title}${SYNC_WORDS[sync]}${others === 0 ? '' : `, and ${others} more`}`;
  return (
    <button
      type="button"
      className="pin"
      data-sync={sync}
      data-size={size}
      data-chosen={pins.some(({ annotationId }) => annotationId === chosen)}
      data-annotation={first.annotationId}
      aria-label={label}
      title={label}
      style={style}
      onPointerDown={(event) => {
        event.stopPropagation(); // a chart would take the pointer for a range
      }}
      onClick={(event) => {
        event.stopPropagation();
        openPanel({ chosen: nextOf(pins, chosen), shown: 'all' });
      }}
    >
      {others === 0 ? first.number : `${pins.length}×`}
    </button>
  );
}

/** A press on several goes from one to the next. */
function nextOf(pins: readonly AnnotationPin[], chosen: string | null): string | null {
  const at = pins.findIndex(({ annotationId }) => annotationId === chosen);
  return pins[(at + 1) % pins.length]?.annotationId ?? null;
}
