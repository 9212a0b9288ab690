/**
 * Hybrid logical clock: wall time that never runs backwards and always passes what it has seen. A reading is
 * `<ms>-<counter>-<device>`, zero-padded, so that plausible readings compare as text.
 * Source: Kulkarni and others (2014), Logical Physical Clocks.
 */
export const CLOCK_PATTERN = /^\d{15}-\d{4}-[\w.:-]{1,128}$/;

/** A reading outside these says nothing about time: it orders before every other, so that it wins nothing. */
const EARLIEST_MS = Date.UTC(2000, 0);
const LATEST_MS = Date.UTC(2200, 0);

/** A clock further ahead is passed by answers to its own notes, but does not drag the other notes along. */
export const FOLLOWED_AHEAD_MS = 48 * 60 * 60 * 1000; // a day off, and the zones around it

const MS_DIGITS = 15;
const EARLIEST = padded(EARLIEST_MS);
const LATEST = padded(LATEST_MS);
const MAX_COUNTER = 9999;

interface Instant {
  ms: number;
  counter: number;
}

export interface HybridClock {
  /** The next reading: after everything this clock gave out or followed, and after every plausible one in `after`. */
  tick(after: Iterable<string>): string;
  /** Follows the reading of another device, unless it is absurd or too far ahead. */
  observe(reading: string): void;
  /** To be kept for the next start; null before the first reading. */
  last(): string | null;
}

export interface ClockOptions {
  device: string;
  /** Wall time in ms; may be wrong or run backwards. */
  now: () => number;
  /** What `last` said before the restart. */
  last: string | null;
}

export function createClock({ device, now, last }: ClockOptions): HybridClock {
  let latest = last === null ? null : plausible(last);
  return {
    tick(after) {
      let top = latest;
      for (const reading of after) top = later(top, plausible(reading));
      const wallMs = clamped(now());
      const next = top === null || wallMs > top.ms ? { ms: wallMs, counter: 0 } : following(top);
      if (next.ms <= wallMs + FOLLOWED_AHEAD_MS) latest = later(latest, next);
      return formatted(next, device);
    },
    observe(reading) {
      const seen = plausible(reading);
      if (seen !== null && seen.ms <= clamped(now()) + FOLLOWED_AHEAD_MS) latest = later(latest, seen);
    },
    last: () => (latest === null ? null : formatted(latest, device)),
  };
}

/** Milliseconds since 1970; null where the reading is absurd. */
export const clockMs = (reading: string): number | null => plausible(reading)?.ms ?? null;

/** Negative where `a` comes first. Absurd readings come first of all; equal only if the texts are. */
export function compareClocks(a: string, b: string): number {
  const byPlausibility = Number(isPlausible(a)) - Number(isPlausible(b));
  if (byPlausibility !== 0) return byPlausibility;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** As text, because lists are sorted by it. */
const isPlausible = (reading: string): boolean => reading >= EARLIEST && reading < LATEST;

function plausible(reading: string): Instant | null {
  if (!isPlausible(reading)) return null;
  return {
    ms: Number(reading.slice(0, MS_DIGITS)),
    counter: Number(reading.slice(MS_DIGITS + 1, MS_DIGITS + 5)),
  };
}

function later(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return b.ms > a.ms || (b.ms === a.ms && b.counter > a.counter) ? b : a;
}

/** At the very end of plausible time the clock stands still: `saw` still tells what replaces what. */
function following({ ms, counter }: Instant): Instant {
  if (counter < MAX_COUNTER) return { ms, counter: counter + 1 };
  return ms + 1 < LATEST_MS ? { ms: ms + 1, counter: 0 } : { ms, counter };
}

const clamped = (ms: number): number =>
  Number.isFinite(ms) ? Math.min(Math.max(Math.floor(ms), EARLIEST_MS), LATEST_MS - 1) : EARLIEST_MS;

const formatted = ({ ms, counter }: Instant, device: string): string =>
  `${padded(ms)}-${String(counter).padStart(4, '0')}-${device}`;

function padded(ms: number): string {
  return String(ms).padStart(MS_DIGITS, '0');
}
