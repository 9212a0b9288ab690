import { spawn } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { OPENED_TOKEN_LIFE_MS } from '../../../shared/limits.ts';

export interface BrowserSurroundings {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  /** Holds the browser's own profile and, for a minute, the page that leads to the login. */
  dataDir: string;
}

interface Launch {
  command: string;
  args: string[];
}

/** Opens `link` in an application window of a Chromium-type browser, else in the default browser. False: neither
 *  started, so the link has to be printed. */
export async function openBrowser(link: string, surroundings: BrowserSurroundings): Promise<boolean> {
  const folder = path.join(surroundings.dataDir, 'browser');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const redirectFile = writeRedirect(folder, link);
  for (const launch of launches(link, redirectFile, folder, surroundings)) {
    if (await starts(launch, surroundings.env)) return true;
  }
  rmSync(redirectFile, { force: true });
  return false;
}

/** The page that leads to the login is of no use any more. */
export const forgetRedirect = (dataDir: string): void =>
  rmSync(path.join(dataDir, 'browser', REDIRECT_FILE), { force: true });

const REDIRECT_FILE = 'open.html';

/** The token goes into a file that only the owner can read, not into the process list. */
function writeRedirect(folder: string, link: string): string {
  const file = path.join(folder, REDIRECT_FILE);
  rmSync(file, { force: true }); // an old one might have wider rights
  writeFileSync(
    file,
    `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${link}">`,
    {
      mode: 0o600,
      flag: 'wx',
    },
  );
  setTimeout(() => rmSync(file, { force: true }), OPENED_TOKEN_LIFE_MS).unref();
  return file;
}

function launches(
  link: string,
  redirectFile: string,
  folder: string,
  { env, platform }: BrowserSurroundings,
): Launch[] {
  const chromium = findChromium(env, platform);
  const app = chromium === null ? [] : [appWindow(chromium, { link, redirectFile, folder, env })];
  return [...app, defaultBrowser(redirectFile, platform)];
}

function appWindow(
  command: string,
  {
    link,
    redirectFile,
    folder,
    env,
  }: { link: string; redirectFile: string; folder: string; env: BrowserSurroundings['env'] },
): Launch {
  const target = isConfined(command) ? link : `file://${encodeURI(redirectFile.replaceAll(path.sep, '/'))}`;
  const extra = (env['TIDEMARK_BROWSER_ARGS'] ?? '').split(/\s+/).filter((arg) => arg !== '');
  return {
    command,
    args: [
      `--user-data-dir=${path.join(folder, 'profile')}`,
      '--no-first-run',
      '--no-default-browser-check',
      ...extra,
      `--app=${target}`,
    ],
  };
}

function defaultBrowser(redirectFile: string, platform: NodeJS.Platform): Launch {
  if (platform === 'darwin') return { command: 'open', args: [redirectFile] };
  if (platform === 'win32')
    return { command: 'rundll32', args: ['url.dll,FileProtocolHandler', redirectFile] };
  return { command: 'xdg-open', args: [redirectFile] };
}

const LINUX_NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'brave-browser',
  'vivaldi',
];
const MAC_APPS = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser', 'Vivaldi'];
const WINDOWS_FILES = [
  String.raw`Google\Chrome\Application\chrome.exe`,
  String.raw`Microsoft\Edge\Application\msedge.exe`,
  String.raw`BraveSoftware\Brave-Browser\Application\brave.exe`,
];

/** Path of the first Chromium-type browser that is installed, or null. */
export function findChromium(env: BrowserSurroundings['env'], platform: NodeJS.Platform): string | null {
  return chromiumCandidates(env, platform).find(isExecutable) ?? null;
}

function chromiumCandidates(env: BrowserSurroundings['env'], platform: NodeJS.Platform): string[] {
  if (platform === 'darwin')
    return MAC_APPS.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  if (platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
      .map((name) => env[name] ?? '')
      .filter(Boolean);
    return WINDOWS_FILES.flatMap((file) => roots.map((root) => path.join(root, file)));
  }
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return LINUX_NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A browser from a snap reads no hidden folder of its user, so it gets the address itself. */
function isConfined(command: string): boolean {
  return (
    realpathSync(command).startsWith('/snap/') ||
    command.startsWith('/snap/') ||
    startOf(command).includes('/snap/')
  );
}

/** Some distributions ship a script that starts the snap. */
function startOf(file: string): string {
  const handle = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(4_096);
    return buffer.subarray(0, readSync(handle, buffer)).toString('latin1');
  } finally {
    closeSync(handle);
  }
}

const QUICK_FAILURE_MS = 500; // a launcher without a browser behind it fails sooner

/** True once the process runs, or ended without an error: a running browser takes over and the new process ends. */
function starts({ command, args }: Launch, env: BrowserSurroundings['env']): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { detached: true, stdio: 'ignore', env });
    const timer = setTimeout(() => resolve(true), QUICK_FAILURE_MS);
    const end = (isStarted: boolean): void => {
      clearTimeout(timer);
      resolve(isStarted);
    };
    child.on('error', () => end(false));
    child.on('exit', (code) => end(code === 0));
    child.unref();
  });
}
