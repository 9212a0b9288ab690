import { cpSync, renameSync, rmSync } from 'node:fs';

export class Crash extends Error {}

/**
 * Ends a commit as a kill would: the folder is kept as it lies on the disk before the n-th step, and the writer goes no
 * further. `restore` puts that folder in the place of the one that the writer has tidied up since.
 */
export function crashAtStep(dataDir: string, step: number): { onStep: () => void; restore: () => boolean } {
  const copy = `${dataDir}.crashed`;
  let seen = 0;
  return {
    onStep() {
      if (++seen !== step) return;
      cpSync(dataDir, copy, { recursive: true });
      throw new Crash(`crashed before step ${step}`);
    },
    restore() {
      if (seen < step) return false;
      rmSync(dataDir, { recursive: true });
      renameSync(copy, dataDir);
      return true;
    },
  };
}
