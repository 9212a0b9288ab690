/** Where two answers differ: the paths, with both values. */

export interface Difference {
  path: string;
  expected: unknown;
  actual: unknown;
}

/**
 * Counts, sums, quotients of the two and quantiles are exact. Bounds of intervals are not promised to the last bit,
 * nor is what is a sum of quotients (master impact).
 */
const ROUGH = /(^|\.)(low|high|totalLow|totalHigh|bounce_rate_interval)(\.|$)/;
const RELATIVE_TOLERANCE = 1e-12;

export function differences(expected: unknown, actual: unknown, path = '', isRough = false): Difference[] {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const isEqual = expected === actual || ((isRough || ROUGH.test(path)) && isClose(expected, actual));
    return isEqual ? [] : [{ path, expected, actual }];
  }
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

const isClose = (a: number, b: number): boolean =>
  Math.abs(a - b) <= RELATIVE_TOLERANCE * Math.max(1, Math.abs(a));

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
