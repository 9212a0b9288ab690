import { createZone } from '../../../shared/time/zone.ts';
import { hourSlots } from '../detect/hour-slots.ts';
import { judgeSilence, type SilenceState } from '../detect/silence.ts';
import { firstAt, MINUTE_MS, type MinuteSeries } from '../freshness/minute-series.ts';

/** What is remembered of a series that is followed by the minute, between two checks; plain JSON. */
export interface StopState {
  kind: 'stop';
  silence: SilenceState | null;
  judgedToMs: number | null;
  /** End of the minute in which the newest event came. */
  newestMs: number | null;
  /** When the sources had been asked at the check before. */
  askedMs: number | null;
  /** How late events have proved to come, fading. */
  delayMs: number;
  lookedMs: number | null;
}

export const FRESH_STOP: StopState = {
  kind: 'stop',
  silence: null,
  judgedToMs: null,
  newestMs: null,
  askedMs: null,
  delayMs: 0,
  lookedMs: null,
};

export interface Stop {
  /** From the end of the last event's minute to the look that found the silence too long. */
  sinceMs: number;
  untilMs: number;
  /** Events that should have come meanwhile. */
  missing: number;
}

export interface StopOutcome {
  stops: Stop[];
  isRaised: boolean;
  state: StopState;
}

export interface Followed {
  /** At least from the minute before `judgedToMs` on; of a new series all that there is of the last 29 days. */
  series: MinuteSeries;
  zone: string;
  askedMs: number;
  knownToMs: number;
  caution: number;
}

const LOOK_EVERY_MS = 5 * MINUTE_MS; // as often as the host checks
const LEAST_LOOK_MS = 4 * MINUTE_MS; // a check may come a little early; more often is another try for chance
const LOOKS_A_DAY = 288;
const DELAY_FADES_MS = 7 * 86_400_000;

/** Judges the minutes that came since the saved state, up to what is known. */
export function judgeStop(
  { series, zone, askedMs, knownToMs, caution }: Followed,
  saved: StopState,
): StopOutcome {
  const delayMs = provenDelayMs(series, askedMs, saved);
  const toMs = floorMinute(Math.min(knownToMs, askedMs - delayMs));
  const fromMs = saved.judgedToMs ?? (series.minutes[0] ?? Infinity) * MINUTE_MS;
  const state: StopState = {
    ...saved,
    delayMs,
    askedMs,
    newestMs: newestOf(series, saved.newestMs),
  };
  if (!(toMs > fromMs)) return { stops: [], isRaised: saved.silence?.isRaised ?? false, state };
  const { tsMs, counts } = minutesBetween(series, fromMs, toMs);
  const looked = looksIn(tsMs, saved.lookedMs);
  const {
    judged,
    missing,
    state: silence,
  } = judgeSilence(
    { bucketMs: MINUTE_MS, tsMs, slots: hourSlots(tsMs, createZone(zone)), counts, looked },
    { caution, looksADay: LOOKS_A_DAY },
    saved.silence ?? undefined,
  );
  const stops = [...judged.isAlarm].flatMap((isAlarm, index): Stop[] => {
    if (isAlarm !== 1) return [];
    const untilMs = (tsMs[index] as number) + MINUTE_MS;
    return [
      {
        sinceMs: silentSince(series, untilMs) ?? saved.newestMs ?? fromMs,
        untilMs,
        missing: missing[index] as number,
      },
    ];
  });
  const lastLook = looked.lastIndexOf(1);
  const lookedMs = lastLook < 0 ? saved.lookedMs : (tsMs[lastLook] as number) + MINUTE_MS;
  return { stops, isRaised: silence.isRaised, state: { ...state, silence, judgedToMs: toMs, lookedMs } };
}

const floorMinute = (ms: number): number => Math.floor(ms / MINUTE_MS) * MINUTE_MS;

/**
 * The oldest of the events that are new at this check should have been there at the one before, if it is older than that:
 * so late events of this series come at least. Events that are on time prove nothing.
 */
function provenDelayMs(series: MinuteSeries, askedMs: number, saved: StopState): number {
  const { newestMs, askedMs: beforeMs, delayMs } = saved;
  if (newestMs === null || beforeMs === null) return 0;
  const fadedMs = delayMs * Math.exp(-Math.max(0, askedMs - beforeMs) / DELAY_FADES_MS);
  const oldest = series.minutes[firstAt(series.minutes, newestMs)];
  if (oldest === undefined) return fadedMs;
  return Math.max(fadedMs, beforeMs - (oldest + 1) * MINUTE_MS);
}

function newestOf({ minutes }: MinuteSeries, before: number | null): number | null {
  const last = minutes.at(-1);
  return last === undefined ? before : Math.max(before ?? 0, (last + 1) * MINUTE_MS);
}

function minutesBetween(
  { minutes, counts }: MinuteSeries,
  fromMs: number,
  toMs: number,
): { tsMs: Float64Array; counts: Float64Array } {
  const length = Math.round((toMs - fromMs) / MINUTE_MS);
  const dense = new Float64Array(length);
  for (let at = firstAt(minutes, fromMs); at < minutes.length; at += 1) {
    const index = (minutes[at] as number) - fromMs / MINUTE_MS;
    if (index >= length) break;
    dense[index] = counts[at] as number;
  }
  return { tsMs: Float64Array.from(dense, (_, index) => fromMs + index * MINUTE_MS), counts: dense };
}

/** A look at the end of what is known now, and where a check was missed one every five minutes, as if it had been made. */
function looksIn(tsMs: Float64Array, lookedMs: number | null): Uint8Array {
  const looked = new Uint8Array(tsMs.length);
  let lastMs = lookedMs ?? tsMs[0] ?? 0;
  for (let index = 0; index < tsMs.length; index += 1) {
    const endMs = (tsMs[index] as number) + MINUTE_MS;
    const wantedMs = index === tsMs.length - 1 ? LEAST_LOOK_MS : LOOK_EVERY_MS;
    if (endMs - lastMs < wantedMs) continue;
    looked[index] = 1;
    lastMs = endMs;
  }
  return looked;
}

/** End of the last minute with an event before an instant. */
function silentSince({ minutes }: MinuteSeries, untilMs: number): number | null {
  const last = minutes[firstAt(minutes, untilMs) - 1];
  return last === undefined ? null : (last + 1) * MINUTE_MS;
}
