import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detect } from '../../main/cli/detect.ts';
import { runCli } from '../../main/cli/run-cli.ts';
import { event } from '../support/ask-events.ts';
import { createDraws } from '../support/simulate-draws.ts';
import { type FilledStore, fillStore } from '../support/scene-store.ts';
import { trafficShape } from '../support/simulate-traffic.ts';

const HOUR_MS = 3_600_000;
const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-detect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (content: string, name = 'series.csv'): string => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
};

interface Result {
  timestamp: string[];
  value: (number | null)[];
  score: number[];
  expected_low: (number | null)[];
  expected_high: (number | null)[];
  anomaly: boolean[];
}

async function run(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const outcome = { stdout: '', stderr: '' };
  const exitCode = await runCli(
    ['detect', ...args],
    {
      stdin: Readable.from([]),
      stdout: { write: (text) => (outcome.stdout += text) },
      stderr: { write: (text) => (outcome.stderr += text) },
      env: { TIDEMARK_DATA_DIR: path.join(folder, 'nowhere') },
      signal: new AbortController().signal,
    },
    { detect: () => Promise.resolve(detect) },
  );
  return { exitCode, ...outcome };
}

async function resultOf(file: string): Promise<{ threshold: number; result: Result; stderr: string }> {
  const { exitCode, stdout, stderr } = await run(file, '--json');
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  const answer = JSON.parse(stdout) as { ok: true; threshold: number; result: Result };
  expect(Object.keys(answer)).toEqual(['ok', 'threshold', 'result']);
  return { ...answer, stderr };
}

const timeOf = (index: number): string =>
  new Date(Date.UTC(2026, 2, 2) + index * 300_000).toISOString().slice(0, 19).replace('T', ' ');
const draws = createDraws(1, 'command');
const POINTS = 1_200;
const ODD = 900;
const rows = Array.from({ length: POINTS }, (_, index) => ({
  timestamp: timeOf(index),
  value: (index === ODD ? 90 : 20 + draws.normal()).toFixed(3),
}));
const csvOf = (list: readonly { timestamp: string; value: string }[]): string =>
  `timestamp,value\n${list.map(({ timestamp, value }) => `${timestamp},${value}\n`).join('')}`;

