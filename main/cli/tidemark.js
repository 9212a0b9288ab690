#!/usr/bin/env node
// Plain JavaScript for whatever `node` the machine has (20 and up): finds a Node that can run Tidemark, builds what is
// missing or stale, and hands over. better-sqlite3 crashes below Node 22.14.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PARTS, isFresh } from '../build/freshness.js';

const OLDEST_THAT_RUNS = [22, 14];
const OLDEST_THAT_BUILDS = [24, 0]; // runs the TypeScript sources of the build as they are
const EXIT_CANNOT_RUN_HERE = 3;

const root = path.resolve(import.meta.dirname, '../..');
const entry = path.join(root, 'dist', 'main', 'cli.mjs');
const args = process.argv.slice(2);

const code = buildWhatIsStale() ?? (await run());
if (code !== null) process.exitCode = code;

/** @returns {number | null} an exit code when the build failed */
function buildWhatIsStale() {
  if (!existsSync(path.join(root, 'main', 'build', 'build.ts'))) return null; // an installed copy holds no sources
  const wanted = args[0] === 'serve' ? PARTS : PARTS.filter((part) => part === 'main');
  const stale = wanted.filter((part) => !isFresh(root, part));
  if (stale.length === 0) return null;
  const node = nodeFrom(OLDEST_THAT_BUILDS);
  if (node === null) return refuse();
  const build = spawnSync(node, [path.join(root, 'main', 'build', 'build.ts'), ...stale], {
    stdio: ['ignore', 2, 2], // standard output belongs to the command
  });
  return build.status === 0 ? null : (build.status ?? 1);
}

/** @returns {Promise<number | null>} null when the command sets the exit code itself */
async function run() {
  const node = nodeFrom(OLDEST_THAT_RUNS);
  if (node === null) return refuse();
  if (node !== process.execPath) return runIn(node);
  process.argv[1] = entry;
  await import(pathToFileURL(entry).href);
  return null;
}

/** @param {string} node @returns {Promise<number>} */
function runIn(node) {
  const child = spawn(node, [entry, ...args], { stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT'); // a terminal sends it to the child by itself
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (exitCode, signal) => {
      if (signal === null) return resolve(exitCode ?? 1);
      process.removeAllListeners(signal);
      process.kill(process.pid, signal); // end as the command ended
    });
  });
}

/** This process when it is new enough, else the Node that `npm ci` put beside the program.
 * @param {readonly number[]} oldest @returns {string | null} */
function nodeFrom(oldest) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = oldest;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return process.execPath;
  const beside = path.join(
    root,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  return existsSync(beside) ? beside : null;
}

function refuse() {
  const found = process.versions.node;
  process.stderr.write(
    `tidemark needs Node ${OLDEST_THAT_RUNS.join('.')} or newer and found ${found}; run: npm ci\n`,
  );
  return EXIT_CANNOT_RUN_HERE;
}
