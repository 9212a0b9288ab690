import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const BIN = path.resolve(import.meta.dirname, '../../main/cli/tidemark.js');

/** As somebody would try the program from a script: a few events with names of their own, then a question. */
const at = (time: string, day = 2): string => `2026-03-0${day}T${time}Z`;
const EVENTS = [
  { event_type: 'user signed up', ts: at('09:00:00'), user_id: 'ann', properties: { tariff: 'früh' } },
  { event_type: '$pageview', ts: at('09:01:00'), user_id: 'ann', properties: { url: '/', size: 1 } },
  { event_type: '$pageview', ts: at('09:02:00'), user_id: 'ann', properties: { url: '/preise/', size: '1' } },
  {
    event_type: 'kjøp 🎈',
    ts: at('09:03:00'),
    user_id: 'ann',
    properties: { amount: 10, ['__proto__']: 'x' },
  },
  { event_type: '$pageview', ts: at('09:00:00', 3), user_id: 'ann', properties: { url: '/' } },
  { event_type: 'user signed up', ts: at('10:00:00'), user_id: 'bo', properties: { tariff: 'spät' } },
  { event_type: '$pageview', ts: at('10:01:00'), user_id: 'bo', properties: { url: '/', size: 3 } },
  {
    event_type: 'session_completed',
    ts: at('11:00:00'),
    user_id: 'bo',
    properties: { practice_id: 'p', practice_session_id: 'r' },
  },
  {
    event_type: 'reaction_captured',
    ts: at('11:01:00'),
    user_id: 'bo',
    properties: { practice_id: 'p', practice_session_id: 'r', state: 'calm' },
  },
  {
    event_type: 'experiment_exposure',
    ts: at('08:00:00'),
    user_id: 'ann',
    properties: { experiment_id: 'x', variant: 'control' },
  },
  {
    event_type: 'experiment_exposure',
    ts: at('08:00:00'),
    user_id: 'bo',
    properties: { experiment_id: 'x', variant: 'new' },
  },
].map((event, index) => ({ event_id: `e${index}`, ...event }));

const environment = 'production';
const range = { from: '2026-03-02', to: '2026-03-03' };
const signedUp = { event: 'user signed up' };
const pageview = { event: '$pageview' };

/** One question of every kind, and what its result must hold. */
const QUESTIONS: [question: { kind: string } & Record<string, unknown>, result: object][] = [
  [
    { kind: 'trend', series: [pageview], breakdown: { property: 'size' } },
    {
      series: [
        { breakdown: '1', data: [2, 0] },
        { breakdown: '3', data: [1, 0] },
        { breakdown: null, data: [0, 1] },
      ],
    },
  ],
  [{ kind: 'states' }, { total: { n: 1, completed: 1, captured: 1 } }],
  [
    {
      kind: 'funnel',
      steps: [signedUp, pageview, { event: 'kjøp 🎈' }],
      window: { value: 1, unit: 'hour' },
      breakdown: { property: 'tariff' },
    },
    {
      steps: [
        { name: 'user signed up', count: 2 },
        { count: 2, meanSeconds: 60 },
        { count: 1, meanSeconds: 120 },
      ],
      breakdowns: [{ value: 'früh' }, { value: 'spät' }],
    },
  ],
  [
    { kind: 'retention', anchor: signedUp, return: pageview },
    {
      cohorts: [
        { size: 2, cells: [{ count: 2 }, { count: 1 }] },
        { size: 0, cells: [{ count: 0 }] },
      ],
    },
  ],
  [
    { kind: 'lifecycle', event: '$pageview' },
    { new: [2, 0], returning: [0, 1], resurrected: [0, 0], dormant: [0, 1] },
  ],
  [
    { kind: 'stickiness', event: '$pageview' },
    { counts: [1, 1], users: 2 },
  ],
  [
    { kind: 'paths', items: [{ event: '$pageview', by: 'url' }] },
    {
      links: [{ source: '/', target: '/preise', step: 0, count: 1, meanSeconds: 60 }],
      remainder: { links: 0, count: 0 },
    },
  ],
  [{ kind: 'sessions' }, { users: 2 }],
  [
    { kind: 'distribution', event: '$pageview', property: 'size' },
    { n: 2, missing: 2, sum: 4, mean: 2 },
  ],
  [
    { kind: 'experiment', experiment_id: 'x', metric: { event: 'kjøp 🎈', measure: 'users' } },
    {
      variants: [
        { name: 'control', n: 1, mean: 1 },
        { name: 'new', n: 1, mean: 0, pValue: 1 },
      ],
    },
  ],
];

describe('a few events from a file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tidemark-kinds-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const tidemark = (args: readonly string[], input = '') => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [BIN, ...args, '--data-dir', path.join(folder, 'data'), '--json'],
      { input, encoding: 'utf8' },
    );
    return { stdout, stderr, status };
  };

  it('come in by tidemark import and answer tidemark query in every kind', () => {
    const file = path.join(folder, 'events.ndjson');
    writeFileSync(file, EVENTS.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const imported = tidemark(['import', file, '--environment', environment]);
    expect([imported.status, JSON.parse(imported.stdout)]).toMatchObject([
      0,
      { ok: true, read: EVENTS.length, kept: EVENTS.length, duplicate: 0, quarantined: 0 },
    ]);
    const lines = QUESTIONS.map(([question]) => JSON.stringify({ environment, range, ...question }));
    const asked = tidemark(['query', '-'], lines.join('\n'));
    expect([asked.status, asked.stderr]).toEqual([0, '']);
    const answers = asked.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(answers).toMatchObject(QUESTIONS.map(([{ kind }, result]) => ({ ok: true, kind, result })));
  });

  const printed = (kind: string): void => {
    const question = QUESTIONS.find(([asked]) => asked.kind === kind)?.[0];
    const { stdout, status } = spawnSync(
      process.execPath,
      [BIN, 'query', '-', '--data-dir', path.join(folder, 'data')],
      { input: JSON.stringify({ environment, range, ...question }), encoding: 'utf8' },
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/rows read/);
    expect(stdout).not.toMatch(/undefined|NaN|\[object/);
  };
  it.each(QUESTIONS.map(([{ kind }]) => kind))('are printed for people: %s', printed);
});
