import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closingLine } from '../support/closing-line.ts';
import type { TestSummary } from '../support/summary-reporter.ts';

const root = path.resolve(import.meta.dirname, '../..');
const FILES: Readonly<Record<string, string>> = {
  'good.test.ts': `
    import { test } from 'vitest';
    test('holds', () => {});
    test('waits', (context) => context.skip('needs the Electron binary'));
    test('excused', (context) => context.skip('no time'));
    test.skip('hidden', () => {});
    test.todo('planned');`,
  'bad.test.ts': `
    import { beforeAll, describe, test } from 'vitest';
    test('breaks', () => { throw new Error('broken'); });
    describe('group', () => { beforeAll(() => { throw new Error('unprepared'); }); test('never ran', () => {}); });`,
  'broken.test.ts': `import './nowhere.ts';`,
};

let folder: string;
let summary: TestSummary;

beforeAll(() => {
  mkdirSync(path.join(root, 'test/output'), { recursive: true });
  folder = mkdtempSync(path.join(root, 'test/output/reporter-')); // inside, so that vitest is found from there
  for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(folder, name), text);
  const file = path.join(folder, 'summary.json');
  const reporter = path.join(root, 'test/support/summary-reporter.ts');
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  spawnSync(process.execPath, [vitest, 'run', `--root=${folder}`, `--reporter=${reporter}`], {
    env: { ...process.env, TIDEMARK_TEST_SUMMARY: file },
  });
  summary = JSON.parse(readFileSync(file, 'utf8')) as TestSummary;
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('counts what passed', () => {
  expect(summary.passed).toBe(1);
});

test('names tests, groups and files that failed', () => {
  expect(summary.failed.sort()).toEqual(['breaks', 'broken.test.ts', 'group']);
});

test('keeps the reason of every skip, and the lack of one', () => {
  expect(summary.skipped.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: 'excused', reason: 'no time' },
    { name: 'group > never ran' },
    { name: 'hidden' },
    { name: 'planned' },
    { name: 'waits', reason: 'needs the Electron binary' },
  ]);
});

test('ends in a line that counts all but one of them as failures', () => {
  expect(closingLine(summary)).toBe('1 passed, 7 failed, 1 skipped');
});
