import { readdirSync } from 'node:fs';
import path from 'node:path';
import { type TestProjectInlineConfiguration, defineConfig } from 'vitest/config';

const root = path.resolve(import.meta.dirname, '..');

interface FolderRules {
  timeoutMs: number;
  /** Modules that run before the first test of the folder: they bring `dist/` up to date, make room for templates. */
  setup?: string[];
}

const BUILD_MAIN = 'test/support/build-main.ts';
const BUILD_ALL = 'test/support/build-all.ts';
const TEMPLATES = 'test/support/templates.ts';
const PURE: FolderRules = { timeoutMs: 10_000 };

/** Folders whose tests start processes, browsers or packagers; every other folder is PURE. */
const RULES: Readonly<Record<string, FolderRules>> = {
  engine: { timeoutMs: 30_000 },
  query: { timeoutMs: 30_000 },
  supervisor: { timeoutMs: 60_000 },
  cli: { timeoutMs: 60_000, setup: [BUILD_MAIN] },
  contract: { timeoutMs: 60_000, setup: [BUILD_MAIN] },
  server: { timeoutMs: 60_000, setup: [BUILD_ALL] },
  'electron-double': { timeoutMs: 60_000, setup: [BUILD_ALL] },
  browser: { timeoutMs: 90_000, setup: [BUILD_ALL, TEMPLATES] },
  package: { timeoutMs: 180_000, setup: [BUILD_ALL] },
  electron: { timeoutMs: 120_000, setup: [BUILD_ALL] },
};

const NO_TESTS_OF_OURS = new Set(['support', 'bench', 'tooling', 'engines', 'output']);

/** One project per folder of test/, so that a new folder can never be forgotten: `vitest --project server`. */
const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !NO_TESTS_OF_OURS.has(entry.name))
  .map((entry) => entry.name);

export default defineConfig({
  root,
  test: {
    pool: 'forks',
    expect: { poll: { timeout: 20_000 } }, // a second is nothing on a busy machine
    maxWorkers: 2, // the tests start processes of their own; more would only measure each other
    projects: folders.map(projectOf),
  },
});

function projectOf(folder: string): TestProjectInlineConfiguration {
  const { timeoutMs, setup = [] } = RULES[folder] ?? PURE;
  return {
    extends: true,
    test: {
      name: folder,
      include: [`test/${folder}/**/*.test.{ts,tsx}`],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      globalSetup: setup,
    },
  };
}
