import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const bin = path.join(root, 'main/cli/tidemark.js');
const version = (JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string })
  .version;

/** Every Node on the PATH: the one beside the program, and whatever the machine has. */
const nodes = new Set([
  process.execPath,
  ...(process.env['PATH'] ?? '').split(path.delimiter).flatMap(nodeIn),
]);

test.each([...nodes])('runs under %s', (node) => {
  const { stdout, stderr, status } = spawnSync(node, [bin, '--version'], { encoding: 'utf8' });
  expect({ stdout, stderr, status }).toEqual({ stdout: `${version}\n`, stderr: '', status: 0 });
});

test.each([...nodes])('passes exit codes on under %s', (node) => {
  const { stdout, stderr, status } = spawnSync(node, [bin, 'no-such-command'], { encoding: 'utf8' });
  expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  expect(stderr).toContain('unknown command "no-such-command"');
});

test('ends quietly when the reader of its output leaves', () => {
  const { stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${bin}" --help | true`], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
});

function nodeIn(folder: string): string[] {
  const candidate = path.join(folder, process.platform === 'win32' ? 'node.exe' : 'node');
  try {
    accessSync(candidate, constants.X_OK);
    return [realpathSync(candidate)];
  } catch {
    return [];
  }
}
