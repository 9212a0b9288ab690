// An independent recount of what people did one after the other: funnels, retention, lifecycle, stickiness. Plain loops
// over the raw events; it imports nothing of main, shared or renderer.
import { localDay, type RawEvent, type Where } from './recount.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface FunnelRules {
  unitOf: (event: RawEvent) => string;
  steps: Where[];
  windowMs: number;
}

export interface UnitTry {
  unit: string;
  /** When each reached step was done, first step first. */
  times: number[];
  /** Events that served the steps. */
  events: RawEvent[];
}

/** The best try of every unit that did the first step: the furthest, of those the one that began first. */
export function bestTries(events: readonly RawEvent[], rules: FunnelRules): UnitTry[] {
  return [...byKey(events, rules.unitOf)].flatMap(([unit, own]) => {
    if (unit === '') return [];
    const tries = triesOf(unit, own, rules);
    return tries.reduce<UnitTry[]>(
      ([best], next) => (best === undefined || next.times.length > best.times.length ? [next] : [best]),
      [],
    );
  });
}

/** One try per event of the first step, in order of time; each further step takes the earliest event it can. */
function triesOf(unit: string, events: readonly RawEvent[], { steps, windowMs }: FunnelRules): UnitTry[] {
  const sorted = events.toSorted((a, b) => a.tsMs - b.tsMs);
  const [first, ...others] = steps;
  return sorted.filter(first!).map((start) => {
    const served = [start];
    for (const step of others) {
      const last = served.at(-1)!;
      const next = sorted.find(
        (event) =>
          event.tsMs >= last.tsMs &&
          event.tsMs <= start.tsMs + windowMs &&
          !served.includes(event) &&
          step(event),
      );
      if (next === undefined) break;
      served.push(next);
    }
    return { unit, times: served.map(({ tsMs }) => tsMs), events: served };
  });
}

/** Units that got to each step. */
export const countsOf = (tries: readonly UnitTry[], steps: number): number[] =>
  Array.from({ length: steps }, (_, step) => tries.filter(({ times }) => times.length > step).length);

/** Seconds from the step before, of the units that got there. */
export const secondsInto = (tries: readonly UnitTry[], step: number): number[] =>
  tries
    .filter(({ times }) => times.length > step)
    .map(({ times }) => (times[step]! - times[step - 1]!) / 1_000)
    .toSorted((a, b) => a - b);

/** Linear between the two neighbours (type 7); of sorted numbers. */
export function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low);
}

export interface NextCounts {
  /** Times that the start was done by somebody known. */
  n: number;
  next: Map<string, number>;
}

/** What a person's next other event was within half an hour of each start; other events of the start's type are ignored. */
export function nextEvents(
  events: readonly RawEvent[],
  { type, isStart }: { type: string; isStart: Where },
): NextCounts {
  const next = new Map<string, number>();
  let n = 0;
  for (const [user, own] of byKey(events, userOf)) {
    if (user === '') continue;
    const items = own
      .filter((event) => event.event_type !== type || isStart(event))
      .toSorted((a, b) => a.tsMs - b.tsMs || (a.event_id < b.event_id ? -1 : 1));
    items.forEach((item, index) => {
      if (item.event_type !== type) return;
      n += 1;
      const after = items[index + 1];
      if (after === undefined || after.tsMs - item.tsMs >= 30 * MINUTE_MS || after.event_type === type)
        return;
      next.set(after.event_type, (next.get(after.event_type) ?? 0) + 1);
    });
  }
  return { n, next };
}

/** First day of the calendar week (from Monday) that a local day lies in. */
export function weekOf(day: string): string {
  const ms = Date.parse(`${day}T00:00:00Z`);
  const sinceMonday = (new Date(ms).getUTCDay() + 6) % 7;
  return new Date(ms - sinceMonday * DAY_MS).toISOString().slice(0, 10);
}

const weeksApart = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / (7 * DAY_MS));

export interface CohortCounts {
  size: number;
  /** People back so many weeks later; index 0 is the cohort itself. */
  back: number[];
}

export interface RetentionRules {
  zone: string;
  anchor: Where;
  returned: Where;
  /** Only the week of the earliest anchor event of all time. */
  isFirstOnly: boolean;
  /** Weeks that are listed, by their Mondays. */
  weeks: readonly string[];
}

/** Weekly cohorts by calendar weeks. */
export function recountRetention(
  events: readonly RawEvent[],
  rules: RetentionRules,
): Map<string, CohortCounts> {
  const { zone, weeks, isFirstOnly } = rules;
  const weekOfEvent = ({ tsMs }: RawEvent): string => weekOf(localDay(tsMs, zone));
  const cohorts = new Map(weeks.map((week) => [week, { size: 0, back: weeks.map(() => 0) }]));
  for (const [user, own] of byKey(events, userOf)) {
    if (user === '') continue;
    const anchors = own.filter(rules.anchor).toSorted((a, b) => a.tsMs - b.tsMs);
    const counted = isFirstOnly ? anchors.slice(0, 1) : anchors;
    const starts = new Set(counted.map(weekOfEvent));
    const returns = new Set(own.filter(rules.returned).map(weekOfEvent));
    for (const start of starts) {
      const cohort = cohorts.get(start);
      if (cohort === undefined) continue;
      cohort.size += 1;
      cohort.back[0]! += 1;
      for (const week of returns) {
        const later = weeksApart(start, week);
        if (later > 0 && later < weeks.length) cohort.back[later]! += 1;
      }
    }
  }
  return cohorts;
}

/** The state of each person's earliest reaction of all time, and the week it lies in. */
export function firstReactions(
  events: readonly RawEvent[],
  zone: string,
): Map<string, { state: string; week: string }> {
  const first = new Map<string, RawEvent>();
  for (const event of events) {
    const user = userOf(event);
    if (event.event_type !== 'reaction_captured' || user === '') continue;
    const known = first.get(user);
    if (known === undefined || event.tsMs < known.tsMs) first.set(user, event);
  }
  return new Map(
    [...first].map(([user, event]) => [
      user,
      { state: String(event.values['state']), week: weekOf(localDay(event.tsMs, zone)) },
    ]),
  );
}

/** Weeks in which each person did something that passes. */
export function weeksByUser(
  events: readonly RawEvent[],
  where: Where,
  zone: string,
): Map<string, Set<string>> {
  const weeks = new Map<string, Set<string>>();
  for (const event of events) {
    const user = userOf(event);
    if (user === '' || !where(event)) continue;
    const own = weeks.get(user) ?? new Set();
    own.add(weekOf(localDay(event.tsMs, zone)));
    weeks.set(user, own);
  }
  return weeks;
}

export const userOf = ({ values }: RawEvent): string => {
  const user = values['user_id'];
  return typeof user === 'string' ? user : '';
};

function byKey(events: readonly RawEvent[], keyOf: (event: RawEvent) => string): Map<string, RawEvent[]> {
  const groups = new Map<string, RawEvent[]>();
  for (const event of events) {
    const key = keyOf(event);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [event]);
    else group.push(event);
  }
  return groups;
}
