interface SparklineProps {
  values: readonly (number | null)[];
}

const WIDTH_PX = 76;
const HEIGHT_PX = 18;
const EDGE_PX = 3;

/** The course of a few weeks without a scale: the numbers stand in the table. */
export function Sparkline({ values }: SparklineProps) {
  const known = values.map((value) => value ?? 0);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (index: number): number =>
    EDGE_PX + (index * (WIDTH_PX - 2 * EDGE_PX)) / Math.max(1, known.length - 1);
  const y = (value: number): number =>
    HEIGHT_PX - EDGE_PX - (high === low ? 0.5 : (value - low) / (high - low)) * (HEIGHT_PX - 2 * EDGE_PX);
  const points = known.map((value, index) => `${x(index)},${y(value)}`).join(' ');
  const last = known.at(-1);
  return (
    <svg className="sparkline" width={WIDTH_PX} height={HEIGHT_PX} aria-hidden="true">
      <polyline points={points} />
      {last !== undefined && <circle cx={x(known.length - 1)} cy={y(last)} r={2} />}
    </svg>
  );
}
