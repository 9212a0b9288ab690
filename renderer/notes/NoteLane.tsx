import { useMemo } from 'react';
import type { AnnotationPin } from '../../shared/rpc/contract/annotations.ts';
import { useSession } from '../state/session-store.ts';
import { groupByPlace, type PlacedPin, placePins } from './lane-places.ts';
import { noteMark } from './note-mark.ts';
import { annotate, useNotes } from './notes-store.ts';
import { Pin } from './Pin.tsx';
import { type PointFigure, pointSelection } from './point-selection.ts';
import { useTile } from './tile-context.ts';
import { tileOfNote } from './tile-of-note.ts';

export const LANE_PX = 18;

const COVERED_PX = 16; // nearer than this an offer would lie over a pin

interface NoteLaneProps {
  dates: readonly string[];
  /** Pixels of the middle of a bucket. */
  xOf: (index: number) => number;
  yOf: (value: number) => number;
  top: number;
  bottom: number;
  /** Bucket under the pointer or the keys; −1: none. */
  shown: number;
  isShownByKey: boolean;
  figureAt: (index: number) => PointFigure;
}

/** Notes of a chart by days: pins in a lane above the plot, stems to points, brackets over ranges. */
export function NoteLane(props: NoteLaneProps) {
  const { dates, xOf, yOf, top, bottom, shown, isShownByKey, figureAt } = props;
  const tile = useTile();
  const zone = useSession(({ workspace }) => workspace?.zone ?? 'UTC');
  const selection = useNotes((state) => state.selection);
  const pins = useTilePins();
  const placed = useMemo(() => placePins(pins, dates, zone), [pins, dates, zone]);
  const groups = groupByPlace(placed, xOf);
  const chosenRange =
    selection?.tile === tile && selection.origin !== null
      ? placePins([{ anchor: selection.mark.anchor }], dates, zone)[0]
      : undefined;
  const current = shown < 0 ? null : pointSelection({ tile, dates, zone, figureAt }, shown, shown);
  const lane = top - LANE_PX / 2 - 2;
  return (
    <>
      <svg className="note-lines" aria-hidden="true">
        {chosenRange !== undefined && (
          <rect
            className="note-selection"
            x={edge(xOf, chosenRange.first, -1, dates.length)}
            y={top}
            width={width(xOf, chosenRange, dates.length)}
            height={Math.max(0, bottom - top)}
          />
        )}
        {placed.map((place) =>
          place.isRange ? (
            <Bracket key={place.pin.annotationId} {...{ place, xOf, top, bottom }} count={dates.length} />
          ) : (
            <line
              key={place.pin.annotationId}
              className="note-stem"
              x1={xOf(place.first)}
              x2={xOf(place.first)}
              y1={lane + 9}
              y2={stemEnd(figureAt(place.first).value, yOf, bottom)}
            />
          ),
        )}
      </svg>
      {groups.map(({ pins: here, x, room, isLeft }) => (
        <span key={here[0]?.annotationId} className="note-place">
          <Pin pins={here} style={{ left: x, top: lane }} />
          {here.length === 1 && room > 60 && (
            <span
              className="note-title"
              data-left={isLeft}
              aria-hidden="true"
              style={{
                top: lane,
                maxWidth: room,
                ...(isLeft ? { right: `calc(100% - ${x - 14}px)` } : { left: x + 14 }),
              }}
            >
              {here[0]?.title}
            </span>
          )}
        </span>
      ))}
      {current !== null && (
        <>
          <span hidden data-current={isShownByKey} data-pointed={!isShownByKey} {...noteMark(current.mark)} />
          {!groups.some(({ x }) => Math.abs(x - xOf(shown)) < COVERED_PX) && (
            <button
              type="button"
              className="pin-ghost"
              tabIndex={-1}
              aria-hidden="true"
              title={`Annotate ${current.mark.label} (A)`}
              style={{ left: xOf(shown), top: lane }}
              onPointerDown={(event) => {
                event.stopPropagation();
              }}
              onClick={(event) => {
                event.stopPropagation();
                annotate(current);
              }}
            >
              +
            </button>
          )}
        </>
      )}
    </>
  );
}

/** Notes of the tile around; a stable list as long as they are the same. */
export function useTilePins(): readonly AnnotationPin[] {
  const tile = useTile();
  const all = useNotes((state) => state.pins);
  return useMemo(
    () => (tile === null ? [] : all.filter(({ target, anchor }) => tileOfNote(target, anchor) === tile)),
    [all, tile],
  );
}

interface BracketProps {
  place: PlacedPin<AnnotationPin>;
  xOf: (index: number) => number;
  top: number;
  bottom: number;
  count: number;
}

function Bracket({ place, xOf, top, bottom, count }: BracketProps) {
  const left = edge(xOf, place.first, -1, count);
  const wide = width(xOf, place, count);
  return (
    <>
      <rect className="note-range" x={left} y={top} width={wide} height={Math.max(0, bottom - top)} />
      <path className="note-bracket" d={`M${left} ${top + 4}V${top}H${left + wide}V${top + 4}`} />
    </>
  );
}

/** Half a bucket beyond the middle of a bucket. */
function edge(xOf: (index: number) => number, index: number, side: -1 | 1, count: number): number {
  const step = count < 2 ? 24 : Math.abs(xOf(1) - xOf(0));
  return xOf(index) + (side * step) / 2;
}

const width = (
  xOf: (index: number) => number,
  { first, last }: { first: number; last: number },
  count: number,
) => Math.max(2, edge(xOf, last, 1, count) - edge(xOf, first, -1, count));

const stemEnd = (value: number | null, yOf: (value: number) => number, bottom: number): number => {
  const at = value === null ? NaN : yOf(value);
  return Number.isFinite(at) ? at - 4 : bottom;
};
