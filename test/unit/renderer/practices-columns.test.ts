import { describe, expect, it } from 'vitest';
import { valueChoices } from '../../../renderer/app/filters/value-choices.ts';
import type { EnvironmentInfo } from '../../../renderer/state/session-store.ts';
import {
  captureColumns,
  masterRows,
  strongestOf,
  type StatesGroup,
} from '../../../renderer/views/practices/columns.ts';
import { firstOpenBucket } from '../../../renderer/state/open-bucket.ts';
import { stateNames } from '../../../renderer/state/state-names.ts';
import { keyFigures } from '../../../renderer/views/practices/key-figures.ts';
import { practiceQuestions } from '../../../renderer/views/practices/questions.ts';
import { nextSort, sortGroups } from '../../../renderer/views/practices/sort-groups.ts';
import { DEFAULT_ADDRESS } from '../../../renderer/state/address.ts';
import type { AnswerOf, TrendLine } from '../../../shared/query/answer.ts';
import { parseQuerySpec } from '../../../shared/query/parse-spec.ts';

const trend = (
  buckets: string[],
  series: TrendLine[],
  change: Partial<AnswerOf<'trend'>> = {},
): AnswerOf<'trend'> => ({
  ok: true,
  kind: 'trend',
  revision: 1,
  completeTo: null,
  fresh: true,
  partial: [],
  rowsRead: 0,
  segmentsRead: 0,
  elapsedMs: 1,
  notes: [],
  lateSources: [],
  gaps: [],
  mismatches: [],
  zone: 'Europe/Oslo',
  taxonomyVersion: null,
  result: { buckets, series },
  ...change,
});

const rateLine = (compare: 'current' | 'previous', captured: number[], completed: number[]): TrendLine => ({
  name: 'rate',
  compare,
  data: completed.map((n, index) => (n === 0 ? null : (captured[index] ?? 0) / n)),
  total: captured.reduce((a, b) => a + b) / completed.reduce((a, b) => a + b),
  numerator: captured,
  denominator: completed,
  totalNumerator: captured.reduce((a, b) => a + b),
  totalDenominator: completed.reduce((a, b) => a + b),
});

describe('columns of the Practices view', () => {
  it('read buckets as local dates and mark the partial ones', () => {
    const answer = trend(
      ['2026-11-17T23:00:00Z', '2026-11-18T23:00:00Z'],
      [
        rateLine('current', [8, 1], [10, 2]),
        { name: 'reactions', compare: 'current', data: [9, 1], total: 10 },
      ],
      { partial: ['2026-11-19'] },
    );
    const { buckets, total, hasPrevious } = captureColumns(answer);
    expect(
      buckets.map(({ date, isPartial, captured, completed, reactions }) => [
        date,
        isPartial,
        captured,
        completed,
        reactions,
      ]),
    ).toEqual([
      ['2026-11-18', false, 8, 10, 9],
      ['2026-11-19', true, 1, 2, 1],
    ]);
    expect(total).toMatchObject({ captured: 9, completed: 12, reactions: 10 });
    expect(hasPrevious).toBe(false);
  });

  it('find the bucket that the watermark lies in', () => {
    const days = ['2026-11-17T00:00:00Z', '2026-11-18T00:00:00Z', '2026-11-19T00:00:00Z'];
    expect(firstOpenBucket(days, '2026-11-18T12:00:00Z')).toBe(1);
    expect(firstOpenBucket(days, '2026-11-19T23:59:59Z')).toBe(2);
    expect(firstOpenBucket(days, '2026-11-20T00:00:00Z')).toBeNull();
    expect(firstOpenBucket(days, '2026-11-16T00:00:00Z')).toBe(0);
    expect(firstOpenBucket(days, null)).toBeNull();
    expect(firstOpenBucket([], '2026-11-18T12:00:00Z')).toBeNull();
    expect(firstOpenBucket(['2026-11-19T00:00:00Z'], '2026-11-19T12:00:00Z')).toBe(0);
  });

  it('name states by the taxonomy, then those that only the data knows, and run round the colours', () => {
    const taxonomy = {
      version: '1',
      valid_from: '2026-01-01',
      states: [
        { id: 'b', label: 'Second', order: 2 },
        { id: 'a', label: 'First', order: 1 },
      ],
    };
    expect(stateNames(taxonomy, ['z', 'a'])).toEqual([
      { id: 'a', label: 'First', slot: 1 },
      { id: 'b', label: 'Second', slot: 2 },
      { id: 'z', label: 'z', slot: 3 },
    ]);
    expect(stateNames(null, 'abcdefgh'.split('')).at(-1)).toEqual({ id: 'h', label: 'h', slot: 1 });
  });

  it('put masters in order of impact, those without a master last', () => {
    const line = (breakdown: string | null, total: number | null): TrendLine => ({
      name: 'impact',
      breakdown,
      compare: 'current',
      data: [],
      total,
    });
    const rows = masterRows(
      trend([], [line('low', -0.02), line(null, 0.5), line('high', 0.03), line('unknown', null)]),
      null,
    );
    expect(rows.map(({ id }) => id)).toEqual(['high', 'low', 'unknown', null]);
  });
});

