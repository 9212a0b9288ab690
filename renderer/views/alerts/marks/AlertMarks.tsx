import { formatDate } from '../../../../shared/format/calendar.ts';
import { toLocalTime } from '../../../../shared/format/local-time.ts';
import type { AlertFiring } from '../../../../shared/rpc/contract/alerts.ts';
import { useAddress } from '../../../state/address-store.ts';
import { useSession } from '../../../state/session-store.ts';
import { valueText } from '../words.ts';
import { indexOfInstant } from './index-of-instant.ts';
import { useTileFirings } from './tile-firings.ts';
import './alert-marks.css';

interface AlertMarksProps {
  /** Points of the chart: days, weeks by their first day, or local hours. */
  dates: readonly string[];
  xOf: (index: number) => number;
  yOf: (value: number) => number;
  valueAt: (index: number) => number | null;
  top: number;
  bottom: number;
}

interface Mark {
  firing: AlertFiring;
  index: number;
  from: number;
}

/** Where the series of this chart fired: an open diamond that opens the alert, and the range that was expected then. */
export function AlertMarks({ dates, xOf, yOf, valueAt, top, bottom }: AlertMarksProps) {
  const firings = useTileFirings();
  const zone = useSession(({ workspace }) => workspace?.zone ?? 'UTC');
  const environment = useAddress(({ address }) => address.environment);
  const marks = marksOn(firings, dates, zone);
  if (marks.length === 0) return null;
  const inside = (y: number): number => Math.min(bottom, Math.max(top, y));
  return (
    <>
      <svg className="chart-overlay alert-expected" aria-hidden="true">
        {marks.map(({ firing, index, from }) => {
          const range = expectedOn(firing, dates);
          if (range === null) return null;
          const [high, low] = [inside(yOf(range.high)), inside(yOf(range.low))];
          if (!(low > high)) return null;
          const half = Math.max(HALF_PX, leastGapPx(dates.length, xOf) / 2);
          const x = xOf(from) - half;
          return (
            <rect
              key={firing.firingId}
              x={x}
              y={high}
              width={xOf(index) - xOf(from) + 2 * half}
              height={low - high}
            />
          );
        })}
      </svg>
      {marks.map(({ firing, index }) => {
        const value = valueAt(index);
        const y = value === null ? top + EDGE_PX : inside(yOf(value));
        return (
          <a
            key={firing.firingId}
            className="alert-mark"
            data-open={firing.status === 'open'}
            href={addressOf(firing, environment)}
            style={{ left: xOf(index), top: Number.isFinite(y) ? y : top + EDGE_PX }}
            aria-label={`Alert: ${wordsOf(firing, zone)}`}
            onPointerDown={(event) => {
              event.stopPropagation(); // it opens the alert and starts no selection
            }}
            onClick={(event) => {
              event.stopPropagation();
            }}
            onKeyDown={(event) => {
              event.stopPropagation();
            }}
          >
            <span className="alert-mark-words" data-side={xOf(index) > (xOf(0) + xOf(dates.length - 1)) / 2}>
              <strong>{valueText(firing.evidence, null, firing.evidence.value)}</strong>{' '}
              {restOf(firing, zone)}
            </span>
          </a>
        );
      })}
    </>
  );
}

/** Levels are as far apart as they are long: the nearest two say how wide a bucket may be drawn. */
function leastGapPx(points: number, xOf: (index: number) => number): number {
  const gaps = Array.from({ length: Math.max(0, points - 1) }, (_, at) => xOf(at + 1) - xOf(at));
  return gaps.length === 0 ? 0 : Math.min(...gaps);
}

const HALF_PX = 4; // at least so far beside the points
const EDGE_PX = 8;

function marksOn(firings: readonly AlertFiring[], dates: readonly string[], zone: string): Mark[] {
  const seen = new Set<number>();
  return firings.flatMap((firing): Mark[] => {
    const index = indexOfInstant(dates, Date.parse(firing.conditionMetAt) - 1, zone);
    if (index < 0 || seen.has(index)) return [];
    seen.add(index);
    const from = indexOfInstant(dates, Date.parse(firing.sinceAt), zone);
    return [{ firing, index, from: from < 0 ? index : Math.min(from, index) }];
  });
}

/** A count of one hour says nothing on an axis of days; rates are alike on both. */
function expectedOn(
  { evidence }: AlertFiring,
  dates: readonly string[],
): { low: number; high: number } | null {
  const { expectedLow, expectedHigh, interval, k } = evidence;
  if (expectedLow === null || expectedHigh === null) return null;
  const isHourly = (dates[0]?.length ?? 0) > DATE_LENGTH;
  return k !== null || isHourly === (interval === 'hour') ? { low: expectedLow, high: expectedHigh } : null;
}

const DATE_LENGTH = 10;

function addressOf({ firingId }: AlertFiring, environment: string | null): string {
  const query = new URLSearchParams({
    ...(environment === null ? {} : { environment }),
    firing: String(firingId),
  });
  return `#/alerts?${query.toString()}`;
}

function restOf({ conditionMetAt, evidence }: AlertFiring, zone: string): string {
  const { date } = toLocalTime(new Date(Date.parse(conditionMetAt) - 1).toISOString(), zone);
  const { expectedLow, expectedHigh } = evidence;
  const expected =
    expectedLow === null || expectedHigh === null
      ? ''
      : `, expected ${valueText(evidence, null, expectedLow)} to ${valueText(evidence, null, expectedHigh)}`;
  return `${formatDate(date, date)}${expected}`;
}

const wordsOf = (firing: AlertFiring, zone: string): string =>
  `${firing.title}, ${valueText(firing.evidence, null, firing.evidence.value)}, ${restOf(firing, zone)}`;
