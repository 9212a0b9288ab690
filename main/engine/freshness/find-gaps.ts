import type { Zone } from '../../../shared/time/zone.ts';
import { hourSlots } from '../detect/hour-slots.ts';
import type { TimeSpan } from '../sync/time-span.ts';
import { firstAt, MINUTE_MS, type MinuteSeries } from './minute-series.ts';
import { createSameHours } from './same-hours.ts';
import { createUsualSilences, type UsualSilences } from './usual-silences.ts';

/** A span in which next to nothing came where much was expected; edges are whole minutes. */
export interface FoundGap extends TimeSpan {
  /** Events that should have come, by the same hours of the last 28 days and by how lively the day was. */
  expected: number;
  /** Stray events that came all the same. */
  arrived: number;
}

export interface GapSearch {
  /** Begins HISTORY_MS before the search, so that there is something to compare with. */
  series: MinuteSeries;
  /** Gaps are looked for in this span; its end is the time up to which the series is complete. */
  search: TimeSpan;
  zone: Zone;
  /** Gaps known before the search: what is missing there does not teach what is usual. */
  known: readonly TimeSpan[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const HISTORY_MS = 29 * DAY_MS; // DATA §3: 28 days, and the last one is left out
export const LEAST_MISSING = 15; // events, DATA §3*
/** A silence that lasts longer becomes the usual. */
const SET_ASIDE_MS = 7 * DAY_MS;
const PACE_FADES_MS = 12 * HOUR_MS; // a holiday shows within half a day
const PACE_PRIOR_EVENTS = 20;

/**
 * Silences in which at least 15* events are missing, and more than chance explains in a series whose events come in
 * runs. What is due follows the hour and weekday of the last 28 days, and is less on a day that is quieter anyway.
 * Single stray events do not cut a silence in two. The first two weeks of a series are only learned from.
 */
export function findGaps({ series, search, zone, known }: GapSearch): FoundGap[] {
  const gaps: FoundGap[] = [];
  const sameHours = createSameHours();
  const startMs = firstHour(series, search.fromMs);
  const hourOf = (ms: number): number => Math.floor((ms - startMs) / HOUR_MS);
  const isAside = ({ fromMs, toMs }: TimeSpan, hourMs: number): boolean =>
    fromMs < hourMs + HOUR_MS && toMs > hourMs && hourMs < fromMs + SET_ASIDE_MS;
  const silence = new Silence((gap) => {
    if (gap.toMs > search.fromMs) gaps.push(gap);
    for (let hour = hourOf(gap.fromMs); hour <= hourOf(gap.toMs); hour++)
      if (isAside(gap, startMs + hour * HOUR_MS)) sameHours.forget(hour);
  });
  const starts = Float64Array.from(
    { length: Math.max(0, Math.ceil((search.toMs - startMs) / HOUR_MS)) },
    (_, hour) => startMs + hour * HOUR_MS,
  );
  const slots = hourSlots(starts, zone);

  let at = firstAt(series.minutes, startMs);
  starts.forEach((hourMs, hour) => {
    const slot = slots[hour] ?? 0;
    const usual = sameHours.usual(hour, slot);
    const endMs = Math.min(hourMs + HOUR_MS, search.toMs);
    const first = at;
    let events = 0;
    while (at < series.minutes.length && (series.minutes[at] ?? 0) * MINUTE_MS < endMs)
      events += series.counts[at++] ?? 0;
    if (usual !== null) silence.hour({ hourMs, endMs, usual, series, first, behind: at });
    const isTold = [...known, ...gaps.slice(-1)].some((gap) => isAside(gap, hourMs));
    if (endMs === hourMs + HOUR_MS && !isTold) sameHours.learn(hour, slot, events);
  });
  silence.end();
  return gaps;
}

function firstHour({ minutes }: MinuteSeries, searchFromMs: number): number {
  const firstMs = Math.max((minutes[0] ?? 0) * MINUTE_MS, searchFromMs - HISTORY_MS);
  return firstMs - (firstMs % HOUR_MS);
}

interface Hour {
  hourMs: number;
  endMs: number;
  /** Events that the whole hour usually brings. */
  usual: number;
  series: MinuteSeries;
  /** Its minutes in the series: [first, behind). */
  first: number;
  behind: number;
}

/** Follows one series in order of time and tells of each gap once it is over. */
class Silence {
  readonly #onGap: (gap: FoundGap) => void;
  readonly #usual: UsualSilences = createUsualSilences();
  /** The silence that is being watched; null: an event came in the minute before. */
  #quiet: Quiet | null = null;
  /** Seen and due of late, fading: how lively the series is beside its usual. */
  #seen = 0;
  #dueOfLate = 0;
  #fadedAtMs = 0;

  constructor(onGap: (gap: FoundGap) => void) {
    this.#onGap = onGap;
  }

  hour({ hourMs, endMs, usual, series, first, behind }: Hour): void {
    this.#fade(hourMs);
    const ratePerMs = usual / HOUR_MS;
    let atMs = hourMs;
    for (let at = first; at < behind; at++) {
      const minuteMs = (series.minutes[at] ?? 0) * MINUTE_MS;
      this.#wait(atMs, minuteMs, ratePerMs);
      this.#arrive(series.counts[at] ?? 0, ratePerMs * MINUTE_MS);
      atMs = minuteMs + MINUTE_MS;
    }
    this.#wait(atMs, endMs, ratePerMs);
  }

  /** The series is known no further. */
  end(): void {
    if (this.#quiet !== null) this.#settle(this.#quiet);
  }

  #wait(fromMs: number, toMs: number, ratePerMs: number): void {
    if (toMs <= fromMs) return;
    const quiet = (this.#quiet ??= { fromMs, due: 0, missing: 0, events: 0, strays: 0, longest: null });
    const due = ratePerMs * (toMs - fromMs);
    quiet.due += due;
    quiet.missing += due * this.#pace();
    if (due > 0 && missingOf(quiet) > missingOf(quiet.longest))
      quiet.longest = { toMs, missing: quiet.missing, events: quiet.events, strays: quiet.strays };
  }

  /** An event within a silence is a stray as long as most of what was due is still missing. */
  #arrive(count: number, due: number): void {
    const quiet = this.#quiet;
    if (quiet === null) {
      this.#seen += count;
      this.#dueOfLate += due;
      return;
    }
    quiet.events += count;
    quiet.strays += Math.max(count, this.#usual.together()) * STRAY_COST;
    quiet.due += due;
    quiet.missing += due * this.#pace();
    const left = missingOf(quiet);
    if (left <= 0 || left < missingOf(quiet.longest) - LEAST_MISSING) this.#settle(quiet);
  }

  /** Tells of the silence if it was a gap; one that was not says how lively the series is. */
  #settle({ fromMs, due, events, longest }: Quiet): void {
    this.#quiet = null;
    if (longest === null) return;
    const limit = this.#usual.limit(longest.toMs);
    if (limit !== null && missingOf(longest) >= Math.max(limit, LEAST_MISSING)) {
      const { toMs, missing } = longest;
      this.#onGap({ fromMs, toMs, expected: missing, arrived: longest.events });
      return;
    }
    this.#usual.learn(longest.toMs, missingOf(longest));
    this.#seen += events;
    this.#dueOfLate += due;
  }

  /** At most 1: a day livelier than usual does not make a silence shorter. */
  #pace(): number {
    return Math.min(1, (this.#seen + PACE_PRIOR_EVENTS) / (this.#dueOfLate + PACE_PRIOR_EVENTS));
  }

  #fade(nowMs: number): void {
    const keep = Math.exp(-(nowMs - this.#fadedAtMs) / PACE_FADES_MS);
    this.#fadedAtMs = nowMs;
    this.#seen *= keep;
    this.#dueOfLate *= keep;
  }
}

/** As if one event in fifty still came through while the rest is missing: −ln(1/50) due events for each that comes. */
const STRAY_COST = 3.9;

interface Quiet {
  fromMs: number;
  /** Events that are usual in this time, and those that this day would have brought. */
  due: number;
  missing: number;
  events: number;
  /** What the events that came take from what is missing. */
  strays: number;
  /** Where most was missing. */
  longest: { toMs: number; missing: number; events: number; strays: number } | null;
}

const missingOf = (quiet: Pick<Quiet, 'missing' | 'strays'> | null): number =>
  quiet === null ? 0 : quiet.missing - quiet.strays;
