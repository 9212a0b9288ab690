import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

export interface TestSummary {
  passed: number;
  /** Names of what failed: tests, and files or suites that broke outside a test. */
  failed: string[];
  skipped: { name: string; reason: string | undefined }[];
}

/** Writes what a run came to into the file named by `TIDEMARK_TEST_SUMMARY`, for the closing line of test/run.ts. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly { message?: string }[]): void {
    const summary = summarize(modules);
    summary.failed.push(...unhandledErrors.map(({ message }) => `unhandled error: ${message ?? 'unknown'}`));
    const file = process.env['TIDEMARK_TEST_SUMMARY'];
    if (file !== undefined) writeFileSync(file, JSON.stringify(summary));
  }
}

function summarize(modules: readonly TestModule[]): TestSummary {
  const summary: TestSummary = { passed: 0, failed: [], skipped: [] };
  for (const module of modules) {
    if (module.errors().length > 0) summary.failed.push(module.relativeModuleId);
    for (const suite of module.children.allSuites()) {
      if (suite.errors().length > 0) summary.failed.push(suite.fullName);
    }
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') summary.passed += 1;
      else if (result.state === 'skipped') summary.skipped.push({ name: test.fullName, reason: result.note });
      else summary.failed.push(test.fullName); // failed, or still pending when the run was cut off
    }
  }
  return summary;
}
