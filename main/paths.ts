import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

export interface DataDirInput {
  /** The value of `--data-dir`, when given. */
  flag?: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  platform?: NodeJS.Platform;
  homeDir?: string;
}

/** The workspace folder, absolute: `--data-dir`, then `TIDEMARK_DATA_DIR`, then where this system keeps an
 *  application's data. Both hosts and every command ask here, so they always mean the same folder. */
export function resolveDataDir(input: DataDirInput): string {
  const chosen = given(input.flag) ?? given(input.env['TIDEMARK_DATA_DIR']);
  return path.resolve(chosen ?? defaultDataDir(input));
}

function defaultDataDir({ env, platform = process.platform, homeDir = homedir() }: DataDirInput): string {
  if (platform === 'darwin') return path.join(homeDir, 'Library', 'Application Support', 'Tidemark');
  if (platform === 'win32') {
    return path.join(given(env['LOCALAPPDATA']) ?? path.join(homeDir, 'AppData', 'Local'), 'Tidemark');
  }
  return path.join(given(env['XDG_DATA_HOME']) ?? path.join(homeDir, '.local', 'share'), 'tidemark');
}

const given = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

export interface AppPaths {
  /** The folder of package.json: the clone, or the archive of an installed app. */
  root: string;
  /** Built renderer files, served by both hosts. */
  rendererDir: string;
  /** The one CommonJS preload file. */
  preloadFile: string;
  /** Entry modules of the processes that a host starts. */
  engineEntry: string;
  queryEntry: string;
}

/** Where the built files lie. Works from the sources and from any bundle or chunk under `dist/`. */
export function appPaths(from: string = import.meta.dirname): AppPaths {
  const root = findRoot(from);
  const dist = path.join(root, 'dist');
  return {
    root,
    rendererDir: path.join(dist, 'renderer'),
    preloadFile: path.join(dist, 'preload', 'index.cjs'),
    engineEntry: path.join(dist, 'main', 'engine.mjs'),
    queryEntry: path.join(dist, 'main', 'query.mjs'),
  };
}

function findRoot(from: string): string {
  let folder = from;
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`no package.json above ${from}`);
    folder = parent;
  }
  return folder;
}
