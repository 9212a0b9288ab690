import type { Slot } from './outcome.ts';
import type { Question } from './question.ts';
import type { Interval } from './types.ts';
import { type Bucket, bucketsOf } from './zone.ts';

export function slotsOf(range: Bucket, interval: Interval, question: Question): Slot[] {
  return bucketsOf(range, interval, question.calendar).map((calendarBucket) => ({
    interval,
    calendarBucket,
    inside: {
      startMs: Math.max(calendarBucket.startMs, range.startMs),
      endMs: Math.min(calendarBucket.endMs, range.endMs),
    },
    range,
  }));
}
