import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  dayOf,
  isNew,
  localDay,
  readRaw,
  recountCapture,
  recountMasterImpact,
  recountStates,
  valueOf,
} from '../support/recount.ts';

type Row = Record<string, unknown>;

const NOON = '2026-11-10T12:00:00.000Z';
const OPTIONS = { environment: 'sample', asOf: '2026-11-19T12:00:00.000Z', eventFolders: ['a', 'b'] };

let folder: string;
let nextId = 0;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-recount-'));
  put('users/users.ndjson', [{ user_id: 'u1', first_seen_at: '2026-11-05T12:00:00Z' }]);
  put('taxonomy/1.json', [{ version: '1', states: [{ id: 'calm' }, { id: 'tense' }] }]);
  for (const source of OPTIONS.eventFolders) mkdirSync(path.join(folder, source));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('what the recount reads', () => {
  test('rows of every wire form come out alike', () => {
    const tsMs = Date.parse(NOON);
    put('a/1.ndjson.gz', [
      event({ ts: NOON, properties: { practice_id: 'p', device: { os: 'ios' } } }),
      event({ ts: tsMs, practice_id: 'p', device: { os: 'ios' } }),
      event({ ts: '2026-11-10T07:00:00-05:00', properties: '{"practice_id":"p","device":{"os":"ios"}}' }),
    ]);
    const { events } = read();
    expect(events.map((one) => [one.tsMs, valueOf('practice_id')(one), valueOf('device.os')(one)])).toEqual([
      [tsMs, 'p', 'ios'],
      [tsMs, 'p', 'ios'],
      [tsMs, 'p', 'ios'],
    ]);
  });

  test('an id counts once, in the copy that arrived first, from whatever source', () => {
    const late = event({ event_id: 'same', received_at: '2026-11-10T14:00:00Z', practice_id: 'late' });
    const early = event({ event_id: 'same', received_at: '2026-11-10T13:00:00Z', practice_id: 'early' });
    put('a/1.ndjson', [late]);
    put('b/1.ndjson', [early, early]);
    const { events, duplicates, rowsBySource } = read();
    expect(events.map(valueOf('practice_id'))).toEqual(['early']);
    expect(duplicates).toHaveLength(2);
    expect(rowsBySource).toEqual({ a: 1, b: 2 });
  });

  test('rows that cannot be events are named with file, line and reason', () => {
    const rows = [
      event(),
      event({ event_id: undefined }),
      event({ ts: undefined }),
      event({ environment: 'beta' }),
      event({ ts: 0 }),
      event({ ts: '2026-11-20T12:00:00.001Z' }),
      event({ event_type: 'reaction_captured', state: 'numb' }),
    ].map((row) => JSON.stringify(row));
    putText('a/1.ndjson', [...rows, '{"event_id":"cut', ''].join('\n'));
    const { events, quarantined } = read();
    expect(events).toHaveLength(1);
    expect(quarantined.map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'missing-field'],
      [3, 'missing-field'],
      [4, 'wrong-environment'],
      [5, 'impossible-time'],
      [6, 'impossible-time'],
      [7, 'unknown-state'],
      [8, 'bad-json'],
    ]);
  });
});

