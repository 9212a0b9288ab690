/** [fromMs, toMs), milliseconds since 1970. */
export interface TimeSpan {
  fromMs: number;
  toMs: number;
}

export const meets = (a: TimeSpan, b: TimeSpan): boolean => a.fromMs < b.toMs && b.fromMs < a.toMs;
