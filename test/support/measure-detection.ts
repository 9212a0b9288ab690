import type { Judged } from '../../main/engine/detect/types.ts';

/** One simulated change and what a detector made of it. */
export interface Detection {
  /** Buckets from the change to the end of the bucket that alarmed; null where none did while it lasted. */
  delay: number | null;
  /** Alarms from the change on, the one that found it included. */
  alarms: number;
}

export function detectionOf(judged: Judged, from: number, to: number): Detection {
  const alarms = alarmsFrom(judged, from);
  const first = alarms[0];
  return { delay: first === undefined || first >= to ? null : first - from + 1, alarms: alarms.length };
}

export const alarmsFrom = ({ isAlarm }: Judged, from: number): number[] =>
  [...isAlarm].flatMap((flag, index) => (flag === 1 && index >= from ? [index] : []));

/** A change that was not found counts as found never. */
export function delayQuantile(detections: readonly Detection[], share: number): number {
  const delays = detections.map(({ delay }) => delay ?? Infinity).sort((a, b) => a - b);
  return delays[Math.min(delays.length - 1, Math.floor(share * delays.length))] as number;
}
