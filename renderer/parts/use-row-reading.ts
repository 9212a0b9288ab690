import { type KeyboardEvent, type RefObject, useRef, useState } from 'react';
import { type Size, useSize } from '../charts/use-size.ts';
import { rowAfter } from './row-after.ts';

const ROW_MIN_PX = 24; // what can be pressed
const ROW_MAX_PX = 30;

export interface RowReading {
  host: RefObject<HTMLDivElement | null>;
  size: Size | null;
  rowHeight: number;
  /** The row that is read out; null: none. */
  shown: { index: number; byKey: boolean } | null;
  /** By the pointer. */
  point: (index: number) => void;
  /** Of the list, beside its label. */
  listProps: {
    role: 'group';
    tabIndex: 0;
    onKeyDown: (event: KeyboardEvent) => void;
    onPointerLeave: () => void;
    onBlur: () => void;
  };
}

/** Rows of one height that fill a list, read by pointer and arrows; `reservedPx` of its height are not theirs. */
export function useRowReading(count: number, reservedPx: number): RowReading {
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const [shown, setShown] = useState<RowReading['shown']>(null);
  const room = (size?.height ?? 0) - reservedPx;
  const leave = () => {
    setShown(null);
  };
  return {
    host,
    size,
    rowHeight: Math.max(ROW_MIN_PX, Math.min(ROW_MAX_PX, Math.floor(room / Math.max(1, count)))),
    shown,
    point: (index) => {
      setShown({ index, byKey: false });
    },
    listProps: {
      role: 'group',
      tabIndex: 0,
      onPointerLeave: leave,
      onBlur: leave,
      onKeyDown(event) {
        if (event.target !== host.current) return; // a control in a row has keys of its own
        const next = rowAfter(event.key, shown?.index ?? null, count);
        if (event.key === 'Escape' && shown !== null) leave();
        else if (next === null) return;
        else setShown({ index: next, byKey: true });
        event.preventDefault();
        event.stopPropagation();
      },
    },
  };
}
