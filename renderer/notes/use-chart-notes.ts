import { useMemo } from 'react';
import { useSession } from '../state/session-store.ts';
import { LANE_PX, useTilePins } from './NoteLane.tsx';
import { placePins } from './lane-places.ts';
import { selectMark, useNotes } from './notes-store.ts';
import { type PointFigure, pointSelection } from './point-selection.ts';
import { useTile } from './tile-context.ts';

interface ChartNotes {
  /** Whether its points are days or have names that a note can be pinned to. */
  hasPlaces: boolean;
  /** Height that the lane of pins takes from the plot. */
  laneHeight: number;
  /** A press on a point; with Shift from the last one to here. */
  press: (index: number, isExtending: boolean) => void;
  /** A step of the keys: with Shift the range grows, without it is let go. */
  step: (from: number | null, index: number, isExtending: boolean) => void;
}

const NO_FIGURE: PointFigure = { value: null, interval: null, n: null };

/** What a chart by days needs to be annotated. */
export function useChartNotes(
  dates: readonly string[],
  figureAt: (index: number) => PointFigure = () => NO_FIGURE,
): ChartNotes {
  const tile = useTile();
  const zone = useSession(({ workspace }) => workspace?.zone ?? 'UTC');
  const pins = useTilePins();
  const hasPlaces = tile !== null && dates[0] !== undefined && !isHour(dates[0]);
  const isInUse = useMemo(
    () => hasPlaces && placePins(pins, dates, zone).length > 0,
    [hasPlaces, pins, dates, zone],
  );
  const select = (origin: number, index: number) => {
    selectMark(pointSelection({ tile, dates, zone, figureAt }, origin, index));
  };
  const originNow = (): number | null => {
    const { selection } = useNotes.getState();
    return selection?.tile === tile ? selection.origin : null;
  };
  return {
    hasPlaces,
    laneHeight: isInUse ? LANE_PX : 0,
    press(index, isExtending) {
      if (hasPlaces) select((isExtending ? originNow() : null) ?? index, index);
    },
    step(from, index, isExtending) {
      if (!hasPlaces) return;
      if (isExtending) select(originNow() ?? from ?? index, index);
      else if (originNow() !== null) selectMark(null);
    },
  };
}

const isHour = (date: string): boolean => /^\d{4}-\d{2}-\d{2} /.test(date);
