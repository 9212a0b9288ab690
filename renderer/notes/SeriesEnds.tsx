import { spreadLabels } from '../charts/spread-labels.ts';
import { noteMark } from './note-mark.ts';
import { seriesAnchor } from './table-mark.ts';

/** One of several series of a chart. */
export interface ChartSeries {
  id: string;
  name: string;
  /** Its latest number; null: none. */
  value: number | null;
  /** Where its name stands on the y scale; null: nowhere. */
  at: number | null;
}

interface SeriesEndsProps {
  series: readonly ChartSeries[];
  yOf: (value: number) => number;
  /** Edges of the plot; names stand right of it. */
  right: number;
  top: number;
  bottom: number;
  /** The one that is read by the keys; null: none. */
  current: number | null;
}

const END_PX = 16; // a line of text; what can be pressed is the pin on it

/** Where the series of a chart are named: each can be annotated there, and carries its pins. */
export function SeriesEnds({ series, yOf, right, top, bottom, current }: SeriesEndsProps) {
  const drawn = series.filter(({ at }) => at !== null && Number.isFinite(yOf(at)));
  const places = spreadLabels(
    drawn.map(({ at }) => yOf(at ?? 0)),
    drawn.map(() => END_PX),
    top,
    bottom,
  );
  return drawn.map(({ id, name, value }, index) => {
    const anchor = seriesAnchor(id);
    if (anchor === null) return null;
    return (
      <span
        key={id}
        className="series-end"
        data-series={id}
        data-current={current !== null && series[current]?.id === id}
        style={{ left: right + 8, top: (places[index] ?? 0) - END_PX / 2 }}
        {...noteMark({ anchor, label: name, value, interval: null, n: null })}
        onPointerDown={(event) => {
          event.stopPropagation(); // the chart would take the pointer for a range
        }}
        onClick={(event) => {
          event.stopPropagation();
        }}
      />
    );
  });
}
