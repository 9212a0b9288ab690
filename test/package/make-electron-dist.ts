import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asarBytes } from './asar.ts';
import { fuseWireBytes } from './fuse-wire.ts';

/** Makes what electron-builder takes for an unpacked Electron for Linux: enough to prove which files are packed where
 *  and how the fuses are set, and nothing about starting. */
export async function makeElectronDist(folder: string, version: string): Promise<void> {
  await mkdir(path.join(folder, 'resources'), { recursive: true });
  await Promise.all([
    writeFile(path.join(folder, 'version'), version),
    writeFile(path.join(folder, 'electron'), madeUpExecutable(), { mode: 0o755 }),
    writeFile(path.join(folder, 'LICENSE'), 'stands in for the licence of Electron\n'),
    writeFile(path.join(folder, 'LICENSES.chromium.html'), '<p>stands in for the licences of Chromium</p>\n'),
    writeFile(path.join(folder, 'resources', 'default_app.asar'), asarBytes({})),
  ]);
}

/** As a shell script it says what it is to whoever starts it; the wire lies behind, where fuse tools look for it. */
function madeUpExecutable(): Buffer {
  const script = '#!/bin/sh\necho "This is not Electron: it was packaged without the binary." >&2\nexit 3\n';
  return Buffer.concat([Buffer.from(script), fuseWireBytes()]);
}