describe('key figures', () => {
  it('compare complete buckets with their counterparts only', () => {
    const result: AnswerOf<'trend'>['result'] = {
      buckets: ['2026-11-16T23:00:00Z', '2026-11-17T23:00:00Z', '2026-11-18T23:00:00Z'],
      previousBuckets: ['2026-11-09T23:00:00Z', '2026-11-10T23:00:00Z', '2026-11-11T23:00:00Z'],
      series: [
        rateLine('current', [80, 90, 1], [100, 100, 50]),
        rateLine('previous', [90, 90, 90], [100, 90, 100]),
        { name: 'reactions', compare: 'current', data: [81, 91, 1], total: 173 },
        { name: 'reactions', compare: 'previous', data: [90, 95, 90], total: 275 },
      ],
    };
    const answer = trend([], [], { partial: ['2026-11-19'], result });
    const figures = keyFigures({
      capture: captureColumns(answer),
      states: null,
      finding: null,
      chosenStates: [],
    });
    expect(figures.map(({ label, value, delta }) => [label, value, delta])).toEqual([
      ['Capture rate', '68.4%', '\u22129.7 pp'],
      ['Reactions captured', '173', '\u22127.0%'],
      ['Completed sessions', '250', '+5.3%'],
      ['Most common state', '–', ''],
    ]);
    expect(figures[0]?.title).toContain('compared are the 2 complete buckets');
  });

  it('stand empty before the first answer', () => {
    const figures = keyFigures({ capture: null, states: null, finding: null, chosenStates: [] });
    expect(figures.map(({ value, delta }) => value + delta)).toEqual(['–', '–', '–', '–']);
  });
});

const group = (id: string, completed: number, rate: number | null, shares: number[]): StatesGroup => ({
  id,
  n: 100,
  captured: 0,
  completed,
  rate: { value: rate, low: null, high: null },
  states: shares.map((share, index) => ({
    name: { id: `s${index}`, label: `S${index}`, slot: index + 1 },
    count: share * 100,
    share: { value: share, low: null, high: null },
  })),
});

describe('the order of practices', () => {
  const rows = [
    group('b', 10, 0.9, [0.1, 0.9]),
    group('a', 30, null, [0.5, 0.5]),
    group('c', 20, 0.8, [0.9, 0.1]),
  ];
  const order = (key: string, descending: boolean) =>
    sortGroups(rows, { key, descending }, (id) => id ?? '').map(({ id }) => id);

  it('follows n, name, capture rate or the share of a state', () => {
    expect(order('n', true)).toEqual(['a', 'c', 'b']);
    expect(order('practice', false)).toEqual(['a', 'b', 'c']);
    expect(order('capture', false)).toEqual(['c', 'b', 'a']);
    expect(order('capture', true)).toEqual(['b', 'c', 'a']);
    expect(order('state:s0', true)).toEqual(['c', 'a', 'b']);
    expect(order('state:gone', true)).toEqual(['b', 'a', 'c']);
  });

  it('begins where the eye expects it and turns on a second press', () => {
    expect(nextSort({ key: 'n', descending: true }, 'practice')).toEqual({
      key: 'practice',
      descending: false,
    });
    expect(nextSort({ key: 'n', descending: true }, 'n')).toEqual({ key: 'n', descending: false });
    expect(nextSort({ key: 'n', descending: false }, 'capture')).toEqual({
      key: 'capture',
      descending: true,
    });
  });

  it('outlines the strongest state, the first of equals, none without reactions', () => {
    expect(strongestOf(rows[1]!)?.name.id).toBe('s0');
    expect(
      strongestOf({ ...rows[0]!, states: rows[0]!.states.map((state) => ({ ...state, count: 0 })) }),
    ).toBeNull();
  });
});