describe('capture rate of the recount', () => {
  test('a reaction counts before its completion and up to 24 hours after, the end included', () => {
    const at = (run: string, shiftMs: number): Row => reaction(run, { ts: Date.parse(NOON) + shiftMs });
    put(
      'a/1.ndjson',
      ['same', 'day', 'early', 'late', 'other'].map((run) => completion(run)),
    );
    put('b/1.ndjson', [
      at('same', 0),
      at('day', 86_400_000),
      at('early', -1),
      at('late', 86_400_001),
      at('x', 5),
    ]);
    expect(Object.fromEntries(recountCapture(read(), valueOf('practice_session_id')))).toEqual({
      same: { completed: 1, captured: 1 },
      day: { completed: 1, captured: 1 },
      early: { completed: 1, captured: 1 },
      late: { completed: 1, captured: 0 },
      other: { completed: 1, captured: 0 },
    });
  });

  test('a session counts once, however often it was completed or reacted to', () => {
    put('a/1.ndjson', [completion('r'), completion('r', { ts: '2026-11-10T12:00:09Z' })]);
    put(
      'b/1.ndjson',
      [5, 6].map((second) => reaction('r', { ts: `2026-11-10T12:00:0${second}Z` })),
    );
    expect(recountCapture(read(), () => 'all').get('all')).toEqual({ completed: 1, captured: 1 });
    expect(recountStates(read(), () => 'all').get('all')).toEqual({ n: 2, byState: { calm: 2 } });
  });

  test('filters touch completions and reactions; a state leaves completions alone', () => {
    put('a/1.ndjson', [
      completion('r1', { locale: 'de' }),
      completion('r2', { locale: 'de' }),
      completion('r3'),
    ]);
    put('b/1.ndjson', [
      reaction('r1', { locale: 'de', state: 'tense' }),
      reaction('r2', { locale: 'fr' }),
      reaction('r3'),
    ]);
    const german = (one: Parameters<typeof isNew>[0]): boolean => valueOf('locale')(one) === 'de';
    expect(recountCapture(read(), () => 'de', german).get('de')).toEqual({ completed: 2, captured: 1 });
    const calm = recountCapture(
      read(),
      () => 'calm',
      undefined,
      (one) => valueOf('state')(one) === 'calm',
    );
    expect(calm.get('calm')).toEqual({ completed: 3, captured: 2 });
  });

  test('days are those of the zone, on the days of 23 and 25 hours too', () => {
    const times = [
      '2026-03-28T23:00:00Z',
      '2026-03-29T21:59:59Z',
      '2026-10-24T22:00:00Z',
      '2026-10-25T22:59:59Z',
    ];
    put(
      'a/1.ndjson',
      times.map((ts, i) => completion(`r${i}`, { ts })),
    );
    expect(Object.fromEntries(recountCapture(read(), dayOf('Europe/Oslo')))).toEqual({
      '2026-03-29': { completed: 2, captured: 0 },
      '2026-10-25': { completed: 2, captured: 0 },
    });
    expect(localDay(Date.parse('2026-01-01T00:00:00Z'), 'America/New_York')).toBe('2025-12-31');
  });

  test('new lasts seven days from first_seen_at, else from the first event; guests are neither', () => {
    const at = (user: string | undefined, ts: string): Row => event({ user_id: user, ts });
    put('a/1.ndjson', [
      at('u1', '2026-11-12T11:59:59.999Z'),
      at('u1', '2026-11-12T12:00:00Z'),
      at('u2', '2026-11-01T00:00:00Z'),
      at('u2', '2026-11-08T00:00:00Z'),
      at(undefined, NOON),
    ]);
    const data = read();
    expect(data.events.map((one) => isNew(one, data))).toEqual([true, false, true, false, undefined]);
  });
});

test('master impact compares with the practice over all sessions and says how much of n can be compared', () => {
  const run = (name: string, practice: string, master: string | undefined, isCaptured: boolean): void => {
    const values = { practice_id: practice, master_id: master };
    put(`a/${name}.ndjson`, [completion(name, values)]);
    if (isCaptured) put(`b/${name}.ndjson`, [reaction(name, values)]);
  };
  for (let i = 0; i < 4; i += 1) run(`x${i}`, 'p', 'm1', true);
  for (let i = 0; i < 4; i += 1) run(`y${i}`, 'p', undefined, i < 2);
  for (let i = 0; i < 4; i += 1) run(`z${i}`, 'q', 'm1', i < 1);
  const impact = recountMasterImpact(read());
  // r_p = 6/8, r_q = 1/4: m1 was expected to capture 4·0.75 + 4·0.25 = 4 of 8, and captured 5
  const variance = 4 * 0.75 * 0.25 + 4 * 0.25 * 0.75;
  expect(impact.get('m1')).toMatchObject({
    completed: 8,
    captured: 5,
    expected: 4,
    impact: 1 / 8,
    comparable: 0.5,
  });
  expect(impact.get('m1')?.low).toBeCloseTo(1 / 8 - (1.96 * Math.sqrt(variance)) / 8, 12);
  expect(impact.get('m1')?.high).toBeCloseTo(1 / 8 + (1.96 * Math.sqrt(variance)) / 8, 12);
  expect(impact.get('')).toMatchObject({
    completed: 4,
    captured: 2,
    expected: 3,
    impact: -1 / 4,
    comparable: 1,
  });
});

const read = () => readRaw(folder, OPTIONS);

const event = (values: Row = {}): Row => ({
  event_id: `e${(nextId += 1)}`,
  event_type: 'page_view',
  ts: NOON,
  ...values,
});
const completion = (run: string, values: Row = {}): Row =>
  event({ event_type: 'session_completed', practice_session_id: run, ...values });
const reaction = (run: string, values: Row = {}): Row =>
  event({ event_type: 'reaction_captured', practice_session_id: run, state: 'calm', ...values });

const put = (name: string, rows: readonly Row[]): void =>
  putText(name, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

function putText(name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, name.endsWith('.gz') ? gzipSync(text) : text);
}
