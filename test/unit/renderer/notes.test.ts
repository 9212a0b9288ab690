import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differingWords } from '../../../renderer/notes/differing-words.ts';
import { groupByPlace, placePins } from '../../../renderer/notes/lane-places.ts';
import { beforeAfterQuestions, nowQuestion } from '../../../renderer/notes/measured-questions.ts';
import { pointSelection } from '../../../renderer/notes/point-selection.ts';
import {
  checkedPlace,
  newPlace,
  placeOf,
  secretNameFor,
  secretUse,
  withCredentials,
  withField,
  PLACE_FIELDS,
} from '../../../renderer/notes/places/place-draft.ts';
import { rowAnchor } from '../../../renderer/notes/table-mark.ts';
import { tileOfNote } from '../../../renderer/notes/tile-of-note.ts';
import type { Anchor } from '../../../shared/annotations/anchor.ts';

const DATES = ['2026-11-09', '2026-11-10', '2026-11-11', '2026-11-12', '2026-11-13'];
const pin = (anchor: Anchor) => ({ anchor });
const ZONE = 'Europe/Oslo';
const target = { view: 'practices', metric: 'capture_rate', filters: [], breakdown: null };

describe('where notes stand along the days', () => {
  it('is the day of an instant in the zone of the workspace', () => {
    const [placed] = placePins([pin({ kind: 'instant', at: '2026-11-10T23:30:00.000Z' })], DATES, ZONE);
    expect(placed).toMatchObject({ first: 2, last: 2, isRange: false });
  });

  it('is cut where a range begins before or ends after the chart, and nothing where it lies outside', () => {
    const range = (from: string, to: string) => placePins([pin({ kind: 'range', from, to })], DATES, ZONE);
    expect(range('2026-11-01', '2026-11-10')).toMatchObject([{ first: 0, last: 1, isRange: true }]);
    expect(range('2026-11-12', '2026-12-10')).toMatchObject([{ first: 3, last: 4, isRange: true }]);
    expect(range('2026-11-14', '2026-11-20')).toEqual([]);
    expect(range('2026-11-01', '2026-11-08')).toEqual([]);
  });

  it('takes a day in the middle of a week to its week, the last one too', () => {
    const weeks = ['2026-11-02', '2026-11-09'];
    const at = (date: string) =>
      placePins([pin({ kind: 'range', from: date, to: date })], weeks, ZONE)[0]?.first;
    expect([at('2026-11-05'), at('2026-11-15'), at('2026-11-16')]).toEqual([0, 1, undefined]);
  });

  it('leaves no two pins on each other, and loses none', () => {
    const day = fc.integer({ min: 0, max: 4 });
    fc.assert(
      fc.property(fc.array(day, { maxLength: 40 }), fc.integer({ min: 1, max: 200 }), (days, step) => {
        const placed = days.map((index, n) => ({ pin: n, first: index, last: index, isRange: false }));
        const groups = groupByPlace(placed, (index) => index * step);
        expect(groups.flatMap(({ pins }) => pins).sort((a, b) => a - b)).toEqual(days.map((_, n) => n));
        for (const [at, { x }] of groups.entries())
          expect(x - (groups[at - 1]?.x ?? -Infinity)).toBeGreaterThanOrEqual(20);
      }),
    );
  });
});

describe('what a point of a chart becomes', () => {
  const points = (dates: readonly string[]) => ({
    tile: 'capture-rate' as const,
    dates,
    zone: ZONE,
    figureAt: () => ({ value: 0.9, interval: null, n: 10 }),
  });

  it('is an instant with its number, or a range from the first to the last day without one', () => {
    expect(pointSelection(points(DATES), 2, 2).mark).toMatchObject({
      anchor: { kind: 'instant', at: '2026-11-10T23:00:00.000Z' },
      value: 0.9,
    });
    expect(pointSelection(points(DATES), 3, 1).mark).toMatchObject({
      anchor: { kind: 'range', from: '2026-11-10', to: '2026-11-12' },
      value: null,
    });
  });

  it('ends with the last day of the last week', () => {
    const { anchor } = pointSelection(points(['2026-11-02', '2026-11-09', '2026-11-16']), 1, 2).mark;
    expect(anchor).toEqual({ kind: 'range', from: '2026-11-09', to: '2026-11-22' });
  });
});

describe('what became of a number', () => {
  const surroundings = {
    environment: 'test',
    zone: ZONE,
    today: '2026-11-19',
    span: { from: '2026-10-23', to: '2026-11-19' },
  };
  const discussed = { value: 0.8, interval: null, measured_at: '2026-11-19T00:00:00.000Z' };

  it('is asked for the very days and filters of the note', () => {
    const filters = [{ property: 'locale', op: 'is' as const, value: ['sv'] }];
    const note = { target: { ...target, filters }, discussed, actionAt: null, status: 'note' as const };
    const anchor = { kind: 'range' as const, from: '2026-11-11', to: '2026-11-13' };
    expect(nowQuestion({ ...note, anchor }, surroundings)).toMatchObject({
      range: { from: '2026-11-11', to: '2026-11-13' },
      filters,
      series: [{ measure: 'capture_rate' }],
    });
    expect(nowQuestion({ ...note, anchor: { kind: 'master', id: 'm' } }, surroundings)).toBeNull();
  });

  it('is measured in as many whole days before an action as after it', () => {
    const note = {
      target,
      anchor: { kind: 'view' as const },
      discussed,
      actionAt: '2026-11-14T23:00:00.000Z',
      status: 'action' as const,
    };
    const asked = beforeAfterQuestions(note, surroundings);
    expect(asked).toMatchObject({
      days: 4,
      before: { range: { from: '2026-11-11', to: '2026-11-14' } },
      after: { range: { from: '2026-11-15', to: '2026-11-18' } },
    });
    expect(beforeAfterQuestions({ ...note, actionAt: '2026-11-19T10:00:00.000Z' }, surroundings)).toBeNull();
    expect(beforeAfterQuestions({ ...note, status: 'note' }, surroundings)).toBeNull();
  });
});

