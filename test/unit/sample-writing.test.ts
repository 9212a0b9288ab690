import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SampleOptions, writeSample } from '../../main/engine/sample/write-sample.ts';

const SMALL = { events: 28 * 150, days: 28 };
const TIMEOUT_MS = 30_000;

describe('writing a sample', () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(path.join(tmpdir(), 'tidemark-sample-'));
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const write = (name: string, options: Partial<SampleOptions> = {}) =>
    writeSample({ folder: path.join(parent, name), seed: 1, ...SMALL, ...options });

  test(
    'the same seed gives the same files and bytes, whatever the folder',
    { timeout: TIMEOUT_MS },
    async () => {
      const first = await write('a', { seed: 7 });
      const second = await write('b', { seed: 7 });
      expect(second).toEqual(first);
      expect(hashOf(path.join(parent, 'b'))).toBe(hashOf(path.join(parent, 'a')));
      await write('c', { seed: 8 });
      expect(hashOf(path.join(parent, 'c'))).not.toBe(hashOf(path.join(parent, 'a')));
    },
  );

  test('gzip headers hold no time and no operating system', { timeout: TIMEOUT_MS }, async () => {
    await write('a');
    const files = filesBelow(path.join(parent, 'a')).filter((file) => file.endsWith('.gz'));
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) {
      const header = readFileSync(file).subarray(0, 10);
      expect([...header.subarray(0, 3)], file).toEqual([0x1f, 0x8b, 8]);
      expect(header.readUInt32LE(4), file).toBe(0);
      expect(header[9], file).toBe(255);
    }
  });

  test(
    'every source finds its files below its folder and key template',
    { timeout: TIMEOUT_MS },
    async () => {
      const manifest = await write('a');
      const files = filesBelow(path.join(parent, 'a')).map((file) =>
        path.relative(path.join(parent, 'a'), file),
      );
      expect(manifest.files).toBe(files.length - 1); // the facts are no source's
      const claimed = manifest.sources.flatMap(({ folder, keyTemplate }) => {
        const start = `${folder}/${keyTemplate.replace('${ENV}', manifest.environment)}`;
        const pattern = start.replace('%Y-%m-%d', '\\d{4}-\\d\\d-\\d\\d').replace('%H', '\\d\\d');
        return files.filter((file) => new RegExp(`^${pattern}`).test(file.split(path.sep).join('/')));
      });
      expect(claimed.sort()).toEqual(files.filter((file) => file !== 'sample-facts.json').sort());
      const bytes = filesBelow(path.join(parent, 'a'))
        .filter((file) => !file.endsWith('sample-facts.json'))
        .reduce((sum, file) => sum + readFileSync(file).length, 0);
      expect(manifest.bytes).toBe(bytes);
    },
  );

  test('the facts lie beside the sources as the manifest has them', { timeout: TIMEOUT_MS }, async () => {
    const manifest = await write('a', { seed: 4 });
    expect(JSON.parse(readFileSync(path.join(parent, 'a', 'sample-facts.json'), 'utf8'))).toEqual(manifest);
  });

  test('the smallest sample still holds exactly its events and plants', { timeout: TIMEOUT_MS }, async () => {
    for (const seed of [0, 1, 2, 3, 4, 5]) {
      const { facts } = await write(`s${seed}`, { seed, events: 28 * 120 });
      expect(facts.events, `seed ${seed}`).toBe(28 * 120);
      expect(facts.quarantined.unknownState, `seed ${seed}`).toBe(17);
    }
  });

  test('a sample replaces an earlier one and nothing else', { timeout: TIMEOUT_MS }, async () => {
    await write('a', { seed: 1 });
    await write('a', { seed: 2 });
    await write('b', { seed: 2 });
    expect(hashOf(path.join(parent, 'a'))).toBe(hashOf(path.join(parent, 'b')));
    mkdirSync(path.join(parent, 'mine'));
    writeFileSync(path.join(parent, 'mine', 'thesis.txt'), 'precious');
    await expect(write('mine')).rejects.toMatchObject({
      code: 'bad-input',
      message: /mine holds other files/,
    });
    expect(readFileSync(path.join(parent, 'mine', 'thesis.txt'), 'utf8')).toBe('precious');
  });

  test('cancelling leaves nothing behind', { timeout: TIMEOUT_MS }, async () => {
    const stop = new AbortController();
    let seen = 0;
    const writing = write('a', {
      signal: stop.signal,
      onProgress: ({ filesWritten }) => {
        seen = filesWritten;
        if (filesWritten > 50) stop.abort();
      },
    });
    await expect(writing).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen).toBeGreaterThan(50);
    expect(readdirSync(parent)).toEqual([]);
  });

  test('progress rises to the number of files', { timeout: TIMEOUT_MS }, async () => {
    const steps: { filesWritten: number; filesTotal: number }[] = [];
    const { files } = await write('a', { onProgress: (step) => steps.push(step) });
    expect(steps.length).toBeGreaterThan(20);
    expect(steps.at(-1)).toEqual({ filesWritten: files, filesTotal: files });
    expect(steps.every(({ filesWritten, filesTotal }) => filesWritten <= filesTotal)).toBe(true);
    expect(
      steps.every(({ filesWritten }, i) => i === 0 || filesWritten >= (steps[i - 1]?.filesWritten ?? 0)),
    ).toBe(true);
  });

  test.each([
    [{ seed: -1 }, 'seed'],
    [{ seed: 1.5 }, 'seed'],
    [{ seed: Number.NaN }, 'seed'],
    [{ days: 27 }, 'days'],
    [{ events: 28 * 120 - 1 }, 'events'],
  ])('refuses %j and says what is allowed', async (options, name) => {
    await expect(write('a', options)).rejects.toMatchObject({ code: 'bad-input', path: name });
    expect(existsSync(path.join(parent, 'a'))).toBe(false);
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** Over names and bytes of every file. */
function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const file of filesBelow(folder))
    hash.update(path.relative(folder, file)).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}