describe('questions of the Practices view', () => {
  const asked = {
    address: {
      ...DEFAULT_ADDRESS,
      cohort: 'new' as const,
      filters: { locale: ['sv'], release: [], practice: ['p'], master: ['m'], state: ['calm'] },
    },
    environment: 'sample',
    span: { from: '2026-10-23', to: '2026-11-19' },
  };
  const propertiesOf = (spec: unknown): string[] =>
    parseQuerySpec(spec).filters.map((filter) => ('property' in filter ? filter.property : ''));

  it('are valid, and each tile skips the filter that it sets', () => {
    const questions = practiceQuestions(asked);
    expect(propertiesOf(questions.captureRate)).toEqual(['locale', 'practice_id', 'master_id', 'state']);
    expect(propertiesOf(questions.reactionStates)).toEqual(['locale', 'practice_id', 'master_id']);
    expect(propertiesOf(questions.statesByPractice)).toEqual(['locale', 'master_id']);
    expect(propertiesOf(questions.masterImpact)).toEqual(['locale', 'practice_id']);
    expect(propertiesOf(questions.statesByMaster)).toEqual(['locale', 'practice_id']);
  });

  it('draw long ranges by week', () => {
    const long = practiceQuestions({ ...asked, span: { from: '2025-01-01', to: '2026-11-19' } });
    expect(parseQuerySpec(long.captureRate)).toMatchObject({ interval: 'week' });
    expect(parseQuerySpec(practiceQuestions(asked).captureRate)).toMatchObject({
      interval: 'day',
      compare: 'previous',
    });
  });
});

describe('values to choose from', () => {
  const environment = {
    practices: [{ id: 'p1', name: 'Body scan', category: null }],
    masters: [],
    taxonomy: {
      version: '1',
      valid_from: '2026-01-01',
      states: [
        { id: 'tense', label: 'Tense', order: 1 },
        { id: 'calm', label: 'Calm', order: 2 },
      ],
    },
  } as unknown as EnvironmentInfo; // the rest is not read here

  it('carry names, keep what is chosen, and are found by name or id', () => {
    const values = [
      { value: 'p1', events: 9 },
      { value: 'p2', events: 4 },
    ];
    const all = valueChoices({ field: 'practice', environment, values, chosen: ['gone'], search: '' });
    expect(all.map(({ id, label, count }) => [id, label, count])).toEqual([
      ['p1', 'Body scan', 9],
      ['p2', 'p2', 4],
      ['gone', 'gone', null],
    ]);
    expect(
      valueChoices({ field: 'practice', environment, values, chosen: [], search: 'SCAN' }).map(
        ({ id }) => id,
      ),
    ).toEqual(['p1']);
    expect(
      valueChoices({ field: 'practice', environment, values, chosen: [], search: 'p2' }).map(({ id }) => id),
    ).toEqual(['p2']);
  });

  it('stand in the order of the taxonomy where they are states', () => {
    const values = [
      { value: 'calm', events: 9 },
      { value: 'tense', events: 4 },
    ];
    expect(valueChoices({ field: 'state', environment, values, chosen: [], search: '' })).toEqual([
      { id: 'tense', label: 'Tense', count: 4, slot: 1 },
      { id: 'calm', label: 'Calm', count: 9, slot: 2 },
    ]);
  });
});
