/** Scores at or above it are alarms, whatever the detector and the series. */
export const ALARM_SCORE = 0.5;

const HIGHEST_QUIET = 0.499; // at rest after an alarm the strength may exceed the limit, the score must not

const MOST_LIMITS = 40; // 2⁻⁴⁰ is still told apart from 0 beside 1

/** 0..1 from a strength of evidence and the limit at which it alarms; 0.5 is the limit, 1 is never reached. */
export function scoreOf(strength: number, limit: number, isAlarm: boolean): number {
  const share = Math.min(MOST_LIMITS, strength / limit);
  if (isAlarm) return 1 - 0.5 * 2 ** (1 - Math.max(1, share));
  return Math.min(HIGHEST_QUIET, ALARM_SCORE * Math.max(0, share));
}
