import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ELECTRON_HINT } from '../../main/electron-binary.ts';

const root = path.resolve(import.meta.dirname, '../..');
const launcher = path.join(root, 'main/launch.ts');

let electronDist: string;
beforeEach(() => (electronDist = mkdtempSync(path.join(tmpdir(), 'tidemark-launch-'))));
afterEach(() => rmSync(electronDist, { recursive: true }));

/** The surroundings of a desktop whose Electron binary, if any, lies in `electronDist`. */
const desktop = (): NodeJS.ProcessEnv => {
  const { CI: _ci, SSH_CONNECTION: _ssh, SSH_TTY: _tty, ...env } = process.env;
  return { ...env, DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: electronDist };
};

/** Puts a program in the place of Electron that notes its arguments, then does what `script` says. */
function standIn(script: string): { argumentsFile: string } {
  const argumentsFile = path.join(electronDist, 'arguments');
  const binary = path.join(electronDist, 'electron');
  mkdirSync(path.dirname(binary), { recursive: true });
  writeFileSync(binary, `#!/bin/sh\nprintf '%s\\n' "$@" > '${argumentsFile}'\n${script}\n`);
  chmodSync(binary, 0o755);
  return { argumentsFile };
}

test('start:electron without the binary exits 3, says how to get it and starts nothing', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, 'electron'], {
    env: desktop(),
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 3, stdout: '', stderr: `${ELECTRON_HINT}\n` });
});

test('with binary and display, Electron gets the program, the arguments and the last word', () => {
  const { argumentsFile } = standIn('exit 7');
  const { status } = spawnSync(process.execPath, [launcher, '--demo', '--data-dir', 'x y'], {
    env: desktop(),
  });
  expect(status).toBe(7);
  expect(readFileSync(argumentsFile, 'utf8').split('\n')).toEqual([root, '--demo', '--data-dir', 'x y', '']);
});

test('SIGTERM reaches Electron', async () => {
  const { argumentsFile } = standIn(
    `trap 'exit 9' TERM; echo ready; for _ in $(seq 400); do sleep 0.05; done`,
  );
  const child = spawn(process.execPath, [launcher], { env: desktop(), stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGTERM');
  await expect(ended).resolves.toBe(9);
  expect(readFileSync(argumentsFile, 'utf8')).toBe(`${root}\n`);
});
