import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Anchor } from '../../../shared/annotations/anchor.ts';
import { toCsv } from '../../../shared/export/csv.ts';
import type { ExportTable } from '../../../shared/export/export-table.ts';
import { type ExportedNote, footnoteLine, withNotes } from '../../../shared/export/notes.ts';
import { maskSmallGroups } from '../../../shared/export/small-groups.ts';

const ZONE = 'Europe/Oslo';

const row = (keys: string[], n: number) => ({ keys, numbers: [n], note: '', n, place: null });

const days: ExportTable = {
  title: 'Trend',
  keyColumns: ['series', 'value', 'period', 'bucket'],
  numberColumns: ['number'],
  rows: [
    row(['rate', 'all', 'current', '2026-11-09T23:00:00.000Z'], 40), // 10 November in Oslo
    row(['rate', 'all', 'current', '2026-11-10T23:00:00.000Z'], 4),
    row(['rate', 'all', 'current', '2026-11-11T23:00:00.000Z'], 50),
    row(['rate', 'all', 'current', 'whole range'], 94),
    row(['rate', 'all', 'previous', '2026-11-09T23:00:00.000Z'], 40),
  ],
};

const note = (number: number, anchor: Anchor, words = `words ${number}`): ExportedNote => ({
  number,
  anchor,
  place: `place ${number}`,
  titles: [`title ${number}`],
  bodies: [words],
  figure: '82.3% when it was written',
  facts: ['Ada'],
});

const exported = (table: ExportTable, ...notes: ExportedNote[]) =>
  withNotes(maskSmallGroups([table], new Map()), notes, ZONE);

const numbersOf = (table: ExportTable, anchor: Anchor) =>
  exported(table, note(7, anchor)).tables[0]?.rows.flatMap(({ noteNumbers }, at) =>
    noteNumbers === undefined ? [] : [at],
  );

describe('notes in what leaves', () => {
  it('stand at the buckets of their local days, never at the period before or the total', () => {
    expect(numbersOf(days, { kind: 'instant', at: '2026-11-09T23:00:00.000Z' })).toEqual([0]);
    expect(numbersOf(days, { kind: 'instant', at: '2026-11-12T15:00:00.000Z' })).toEqual([2]);
    expect(numbersOf(days, { kind: 'range', from: '2026-11-11', to: '2026-11-12' })).toEqual([1, 2]);
    expect(numbersOf(days, { kind: 'view' })).toEqual([]);
  });

  it('stand at steps, cohorts, cells, rows and series', () => {
    const table = (keyColumns: string[], ...keys: string[][]): ExportTable => ({
      title: 'T',
      keyColumns,
      numberColumns: ['n'],
      rows: keys.map((each) => row(each, 100)),
    });
    const steps = table(
      ['value', 'period', 'step', 'name'],
      ['all', 'current', '1', 'A'],
      ['all', 'current', '2', 'B'],
    );
    expect(numbersOf(steps, { kind: 'funnel_step', step: 1 })).toEqual([1]);
    const start = '2026-11-01T23:00:00.000Z';
    const cohorts = table(
      ['cohort', 'column'],
      [start, '0'],
      [start, '1'],
      ['2026-11-08T23:00:00.000Z', '1'],
    );
    expect(numbersOf(cohorts, { kind: 'retention_row', cohort: '2026-11-02' })).toEqual([0, 1]);
    expect(numbersOf(cohorts, { kind: 'retention_cell', cohort: '2026-11-02', period: 1 })).toEqual([1]);
    const groups = table(
      ['group', 'state', 'period'],
      ['p1', 'calm', 'current'],
      ['current', 'calm', 'current'],
    );
    expect(numbersOf(groups, { kind: 'practice', id: 'p1' })).toEqual([0]);
    expect(numbersOf(groups, { kind: 'series', value: ['p1', 'calm'] })).toEqual([0]);
    expect(numbersOf(groups, { kind: 'series', value: 'current' })).toEqual([1]);
  });

  it('keep only their number where the row is masked', () => {
    const { footnotes } = exported(
      days,
      note(2, { kind: 'instant', at: '2026-11-11T10:00:00Z' }, 'only four people'),
      note(1, { kind: 'range', from: '2026-11-10', to: '2026-11-12' }, 'with the four inside'),
      note(3, { kind: 'instant', at: '2026-11-10T10:00:00Z' }),
    );
    expect(footnotes.map(footnoteLine)).toEqual([
      'Note 1: left out, it is about fewer than 10 people (place 1)',
      'Note 2: left out, it is about fewer than 10 people (place 2)',
      'Note 3: title 3: words 3 (place 3, 82.3% when it was written, Ada)',
    ]);
  });

  it('never let a word about a small group through', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { minLength: 1, maxLength: 20 }), (sizes) => {
        const table: ExportTable = {
          title: 'T',
          keyColumns: ['group'],
          numberColumns: ['n'],
          rows: sizes.map((n, at) => row([`g${at}`], n)),
        };
        const notes = sizes.map((_, at) => note(at + 1, { kind: 'practice', id: `g${at}` }, `secret${at}.`));
        const { footnotes, tables } = exported(table, ...notes);
        const text = toCsv(footnotes.map(footnoteLine), tables);
        sizes.forEach((n, at) => {
          expect(text.includes(`secret${at}.`)).toBe(n === 0 || n >= 10);
        });
      }),
    );
  });

  it('have a column of their own in a CSV, and leave one without notes as it was', () => {
    const { tables } = exported(days, note(4, { kind: 'instant', at: '2026-11-10T10:00:00Z' }));
    const [head, first, second] = toCsv([], tables).split('\r\n');
    expect(head).toBe('series,value,period,bucket,number,note,notes');
    expect(first).toBe('rate,all,current,2026-11-09T23:00:00.000Z,40,,4');
    expect(second).toBe('rate,all,current,2026-11-10T23:00:00.000Z,fewer than 10,,');
    expect(toCsv([], exported(days).tables)).not.toContain('notes');
  });

  it('tell both sides of a conflict in one line', () => {
    const sides = { ...note(1, { kind: 'view' }), bodies: ['one\nway', 'or another'] };
    expect(exported(days, sides).footnotes.map(footnoteLine)[0]).toContain(
      'not settled: “one way” or “or another”',
    );
  });
});
