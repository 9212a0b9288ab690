import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerTables } from '../../../shared/export/answer-tables.ts';
import { toCsv } from '../../../shared/export/csv.ts';
import type { ExportTable } from '../../../shared/export/export-table.ts';
import { peopleQuestions } from '../../../shared/export/people.ts';
import { maskSmallGroups } from '../../../shared/export/small-groups.ts';
import type { Answer } from '../../../shared/query/answer.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';

const table = (rows: [n: number | null, place: string | null][]): ExportTable => ({
  title: 'T',
  keyColumns: ['group'],
  numberColumns: ['number', 'of'],
  rows: rows.map(([n, place], index) => ({
    keys: [`g${index}`],
    numbers: [n, 1],
    note: '',
    n,
    place,
  })),
});
const maskedOf = (rows: [number | null, string | null][], people: [string, number][] = []) =>
  maskSmallGroups([table(rows)], new Map(people)).tables[0]?.rows.map(({ isMasked }) => isMasked);

describe('small groups in what leaves', () => {
  it('leaves out 1 to 9 people, and neither 10 nor nobody', () => {
    expect(
      maskedOf([
        [0, null],
        [1, null],
        [9, null],
        [10, null],
        [null, null],
      ]),
    ).toEqual([false, true, true, false, false]);
  });

  it('counts people, not the units that they make', () => {
    expect(
      maskedOf(
        [
          [500, 'a'],
          [500, 'b'],
          [3, 'b'],
        ],
        [
          ['a', 9],
          ['b', 10],
        ],
      ),
    ).toEqual([true, false, true]);
  });

  it('never lets a number of a small group through', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1_000), fc.nat(30)), { maxLength: 40 }), (groups) => {
        const rows = groups.map(([n], index): [number, string] => [n, `p${index}`]);
        const people = groups.map(([n, some], index): [string, number] => [`p${index}`, Math.min(n, some)]);
        const { tables, masked } = maskSmallGroups([table(rows)], new Map(people));
        const lines = toCsv([], tables).split('\r\n').slice(1, -1);
        groups.forEach(([n, some], index) => {
          const count = Math.min(n, some) === 0 ? n : Math.min(n, some);
          const isSmall = count > 0 && count < 10;
          expect(lines[index]).toBe(isSmall ? `g${index},fewer than 10,,` : `g${index},${n},1,`);
        });
        expect(masked).toBe(lines.filter((line) => line.includes('fewer than 10')).length);
      }),
      { numRuns: process.env['TIDEMARK_DEEP'] === '1' ? 5_000 : 200 },
    );
  });
});

describe('CSV', () => {
  it('quotes, keeps remarks in front, and marks text that a spreadsheet would run', () => {
    const { tables } = maskSmallGroups(
      [
        {
          title: 'T',
          keyColumns: ['a'],
          numberColumns: ['n'],
          rows: [
            { keys: ['=1+1'], numbers: [-2.5], note: 'say "x", y', n: null, place: null },
            { keys: [null], numbers: [null], note: '', n: null, place: null },
          ],
        },
      ],
      new Map(),
    );
    expect(toCsv(['Locale: a, b\nc'], tables)).toBe(
      '"# Locale: a, b c"\r\n\r\na,n,note\r\n\'=1+1,-2.5,"say ""x"", y"\r\n,,\r\n',
    );
  });
});

const envelope = {
  ok: true as const,
  revision: 3,
  completeTo: null,
  fresh: true,
  partial: ['2026-11-19'],
  rowsRead: 1,
  segmentsRead: 1,
  elapsedMs: 1,
  notes: [],
  lateSources: [],
  gaps: [],
  mismatches: [],
  zone: 'Europe/Oslo',
  taxonomyVersion: '1',
};

describe('answers as rows', () => {
  const spec: QuerySpecInput = {
    kind: 'trend',
    environment: 'e',
    series: [{ name: 'rate', measure: 'capture_rate' }],
  };
  const answer: Answer = {
    ...envelope,
    kind: 'trend',
    result: {
      buckets: ['2026-11-17T23:00:00.000Z', '2026-11-18T23:00:00.000Z'],
      series: [
        {
          name: 'rate',
          compare: 'current',
          data: [0.5, 0.25],
          numerator: [10, 1],
          denominator: [20, 4],
          low: [0.3, 0.1],
          high: [0.7, 0.6],
          total: 11 / 24,
          totalNumerator: 11,
          totalDenominator: 24,
        },
      ],
    },
  };
  const tables = answerTables(spec, answer, { smallSample: 200 });

  it('have a row per bucket and one for the whole, marked where open or small', () => {
    expect(tables[0]?.rows.map(({ keys, numbers, note }) => [keys.at(-1), numbers[0], note])).toEqual([
      ['2026-11-17T23:00:00.000Z', 0.5, 'small sample'],
      ['2026-11-18T23:00:00.000Z', 0.25, 'still filling, small sample'],
      ['whole range', 11 / 24, 'small sample'],
    ]);
  });

  it('are asked for the people of the denominator, at the same places', () => {
    const [question] = peopleQuestions(spec, answer);
    expect(question?.spec).toMatchObject({
      kind: 'trend',
      series: [{ event: 'session_completed', measure: 'users' }],
    });
    const people = new Map<string, number>();
    question?.read(
      {
        ...envelope,
        kind: 'trend',
        result: {
          buckets: ['2026-11-17T23:00:00.000Z', '2026-11-18T23:00:00.000Z'],
          series: [{ name: 'p0', compare: 'current', data: [9, 4], total: 12 }],
        },
      },
      people,
    );
    const { tables: masked } = maskSmallGroups(tables, people);
    expect(masked[0]?.rows.map(({ isMasked }) => isMasked)).toEqual([true, true, false]);
  });
});
