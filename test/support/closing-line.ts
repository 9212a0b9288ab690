import { NEEDS_ELECTRON_BINARY } from './skip-reasons.ts';
import type { TestSummary } from './summary-reporter.ts';

/** Skips that make a run fail: everything but tests that wait for the Electron binary. */
export const forbiddenSkips = ({ skipped }: TestSummary): TestSummary['skipped'] =>
  skipped.filter(({ reason }) => reason !== NEEDS_ELECTRON_BINARY);

/** The last line of a run, alone on its line: `12 passed, 0 failed`, with `, 3 skipped` when there are any. */
export function closingLine(summary: TestSummary): string {
  const allowed = summary.skipped.length - forbiddenSkips(summary).length;
  const failed = summary.failed.length + forbiddenSkips(summary).length;
  return `${summary.passed} passed, ${failed} failed${allowed === 0 ? '' : `, ${allowed} skipped`}`;
}
