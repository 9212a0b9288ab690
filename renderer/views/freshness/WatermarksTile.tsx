import type { CSSProperties } from 'react';
import type { FreshnessReport, FreshSource, Gap } from '../../../shared/rpc/contract/freshness.ts';
import { formatDuration } from '../../../shared/format/durations.ts';
import { type CalendarDate, formatDate, weekdayOf } from '../../../shared/format/calendar.ts';
import { formatCount, formatQuantity } from '../../../shared/format/numbers.ts';
import { toLocalTime } from '../../../shared/format/local-time.ts';
import { formatMomentNear } from '../../app/FreshnessPopover.tsx';
import { PlainTile } from '../../parts/PlainTile.tsx';

interface Scale {
  fromMs: number;
  toMs: number;
  nowMs: number;
  bucketMs: number;
  /** Share of the width, 0 to 1. */
  at: (ms: number) => number;
}

const HEIGHT = 22;
const WIDTH = 960; // ten units a bucket

/** Rows by their own time over 48 hours, on one time axis. */
export function WatermarksTile({ report, zone }: { report: FreshnessReport; zone: string }) {
  const { window, sources, gaps } = report;
  const fromMs = Date.parse(window.from);
  const toMs = Date.parse(window.to);
  const scale: Scale = {
    fromMs,
    toMs,
    nowMs: Date.parse(report.now),
    bucketMs: window.bucketMs,
    at: (ms) => Math.min(1, Math.max(0, (ms - fromMs) / (toMs - fromMs))),
  };
  const dated = sources.filter(({ rowsPerBucket }) => rowsPerBucket.length > 0);
  return (
    <PlainTile
      id="watermarks"
      title="Watermarks"
      subtitle="rows per half hour by their own time, last 48 hours; a bar marks where each source is complete"
      aside={
        <>
          <Key look="gap">Gap</Key>
          <Key look="late">Past target</Key>
          <Key look="replayed">Replayed</Key>
        </>
      }
    >
      <div className="marks">
        <Axis scale={scale} zone={zone} />
        <ul>
          {dated.map((source) => (
            <MarksRow
              key={`${source.sourceName} ${source.environment}`}
              source={source}
              gaps={gaps.filter(
                (gap) => gap.sourceName === source.sourceName && gap.environment === source.environment,
              )}
              {...{ scale, zone, report }}
            />
          ))}
        </ul>
        {dated.length === 0 && <p className="fresh-quiet">No source of events yet.</p>}
      </div>
    </PlainTile>
  );
}

function Key({ look, children }: { look: 'gap' | 'late' | 'replayed'; children: string }) {
  return (
    <span className="marks-key" data-look={look}>
      {children}
    </span>
  );
}

const leftOf = (share: number): CSSProperties => ({ left: `${(share * 100).toFixed(3)}%` });
const SIX_HOURS = 6;

