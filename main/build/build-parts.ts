import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withBuildLock } from './build-lock.ts';
import { fingerprint, isFresh, stampPath } from './freshness.js';
import { refreshPlotHashes } from './refresh-plot-hashes.ts';

type Part = 'main' | 'preload' | 'renderer';

export interface BuildOptions {
  root: string;
  parts: readonly Part[];
  /** Builds parts that are fresh as well. */
  force?: boolean;
  /** Told once per part that is really built, with how long it took. */
  onBuilt?: (part: Part, elapsedMs: number) => void;
}

/** Brings `dist/` up to date. Builds beside the old output and swaps at the end, so that a failed build leaves the last
 *  good one in place and a running host never reads half of one. */
export async function buildParts({ root, parts, force = false, onBuilt }: BuildOptions): Promise<void> {
  if (!force && parts.every((part) => isFresh(root, part))) return;
  await withBuildLock(root, async () => {
    await refreshPlotHashes(root);
    for (const part of parts) {
      if (!force && isFresh(root, part)) continue; // built while this process waited for the lock
      const startedMs = performance.now();
      await buildPart(root, part);
      onBuilt?.(part, performance.now() - startedMs);
    }
  });
}

async function buildPart(root: string, part: Part): Promise<void> {
  const { build } = await import('vite');
  const stamp = fingerprint(root, part); // taken before reading sources: an edit during the build makes it stale
  const next = path.join(root, 'dist', '.next', part);
  await inProduction(() =>
    build({
      configFile: path.join(root, part, 'vite.config.ts'),
      configLoader: 'native',
      mode: 'production',
      logLevel: 'warn',
      build: { outDir: next, emptyOutDir: true },
    }),
  );
  writeFileSync(path.join(next, '.stamp'), stamp);
  swap(next, path.dirname(stampPath(root, part)));
}

/** A test run has a NODE_ENV of its own, which would put React's development build into the page. */
async function inProduction<T>(work: () => Promise<T>): Promise<T> {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}

function swap(next: string, current: string): void {
  const previous = `${next}-previous`;
  rmSync(previous, { recursive: true, force: true });
  mkdirSync(path.dirname(current), { recursive: true });
  try {
    renameSync(current, previous);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // the first build has nothing to put aside
  }
  renameSync(next, current);
  rmSync(previous, { recursive: true, force: true });
}
