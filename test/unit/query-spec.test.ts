import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { evaluateFormula, parseFormula } from '../../shared/query/formula.ts';
import { parseQuerySpec } from '../../shared/query/parse-spec.ts';

const trend = { kind: 'trend', environment: 'production', series: [{ event: 'page_view' }] };

function refusalOf(input: unknown): { message: string; path: string | undefined } {
  try {
    parseQuerySpec(input);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toBe('bad-input');
    return { message: error.message, path: error.path };
  }
  throw new Error('the question was accepted');
}

describe('a question', () => {
  it('gets the defaults of QUERY.md', () => {
    expect(parseQuerySpec(trend)).toMatchObject({
      range: { from: null, to: null },
      filters: [],
      userFilters: [],
      cohort: null,
      breakdown: null,
      compare: null,
      interval: 'day',
      formulas: [],
      display: 'series',
    });
    expect(parseQuerySpec({ kind: 'states', environment: 'e' })).toMatchObject({ groupBy: 'practice_id' });
    expect(parseQuerySpec({ kind: 'sessions', environment: 'e' })).toMatchObject({
      gapMinutes: 30,
      passive: [],
    });
    expect(parseQuerySpec({ ...trend, breakdown: { property: 'locale' } })).toMatchObject({
      breakdown: { limit: 25 },
    });
  });

  it.each<[string, unknown, string]>([
    ['null', null, 'null is not an object'],
    [
      'no kind',
      {},
      'kind: is missing; expected one of trend, funnel, retention, lifecycle, stickiness, paths, sessions, distribution, states, experiment',
    ],
    [
      'another kind',
      { kind: 'foo' },
      'kind: "foo" is not one of trend, funnel, retention, lifecycle, stickiness, paths, sessions, distribution, states, experiment',
    ],
    [
      'no environment',
      { kind: 'trend', series: [{ event: 'x' }] },
      'environment: is missing; expected a text',
    ],
    ['an unknown field', { ...trend, foo: 1 }, 'unknown field "foo"'],
    [
      'a date that is none',
      { ...trend, range: { from: '2026-02-31' } },
      'range.from: "2026-02-31" is neither a date (2026-11-19) nor an instant with a zone (2026-11-19T12:00:00Z)',
    ],
    [
      'an instant without zone',
      { ...trend, range: { to: '2026-02-01T00:00:00' } },
      'range.to: "2026-02-01T00:00:00" is neither a date (2026-11-19) nor an instant with a zone (2026-11-19T12:00:00Z)',
    ],
    [
      'an instant on no day',
      { ...trend, range: { to: '2026-02-30T00:00:00Z' } },
      'range.to: "2026-02-30T00:00:00Z" is neither a date (2026-11-19) nor an instant with a zone (2026-11-19T12:00:00Z)',
    ],
    [
      'a range from behind',
      { ...trend, range: { from: '2026-03-02', to: '2026-03-01' } },
      'range.to: "2026-03-01" is not after from (2026-03-02)',
    ],
    [
      'another interval',
      { ...trend, interval: 'dya' },
      'interval: "dya" is not one of hour, day, week, month',
    ],
    [
      'a zone that is none',
      { ...trend, zone: 'Mars/Olympus' },
      'zone: "Mars/Olympus" is not an IANA time zone',
    ],
    [
      'another operation',
      { ...trend, filters: [{ property: 'a', op: 'iz', value: 1 }] },
      'filters[0].op: "iz" is not one of is, is_not, contains, not_contains, regex, gt, gte, lt, lte, between, is_set, is_not_set',
    ],
    [
      'a filter without value',
      { ...trend, filters: [{ property: 'a', op: 'is' }] },
      'filters[0].value: is missing; expected a text, a number, true or false, or a list of them',
    ],
    [
      'an empty list of values',
      { ...trend, filters: [{ property: 'a', op: 'is', value: [] }] },
      'filters[0].value: [] does not fit; expected at least 1 entry',
    ],
    [
      'one bound',
      { ...trend, filters: [{ property: 'a', op: 'between', value: [1] }] },
      'filters[0].value: [1] does not fit; expected at least 2 entries',
    ],
    [
      'a pattern that is none',
      { ...trend, filters: [{ property: 'a', op: 'regex', value: '(' }] },
      'filters[0].value: "(" is not a valid regular expression',
    ],
    [
      'a value too many',
      { ...trend, filters: [{ property: 'a', op: 'is_set', value: 1 }] },
      'filters[0]: unknown field "value"',
    ],
    ['no series', { ...trend, series: [] }, 'series: [] does not fit; expected at least 1 entry'],
    [
      'a series of nothing',
      { ...trend, series: [{}] },
      'series[0].event: is missing; a name, or null for any event',
    ],
    [
      'a measure that is none',
      { ...trend, series: [{ event: 'x', measure: 'avg' }] },
      'series[0].measure: "avg" is neither a measure (events, users, sessions, weekly_active, monthly_active, sum, mean, min, max, quantile, ratio) nor a metric id',
    ],
    [
      'a sum of nothing',
      { ...trend, series: [{ event: 'x', measure: 'sum' }] },
      'series[0].property: is missing; measure sum needs it',
    ],
    [
      'a quantile above 1',
      { ...trend, series: [{ event: 'x', measure: 'quantile', property: 'p', q: 95 }] },
      'series[0].q: 95 does not fit; expected a number of at most 1',
    ],
    [
      'a ratio of nothing',
      { ...trend, series: [{ event: 'x', measure: 'ratio' }] },
      'series[0].of: is missing; a ratio needs its denominator',
    ],
    [
      'a series that is not there',
      { ...trend, formulas: ['A / C'] },
      'formulas[0]: series C is not there; the question has A',
    ],
    [
      'a formula that ends early',
      { ...trend, formulas: ['A', '1 +'] },
      'formulas[1]: ends too early; expected a series, a number or a bracket',
    ],
    [
      'a cohort that is none',
      { ...trend, cohort: 7 },
      'cohort: 7 does not fit; expected the id of a cohort, { new: true }, { new: false } or the definition of a cohort',
    ],
    ['half a day', { ...trend, compare: { shiftDays: 0.5 } }, 'compare.shiftDays: 0.5 is not a whole number'],
    [
      'a breakdown in words',
      { ...trend, breakdown: 'locale' },
      'breakdown: "locale" does not fit; expected { property } or { userProperty }, with an optional limit',
    ],
    [
      'no gap',
      { kind: 'sessions', environment: 'e', gapMinutes: 0 },
      'gapMinutes: 0 does not fit; expected a number above 0',
    ],
  ])('with %s is refused with the place and what was allowed', (_what, input, message) => {
    const refusal = refusalOf(input);
    expect(refusal.message).toBe(message);
    const at = /^([\w.[\]]+): /.exec(message)?.[1] ?? '';
    expect(refusal.path).toBe(at);
  });

  it('nested beyond reason is refused before anything can overflow', () => {
    let filter: unknown = { property: 'a', op: 'is_set' };
    for (let depth = 0; depth < 50_000; depth++) filter = { any: [filter] };
    expect(refusalOf({ ...trend, filters: [filter] }).message).toMatch(/nested more than/);
  });
});

