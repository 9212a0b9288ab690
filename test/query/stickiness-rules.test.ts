import { describe, expect, it } from 'vitest';
import type { StickinessContent } from '../../shared/query/kind-answers.ts';
import type { Expanded } from '../../shared/query/answer.ts';
import { askEvents, event, type QuestionOf } from '../support/ask-events.ts';
import type { SceneWorkspace } from '../support/scene-store.ts';
import { person } from '../support/timelines.ts';

type Scene = Omit<SceneWorkspace, 'rows'> & { rows?: SceneWorkspace['rows'] };

const ask = async (
  events: readonly object[],
  question: Omit<QuestionOf<'stickiness'>, 'kind'> = {},
  scene?: Scene,
): Promise<Expanded<StickinessContent>> =>
  (
    await askEvents(
      events,
      { kind: 'stickiness', range: { from: '2026-03-02', to: '2026-03-05' }, event: 'a', ...question },
      scene,
    )
  ).result;

/** One, two, three and four days; two of them twice a day. */
const events = [
  ...person('one', 'a@0 a@5'),
  ...person('two', 'a@0 a@2d a@2d+5'),
  ...person('three', 'a@0 a@1d a@2d'),
  ...person('four', 'a@0 a@1d a@2d a@3d'),
  ...person('outside', 'a@-1d a@4d'),
  event('a', '2026-03-02T12:00:00Z'),
];

