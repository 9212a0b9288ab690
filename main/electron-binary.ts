import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ELECTRON_HINT = 'The Electron binary is not installed; get it with: npx install-electron --no';

/** Absolute path of the Electron binary, or null. Looks at files only: outside Electron, `require('electron')` would
 *  start a download (from version 42). `ELECTRON_OVERRIDE_DIST_PATH` names a folder that holds the binary instead. */
export function findElectronBinary(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  const packageDir = path.join(root, 'node_modules', 'electron');
  const override = env['ELECTRON_OVERRIDE_DIST_PATH'];
  const binary =
    override === undefined || override === ''
      ? installedBinary(packageDir)
      : path.join(override, readPathFile(packageDir) ?? executableName(process.platform));
  return binary !== null && existsSync(binary) ? binary : null;
}

function installedBinary(packageDir: string): string | null {
  const relative = readPathFile(packageDir);
  return relative === null ? null : path.join(packageDir, 'dist', relative);
}

/** `path.txt` is written by Electron's own installer: the executable relative to its `dist` folder. */
function readPathFile(packageDir: string): string | null {
  try {
    return readFileSync(path.join(packageDir, 'path.txt'), 'utf8').trim() || null;
  } catch {
    return null;
  }
}

function executableName(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return platform === 'win32' ? 'electron.exe' : 'electron';
}
