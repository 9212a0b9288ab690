import { expect, test } from 'vitest';
import { closingLine, forbiddenSkips } from '../support/closing-line.ts';

const ELECTRON_SKIP = { name: 'opens a window', reason: 'needs the Electron binary' };

test('is exactly "N passed, N failed" when nothing was skipped', () => {
  expect(closingLine({ passed: 12, failed: ['a'], skipped: [] })).toBe('12 passed, 1 failed');
});

test('counts skips that wait for the Electron binary apart', () => {
  const summary = { passed: 3, failed: [], skipped: [ELECTRON_SKIP, ELECTRON_SKIP] };
  expect(closingLine(summary)).toBe('3 passed, 0 failed, 2 skipped');
  expect(forbiddenSkips(summary)).toEqual([]);
});

test('counts every other skip as a failure', () => {
  const silent = { name: 'hidden', reason: undefined };
  const excused = { name: 'late', reason: 'no time' };
  const summary = { passed: 3, failed: [], skipped: [silent, excused, ELECTRON_SKIP] };
  expect(forbiddenSkips(summary)).toEqual([silent, excused]);
  expect(closingLine(summary)).toBe('3 passed, 2 failed, 1 skipped');
});