describe('a formula', () => {
  const valueOf = (text: string, ...series: (number | null)[]): number | null => {
    const parsed = parseFormula(text, series.length);
    if (!parsed.ok) throw new Error(parsed.message);
    return evaluateFormula(parsed.formula, series);
  };
  const faultOf = (text: string, seriesCount = 2): string => {
    const parsed = parseFormula(text, seriesCount);
    return parsed.ok ? 'no fault' : parsed.message;
  };

  it('binds as arithmetic does', () => {
    expect(valueOf('A + B * 2 - 6 / 3', 1, 4)).toBe(7);
    expect(valueOf('(A + B) * 2', 1, 4)).toBe(10);
    expect(valueOf('A - B - 1', 10, 4)).toBe(5);
    expect(valueOf('-A * -B', 3, 4)).toBe(12);
    expect(valueOf('100*A/B', 1, 8)).toBe(12.5);
    expect(valueOf('.5 + 1e2', 0)).toBe(100.5);
  });

  it('is not defined where a part is not, or where it divides by zero', () => {
    expect(valueOf('A + 1', null)).toBeNull();
    expect(valueOf('A / B', 1, 0)).toBeNull();
    expect(valueOf('0 / B', 1, 0)).toBeNull();
    expect(valueOf('A * 0', null)).toBeNull();
  });

  it('says what is wrong with it', () => {
    expect(faultOf('A +')).toBe('ends too early; expected a series, a number or a bracket');
    expect(faultOf('(A')).toBe('a bracket is not closed');
    expect(faultOf('A)')).toBe('a bracket is closed that was not opened');
    expect(faultOf('A $ B')).toMatch(/^"\$" does not fit there/);
    expect(faultOf('a')).toBe('series a is not there; the question has A to B');
    expect(faultOf('AB')).toBe('series AB is not there; the question has A to B');
    expect(faultOf('A B')).toMatch(/^"B" does not fit there/);
    expect(faultOf('1e999')).toBe('1e999 is not a number');
    expect(faultOf('('.repeat(5_000))).toMatch(/nested more than 100 deep/);
  });
});
