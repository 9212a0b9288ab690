import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ADDRESS, formatAddress, parseAddress } from '../../../renderer/state/address.ts';
import { readSpec } from '../../../renderer/state/explore-address.ts';
import {
  KIND_CHOICES,
  KIND_FIELDS,
  valueAt,
  withValue,
} from '../../../renderer/views/explore/form-fields.ts';
import { resultShape } from '../../../renderer/views/explore/result-shape.ts';
import { cellText, resultTable } from '../../../renderer/views/explore/result-table.ts';
import { ofKind, tidy } from '../../../renderer/views/explore/start-spec.ts';
import { questionInWords } from '../../../renderer/views/explore/words.ts';
import type { Answer, ResultByKind } from '../../../shared/query/answer.ts';
import { parseQuerySpec } from '../../../shared/query/parse-spec.ts';
import type { QueryKind, QuerySpecInput } from '../../../shared/query/spec.ts';

const START: QuerySpecInput = {
  kind: 'trend',
  environment: 'production',
  range: { from: '2026-10-23', to: '2026-11-19' },
  interval: 'day',
  filters: [{ property: 'locale', op: 'is', value: ['sv'] }],
  series: [{ measure: 'capture_rate' }],
};

const answerOf = <Kind extends QueryKind>(kind: Kind, result: ResultByKind[Kind]): Answer =>
  ({
    ok: true,
    kind,
    revision: 1,
    completeTo: null,
    fresh: true,
    partial: [],
    rowsRead: 0,
    segmentsRead: 0,
    elapsedMs: 0,
    notes: [],
    lateSources: [],
    gaps: [],
    mismatches: [],
    zone: 'Europe/Oslo',
    taxonomyVersion: null,
    result,
  }) as Answer;

describe('the form of Explore', () => {
  it('makes of every kind a question that the engine accepts', () => {
    for (const { id } of KIND_CHOICES) {
      const spec = ofKind(START, id, 'copy-test');
      expect(parseQuerySpec(spec)).toMatchObject({ kind: id, environment: 'production' });
      for (const { path, type, choices = [] } of KIND_FIELDS[id]) {
        if (type !== 'choice') continue;
        for (const choice of choices)
          expect(() => parseQuerySpec(withValue(spec, path, choice.id))).not.toThrow();
      }
    }
  });

  it('leaves alone what it does not offer', () => {
    const spec = {
      ...START,
      weekStart: 'sunday' as const,
      userFilters: [{ property: 'plan', op: 'is_set' as const }],
    };
    const changed = withValue(spec, ['interval'], 'week');
    expect(changed).toEqual({ ...spec, interval: 'week' });
    expect(ofKind(spec, 'states', '')).toMatchObject({ weekStart: 'sunday', userFilters: spec.userFilters });
  });

  it('sets, adds and takes out at any place, in a copy', () => {
    expect(withValue(START, ['series', 1], { event: null })).toMatchObject({
      series: [{ measure: 'capture_rate' }, { event: null }],
    });
    expect(valueAt(withValue(START, ['series', 0], undefined), ['series'])).toEqual([]);
    expect(withValue(START, ['filters'], undefined)).not.toHaveProperty('filters');
    const path = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c')), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(path, fc.integer(), (place, value) => {
        const before = { a: { b: 1 } };
        expect(valueAt(withValue(before, place, value), place)).toBe(value);
        expect(before).toEqual({ a: { b: 1 } });
      }),
    );
    expect(tidy({ a: null, b: [], c: 0, d: false, e: undefined })).toEqual({ c: 0, d: false });
  });
});

describe('a question as text', () => {
  it('is read, or refused with the reason', () => {
    expect(readSpec(JSON.stringify(START))).toEqual({ ok: true, spec: START });
    expect(readSpec('{')).toMatchObject({ ok: false });
    const refused = readSpec(JSON.stringify({ ...START, interval: 'dya' }));
    expect(refused.ok ? '' : refused.problem).toContain('interval');
  });

  it('stands in the address and comes back from it', () => {
    const address = {
      ...DEFAULT_ADDRESS,
      view: 'explore' as const,
      explore: { spec: START, show: 'table' as const },
    };
    expect(parseAddress(formatAddress(address))).toEqual({ address, problems: [] });
    const { address: found, problems } = parseAddress('#/explore?spec=%7B%7D');
    expect(found.explore.spec).toBeNull();
    expect(problems).toHaveLength(1);
  });

  it('is told in words', () => {
    expect(questionInWords(START)).toMatch(
      /^Capture rate by day, where locale is sv, 23 October to 19 November/,
    );
    expect(
      questionInWords({
        ...START,
        filters: [],
        display: 'total',
        breakdown: { userProperty: 'plan' },
        series: [{ event: 'page_view', measure: 'users' }, { measure: 'mau' }],
      }),
    ).toMatch(/^Users with page view and mau and plan of the person, 23 October/);
  });
});

