/**
 * What an hour usually brings: the mean of the same hours of the last 28 days, times what its weekday differs. Hours
 * are numbered one after the other; `slot` is the hour of the local week, 0..167. Finer at the edge of a night than the
 * detectors' own baseline (detect/seasonal-history.ts), which is drawn to its neighbours more: there an hour's excess is
 * noise, here eight hours of it would add up to a silence.
 */
export interface SameHours {
  /** Events that are due in an hour; null while less than a week is known. The last day is left out. */
  usual: (hour: number, slot: number) => number | null;
  /** Hours are learned in order; one that is not learned says nothing. */
  learn: (hour: number, slot: number, events: number) => void;
  forget: (hour: number) => void;
}

const HOURS_A_DAY = 24;
const KEPT_HOURS = 28 * HOURS_A_DAY; // DATA §3: four of every weekday
const LEFT_OUT_HOURS = HOURS_A_DAY; // a slow fall must not become what is usual
const LEARN_HOURS = 7 * 23; // a week, less one hour a day for clocks that were put forward
const NEIGHBOUR_WEIGHT = 0.15;
const PRIOR_HOURS = 0.2; // by which an hour of the day is drawn to the mean of all
const PRIOR_WEEKDAY_HOURS = 24;

interface LearnedHour {
  slot: number;
  events: number;
}

export function createSameHours(): SameHours {
  const learned = new Map<number, LearnedHour>();
  const hoursOfDay: number[][] = Array.from({ length: HOURS_A_DAY }, () => []);
  const all = { events: 0, hours: 0 };
  const ofWeekday = Array.from({ length: 7 }, () => ({ events: 0, hours: 0 }));
  let first = 0; // the window that the sums hold: [first, behind)
  let behind = 0;

  const count = (hour: number, sign: 1 | -1): void => {
    const known = learned.get(hour);
    if (known === undefined) return;
    for (const sum of [all, ofWeekday[weekdayOf(known.slot)]]) {
      if (sum === undefined) continue;
      sum.events += sign * known.events;
      sum.hours += sign;
    }
  };
  const moveTo = (hour: number): void => {
    for (; behind <= hour - LEFT_OUT_HOURS; behind++) count(behind, 1);
    for (; first < hour - KEPT_HOURS; first++) {
      count(first, -1);
      learned.delete(first);
    }
  };
  const atHour = (hourOfDay: number): { events: number; hours: number } => {
    const sum = { events: 0, hours: 0 };
    const hours = hoursOfDay[(hourOfDay + HOURS_A_DAY) % HOURS_A_DAY] ?? [];
    for (let at = hours.length - 1; at >= 0 && (hours[at] ?? 0) >= first; at--) {
      const known = learned.get(hours[at] ?? 0);
      if (known === undefined || (hours[at] ?? 0) >= behind) continue;
      sum.events += known.events;
      sum.hours++;
    }
    return sum;
  };

  return {
    usual(hour, slot) {
      moveTo(hour);
      if (all.hours < LEARN_HOURS) return null;
      const mean = all.events / all.hours;
      if (mean === 0) return 0;
      const weighted = { events: PRIOR_HOURS * mean, hours: PRIOR_HOURS };
      for (const [offset, weight] of [
        [0, 1],
        [-1, NEIGHBOUR_WEIGHT],
        [1, NEIGHBOUR_WEIGHT],
      ] as const) {
        const { events, hours } = atHour((slot % HOURS_A_DAY) + offset);
        weighted.events += weight * events;
        weighted.hours += weight * hours;
      }
      const { events, hours } = ofWeekday[weekdayOf(slot)] ?? { events: 0, hours: 0 };
      const weekday = (events + PRIOR_WEEKDAY_HOURS * mean) / ((hours + PRIOR_WEEKDAY_HOURS) * mean);
      return (weighted.events / weighted.hours) * weekday;
    },
    learn(hour, slot, events) {
      learned.set(hour, { slot, events });
      hoursOfDay[slot % HOURS_A_DAY]?.push(hour);
    },
    forget(hour) {
      if (hour >= first && hour < behind) count(hour, -1);
      learned.delete(hour);
    },
  };
}

const weekdayOf = (slot: number): number => Math.floor(slot / HOURS_A_DAY);