describe('stickiness (DATA §5)', () => {
  it('k counts the users active in exactly k buckets', async () => {
    expect(await ask(events)).toEqual({ counts: [1, 1, 1, 1], users: 4 });
  });

  it('cumulative counts those active in at least k', async () => {
    expect(await ask(events, { cumulative: true })).toEqual({ counts: [4, 3, 2, 1], users: 4 });
  });

  it('makes so many intervals one bucket, counted from the range start', async () => {
    expect(await ask(events, { buckets: { count: 2 } })).toEqual({ counts: [1, 3], users: 4 }); // 2nd–3rd, 4th–5th
    expect(await ask(events, { buckets: { count: 3 } })).toEqual({ counts: [3, 1], users: 4 }); // 2nd–4th, 5th
    const shifted = { buckets: { count: 2 }, range: { from: '2026-03-01', to: '2026-03-04' } }; // 1st–2nd, 3rd–4th
    expect(await ask(events, shifted)).toEqual({ counts: [2, 3], users: 5 });
  });

  it('lets a bucket count by how many events it has', async () => {
    const only = (op: 'gte' | 'lte' | 'is', value: number) => ask(events, { occurrences: { op, value } });
    expect(await only('gte', 2)).toEqual({ counts: [2, 0, 0, 0], users: 2 });
    expect(await only('is', 1)).toEqual({ counts: [1, 0, 1, 1], users: 3 });
    expect(await only('lte', 1)).toEqual({ counts: [1, 0, 1, 1], users: 3 });
    expect(await only('gte', 3)).toEqual({ counts: [0, 0, 0, 0], users: 0 });
  });

  it('counts the events of a grouped bucket together', async () => {
    const grouped = { buckets: { count: 4 }, occurrences: { op: 'gte', value: 3 } } as const;
    expect(await ask(events, grouped)).toEqual({ counts: [3], users: 3 });
  });

  it('never counts a bucket without events, whatever the occurrence rule', async () => {
    for (const occurrences of [
      { op: 'lte', value: 5 },
      { op: 'gte', value: 0 },
    ] as const)
      expect(await ask(events, { occurrences })).toEqual({ counts: [1, 1, 1, 1], users: 4 });
    for (const occurrences of [
      { op: 'is', value: 0 },
      { op: 'lte', value: 0 },
    ] as const)
      expect(await ask(events, { occurrences })).toEqual({ counts: [0, 0, 0, 0], users: 0 });
  });

  it('works on whole intervals: a range that cuts one is widened to it', async () => {
    const weeks = [
      event('a', '2026-03-02T00:00:00Z', { user_id: 'u' }),
      event('a', '2026-03-15T23:59:59.999Z', { user_id: 'u' }),
      event('a', '2026-03-16T00:00:00Z', { user_id: 'u' }),
    ];
    const question = { interval: 'week', range: { from: '2026-03-05', to: '2026-03-10' } } as const;
    expect(await ask(weeks, question)).toEqual({ counts: [0, 1], users: 1 });
    expect(await ask(weeks, { ...question, weekStart: 'sunday' })).toEqual({ counts: [1, 0], users: 1 });
  });

  it('takes filters first', async () => {
    const mixed = person('u', ['a@0', { locale: 'de' }], ['a@1d a@2d', { locale: 'en' }]);
    const filters = [{ property: 'locale', op: 'is', value: 'en' } as const];
    expect(await ask(mixed, { filters })).toEqual({ counts: [0, 1, 0, 0], users: 1 });
    expect(await ask(mixed, { event: { event: 'a', filters } })).toEqual({ counts: [0, 1, 0, 0], users: 1 });
    expect(await ask(person('u', 'x@0 y@1d'), { event: null })).toEqual({ counts: [0, 1, 0, 0], users: 1 });
  });

  it.each([
    ['Europe/Oslo', '2026-03-29', '2026-03-28T23:00', '2026-03-29T22:00'],
    ['Europe/Oslo', '2026-10-25', '2026-10-24T22:00', '2026-10-25T23:00'],
    ['America/Sao_Paulo', '2018-02-17', '2018-02-17T02:00', '2018-02-18T03:00'],
    ['Asia/Kolkata', '2026-03-29', '2026-03-28T18:30', '2026-03-29T18:30'],
    ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T13:30', '2026-10-04T13:00'],
  ])('has the days of %s: %s runs from %s to %s', async (zone, day, start, end) => {
    const at = (instant: string, shiftMs = 0): string =>
      new Date(Date.parse(`${instant}:00Z`) + shiftMs).toISOString();
    const edges = [
      event('a', at(start), { user_id: 'one' }),
      event('a', at(end, -1), { user_id: 'one' }),
      event('a', at(end, -1), { user_id: 'two' }),
      event('a', at(end), { user_id: 'two' }),
      event('a', at(start, -1), { user_id: 'before' }),
    ];
    const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
    expect(await ask(edges, { zone, range: { from: day, to: next } })).toEqual({ counts: [1, 1], users: 2 });
  });

  it('counts leap days and months of any length', async () => {
    const leap = [
      event('a', '2024-02-28T12:00:00Z', { user_id: 'u' }),
      event('a', '2024-02-29T12:00:00Z', { user_id: 'u' }),
      event('a', '2024-03-01T12:00:00Z', { user_id: 'u' }),
    ];
    expect((await ask(leap, { range: { from: '2024-02-28', to: '2024-03-01' } })).counts).toEqual([0, 0, 1]);
    const months = { interval: 'month', range: { from: '2024-02-29', to: '2024-03-01' } } as const;
    expect((await ask(leap, months)).counts).toEqual([0, 1]);
  });

  it('breaks down by an event property and by the latest user property', async () => {
    const mixed = [
      ...person('u', ['a@0 a@1d', { locale: 'en' }], ['a@2d', { locale: 'de' }]),
      ...person('v', ['a@0', { locale: 'en' }]),
    ];
    const rows = { users: [[{ user_id: 'u', plan: 'early' }], [{ user_id: 'u', plan: 'mid' }]] };
    const byLocale = await ask(mixed, { breakdown: { property: 'locale' } });
    expect(byLocale.breakdowns).toEqual([
      { value: 'en', counts: [1, 1, 0, 0], users: 2 },
      { value: 'de', counts: [1, 0, 0, 0], users: 1 },
    ]);
    const byPlan = await ask(mixed, { breakdown: { userProperty: 'plan' } }, { rows });
    expect(byPlan.breakdowns).toEqual([
      { value: 'mid', counts: [0, 0, 1, 0], users: 1 },
      { value: null, counts: [1, 0, 0, 0], users: 1 },
    ]);
    const rest = await ask(mixed, { breakdown: { property: 'locale', limit: 1 } });
    expect(rest.rest).toEqual({ values: 1, units: 1, counts: [1, 0, 0, 0], users: 1 });
  });

  it('compares, and is zero without events, one bucket where all events are one instant', async () => {
    const result = await ask(person('u', 'a@-4d a@-3d a@0'), { compare: 'previous' });
    expect([result.counts, result.previous?.counts]).toEqual([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
    ]);
    expect(await ask([])).toEqual({ counts: [0, 0, 0, 0], users: 0 });
    const instant = ['u', 'v'].flatMap((user) => person(user, 'a@0 a@0'));
    expect(await ask(instant, { range: { from: null, to: null } })).toEqual({ counts: [2], users: 2 });
  });
});
