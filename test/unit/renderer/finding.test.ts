import { describe, expect, it } from 'vitest';
import { addDays } from '../../../shared/format/calendar.ts';
import {
  describeFinding,
  type FindingDay,
  type FindingInput,
  failingSpans,
} from '../../../renderer/views/practices/finding.ts';

const START = '2026-10-23';

/** Capture rates in per cent, one complete day of 1,000 sessions each unless said. */
const daysOf = (rates: number[], sessions = 1_000): FindingDay[] =>
  rates.map((rate, index) => ({
    date: addDays(START, index),
    completed: sessions,
    captured: Math.round((rate / 100) * sessions),
    isPartial: false,
  }));

const flat = (count: number, rate = 88): number[] => Array.from({ length: count }, () => rate);

/** Two states: restless with the given counts of 100 reactions a day, calm with the rest. */
const statesOf = (restless: number[]) => [
  { id: 'restless', label: 'Restless', counts: restless },
  { id: 'calm', label: 'Calm', counts: restless.map((count) => 1_000 - count) },
];

const inputOf = (days: FindingDay[], change: Partial<FindingInput> = {}): FindingInput => ({
  days,
  states: statesOf(days.map(() => 90)),
  releases: [],
  thresholdRatio: 0.85,
  smallSample: 200,
  bucket: 'day',
  hasFilters: false,
  ...change,
});

const sentence = (input: FindingInput): string => {
  const { lead, rest } = describeFinding(input);
  return lead + rest;
};

const drop = daysOf([...flat(19), 84.1, 82.3, 83.4, ...flat(6)]);