describe('two versions of a text', () => {
  it('are marked where they differ', () => {
    expect(differingWords('back since Monday, iOS only.', 'back since Tuesday.')).toEqual([
      { words: 'back since ', isDifferent: false },
      { words: 'Monday, iOS only.', isDifferent: true },
    ]);
  });

  it('lose no letter, and what is not marked stands in both', () => {
    const text = fc
      .array(fc.constantFrom('a ', 'b ', 'c\n', 'd'), { maxLength: 30 })
      .map((words) => words.join(''));
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [own, theirs] = [differingWords(one, other), differingWords(other, one)];
        expect(own.map(({ words }) => words).join('')).toBe(one);
        const common = (pieces: typeof own) =>
          pieces
            .filter(({ isDifferent }) => !isDifferent)
            .flatMap(({ words }) => words.split(/\s+/).filter(Boolean));
        expect(common(own).length).toBe(common(theirs).length);
      }),
    );
  });
});

describe('the tile of a note', () => {
  it('is the one it was written on, else the one that shows its metric', () => {
    const view: Anchor = { kind: 'view' };
    expect(tileOfNote({ ...target, tile: 'reaction-states' }, view)).toBe('reaction-states');
    expect(tileOfNote({ ...target, tile: 'nowhere' }, view)).toBe('capture-rate');
    expect(tileOfNote(target, { kind: 'practice', id: 'p' })).toBe('states-by-practice');
    expect(tileOfNote({ ...target, metric: null }, view)).toBeNull();
  });
});

describe('points and rows that are no days', () => {
  const names = ['1 day', '2 days', '3 days'];

  it('go by their names, and have no range', () => {
    const points = {
      tile: null,
      dates: names,
      zone: ZONE,
      figureAt: () => ({ value: 3, interval: null, n: null }),
    };
    const { mark } = pointSelection(points, 0, 2);
    expect(mark).toMatchObject({ anchor: { kind: 'series', value: '3 days' }, label: '3 days', value: 3 });
    expect(placePins([pin(mark.anchor)], names, ZONE)).toMatchObject([{ first: 2, last: 2, isRange: false }]);
    expect(placePins([pin({ kind: 'series', value: 'gone' })], names, ZONE)).toEqual([]);
    expect(placePins([pin({ kind: 'instant', at: '2026-11-10T23:30:00.000Z' })], names, ZONE)).toEqual([]);
  });

  it('are the day of their key, the series of their key, or of their name where the key is a place', () => {
    expect(rowAnchor('2026-11-10', '10 Nov', ZONE)).toEqual({
      kind: 'instant',
      at: '2026-11-09T23:00:00.000Z',
    });
    expect(rowAnchor('p_box', 'Box breathing', ZONE)).toEqual({ kind: 'series', value: 'p_box' });
    expect(rowAnchor('4', 'Week 4', ZONE)).toEqual({ kind: 'series', value: 'Week 4' });
    expect(rowAnchor('', '', ZONE)).toBeNull();
    expect(rowAnchor('x'.repeat(201), 'long', ZONE)).toBeNull();
  });
});

describe('a place for notes', () => {
  const [path] = PLACE_FIELDS.folder;

  it('is sent when it is complete, and says what is missing until then', () => {
    const draft = newPlace('folder', 'Team');
    expect(checkedPlace(draft, 'prod').fault?.field).toBe('path');
    const whole = withField(draft, path ?? { name: '', label: '' }, '/shared');
    expect(checkedPlace(whole, 'prod').remote).toEqual({
      name: 'Team',
      environment: 'prod',
      config: { kind: 'folder', path: '/shared' },
    });
    expect(checkedPlace({ ...whole, name: ' ' }, 'prod').fault?.field).toBe('name');
  });

  it('keeps what the form does not show when it is edited', () => {
    const config = {
      kind: 'postgres',
      host: 'db',
      port: 5432,
      database: 'd',
      user: 'u',
      secret: 'notes-team',
      tls: { mode: 'verify', caFile: '/ca.pem' },
      table: 'annotation_ops',
      tableSchema: null,
    } as const;
    const stored = {
      remoteId: 4,
      name: 'Team',
      environment: 'prod',
      config,
      waiting: 0,
      refused: 0,
      pulledAt: null,
      pushedAt: null,
      failures: 0,
      nextAttemptAt: null,
      lastFailure: null,
    };
    expect(checkedPlace(placeOf(stored), 'prod').remote?.config).toEqual(config);
  });

  it('has a secret of its own, never that of a source of events', () => {
    expect(secretNameFor('Orders (EU)')).toBe('notes-orders-eu');
    expect(secretNameFor('???')).toBe('notes');
    expect(secretUse(newPlace('folder'))).toBeNull();
    expect(secretUse(withCredentials(newPlace('s3', 'Team'), 'keys'))?.name).toBe('notes-team');
    expect(secretUse(newPlace('clickhouse'))).toMatchObject({ name: null, label: 'Password' });
  });
});
