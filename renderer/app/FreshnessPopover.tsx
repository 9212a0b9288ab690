import type { RefObject } from 'react';
import { formatDuration } from '../../shared/format/durations.ts';
import { type Instant, toLocalDate, toLocalTime } from '../../shared/format/local-time.ts';
import { formatDate } from '../../shared/format/calendar.ts';
import { Popover } from '../parts/Popover.tsx';
import './freshness-popover.css';

export interface LateLine {
  name: string;
  completeTo: string | null;
  lagMs: number | null;
  /** null: the source has no target, so it is never late. */
  freshnessTargetMs: number | null;
}

interface FreshnessPopoverProps {
  anchor: RefObject<HTMLElement | null>;
  zone: string;
  now: Instant;
  sources: readonly LateLine[];
  /** What the lateness means for the tile that asks. */
  affected?: string;
  onClose: () => void;
}

/** Which sources are past their target: complete to when, how far behind, against what. */
export function FreshnessPopover({ anchor, zone, now, sources, affected, onClose }: FreshnessPopoverProps) {
  return (
    <Popover anchor={anchor} label="Late sources" align="end" onClose={onClose}>
      <div className="freshness-popover">
        {affected !== undefined && <p>{affected}</p>}
        <table>
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">Complete to</th>
              <th scope="col">Behind</th>
              <th scope="col">Target</th>
            </tr>
          </thead>
          <tbody>
            {sources.map(({ name, completeTo, lagMs, freshnessTargetMs }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{completeTo === null ? 'no event yet' : formatMomentNear(completeTo, now, zone)}</td>
                <td className="freshness-popover-lag">{lagMs === null ? '–' : formatDuration(lagMs)}</td>
                <td>{freshnessTargetMs === null ? '–' : formatDuration(freshnessTargetMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Popover>
  );
}

/** "12:22" today, else "18 Nov 12:22". */
export function formatMomentNear(instant: Instant, now: Instant, zone: string): string {
  const { date, time } = toLocalTime(instant, zone);
  const today = toLocalDate(now, zone);
  return date === today ? time : `${formatDate(date, today)} ${time}`;
}
