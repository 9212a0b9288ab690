import { type DayNumber, HOUR_MS, isWeekend, wallToUtcMs } from './calendar.ts';
import { HOUR_PROFILES, PRACTICES } from './cast.ts';
import { createRandom, itemAt } from './random.ts';
import type { Story } from './story.ts';

/** How many events a day holds, and how many are due by its end. */
export interface DayVolume {
  day: DayNumber;
  /** Of a whole day, also for the last one, which is cut off later. */
  volume: number;
  dueByEnd: number;
}

const WEEKEND_VOLUME = 0.85;
const GROWTH = 0.1; // over the whole sample
const MORNING_EXTRA = 1.08; // chats and first sittings lean to the morning more than practices do

export function volumesOf(story: Story, events: number): DayVolume[] {
  const random = createRandom(story.seed, 'volumes');
  const days = Array.from({ length: story.lastDay - story.firstDay + 1 }, (_, i) => story.firstDay + i);
  const weights = days.map((day, i) => {
    const growth = 1 - GROWTH / 2 + (GROWTH * i) / days.length;
    return growth * (isWeekend(day) ? WEEKEND_VOLUME : 1) * (1 + 0.02 * random.normal());
  });
  const shares = weights.map((weight, i) => weight * (i === days.length - 1 ? elapsedShareOf(story) : 1));
  const whole = shares.reduce((sum, share) => sum + share, 0);
  let due = 0;
  return days.map((day, i) => {
    due += itemAt(shares, i) / whole;
    return { day, volume: (events * itemAt(weights, i)) / whole, dueByEnd: Math.round(events * due) };
  });
}

/** Share of a usual day that lies before the end of the sample, by the hours at which its practices are held. */
function elapsedShareOf({ asOfMs, lastDay }: Story): number {
  const hours = (asOfMs - wallToUtcMs(lastDay, 0)) / HOUR_MS;
  let whole = 0;
  let before = 0;
  for (const practice of PRACTICES) {
    const profile = HOUR_PROFILES[practice.hours];
    const sum = profile.reduce((total, weight) => total + weight, 0);
    const elapsed = profile.reduce(
      (total, weight, hour) => total + weight * Math.max(0, Math.min(1, hours - hour)),
      0,
    );
    whole += practice.weight;
    before += (practice.weight * elapsed) / sum;
  }
  return (before / whole) * MORNING_EXTRA;
}