describe('the finding of the Practices view', () => {
  it('names the days below the threshold, the release before them and the state that rose', () => {
    const restless = drop.map((_, index) => (index >= 18 && index <= 22 ? 160 : 90));
    const finding = describeFinding(
      inputOf(drop, { states: statesOf(restless), releases: [{ version: '4.18', date: '2026-11-09' }] }),
    );
    expect(finding.lead).toBe('Capture fell below 85% on 11 to 13 November, after release 4.18.');
    expect(finding.rest).toBe(' Restless rose in the same days.');
    expect(finding.risen).toMatchObject({
      id: 'restless',
      span: { from: '2026-11-10', to: '2026-11-14' },
      share: 0.16,
      shareElsewhere: 0.09,
    });
  });

  it('says nothing of a state whose rise stays within its interval', () => {
    const restless = drop.map((_, index) => (index >= 19 && index <= 21 ? 95 : 90));
    expect(describeFinding(inputOf(drop, { states: statesOf(restless) }))).toMatchObject({
      rest: '',
      risen: null,
    });
  });

  it('takes the state that rose most', () => {
    const inside = (index: number) => index >= 19 && index <= 21;
    const states = [
      { id: 'tense', label: 'Tense', counts: drop.map((_, index) => (inside(index) ? 140 : 80)) },
      { id: 'heavy', label: 'Heavy', counts: drop.map((_, index) => (inside(index) ? 200 : 80)) },
      { id: 'calm', label: 'Calm', counts: drop.map((_, index) => (inside(index) ? 660 : 840)) },
    ];
    expect(describeFinding(inputOf(drop, { states })).risen?.id).toBe('heavy');
  });

  it.each([
    ['four days before', '2026-11-07', null],
    ['three days before', '2026-11-08', '4.18'],
    ['on its first day', '2026-11-11', '4.18'],
    ['after it began', '2026-11-12', null],
  ])('names a release %s of the drop only if the drop starts after it', (_, date, expected) => {
    expect(describeFinding(inputOf(drop, { releases: [{ version: '4.18', date }] })).release).toBe(expected);
  });

  it('names the latest of several releases before the drop', () => {
    const releases = [
      { version: '4.18.1', date: '2026-11-10' },
      { version: '4.18', date: '2026-11-09' },
      { version: '4.18.2', date: '2026-11-13' },
    ];
    expect(describeFinding(inputOf(drop, { releases })).release).toBe('4.18.1');
  });

  it('blames no release when the range begins below the threshold', () => {
    const input = inputOf(daysOf([84, 84, ...flat(5)]), { releases: [{ version: '4.17', date: START }] });
    expect(sentence(input)).toBe('Capture was below 85% on 23 to 24 October.');
  });

  it('names a single day', () => {
    expect(sentence(inputOf(daysOf([...flat(5), 80, ...flat(5)])))).toBe(
      'Capture fell below 85% on 28 October.',
    );
  });

  it('names a span across a month end', () => {
    expect(sentence(inputOf(daysOf([...flat(8), 80, 80, 80, ...flat(5)])))).toBe(
      'Capture fell below 85% on 31 October to 2 November.',
    );
  });

  it('names two spans, and counts the days of more', () => {
    expect(sentence(inputOf(daysOf([...flat(3), 80, ...flat(3), 80, 81, ...flat(3)])))).toBe(
      'Capture fell below 85% on 26 October and on 30 to 31 October.',
    );
    expect(sentence(inputOf(daysOf([...flat(2), 80, ...flat(2), 80, ...flat(2), 80, 80, 88])))).toBe(
      'Capture fell below 85% on 4 days, most recently 31 October to 1 November.',
    );
  });

  it('says since when a drop has lasted, and when all days fail', () => {
    expect(sentence(inputOf(daysOf([...flat(5), 80, 80])))).toBe(
      'Capture has been below 85% since 28 October.',
    );
    expect(sentence(inputOf(daysOf(flat(4, 80))))).toBe('Capture was below 85% on all 4 complete days.');
  });

  it('says so when nothing stands out', () => {
    expect(sentence(inputOf(daysOf(flat(7))))).toBe(
      'Nothing stands out. Capture stayed at or above 85% on all 7 complete days.',
    );
    expect(sentence(inputOf(daysOf([88])))).toBe(
      'Nothing stands out. Capture stayed at or above 85% on the one complete day.',
    );
  });

  it('counts exactly the threshold as kept', () => {
    expect(sentence(inputOf(daysOf([85, 85])))).toContain('Nothing stands out.');
    expect(sentence(inputOf(daysOf([88, 84.9, 88])))).toContain('fell below 85% on 24 October');
  });

  it('ignores days that are still filling', () => {
    const days = daysOf([...flat(5), 20]).map((day, index) => ({ ...day, isPartial: index === 5 }));
    expect(sentence(inputOf(days))).toBe(
      'Nothing stands out. Capture stayed at or above 85% on all 5 complete days.',
    );
    const filling = days.slice(5);
    expect(sentence(inputOf(filling))).toBe(
      'These dates are still filling. So far 1,000 completed sessions.',
    );
  });

  it('does not judge days with small samples', () => {
    const days = daysOf([88, 88, 40, 88]).map((day, index) =>
      index === 2 ? { ...day, completed: 199, captured: 80 } : day,
    );
    expect(sentence(inputOf(days))).toBe(
      'Nothing stands out. Capture stayed at or above 85% on the 3 days with 200 sessions or more.',
    );
    expect(sentence(inputOf(daysOf([40, 80], 50)))).toBe(
      'Too few sessions to judge a single day: none reaches 200. All together 60.0% of 100 sessions captured a reaction.',
    );
  });

  it('splits a span at a day that cannot be judged', () => {
    const days = daysOf([80, 80, 80]).map((day, index) =>
      index === 1 ? { ...day, completed: 10, captured: 8 } : day,
    );
    expect(failingSpans(days, 0.85, 200)).toEqual([
      { from: '2026-10-23', to: '2026-10-23', first: 0, last: 0 },
      { from: '2026-10-25', to: '2026-10-25', first: 2, last: 2 },
    ]);
  });

  it('has words for no data, with and without filters', () => {
    const empty = daysOf(flat(3, 0), 0);
    expect(sentence(inputOf(empty))).toBe('No completed sessions in these dates.');
    expect(sentence(inputOf([]))).toBe('No completed sessions in these dates.');
    expect(sentence(inputOf(empty, { hasFilters: true }))).toBe('No completed sessions match these filters.');
  });

  it('has words for sessions without any reaction', () => {
    expect(sentence(inputOf(daysOf([0, 0])))).toBe(
      'No reactions were captured in these dates. 2,000 sessions were completed.',
    );
  });

  it('judges no threshold where the rate is that of chosen states', () => {
    expect(sentence(inputOf(daysOf([20, 30]), { stateLabels: ['Calm'] }))).toBe(
      'Calm followed 25.0% of completed sessions. That is 500 of 2,000.',
    );
    expect(
      describeFinding(inputOf(daysOf([20, 30]), { stateLabels: ['Calm', 'Clear', 'Heavy'] })),
    ).toMatchObject({
      lead: 'Calm, Clear or Heavy followed 25.0% of completed sessions.',
      failing: [],
    });
  });

  it('counts chosen states that never came as zero, not as missing reactions', () => {
    expect(sentence(inputOf(daysOf([0, 0]), { stateLabels: ['Calm'] }))).toBe(
      'Calm followed 0.0% of completed sessions. That is 0 of 2,000.',
    );
  });

  it('speaks of weeks where the buckets are weeks', () => {
    const weeks = daysOf([88, 88, 80, 88]).map((day, index) => ({
      ...day,
      date: addDays('2026-10-26', index * 7),
    }));
    expect(sentence(inputOf(weeks, { bucket: 'week' }))).toBe(
      'Capture fell below 85% in the week of 9 November.',
    );
  });

  it('has no rise without other days to compare with', () => {
    const days = daysOf([80, 80]);
    expect(describeFinding(inputOf(days)).risen).toBeNull();
  });
});
