import { type PointerEvent, useState } from 'react';
import { formatAddress } from '../state/address.ts';
import { useAddress } from '../state/address-store.ts';
import { useSelection } from '../state/selection-store.ts';
import { isTimeAxis, spanOfBuckets } from './bucket-span.ts';

export interface Brush {
  /** First and last index under the brush; null while there is none. */
  range: readonly [number, number] | null;
  onPointerDown: (event: PointerEvent, index: number | null) => void;
  onPointerMove: (index: number | null) => void;
  onPointerUp: () => void;
  /** By keyboard: from the point to its neighbour. */
  extend: (from: number, to: number) => void;
  /** Takes the range as the dates of the view, or selects the one point; whether it did anything. */
  apply: (index: number | null) => boolean;
  /** Whether there was a brush to leave. */
  cancel: () => boolean;
}

/** Dragging over a time axis sets the dates of the view; a press selects the bucket in every chart. */
export function useBrush(dates: readonly string[]): Brush {
  const [ends, setEnds] = useState<{ start: number; end: number; isDragged: boolean } | null>(null);
  const isTime = isTimeAxis(dates);
  const take = (start: number, end: number) => {
    setEnds(null);
    const span = spanOfBuckets(dates, start, end);
    if (span === null) return false;
    if (start === end) {
      const { span: selected, select } = useSelection.getState();
      select(selected?.from === span.from && selected.to === span.to ? null : span);
    } else setDates(span);
    return true;
  };
  return {
    range: ends === null || ends.start === ends.end ? null : [ends.start, ends.end],
    onPointerDown: ({ button, currentTarget, pointerId }, index) => {
      if (!isTime || index === null || button !== 0) return;
      currentTarget.setPointerCapture(pointerId);
      setEnds({ start: index, end: index, isDragged: true });
    },
    onPointerMove: (index) => {
      if (ends?.isDragged === true && index !== null) setEnds({ ...ends, end: index });
    },
    onPointerUp: () => {
      if (ends?.isDragged === true) take(ends.start, ends.end);
    },
    extend: (from, to) => {
      if (isTime) setEnds({ start: ends?.start ?? from, end: to, isDragged: false });
    },
    apply: (index) => {
      if (!isTime) return false;
      if (ends !== null) return take(ends.start, ends.end);
      return index !== null && take(index, index);
    },
    cancel: () => {
      if (ends === null) return false;
      setEnds(null);
      return true;
    },
  };
}

export function setDates(range: { from: string; to: string }): void {
  const { go } = useAddress.getState();
  go({ range });
  useSelection.getState().noteBrush(formatAddress(useAddress.getState().address));
}