function Axis({ scale, zone }: { scale: Scale; zone: string }) {
  const ticks: { ms: number; label: string; isDay: boolean }[] = [];
  for (let ms = scale.fromMs; ms < scale.toMs; ms += scale.bucketMs) {
    const { date, time } = toLocalTime(ms, zone);
    const [hour = '', minute = ''] = time.split(':');
    if (minute !== '00' || Number(hour) % SIX_HOURS !== 0) continue;
    const isDay = hour === '00';
    ticks.push({ ms, isDay, label: isDay ? dayLabel(date) : time });
  }
  return (
    <div className="marks-axis" aria-hidden="true">
      {ticks.map(({ ms, label, isDay }) => (
        <span key={ms} data-day={isDay} data-edge={scale.at(ms) > 0.93} style={leftOf(scale.at(ms))}>
          <i>{label}</i>
        </span>
      ))}
      <b style={leftOf(scale.at(scale.nowMs))}>
        <i>Now {toLocalTime(scale.nowMs, zone).time}</i>
      </b>
    </div>
  );
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

const dayLabel = (date: CalendarDate): string =>
  `${WEEKDAYS[weekdayOf(date)] ?? ''} ${formatDate(date, date)}`;

interface MarksRowProps {
  source: FreshSource;
  gaps: readonly Gap[];
  scale: Scale;
  zone: string;
  report: FreshnessReport;
}

function MarksRow({ source, gaps, scale, zone, report }: MarksRowProps) {
  const { sourceName, completeTo, lagMs, targetMs, rowsPerBucket, status } = source;
  const completeMs = completeTo === null ? null : Date.parse(completeTo);
  const lateFromMs = status === 'late' && completeMs !== null ? completeMs : null;
  const x = (ms: number) => scale.at(ms) * WIDTH;
  const shown = gaps.filter((gap) => Date.parse(gap.to) > scale.fromMs && Date.parse(gap.from) < scale.toMs);
  const replayed = shown.filter(({ state }) => state === 'replayed');
  const rows = rowsPerBucket.reduce((sum, count) => sum + count, 0);
  const words = [
    `${sourceName}: ${formatQuantity(rows, 'row')} in 48 hours`,
    completeTo === null
      ? 'nothing complete yet'
      : `complete to ${formatMomentNear(completeTo, report.now, zone)}`,
    ...(lagMs !== null && targetMs !== null && lagMs > targetMs ? ['past its target'] : []),
    ...shown.map((gap) => gapWords(gap)),
  ];
  return (
    <li className="marks-row" data-source={sourceName}>
      <span className="marks-name">{sourceName}</span>
      <div className="marks-plot">
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={words.join('; ')}
        >
          <path className="marks-bars" d={barsPath(rowsPerBucket, scale, () => true)} />
          {replayed.length > 0 && (
            <path
              className="marks-replayed"
              d={barsPath(rowsPerBucket, scale, (ms) =>
                replayed.some((gap) => Date.parse(gap.from) < ms + scale.bucketMs && Date.parse(gap.to) > ms),
              )}
            />
          )}
          {shown
            .filter(({ state }) => state !== 'replayed')
            .map((gap) => (
              <rect
                key={gap.gapId}
                className="marks-gap"
                x={x(Date.parse(gap.from))}
                y="1"
                width={Math.max(3, x(Date.parse(gap.to)) - x(Date.parse(gap.from)))}
                height={HEIGHT - 2}
              />
            ))}
        </svg>
        {lateFromMs !== null && (
          <span
            className="marks-late"
            style={{ ...leftOf(scale.at(lateFromMs)), right: `${(1 - scale.at(scale.nowMs)) * 100}%` }}
          />
        )}
        {completeMs !== null && completeMs >= scale.fromMs && (
          <span
            className="marks-complete"
            data-late={lateFromMs !== null}
            style={leftOf(scale.at(completeMs))}
          />
        )}
        {shown.map((gap) => (
          <span
            key={gap.gapId}
            className="marks-words"
            data-state={gap.state}
            data-edge={scale.at(Date.parse(gap.from)) > 0.6}
            style={leftOf(scale.at(Date.parse(gap.from)))}
            title={`${formatCount(Math.round(gap.expected))} events expected`}
          >
            {gapWords(gap)}
          </span>
        ))}
      </div>
    </li>
  );
}

const GAP_STATES: Record<Gap['state'], string> = {
  open: '',
  requested: ', requested again',
  missing: ', missing at the source',
  replayed: '',
};

function gapWords(gap: Gap): string {
  const length = formatDuration(Date.parse(gap.to) - Date.parse(gap.from));
  return gap.state === 'replayed' ? `Replayed ${length}` : `Gap ${length}${GAP_STATES[gap.state]}`;
}

/** Bars from the ground, by the largest bucket of the source; one path for all. */
function barsPath(
  counts: readonly number[],
  { bucketMs, fromMs, at }: Scale,
  wanted: (ms: number) => boolean,
): string {
  const most = Math.max(1, ...counts);
  return counts
    .map((count, index) => {
      const ms = fromMs + index * bucketMs;
      if (count === 0 || !wanted(ms)) return '';
      const left = at(ms) * WIDTH;
      const right = at(ms + bucketMs) * WIDTH - 1;
      const height = Math.max(1, (count / most) * (HEIGHT - 5));
      return `M${left.toFixed(1)} ${HEIGHT}V${(HEIGHT - height).toFixed(1)}H${right.toFixed(1)}V${HEIGHT}Z`;
    })
    .join('');
}
