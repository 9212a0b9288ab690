import { spawn } from 'node:child_process';
import path from 'node:path';
import { findBrowser } from './browser.ts';

const INSTALL_WITHIN_MS = 180_000; // a quarter of what a whole test run may take

export interface BrowserInstaller {
  find: () => Promise<string | null>;
  /** Runs a program with its output on standard error; true when it ended well. */
  run: (command: string, args: readonly string[]) => Promise<boolean>;
  isRoot: boolean;
  platform: NodeJS.Platform;
}

/** The path of a Chromium that runs, installing one where there is none: Playwright's, else Debian's when root. */
export async function ensureBrowser(installer: BrowserInstaller = thisMachine()): Promise<string> {
  const found = await installer.find();
  if (found !== null) return found;
  for (const install of [installFromPlaywright, installFromDebian]) {
    await install(installer);
    const installed = await installer.find();
    if (installed !== null) return installed;
  }
  throw new Error(
    'No Chromium was found and none could be installed. Install Chromium or Chrome, or run `npx playwright install ' +
      '--with-deps chromium`, or set TIDEMARK_TEST_BROWSER to the path of one; then run npm test again.',
  );
}

async function installFromPlaywright({ run }: BrowserInstaller): Promise<void> {
  const cli = path.resolve(import.meta.dirname, '../../node_modules/playwright/cli.js');
  await run(process.execPath, [cli, 'install', 'chromium']);
}

async function installFromDebian({ run, isRoot, platform }: BrowserInstaller): Promise<void> {
  if (!isRoot || platform !== 'linux') return;
  if (!(await run('apt-get', ['update']))) return;
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation']);
}

function thisMachine(): BrowserInstaller {
  return {
    find: () => findBrowser(),
    run: runLoudly,
    isRoot: process.getuid?.() === 0,
    platform: process.platform,
  };
}

function runLoudly(command: string, args: readonly string[]): Promise<boolean> {
  process.stderr.write(`$ ${[command, ...args].join(' ')}\n`);
  const child = spawn(command, args, {
    stdio: ['ignore', process.stderr, process.stderr],
    timeout: INSTALL_WITHIN_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}
