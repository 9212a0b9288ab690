interface CaptureDotProps {
  ratio: number | null;
  thresholdRatio: number;
  isBelow: boolean;
  /** Small sample. */
  isOpen: boolean;
}

const WIDTH_PX = 52;
const HEIGHT_PX = 16;
const REACH = 0.15; // the scale runs 15 points to both sides of the threshold
const EDGE_PX = 4;

/** A capture rate as a dot against the threshold's tick; beyond the scale it stops at the edge. */
export function CaptureDot({ ratio, thresholdRatio, isBelow, isOpen }: CaptureDotProps) {
  const middle = WIDTH_PX / 2;
  const offset = ratio === null ? 0 : ((ratio - thresholdRatio) / REACH) * middle;
  const x = Math.max(EDGE_PX, Math.min(WIDTH_PX - EDGE_PX, middle + offset));
  return (
    <svg className="capture-dot" width={WIDTH_PX} height={HEIGHT_PX} aria-hidden="true">
      <line className="capture-dot-scale" x1="0" x2={WIDTH_PX} y1={HEIGHT_PX / 2} y2={HEIGHT_PX / 2} />
      <line className="capture-dot-threshold" x1={middle} x2={middle} y1="1.5" y2={HEIGHT_PX - 1.5} />
      {ratio !== null && (
        <circle cx={x} cy={HEIGHT_PX / 2} r={isOpen ? 3 : 3.6} data-below={isBelow} data-open={isOpen} />
      )}
    </svg>
  );
}
