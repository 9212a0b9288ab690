/** One alarm per event: after it the series rests, for a share of what it has shown so far and until it has calmed. */
export interface AlarmRest {
  /** Whether the newest of all points so far is an alarm. */
  isAlarm: (strength: number) => boolean;
  save: () => AlarmRestState;
}

export interface AlarmRestState {
  points: number;
  /** Points up to here are at rest. */
  restsUntil: number;
  /** Whether the strength has fallen since the last alarm. */
  isCalm: boolean;
}

const REST_SHARE = 0.03; // of the points so far: events are followed by their own aftermath
const LEAST_REST = 10; // points, early in a series
const CALM_SHARE = 0.85; // of the limit: while the strength stays above it, the event goes on

export function createAlarmRest(limit: number, saved?: AlarmRestState): AlarmRest {
  let { points, restsUntil, isCalm } = saved ?? { points: 0, restsUntil: 0, isCalm: true };
  return {
    isAlarm(strength) {
      points += 1;
      if (strength < CALM_SHARE * limit) isCalm = true;
      if (strength < limit || points <= restsUntil || !isCalm) return false;
      restsUntil = points + Math.max(LEAST_REST, Math.floor(REST_SHARE * points));
      isCalm = false;
      return true;
    },
    save: () => ({ points, restsUntil, isCalm }),
  };
}
