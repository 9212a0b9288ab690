import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Browser, type LaunchOptions, chromium } from 'playwright';

const run = promisify(execFile);
const ANSWERS_WITHIN_MS = 20_000; // a browser that does not even name its version by then is broken

/** Starts the Chromium that the machine has, headless. */
export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const executablePath = await findBrowser();
  if (executablePath === null) throw new Error('no Chromium found; npm test installs one');
  return chromium.launch({ ...options, executablePath });
}

/** The first Chromium that runs: `TIDEMARK_TEST_BROWSER`, the system's Chromium or Chrome, Playwright's own. */
export async function findBrowser(
  candidates: readonly string[] = browserCandidates(),
): Promise<string | null> {
  for (const candidate of candidates) {
    if (existsSync(candidate) && (await namesItsVersion(candidate))) return candidate;
  }
  return null;
}

function browserCandidates(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string[] {
  const chosen = env['TIDEMARK_TEST_BROWSER'];
  return [
    ...(chosen === undefined ? [] : [chosen]),
    ...systemBrowsers(env, platform),
    chromium.executablePath(),
  ];
}

function systemBrowsers(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string[] {
  if (platform === 'darwin') {
    return [
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ];
  }
  if (platform === 'win32') {
    const folders = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']];
    return folders.flatMap((dir) =>
      dir === undefined ? [] : [path.join(dir, 'Google/Chrome/Application/chrome.exe')],
    );
  }
  return [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
  ];
}

/** Present is not enough: a distribution's placeholder or missing libraries show here, not in the first test. */
async function namesItsVersion(executable: string): Promise<boolean> {
  if (process.platform === 'win32') return true; // chrome.exe --version opens a window there
  try {
    const { stdout } = await run(executable, ['--version'], { timeout: ANSWERS_WITHIN_MS });
    return /\d+\.\d+/.test(stdout);
  } catch {
    return false;
  }
}
