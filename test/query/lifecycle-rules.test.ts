import { describe, expect, it } from 'vitest';
import type { LifecycleContent } from '../../shared/query/kind-answers.ts';
import type { Expanded } from '../../shared/query/answer.ts';
import { askEvents, event, type QuestionOf } from '../support/ask-events.ts';
import type { SceneWorkspace } from '../support/scene-store.ts';
import { person } from '../support/timelines.ts';

type Scene = Omit<SceneWorkspace, 'rows'> & { rows?: SceneWorkspace['rows'] };

const ask = async (
  events: readonly object[],
  question: Omit<QuestionOf<'lifecycle'>, 'kind'> = {},
  scene?: Scene,
): Promise<Expanded<LifecycleContent>> =>
  (
    await askEvents(
      events,
      { kind: 'lifecycle', range: { from: '2026-03-02', to: '2026-03-05' }, event: 'a', ...question },
      scene,
    )
  ).result;

/** The four lists side by side, without buckets. */
const statusesOf = ({ new: fresh, returning, resurrected, dormant }: LifecycleContent) => ({
  new: fresh,
  returning,
  resurrected,
  dormant,
});
const NOBODY = [0, 0, 0, 0];

describe('lifecycle (DATA §5)', () => {
  it('new: the first matching event over all time lies in the bucket', async () => {
    expect(statusesOf(await ask(person('u', 'a@1d a@1d+5')))).toEqual({
      new: [0, 1, 0, 0],
      returning: NOBODY,
      resurrected: NOBODY,
      dormant: [0, 0, 1, 0],
    });
    expect((await ask(person('u', 'a@-90d a@1d'))).new).toEqual(NOBODY);
    expect((await ask(person('u', 'b@-90d a@1d'))).new).toEqual([0, 1, 0, 0]); // another event is no match
  });

  it('returning: also active in the bucket before', async () => {
    expect((await ask(person('u', 'a@0 a@1d a@2d'))).returning).toEqual([0, 1, 1, 0]);
  });

  it('returning looks at the bucket before the range, too', async () => {
    expect(statusesOf(await ask(person('u', 'a@-1d a@0')))).toEqual({
      new: NOBODY,
      returning: [1, 0, 0, 0],
      resurrected: NOBODY,
      dormant: [0, 1, 0, 0],
    });
  });

  it('resurrected: active earlier, but not in the bucket before', async () => {
    expect((await ask(person('u', 'a@-2d a@0'))).resurrected).toEqual([1, 0, 0, 0]);
    expect((await ask(person('u', 'a@0 a@2d'))).resurrected).toEqual([0, 0, 1, 0]);
  });

  it('dormant: active in the bucket before, not in this one, and only there', async () => {
    expect((await ask(person('u', 'a@-1d'))).dormant).toEqual([1, 0, 0, 0]);
    expect((await ask(person('u', 'a@-2d'))).dormant).toEqual(NOBODY);
    expect((await ask(person('u', 'a@1d'))).dormant).toEqual([0, 0, 1, 0]);
  });

  it('counts every user in one status per bucket, and events without user in none', async () => {
    const events = [
      ...person('u', 'a@0 a@1d a@3d'),
      ...person('v', 'a@-1d a@1d'),
      ...person('w', 'a@1d a@1d a@2d'),
      event('a', '2026-03-03T12:00:00Z'),
    ];
    const result = await ask(events);
    expect(result.buckets).toEqual([2, 3, 4, 5].map((day) => `2026-03-0${day}T00:00:00.000Z`));
    expect(statusesOf(result)).toEqual({
      new: [1, 1, 0, 0],
      returning: [0, 1, 1, 0],
      resurrected: [0, 1, 0, 1],
      dormant: [1, 0, 2, 1],
    });
  });

  it('puts filters before all of this', async () => {
    const events = person('u', ['a@-1d', { locale: 'de' }], ['a@0 a@1d', { locale: 'en' }]);
    const filters = [{ property: 'locale', op: 'is', value: 'en' } as const];
    const expected = {
      new: [1, 0, 0, 0],
      returning: [0, 1, 0, 0],
      resurrected: NOBODY,
      dormant: [0, 0, 1, 0],
    };
    expect(statusesOf(await ask(events, { filters }))).toEqual(expected);
    expect(statusesOf(await ask(events, { event: { event: 'a', filters } }))).toEqual(expected);
    expect((await ask(events)).returning).toEqual([1, 1, 0, 0]);
  });

  it('of user filters and cohorts leaves users out', async () => {
    const events = [...person('u', 'a@0'), ...person('v', 'a@0')];
    const rows = { users: [{ user_id: 'u', plan: 'mid' }] };
    const userFilters = [{ property: 'plan', op: 'is', value: 'mid' } as const];
    expect((await ask(events, { userFilters }, { rows })).new).toEqual([1, 0, 0, 0]);
    expect((await ask(events, { cohort: { users: ['v', 'nobody'] } })).new).toEqual([1, 0, 0, 0]);
  });

  it('asks any event without one', async () => {
    const events = person('u', 'x@-1d y@0');
    expect((await ask(events, { event: null })).returning).toEqual([1, 0, 0, 0]);
    expect((await ask(events, { event: { anyOf: [{ event: 'x' }, { event: 'y' }] } })).returning).toEqual([
      1, 0, 0, 0,
    ]);
  });

  it('works on whole intervals: a range that cuts one is widened to it', async () => {
    const events = [
      event('a', '2026-03-02T00:00:00Z', { user_id: 'u' }), // Monday
      event('a', '2026-03-15T23:59:59.999Z', { user_id: 'v' }), // Sunday
      event('a', '2026-03-01T23:59:59.999Z', { user_id: 'w' }),
    ];
    const result = await ask(events, { interval: 'week', range: { from: '2026-03-05', to: '2026-03-10' } });
    expect(result.buckets).toEqual(['2026-03-02T00:00:00.000Z', '2026-03-09T00:00:00.000Z']);
    expect(statusesOf(result)).toEqual({
      new: [1, 1],
      returning: [0, 0],
      resurrected: [0, 0],
      dormant: [1, 1],
    });
  });

  it('begins weeks on the day of the setting, months at any length', async () => {
    const weekend = [
      event('a', '2026-03-07T12:00:00Z', { user_id: 'u' }),
      event('a', '2026-03-08T12:00:00Z', { user_id: 'u' }),
    ];
    const week = { interval: 'week', range: { from: '2026-03-08', to: '2026-03-08' } } as const;
    expect((await ask(weekend, week)).new).toEqual([1]);
    expect((await ask(weekend, { ...week, weekStart: 'sunday' })).returning).toEqual([1]);
    const leap = [
      event('a', '2024-02-29T23:59:59.999Z', { user_id: 'u' }),
      event('a', '2024-03-31T23:59:59.999Z', { user_id: 'u' }),
    ];
    const months = await ask(leap, { interval: 'month', range: { from: '2024-02-29', to: '2024-04-01' } });
    expect(statusesOf(months)).toEqual({
      new: [1, 0, 0],
      returning: [0, 1, 0],
      resurrected: [0, 0, 0],
      dormant: [0, 0, 1],
    });
  });

  it.each([
    ['Europe/Oslo', '2026-03-29', '2026-03-28T23:00', '2026-03-29T22:00'],
    ['Europe/Oslo', '2026-10-25', '2026-10-24T22:00', '2026-10-25T23:00'],
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00', '2018-11-05T02:00'],
    ['Asia/Kolkata', '2026-03-29', '2026-03-28T18:30', '2026-03-29T18:30'],
    ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00', '2026-04-05T13:30'],
  ])('has the days of %s: %s runs from %s to %s', async (zone, day, start, end) => {
    const at = (instant: string, shiftMs = 0): string =>
      new Date(Date.parse(`${instant}:00Z`) + shiftMs).toISOString();
    const events = [
      event('a', at(start), { user_id: 'first' }),
      event('a', at(end, -1), { user_id: 'last' }),
      event('a', at(start, -1), { user_id: 'before' }),
      event('a', at(end, -1), { user_id: 'before' }),
      event('a', at(start, -1), { user_id: 'gone' }),
      event('a', at(end), { user_id: 'gone' }),
    ];
    const result = await ask(events, { zone, range: { from: day, to: day } });
    expect(result.buckets).toEqual([at(start)]);
    expect(statusesOf(result)).toEqual({ new: [2], returning: [1], resurrected: [0], dormant: [1] });
  });

  it('by an event property looks at the events with that value, by a user property at the latest', async () => {
    const events = [
      ...person('u', ['a@-1d a@1d', { locale: 'de' }], ['a@0', { locale: 'en' }]),
      ...person('v', ['a@0', { locale: 'en' }]),
    ];
    const byLocale = await ask(events, { breakdown: { property: 'locale' } });
    expect(byLocale.breakdowns?.map((content) => [content.value, statusesOf(content)])).toEqual([
      ['en', { new: [2, 0, 0, 0], returning: NOBODY, resurrected: NOBODY, dormant: [0, 2, 0, 0] }],
      ['de', { new: NOBODY, returning: NOBODY, resurrected: [0, 1, 0, 0], dormant: [1, 0, 1, 0] }],
    ]);
    const rows = { users: [[{ user_id: 'u', plan: 'early' }], [{ user_id: 'u', plan: 'mid' }]] };
    const byPlan = await ask(events, { breakdown: { userProperty: 'plan' } }, { rows });
    expect(byPlan.breakdowns).toMatchObject([
      { value: 'mid', returning: [1, 1, 0, 0] },
      { value: null, new: [1, 0, 0, 0] },
    ]);
  });

  it('is compared with the range before, whose bucket before it looks at too', async () => {
    const result = await ask(person('u', 'a@-5d a@-4d a@0'), { compare: 'previous' });
    expect(result.previous).toMatchObject({ returning: [1, 0, 0, 0], dormant: [0, 1, 0, 0] });
    expect(result.resurrected).toEqual([1, 0, 0, 0]);
  });

  it('is all zero without events, and new once where all events are one instant', async () => {
    expect(statusesOf(await ask([]))).toEqual({
      new: NOBODY,
      returning: NOBODY,
      resurrected: NOBODY,
      dormant: NOBODY,
    });
    const instant = ['u', 'v', 'w'].flatMap((user) => person(user, 'a@0 a@0'));
    expect((await ask(instant)).new).toEqual([3, 0, 0, 0]);
    const open = await ask(instant, { range: { from: null, to: null } });
    expect(open).toMatchObject({ buckets: ['2026-03-02T00:00:00.000Z'], new: [3], dormant: [0] });
  });
});
