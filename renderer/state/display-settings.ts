/** Defaults of ours (`*` on screen) that decide how numbers are judged, not what they are. */

/** S0-07: a capture rate below this is worth a look. */
export const CAPTURE_THRESHOLD_RATIO = 0.85;
/** DESIGN, Small samples: fewer units than this carry their interval and are not judged. */
export const SMALL_SAMPLE = 200;
/** Longer ranges are drawn by week: a day would be narrower than two pixels. */
export const MAX_DAILY_BUCKETS = 200;
/** Hours are drawn of no more days than this, for the same reason. */
export const MAX_HOURLY_DAYS = 16;
/** An answer of the assistant should come within this, 95 times of 100. */
export const RESPONSE_TARGET_MS = 8_000;
/** S4-01: the business aims at so much more adoption than before. */
export const ADOPTION_GOAL_CHANGE = 0.15;
/** DATA §4: a signal without its end counts with this lift. */
export const ABANDONED_PENALTY = -1;
