import type { RetentionSpec } from '../../../../shared/query/kinds/retention.ts';
import { bucketAt } from '../../plan/axis.ts';
import { MS_PER_INTERVAL } from '../../plan/elapsed.ts';
import type { Period } from '../../plan/period.ts';
import type { RetentionColumns } from './retention-columns.ts';

/** Bits of an event's mask. */
export const ANCHOR = 1;
export const RETURN = 2;
/** Of the anchor's type, whether or not it matches: what `first_ever` asks the earliest of. */
export const TYPE = 4;

/** One user's events, in order of time: a slice of a timeline's columns. */
export interface UserEvents {
  user: number;
  from: number;
  to: number;
  tsMs: Float64Array;
  masks: Int32Array;
  /** The events of the breakdown value that is counted; null: all. */
  own: readonly number[] | null;
}

/** A cohort that a user is in, and the event from which on it counts interval 0. */
export interface Membership {
  cohort: number;
  sinceMs: number;
}

const ownCount = ({ own, from, to }: UserEvents): number => own?.length ?? to - from;
const ownAt = ({ own, from }: UserEvents, index: number): number =>
  own === null ? from + index : (own[index] as number);

/** The first of the own events that is not before an instant. */
function firstOwnFrom(events: UserEvents, sinceMs: number): number {
  let low = 0;
  let high = ownCount(events);
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events.tsMs[ownAt(events, middle)] as number) < sinceMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Cohorts of a user: every period with an anchor, or the one of the first (DATA §5, retention (2), (3)). */
export function membershipsOf(
  spec: RetentionSpec,
  { axis, startMs }: Period,
  events: UserEvents,
): Membership[] {
  if (spec.type !== 'recurring') {
    const firstMs = spec.type === 'first_ever' ? firstEverMs(events) : firstAnchorMs(events);
    if (firstMs === null || firstMs < startMs) return [];
    return [{ cohort: bucketAt(axis, firstMs), sinceMs: firstMs }];
  }
  const found: Membership[] = [];
  let nextMs = -Infinity; // the end of the period of the last anchor
  for (let index = 0; index < ownCount(events); index++) {
    const event = ownAt(events, index);
    const sinceMs = events.tsMs[event] as number;
    if (sinceMs < nextMs || ((events.masks[event] as number) & ANCHOR) === 0) continue;
    const cohort = bucketAt(axis, sinceMs);
    found.push({ cohort, sinceMs });
    if (spec.mode === '24h') break; // windows count from the first anchor: one cohort
    nextMs = axis.boundaries[cohort + 1] as number;
  }
  return found;
}

function firstAnchorMs(events: UserEvents): number | null {
  for (let index = 0; index < ownCount(events); index++) {
    const event = ownAt(events, index);
    if (((events.masks[event] as number) & ANCHOR) !== 0) return events.tsMs[event] as number;
  }
  return null;
}

/** The earliest event of the type, whatever its value, if an own one at that instant matches. */
function firstEverMs(events: UserEvents): number | null {
  const { from, to, tsMs, masks } = events;
  let event = from;
  while (event < to && ((masks[event] as number) & TYPE) === 0) event++;
  if (event === to) return null;
  const firstMs = tsMs[event] as number;
  for (let index = firstOwnFrom(events, firstMs); index < ownCount(events); index++) {
    const own = ownAt(events, index);
    if (tsMs[own] !== firstMs) break;
    if (((masks[own] as number) & ANCHOR) !== 0) return firstMs;
  }
  return null;
}

/**
 * A user's return events by interval: of the calendar, or elapsed since the anchor. Reused: read it before the next user
 * is loaded.
 */
export class UserReturns {
  readonly #spec: RetentionSpec;
  readonly #period: Period;
  readonly #columns: RetentionColumns;
  /** How many return events each interval has. */
  readonly #counts: Int32Array;
  /** The last interval with enough of them; −1: none. */
  #lastEnough = -1;

  constructor(spec: RetentionSpec, period: Period, columns: RetentionColumns) {
    this.#spec = spec;
    this.#period = period;
    this.#columns = columns;
    this.#counts = new Int32Array(period.axis.buckets + Math.max(1, ...columns.to) + 1);
  }

  /** Calendar intervals are the same for all cohorts; elapsed ones count from the only one. */
  load(events: UserEvents, membership: Membership): void {
    const counts = this.#counts.fill(0);
    this.#each(events, membership, (_event, interval) => {
      if (interval < counts.length) counts[interval] = (counts[interval] as number) + 1;
    });
    let last = counts.length - 1;
    while (last >= 0 && (counts[last] as number) < this.#spec.minimumReturns) last--;
    this.#lastEnough = last;
  }

  /** Whether the user is back in a column: in one of its intervals, or rolling in one of them or later. */
  isBack(column: number, membership: Membership): boolean {
    const first = this.#firstOf(membership);
    const from = first + (this.#columns.from[column] as number);
    const isRolling = this.#spec.mode === 'rolling';
    if (isRolling && this.#spec.brackets === undefined) return this.#lastEnough >= from;
    // what comes after the last bracket is in none
    const to = first + ((isRolling ? this.#columns.to.at(-1) : this.#columns.to[column]) as number);
    for (let interval = from; interval < to; interval++)
      if ((this.#counts[interval] ?? 0) >= this.#spec.minimumReturns) return true;
    return false;
  }

  /** Visits the return events of a column; of column 0 those from the anchor on. */
  eachIn(column: number, events: UserEvents, membership: Membership, visit: (event: number) => void): void {
    const first = this.#firstOf(membership);
    const startMs = this.#startOf(first + (this.#columns.from[column] as number), membership);
    const endMs = this.#startOf(first + (this.#columns.to[column] as number), membership);
    const sinceMs = column === 0 ? Math.max(startMs, membership.sinceMs) : startMs;
    for (let index = firstOwnFrom(events, sinceMs); index < ownCount(events); index++) {
      const event = ownAt(events, index);
      if ((events.tsMs[event] as number) >= endMs) return;
      if (((events.masks[event] as number) & RETURN) !== 0) visit(event);
    }
  }

  /** When an interval begins; Infinity behind the last one of the calendar. */
  #startOf(interval: number, { sinceMs }: Membership): number {
    if (this.#spec.mode === '24h') return sinceMs + interval * MS_PER_INTERVAL[this.#spec.interval];
    return this.#period.axis.boundaries[interval] ?? Infinity;
  }

  /** The interval that is a cohort's interval 0. */
  #firstOf({ cohort }: Membership): number {
    return this.#spec.mode === '24h' ? 0 : cohort;
  }

  #each(events: UserEvents, { sinceMs }: Membership, visit: (event: number, interval: number) => void): void {
    const { tsMs, masks } = events;
    const { axis, startMs } = this.#period;
    const elapsedMs = this.#spec.mode === '24h' ? MS_PER_INTERVAL[this.#spec.interval] : null;
    let interval = 0;
    for (let index = 0; index < ownCount(events); index++) {
      const event = ownAt(events, index);
      if (((masks[event] as number) & RETURN) === 0) continue;
      const eventMs = tsMs[event] as number;
      if (elapsedMs !== null) {
        if (eventMs >= sinceMs) visit(event, Math.floor((eventMs - sinceMs) / elapsedMs));
      } else if (eventMs >= startMs) {
        while (eventMs >= (axis.boundaries[interval + 1] as number)) interval++; // events come in order of time
        visit(event, interval);
      }
    }
  }
}
