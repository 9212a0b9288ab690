// npm start: builds what is stale, decides the host and hands over. `electron` or `server` as first argument asks for
// that host; every further argument belongs to it. Never imports electron.
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildParts } from './build/build-parts.ts';
import { PARTS } from './build/freshness.js';
import { chooseHost, type HostRequest } from './choose-host.ts';
import { ELECTRON_HINT, findElectronBinary } from './electron-binary.ts';

const EXIT_CANNOT_RUN_HERE = 3;
const root = path.resolve(import.meta.dirname, '..');

async function launch(args: readonly string[]): Promise<void> {
  const { request, hostArgs } = splitRequest(args);
  const binary = findElectronBinary(root, process.env);
  const choice = chooseHost({
    request,
    hasElectron: binary !== null,
    platform: process.platform,
    env: process.env,
  });
  if (choice.host === 'none') {
    say(ELECTRON_HINT);
    process.exitCode = EXIT_CANNOT_RUN_HERE;
    return;
  }
  await buildParts({
    root,
    parts: PARTS,
    onBuilt: (part, ms) => say(`built ${part} in ${(ms / 1000).toFixed(1)} s`),
  });
  if (choice.host === 'electron' && binary !== null) {
    startElectron(binary, hostArgs);
    return;
  }
  if (choice.host === 'server' && choice.missesElectron)
    say(`${ELECTRON_HINT} — opening a browser window instead.`);
  const opensWindow = choice.host === 'server' && choice.opensWindow;
  await startServer(opensWindow ? hostArgs : [...hostArgs, '--no-open']);
}

function splitRequest([first, ...rest]: readonly string[]): { request: HostRequest; hostArgs: string[] } {
  if (first === 'electron' || first === 'server') return { request: first, hostArgs: rest };
  return { request: 'any', hostArgs: first === undefined ? [] : [first, ...rest] };
}

function startElectron(binary: string, args: readonly string[]): void {
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  const started: { child?: ChildProcess } = {};
  // before it runs: a signal that comes at once must reach it, too
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => started.child?.kill(signal));
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) started.child?.kill('SIGINT'); // a terminal sends it to the child by itself
  });
  const child = spawn(binary, [root, ...args], { stdio: 'inherit', env });
  started.child = child;
  child.on('error', (error) => {
    say(`Electron did not start: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

/** In this process: the server host owns signals, exit code and standard output from here on. */
async function startServer(args: readonly string[]): Promise<void> {
  const entry = path.join(root, 'dist', 'main', 'server.mjs');
  process.argv = [process.execPath, entry, ...args];
  await import(pathToFileURL(entry).href);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

await launch(process.argv.slice(2));
