/** Where two answers differ: the paths, with both values. */

export interface Difference {
  path: string;
  expected: unknown;
  actual: unknown;
}

/**
 * Counts, sums, quotients of the two and quantiles are exact. Bounds of intervals, edges of bins and seconds are not
 * promised to the last bit, nor is what is a sum of quotients (master impact).
 */
const ROUGH =
  /(^|\.)(low|high|totalLow|totalHigh|bounce_rate_interval|mean_interval|from|to|\w+Seconds)(\.|$)/;
const RELATIVE_TOLERANCE = 1e-12;

/** Statistics of experiments: two ways to integrate the same density. */
const STATISTICS = /(^|\.)(variants|sampleRatio|power|minimumEffect)(\.|$)/;
const STATISTICS_TOLERANCE = 1e-9;

/** Words for people; only whether there are any is compared. */
const WORDS = /(^|\.)reason$/;

export function differences(expected: unknown, actual: unknown, path = '', isRough = false): Difference[] {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const tolerance = STATISTICS.test(path)
      ? STATISTICS_TOLERANCE
      : isRough || ROUGH.test(path)
        ? RELATIVE_TOLERANCE
        : 0;
    const isEqual = expected === actual || isClose(expected, actual, tolerance);
    return isEqual ? [] : [{ path, expected, actual }];
  }
  if (typeof expected === 'string' && typeof actual === 'string' && WORDS.test(path)) return [];
  if (!isContainer(expected) || !isContainer(actual) || Array.isArray(expected) !== Array.isArray(actual)) {
    return Object.is(expected, actual) ? [] : [{ path, expected, actual }];
  }
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...keys].flatMap((key) =>
    differences(
      expected[key],
      actual[key],
      path === '' ? key : `${path}.${key}`,
      isRough || 'comparable' in expected,
    ),
  );
}

const isClose = (a: number, b: number, tolerance: number): boolean =>
  Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a));

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