describe('tidemark detect FILE.csv', () => {
  it('answers one JSON object with a list per column, in the order of the file', async () => {
    const { threshold, result } = await resultOf(fileOf(csvOf(rows)));
    expect(Object.keys(result)).toEqual([
      'timestamp',
      'value',
      'score',
      'expected_low',
      'expected_high',
      'anomaly',
    ]);
    expect(result.timestamp).toEqual(rows.map(({ timestamp }) => timestamp));
    expect(result.value).toEqual(rows.map(({ value }) => Number(value)));
    expect(result.anomaly.flatMap((isAnomaly, index) => (isAnomaly ? [index] : []))).toContain(ODD);
    expect(result.score.map((score) => score >= threshold)).toEqual(result.anomaly);
    expect(result.expected_low[ODD]!).toBeLessThan(result.expected_high[ODD]!);
    expect(result.expected_high[ODD]!).toBeLessThan(40);
  });

  it('gives a prefix of the file the scores that the whole gives it', async () => {
    const whole = await resultOf(fileOf(csvOf(rows)));
    const prefix = await resultOf(fileOf(csvOf(rows.slice(0, 950))));
    for (const column of ['score', 'expected_low', 'expected_high', 'anomaly'] as const)
      expect(prefix.result[column]).toEqual(whole.result[column].slice(0, 950));
  });

  it('prints the rows with their new columns, or writes them and says what it found', async () => {
    const file = fileOf(csvOf(rows));
    const printed = await run(file);
    const out = path.join(folder, 'scored.csv');
    const written = await run(file, '--out', out);
    expect(readFileSync(out, 'utf8')).toBe(printed.stdout);
    expect(written.stdout).toMatch(
      /^\d+ anomal(y|ies) in 1,200 rows \(score 0\.5 or more\), written to .*scored\.csv\n$/,
    );
    const lines = printed.stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('timestamp,value,score,expected_low,expected_high,anomaly');
    expect(lines).toHaveLength(POINTS + 1);
    expect(lines[1]).toBe(`${rows[0]!.timestamp},${rows[0]!.value},0,,,false`);
    expect(lines[ODD + 1]).toMatch(/^2026-03-05 03:00:00,90\.000,0\.\d+,[\d.]+,[\d.]+,true$/);
    expect(existsSync(`${out}.unfinished`)).toBe(false);
  });

  it('scores its own output again alike', async () => {
    const out = path.join(folder, 'again.csv');
    await run(fileOf(csvOf(rows)), '--out', out);
    const before = readFileSync(out, 'utf8');
    await run(out, '--out', out);
    expect(readFileSync(out, 'utf8')).toBe(before);
  });

  it('finds its columns among others, in any order, quoted, with a mark and Windows line ends', async () => {
    const lines = rows.map(({ timestamp, value }, index) => `"a, ""b""",${value},"${timestamp}",${index}`);
    const file = fileOf(`\uFEFFlabel,Value,"timestamp",n\r\n${lines.join('\r\n')}`);
    const plain = await resultOf(fileOf(csvOf(rows), 'plain.csv'));
    expect((await resultOf(file)).result).toEqual(plain.result);
    const printed = (await run(file)).stdout.split('\r\n');
    expect(printed[0]).toBe('label,Value,timestamp,n,score,expected_low,expected_high,anomaly');
    expect(printed[1]).toBe(`${lines[0]},0,,,false`);
    expect(printed).toHaveLength(POINTS + 2);
  });

  it('judges rows in order of time whatever the order of the file, and says so', async () => {
    const sorted = await resultOf(fileOf(csvOf(rows)));
    const order = createDraws(2, 'shuffle');
    const shuffled = rows.map((row, index) => ({ row, index, at: order.next() })).sort((a, b) => a.at - b.at);
    const { result, stderr } = await resultOf(fileOf(csvOf(shuffled.map(({ row }) => row))));
    expect(result.timestamp).toEqual(shuffled.map(({ row }) => row.timestamp));
    expect(result.score).toEqual(shuffled.map(({ index }) => sorted.result.score[index]));
    expect(stderr).toMatch(/^\d+ rows are earlier than the row before; judged in order of time/m);
  });

  it('judges rows of one instant each, and skips rows without a value', async () => {
    const list = rows.map((row) => ({ ...row }));
    list[500]!.timestamp = list[499]!.timestamp;
    for (const [index, text] of ['', 'NaN', 'null', 'N/A'].entries()) list[600 + index]!.value = text;
    const { result, stderr } = await resultOf(fileOf(csvOf(list)));
    expect(result.score).toHaveLength(POINTS);
    expect(result.value.slice(600, 604)).toEqual([null, null, null, null]);
    expect(result.score.slice(600, 604)).toEqual([0, 0, 0, 0]);
    expect(result.expected_low[601]).not.toBeNull();
    expect(result.anomaly[ODD]).toBe(true);
    expect(stderr).toContain('1 row is at the time of another row; each was judged.');
    expect(stderr).toContain('4 rows are without a value; not judged, score 0.');
    const short = await run(fileOf('timestamp,value\n2026-01-01,1\n2026-01-02\n'));
    expect(short.stdout.split('\n')[2]).toBe('2026-01-02,,0,,,false');
  });

  it('reads a time without zone as UTC, whatever form it has', async () => {
    const forms = [
      (ms: number) => new Date(ms).toISOString(),
      (ms: number) => new Date(ms).toISOString().slice(0, 16).replace('T', ' '),
      (ms: number) => `${new Date(ms + 2 * HOUR_MS).toISOString().slice(0, 19)}+02:00`,
      (ms: number) => String(ms / 1000),
      (ms: number) => String(ms),
    ];
    const values = rows.map(({ value }) => value);
    const scores = await Promise.all(
      forms.map(async (form, index) => {
        const list = values.map((value, row) => ({
          timestamp: form(Date.UTC(2026, 2, 2) + row * 300_000),
          value,
        }));
        return (await resultOf(fileOf(csvOf(list), `form-${index}.csv`))).result.score;
      }),
    );
    for (const each of scores.slice(1)) expect(each).toEqual(scores[0]);
  });

  it('answers a file of no rows, and scores no row of the first few', async () => {
    expect((await resultOf(fileOf('timestamp,value\n'))).result.score).toEqual([]);
    for (const count of [1, 2, 3])
      expect((await resultOf(fileOf(csvOf(rows.slice(0, count))))).result.score).toEqual(
        new Array(count).fill(0),
      );
  });

  it.each([
    ['', 'is empty; expected columns timestamp,value'],
    ['time,value\n1,2\n', 'has no column "timestamp" in its first line'],
    ['timestamp,count\n2026-01-01,2\n', 'has no column "value" in its first line'],
    ['timestamp,value\nyesterday,2\n', 'row 1: the timestamp is not an instant'],
    ['timestamp,value\n2026-02-30 10:00:00,2\n', 'row 1: the timestamp is not an instant'],
    ['timestamp,value\n2026-01-01,2\n2026-01-02,two\n', 'row 2: the value is not a number'],
  ])('refuses %j with exit 1 and the place', async (content, message) => {
    const { exitCode, stdout, stderr } = await run(fileOf(content), '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'bad-input' } });
    expect(stderr).toContain(message);
  });

  it('exits 2 for bad usage and 1 for a file that is not there or cannot be written', async () => {
    expect((await run()).exitCode).toBe(2);
    expect((await run('a.csv', 'b.csv')).exitCode).toBe(2);
    expect((await run('a.csv', '--outt', 'b')).exitCode).toBe(2);
    expect((await run('a.csv', '--out', '')).exitCode).toBe(2);
    const missing = await run(path.join(folder, 'none.csv'), '--json');
    expect(missing.exitCode).toBe(1);
    expect(JSON.parse(missing.stdout)).toMatchObject({ error: { code: 'not-found' } });
    const nowhere = await run(fileOf(csvOf(rows)), '--out', path.join(folder, 'no', 'such', 'folder.csv'));
    expect(nowhere).toMatchObject({ exitCode: 1, stdout: '' });
  });
});

describe('tidemark detect SPEC.json', () => {
  const DAYS = 20;
  const START_MS = Date.UTC(2026, 2, 2);
  const STOP_HOUR = 17 * 24;
  let store: FilledStore;
  beforeAll(async () => {
    const events: object[] = [];
    const traffic = createDraws(3, 'spec');
    for (let hour = 0; hour < DAYS * 24 - 2; hour += 1) {
      const isDown = hour >= STOP_HOUR && hour < STOP_HOUR + 30;
      const count = traffic.poisson(6 * trafficShape(hour) * (isDown ? 0.15 : 1));
      for (let nth = 0; nth < count; nth += 1) {
        const tsMs = START_MS + hour * HOUR_MS + traffic.whole(0, HOUR_MS - 1);
        events.push(event('a', new Date(tsMs).toISOString()));
      }
    }
    const asOfMs = START_MS + DAYS * 24 * HOUR_MS - 1.5 * HOUR_MS;
    store = await fillStore({ zone: 'UTC', asOfMs, rows: { events } });
  });
  afterAll(() => store.remove());

  const spec = {
    kind: 'trend',
    environment: 'test',
    interval: 'hour',
    range: { from: '2026-03-02', to: '2026-03-21' },
    series: [{ event: 'a' }],
  };
  const ask = (question: object, ...args: string[]) =>
    run(fileOf(JSON.stringify(question), 'spec.json'), '--data-dir', store.dataDir, ...args);

  it('judges a count hour by hour, finds its fall once, and leaves open hours alone', async () => {
    const { exitCode, stdout, stderr } = await ask(spec, '--json');
    expect({ exitCode, isRefused: stderr.includes('detect:') }).toEqual({ exitCode: 0, isRefused: false });
    const { result } = JSON.parse(stdout) as { result: Result };
    expect(result.timestamp[0]).toBe('2026-03-02T00:00:00.000Z');
    const anomalies = result.anomaly.flatMap((isAnomaly, hour) => (isAnomaly ? [hour] : []));
    expect(anomalies).toHaveLength(1);
    expect(anomalies[0]! - STOP_HOUR).toBeGreaterThanOrEqual(0);
    expect(anomalies[0]! - STOP_HOUR).toBeLessThan(24);
    expect(result.score.at(-1)).toBe(0);
    expect(stderr).toMatch(/\d+ of 480 buckets are still open; not judged, score 0\./);
    expect(stderr).toContain('without enough past to compare with');
  });

  it('judges by day and prints the rows as a table of values', async () => {
    const { exitCode, stdout } = await ask({ ...spec, interval: 'day' });
    expect(exitCode).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(DAYS + 1);
    expect(lines[1]).toMatch(/^2026-03-02T00:00:00\.000Z,\d+,0,,,false$/);
  });

  it.each([
    [{ kind: 'sessions', environment: 'test' }, 'kind', '"sessions" is not a series'],
    [{ ...spec, series: [{ event: 'a' }, { event: 'b' }] }, 'series', 'expected one series'],
    [{ ...spec, breakdown: { property: 'x' } }, 'breakdown', 'a breakdown gives several series'],
    [{ ...spec, compare: 'previous' }, 'compare', 'a comparison gives two series'],
    [{ ...spec, interval: 'dya' }, 'interval', '"dya" is not one of'],
  ])('refuses a question that is no single series: %j', async (question, at, message) => {
    const { exitCode, stdout } = await ask(question, '--json');
    expect(exitCode).toBe(1);
    const { error } = JSON.parse(stdout) as { error: { path: string; message: string } };
    expect(error.path).toBe(at);
    expect(error.message).toContain(message);
  });
});
