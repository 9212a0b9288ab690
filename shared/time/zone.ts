import { DAY_MS } from './calendar-date.ts';

/**
 * An IANA time zone. Contract: pure but for a growing cache of offset changes; `offsetMs` costs well under a
 * microsecond once the year of the instant has been asked for. Outside 1900 to 2200 the offset at that border holds.
 */
export interface Zone {
  readonly name: string;
  /** Local wall clock minus UTC at an instant. */
  offsetMs(tsMs: number): number;
  /** The first instant in (fromMs, untilMs] at which the offset changes, or null. */
  nextChangeMs(fromMs: number, untilMs: number): number | null;
  /** The calendar date at an instant. */
  dayIndexAt(tsMs: number): number;
  /**
   * The first instant of a calendar date. Where midnight was skipped (America/Sao_Paulo) the day begins later; where
   * it came twice, the first one counts; a date that never was (Pacific/Apia, 2011-12-30) begins where the next does.
   */
  startOfDayMs(dayIndex: number): number;
}

interface OffsetSpan {
  /** Inclusive. */
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  offsetMs: number;
}

const EARLIEST_MS = Date.UTC(1900, 0);
const LATEST_MS = Date.UTC(2200, 0);

export function createZone(name: string): Zone {
  const spansByYear = new Map<number, OffsetSpan[]>();
  const readOffset = createOffsetReader(name);
  let last: OffsetSpan = { fromMs: Infinity, toMs: -Infinity, offsetMs: 0 };

  const clamp = (tsMs: number): number => Math.min(Math.max(tsMs, EARLIEST_MS), LATEST_MS - 1);
  const spansOf = (year: number): OffsetSpan[] => {
    const known = spansByYear.get(year);
    if (known !== undefined) return known;
    const spans = readSpans(Date.UTC(year, 0), Date.UTC(year + 1, 0), readOffset);
    spansByYear.set(year, spans);
    return spans;
  };
  const spanAt = (tsMs: number): OffsetSpan => {
    const at = clamp(tsMs);
    if (at >= last.fromMs && at < last.toMs) return last;
    const found = spansOf(new Date(at).getUTCFullYear()).find((span) => at < span.toMs);
    if (found === undefined) throw new RangeError(`no offset of ${name} at ${tsMs}`);
    last = found;
    return found;
  };
  const offsetMs = (tsMs: number): number => spanAt(tsMs).offsetMs;
  const nextChangeMs = (fromMs: number, untilMs: number): number | null => {
    const until = Math.min(untilMs, LATEST_MS - 1);
    let at = Math.max(fromMs, EARLIEST_MS);
    const before = offsetMs(at);
    while (at < until) {
      at = spanAt(at).toMs;
      if (at <= until && offsetMs(at) !== before) return at;
    }
    return null;
  };
  const dayIndexAt = (tsMs: number): number => Math.floor((tsMs + offsetMs(tsMs)) / DAY_MS);
  return {
    name,
    offsetMs,
    nextChangeMs,
    dayIndexAt,
    startOfDayMs: (dayIndex) => firstInstantOf(dayIndex, offsetMs, nextChangeMs),
  };
}

/** Looks at both offsets that could hold at that midnight; the earlier instant that fits wins, else the gap's end. */
function firstInstantOf(
  dayIndex: number,
  offsetMs: Zone['offsetMs'],
  nextChangeMs: Zone['nextChangeMs'],
): number {
  const wallMs = dayIndex * DAY_MS;
  const around = [wallMs - DAY_MS, wallMs + DAY_MS].map((tsMs) => wallMs - offsetMs(tsMs));
  const fitting = around.filter((tsMs) => tsMs + offsetMs(tsMs) === wallMs);
  if (fitting.length > 0) return Math.min(...fitting);
  const fromMs = wallMs - DAY_MS - offsetMs(wallMs - DAY_MS);
  for (let at: number | null = fromMs; at !== null; at = nextChangeMs(at, fromMs + 3 * DAY_MS)) {
    if (at !== fromMs && at + offsetMs(at) >= wallMs) return at;
  }
  return Math.min(...around);
}

/** Spans of one offset inside [startMs, endMs): sampled daily, each change then found to the second. */
function readSpans(startMs: number, endMs: number, readOffset: (tsMs: number) => number): OffsetSpan[] {
  const spans: OffsetSpan[] = [];
  let fromMs = startMs;
  let offsetMs = readOffset(startMs);
  for (let dayMs = startMs; dayMs < endMs; dayMs += DAY_MS) {
    let checkedMs = dayMs;
    const nextMs = Math.min(dayMs + DAY_MS, endMs);
    while (readOffset(nextMs) !== offsetMs) {
      const changeMs = findChange(checkedMs, nextMs, offsetMs, readOffset);
      spans.push({ fromMs, toMs: changeMs, offsetMs });
      fromMs = changeMs;
      checkedMs = changeMs;
      offsetMs = readOffset(changeMs);
    }
  }
  if (fromMs < endMs) spans.push({ fromMs, toMs: endMs, offsetMs });
  return spans;
}

/** The first whole second in (lowMs, highMs] whose offset is not `offsetMs`; at `lowMs` it still is. */
function findChange(
  lowMs: number,
  highMs: number,
  offsetMs: number,
  readOffset: (tsMs: number) => number,
): number {
  let low = lowMs / 1000;
  let high = highMs / 1000;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (readOffset(middle * 1000) === offsetMs) low = middle;
    else high = middle;
  }
  return high * 1000;
}

function createOffsetReader(name: string): (tsMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  return (tsMs) => parseOffset(format.format(tsMs));
}

const OFFSET = /GMT(?:([+-])(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?)?$/;

/** `…, GMT+05:30` → 19,800,000; `GMT` alone is 0; local mean times have seconds (`GMT+00:53:28`). */
function parseOffset(text: string): number {
  const match = OFFSET.exec(text);
  if (match === null) throw new RangeError(`no offset in "${text}"`);
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  const sizeMs = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -sizeMs : sizeMs;
}
