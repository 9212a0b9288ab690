import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { event } from '../support/ask-events.ts';
import { fillStore, type FilledStore } from '../support/scene-store.ts';

const bin = path.resolve(import.meta.dirname, '../../main/cli/tidemark.js');
const question = { kind: 'trend', environment: 'test', series: [{ event: 'a' }] };
const wrong = { ...question, interval: 'dya' };

interface Outcome {
  stdout: string;
  stderr: string;
  status: number | null;
}

describe('tidemark query', () => {
  let store: FilledStore;
  beforeAll(async () => {
    const events = [event('a', '2026-03-01T12:00:00Z'), event('a', '2026-03-02T12:00:00Z')];
    store = await fillStore({
      zone: 'Europe/Oslo',
      asOfMs: Date.parse('2026-03-02T13:00:00Z'),
      rows: { events },
    });
  });
  afterAll(() => store.remove());

  const fileOf = (content: string): string => {
    const file = path.join(store.dataDir, '..', 'questions.json');
    writeFileSync(file, content);
    return file;
  };
  const start = (...args: string[]) =>
    spawn(process.execPath, [bin, 'query', ...args, '--data-dir', store.dataDir]);

  function run(args: readonly string[], input = ''): Promise<Outcome> {
    const child = start(...args);
    const outcome: Outcome = { stdout: '', stderr: '', status: null };
    child.stdout.on('data', (part: Buffer) => (outcome.stdout += part.toString()));
    child.stderr.on('data', (part: Buffer) => (outcome.stderr += part.toString()));
    child.stdin.end(input);
    return new Promise((resolve) => child.on('close', (status) => resolve({ ...outcome, status })));
  }

  it('answers one question as one JSON object', async () => {
    const { stdout, stderr, status } = await run([fileOf(JSON.stringify(question, null, 2)), '--json']);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      kind: 'trend',
      zone: 'Europe/Oslo',
      partial: ['2026-03-02'],
      result: { series: [{ name: 'a', data: [1, 1], total: 2 }] },
    });
  });

  it('prints a table for people', async () => {
    const { stdout, status } = await run(['-'], JSON.stringify(question));
    expect(status).toBe(0);
    expect(stdout).toMatch(/^2026-02-28T23:00:00\.000Z +1$/m);
    expect(stdout).toMatch(/^total +2$/m);
    expect(stdout).toMatch(/Still open: 2026-03-02\n2 rows read/);
  });

  it('says what is wrong with one question, as JSON if asked, and exits 1', async () => {
    const { stdout, stderr, status } = await run(['-', '--json'], JSON.stringify(wrong, null, 2));
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      error: {
        code: 'bad-input',
        message: 'interval: "dya" is not one of hour, day, week, month',
        path: 'interval',
      },
    });
    expect(stderr).toContain('tidemark query: interval: "dya" is not one of hour, day, week, month');
  });

  it('answers several line by line, in order; a refused one does not stop the rest and makes the exit 1', async () => {
    const lines = [question, wrong, { ...question, interval: 'month' }].map((spec) => JSON.stringify(spec));
    const { stdout, stderr, status } = await run([
      fileOf([lines[0], '', lines[1], 'no json', lines[2]].join('\n')),
    ]);
    expect(status).toBe(1);
    const replies = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { ok: boolean });
    expect(replies.map(({ ok }) => ok)).toEqual([true, false, false, true]);
    expect(replies[2]).toMatchObject({ error: { code: 'bad-input', message: 'question 3 is not JSON' } });
    expect(stderr).toContain('2 of 4 questions were refused.');
  });

  it('answers what comes on standard input as it comes', async () => {
    const child = start('-', '--json');
    const replies = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (const interval of ['day', 'month']) {
      child.stdin.write(`${JSON.stringify({ ...question, interval })}\n`);
      const reply = await replies.next();
      expect(JSON.parse(String(reply.value))).toMatchObject({ ok: true }); // before the next one is asked
    }
    child.stdin.end();
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  });

  it('exits 2 for bad usage and 1 for a file or workspace that is not there', async () => {
    expect((await run([])).status).toBe(2);
    expect((await run(['a.json', 'b.json'])).status).toBe(2);
    const missing = await run([path.join(store.dataDir, 'none.json'), '--json']);
    expect(missing.status).toBe(1);
    expect(JSON.parse(missing.stdout)).toMatchObject({ error: { code: 'not-found' } });
    const nowhere = spawn(process.execPath, [
      bin,
      'query',
      '-',
      '--json',
      '--data-dir',
      path.join(store.dataDir, 'none'),
    ]);
    let stdout = '';
    nowhere.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
    nowhere.stdin.end(JSON.stringify(question));
    expect(await new Promise((resolve) => nowhere.on('close', resolve))).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });
});