describe('an answer as a table', () => {
  it('holds every bucket of every line, with the two sides of a rate', () => {
    const answer = answerOf('trend', {
      buckets: ['2026-11-17T23:00:00.000Z', '2026-11-18T23:00:00.000Z'],
      previousBuckets: ['2026-11-15T23:00:00.000Z', '2026-11-16T23:00:00.000Z'],
      series: [
        {
          name: 'a',
          compare: 'current',
          data: [0.5, null],
          total: 0.5,
          numerator: [1, 0],
          denominator: [2, 0],
        },
        {
          name: 'a',
          compare: 'previous',
          data: [0.25, 1],
          total: 0.4,
          numerator: [1, 1],
          denominator: [4, 1],
        },
      ],
    });
    const table = resultTable(answer);
    expect(table.rows).toHaveLength(4);
    expect(table.rows[0]).toEqual({
      series: 'a',
      period: 'current',
      bucket: '2026-11-18',
      value: 0.5,
      numerator: 1,
      denominator: 2,
    });
    expect(table.rows[3]).toMatchObject({ period: 'previous', bucket: '2026-11-17', value: 1 });
    expect(resultShape(answer, table)).toMatchObject({ kind: 'lines', more: 0 });
  });

  it('draws at most four lines and says how many are left', () => {
    const answer = answerOf('trend', {
      buckets: ['2026-11-17T23:00:00.000Z', '2026-11-18T23:00:00.000Z'],
      series: ['a', 'b', 'c', 'd', 'e', null].map((breakdown) => ({
        name: 'x',
        breakdown,
        compare: 'current' as const,
        data: [1, 2],
        total: 3,
      })),
    });
    const shape = resultShape(answer, resultTable(answer));
    expect(shape).toMatchObject({ kind: 'lines', more: 2 });
    expect(shape.kind === 'lines' && shape.lines.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    expect(resultTable(answer).rows.at(-1)).toMatchObject({ group: '(none)' });
  });

  it('keeps groups, the rest and what it is compared with apart', () => {
    const step = (count: number) => ({
      steps: [
        {
          name: 'Opened',
          count,
          fromPrevious: null,
          fromFirst: 1,
          meanSeconds: null,
          medianSeconds: null,
          p90Seconds: null,
        },
      ],
    });
    const answer = answerOf('funnel', {
      ...step(10),
      breakdowns: [{ value: null, ...step(6) }],
      rest: { values: 3, units: 4, ...step(4) },
      previous: step(9),
    });
    expect(resultTable(answer).rows.map(({ period, group, count }) => [period, group, count])).toEqual([
      ['current', 'All', 10],
      ['current', '(none)', 6],
      ['current', 'remaining 3', 4],
      ['previous', 'All', 9],
    ]);
    expect(resultShape(answer, resultTable(answer))).toMatchObject({
      kind: 'bars',
      measure: 'count',
      rows: [{ name: 'All › Opened', value: 10 }, { value: 6 }, { value: 4 }],
    });
  });

  it('draws what lies beyond the last step of a path, too', () => {
    const answer = answerOf('paths', {
      links: [{ source: '/a', target: '/b', step: 0, count: 5, meanSeconds: 1.5 }],
      remainder: { links: 2, count: 3 },
    });
    expect(resultTable(answer).rows).toEqual([
      { source: '/a', target: '/b', step: 0, count: 5, meanSeconds: 1.5 },
      { source: '2 more links', target: 'beyond the last step', count: 3 },
    ]);
  });

  it('shows what is not defined as a dash, rates in percent', () => {
    expect([
      cellText('rate', 0.5),
      cellText('count', 12_345),
      cellText('value', null),
      cellText('x', -1.23456),
    ]).toEqual(['50.0%', '12,345', '–', '−1.2346']);
  });
});
