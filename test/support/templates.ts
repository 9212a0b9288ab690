import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder for what several test files copy; gone after the run. */
    templates: string;
  }
}

export function setup(project: TestProject): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-templates-'));
  project.provide('templates', folder);
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
}
