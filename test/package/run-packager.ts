import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Arch, build, Platform, type Configuration } from 'electron-builder';
import { makeElectronDist } from './make-electron-dist.ts';

const root = path.resolve(import.meta.dirname, '../..');

export interface PackageOptions {
  outputDir: string;
  /** Folder of an unpacked Electron of this platform; `made-up` packages for Linux with a stand-in. */
  electronDist: string;
  arch?: 'x64' | 'arm64';
  /** Laid over electron-builder.yml. */
  overrides?: Configuration;
}

/** Runs electron-builder for an unpacked app; returns the folder of the app. Needs no network. */
export async function packageDir({
  outputDir,
  electronDist,
  arch,
  overrides,
}: PackageOptions): Promise<string> {
  const isMadeUp = electronDist === 'made-up';
  const madeUpDist = await mkdtemp(path.join(tmpdir(), 'tidemark-electron-dist-'));
  try {
    if (isMadeUp) await makeElectronDist(madeUpDist, await electronVersion());
    const platform = isMadeUp ? Platform.LINUX : Platform.current();
    await build({
      projectDir: root,
      targets: platform.createTarget('dir', ...(arch === undefined ? [] : [Arch[arch]])),
      publish: 'never',
      config: {
        ...overrides,
        electronDist: isMadeUp ? madeUpDist : electronDist,
        directories: { output: outputDir },
      },
    });
  } finally {
    await rm(madeUpDist, { recursive: true, force: true });
  }
  return unpackedAppIn(outputDir);
}

async function unpackedAppIn(outputDir: string): Promise<string> {
  const names = await readdir(outputDir);
  const name = names.find((entry) => entry.endsWith('-unpacked') || entry.startsWith('mac'));
  if (name === undefined) throw new Error(`no packaged app in ${outputDir}`);
  return path.join(outputDir, name);
}

async function electronVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(
    await readFile(path.join(root, 'node_modules/electron/package.json'), 'utf8'),
  );
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : null;
  if (typeof version !== 'string') throw new Error('the version of Electron is not to be read');
  return version;
}
