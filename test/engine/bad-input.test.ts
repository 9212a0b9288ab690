import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storedRows } from '../support/stored-rows.ts';
import { type TestWorkspace, eventOf, ndjson, testWorkspace } from '../support/workspace.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = testWorkspace();
});
afterEach(() => workspace.remove());

const events = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => eventOf(from + index));

describe('a source that is not as it should be', () => {
  it('reads the rows before the cut of a truncated gzip, names the file, and reads it whole once mended', async () => {
    await workspace.addFolder();
    workspace.raw('a.ndjson', events(0, 10));
    await workspace.sync();
    const before = storedRows(workspace.dataDir);
    const whole = gzipSync(ndjson(events(10, 2000)));
    const file = path.join(workspace.rawDir, 'b.ndjson.gz');
    writeFileSync(file, whole.subarray(0, whole.length / 2));
    const { state, message } = await workspace.sync();
    expect({ state, message }).toEqual({
      state: 'failed',
      message: `${file} is cut short: the compressed data ends too early`,
    });
    expect(storedRows(workspace.dataDir)).toEqual(expect.arrayContaining(before));
    writeFileSync(file, whole);
    expect(statSync(file).size).toBe(readFileSync(file).length);
    expect((await workspace.sync()).state).toBe('idle');
    expect(storedRows(workspace.dataDir)).toHaveLength(2000);
  });
});
