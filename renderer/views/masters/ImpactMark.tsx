import { formatSignedPercentNumber } from '../../../shared/format/numbers.ts';
import type { RateAxis } from '../../charts/ticks.ts';

const HEIGHT_PX = 24;
const HALF_PX = HEIGHT_PX / 2;
const INSET = 4; // per cent of the width on both sides, for dots and tick texts

/** Where a difference lies across the cell, in per cent; beyond the scale at its edge. */
function placeOf(value: number, { domain: [low, high] }: RateAxis): number {
  const share = Math.max(0, Math.min(1, (value - low) / (high - low)));
  return INSET + share * (100 - 2 * INSET);
}

interface ImpactMarkProps {
  impact: { value: number | null; low: number | null; high: number | null };
  axis: RateAxis;
  isSmall: boolean;
  isClear: boolean;
}

/** A difference with its interval on the scale of the list; no red or green for people. */
export function ImpactMark({ impact: { value, low, high }, axis, isSmall, isClear }: ImpactMarkProps) {
  const at = (each: number): string => `${placeOf(each, axis).toFixed(2)}%`;
  return (
    <svg className="impact-mark" width="100%" height={HEIGHT_PX} aria-hidden="true">
      {axis.ticks.map((tick) => (
        <line
          key={tick}
          x1={at(tick)}
          x2={at(tick)}
          y1="0"
          y2={HEIGHT_PX}
          data-zero={tick === 0}
          className="impact-tick"
        />
      ))}
      {low !== null && high !== null && (
        <line
          x1={at(low)}
          x2={at(high)}
          y1={HALF_PX}
          y2={HALF_PX}
          className="impact-interval"
          data-small={isSmall}
          data-clear={isClear}
        />
      )}
      {value !== null && (
        <circle
          cx={at(value)}
          cy={HALF_PX}
          r={isClear ? 4 : 3.4}
          className="impact-dot"
          data-clear={isClear}
        />
      )}
    </svg>
  );
}

/** The ticks of that scale, above the column. */
export function ImpactScale({ axis }: { axis: RateAxis }) {
  return (
    <svg className="impact-mark" width="100%" height={20} aria-hidden="true">
      {axis.ticks.map((tick) => (
        <text
          key={tick}
          x={`${placeOf(tick, axis).toFixed(2)}%`}
          y={14}
          textAnchor="middle"
          className="impact-scale"
        >
          {formatSignedPercentNumber(tick)}
        </text>
      ))}
    </svg>
  );
}
