/** Where two answers differ: the paths, with both values. Numbers that are not promised exactly may differ a little. */

export interface Difference {
  path: string;
  expected: unknown;
  actual: unknown;
}

/** Quotients, interpolations and bounds are rounded in an order that is nobody's promise; sums and counts are exact. */
const RELATIVE_TOLERANCE = 1e-12;

export function differences(expected: unknown, actual: unknown, path = ''): Difference[] {
  if (typeof expected === 'number' && typeof actual === 'number') {
    return isClose(expected, actual) ? [] : [{ path, expected, actual }];
  }
  if (!isContainer(expected) || !isContainer(actual) || Array.isArray(expected) !== Array.isArray(actual)) {
    return Object.is(expected, actual) ? [] : [{ path, expected, actual }];
  }
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...keys].flatMap((key) =>
    differences(expected[key], actual[key], path === '' ? key : `${path}.${key}`),
  );
}

const isClose = (a: number, b: number): boolean =>
  a === b || Math.abs(a - b) <= RELATIVE_TOLERANCE * Math.max(1, Math.abs(a));

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
