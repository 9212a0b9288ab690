import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { computePlotStyleHashes } from './plot-style-hashes.ts';

export const PLOT_HASHES_FILE = 'shared/csp-plot-hashes.ts';

/** Rewrites the committed list when the installed Plot writes other texts; an upgrade then shows in the diff. */
export async function refreshPlotHashes(root: string): Promise<void> {
  const file = path.join(root, PLOT_HASHES_FILE);
  const wanted = plotHashesModule();
  const found = await readFile(file, 'utf8').catch(() => '');
  if (found !== wanted) await writeFile(file, wanted);
}

export function plotHashesModule(): string {
  const lines = computePlotStyleHashes().map((hash) => `  "${hash}",`);
  return [
    '/** CSP sources of the fixed style texts of the installed Plot. Written by main/build/refresh-plot-hashes.ts. */',
    'export const PLOT_STYLE_HASHES = [',
    ...lines,
    '] as const;',
    '',
  ].join('\n');
}
