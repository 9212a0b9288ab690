import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A disk of its own under a folder, which keeps its content. */
export interface SmallDisk {
  /** Leaves this much room on it. */
  fill: (freeBytes: number) => void;
  /** Takes away again what `fill` put there. */
  empty: () => void;
  makeReadOnly: () => void;
  makeWritable: () => void;
  remove: () => void;
}

/** Only root may mount, and not in every container. */
export const canMount = ((): boolean => {
  if (process.platform !== 'linux' || process.geteuid?.() !== 0) return false;
  const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-mount-'));
  const mounted = mount(folder, 64 << 10);
  if (mounted) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
})();

export function putOnSmallDisk(folder: string, sizeBytes: number): SmallDisk {
  const before = `${folder}.before`;
  renameSync(folder, before);
  mkdirSync(folder);
  if (!mount(folder, sizeBytes)) throw new Error(`${folder} cannot be mounted`);
  cpSync(before, folder, { recursive: true });
  rmSync(before, { recursive: true });
  const ballast = path.join(folder, 'ballast');
  return {
    fill(freeBytes) {
      writeFileSync(ballast, '');
      const { bavail, bsize } = statfsSync(folder);
      const room = bavail * bsize - freeBytes;
      if (room > 0) writeFileSync(ballast, Buffer.alloc(room, 1));
    },
    makeReadOnly: () => void execFileSync('mount', ['-o', 'remount,ro', folder]),
    makeWritable: () => void execFileSync('mount', ['-o', 'remount,rw', folder]),
    empty: () => rmSync(ballast, { force: true }),
    remove: () => void execFileSync('umount', [folder]),
  };
}

function mount(folder: string, sizeBytes: number): boolean {
  const options = `size=${sizeBytes},mode=700`;
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0;
}
