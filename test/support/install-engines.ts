import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '..', 'engines');
const stampFile = path.join(folder, 'node_modules', '.tidemark-installed');
const INSTALL_WITHIN_MS = 10 * 60_000;

/**
 * The real servers and readers that tests compare with: 691 MB that `npm ci && npm start` does not need. They are
 * installed once per version of their package.json. npm runs on this very Node: under an older one it leaves out native
 * packages that ask for a newer.
 */
export async function ensureEngines(): Promise<string> {
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(folder, 'package.json')))
    .digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return 'already there';
  await installEngines();
  writeFileSync(stampFile, wanted);
  return 'installed';
}

function installEngines(): Promise<void> {
  const args = ['install', '--no-package-lock', '--no-audit', '--no-fund'];
  const npm = process.env['npm_execpath'];
  const [command, ...rest] = npm === undefined ? ['npm', ...args] : [process.execPath, npm, ...args];
  const child = spawn(command, rest, {
    cwd: folder,
    stdio: ['ignore', process.stderr, process.stderr],
    timeout: INSTALL_WITHIN_MS,
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm install in test/engines ended with ${code ?? 'a signal'}`));
    });
  });
}
