import { describe, expect, it } from 'vitest';
import { askEvents, event, type QuestionOf } from '../support/ask-events.ts';
import { askSteps } from '../support/ask-funnel.ts';
import type { SceneWorkspace } from '../support/scene-store.ts';
import { instant, person } from '../support/timelines.ts';

type Scene = Omit<SceneWorkspace, 'rows'> & { rows?: SceneWorkspace['rows'] };
/** As people write it. */
type Cohort = NonNullable<QuestionOf<'trend'>['cohort']>;
const range = { from: '2026-03-02', to: '2026-03-05' };

/** Each user's events are told apart by their own power of two: who is in the cohort is who is in the sum. */
const EVENTS = [
  ...person('ann', 'a@0 a@1 b@1d', ['mark@0', { bit: 1 }]),
  ...person('bea', 'a@0 c@1d', ['mark@0', { bit: 2 }]),
  ...person('cyd', ['b@-9d', { locale: 'en' }], ['mark@0', { bit: 4 }]),
  ...person('dot', ['mark@0', { bit: 8 }]),
  event('mark', instant('0'), { bit: 16 }),
];
const NAMES = ['ann', 'bea', 'cyd', 'dot', 'nobody'];

async function namesIn(cohort: Cohort, more: object = {}, scene?: Scene): Promise<string[]> {
  const question: QuestionOf<'trend'> = {
    kind: 'trend',
    range,
    cohort,
    display: 'total',
    series: [{ event: 'mark', measure: 'sum', property: 'bit' }],
    ...more,
  };
  const { result } = await askEvents(EVENTS, question, scene);
  const sum = result.series[0]?.total ?? 0;
  return NAMES.filter((_name, index) => (sum & (2 ** index)) !== 0);
}

describe('a cohort', () => {
  it('is a list of users; ids that nobody has are no fault', async () => {
    expect(await namesIn({ users: ['bea', 'dot', 'unknown'] })).toEqual(['bea', 'dot']);
    expect(await namesIn({ users: [] })).toEqual([]);
  });

  it('is who did something, at any time, as often as asked', async () => {
    expect(await namesIn({ all: [{ did: { event: 'b' } }] })).toEqual(['ann', 'cyd']);
    const times = (op: 'gte' | 'lte' | 'is', value: number): Cohort => ({
      all: [{ did: { event: 'a' }, times: { op, value } }],
    });
    expect(await namesIn(times('gte', 2))).toEqual(['ann']);
    expect(await namesIn(times('is', 1))).toEqual(['bea']);
    expect(await namesIn(times('is', 0))).toEqual(['cyd', 'dot']);
    expect(await namesIn(times('lte', 1))).toEqual(['bea', 'cyd', 'dot']);
  });

  it('is who did something in a range, or with a filter, or did not', async () => {
    const rule = (part: object): Cohort => ({ all: [{ did: { event: 'b' }, ...part }] });
    expect(await namesIn(rule({ range }))).toEqual(['ann']);
    expect(await namesIn(rule({ range: { from: null, to: '2026-03-01' } }))).toEqual(['cyd']);
    expect(await namesIn(rule({ not: true }))).toEqual(['bea', 'dot']);
    const filters = [{ property: 'locale', op: 'is', value: 'en' }];
    expect(await namesIn(rule({ did: { event: 'b', filters } }))).toEqual(['cyd']);
  });

  it('joins rules by and, any of them by or', async () => {
    const did = (name: string): object => ({ did: { event: name } });
    expect(await namesIn({ all: [did('a'), did('b')] })).toEqual(['ann']);
    expect(await namesIn({ all: [{ any: [did('b'), did('c')] }] })).toEqual(['ann', 'bea', 'cyd']);
    expect(await namesIn({ all: [{ any: [did('b'), did('c')] }, { ...did('a'), not: true }] })).toEqual([
      'cyd',
    ]);
  });

  it('asks the users dimension for its latest values', async () => {
    const users = [
      [{ user_id: 'ann', plan: 'early' }],
      [
        { user_id: 'ann', plan: 'mid' },
        { user_id: 'dot', plan: 'early' },
      ],
    ];
    const cohort = { all: [{ user: { property: 'plan', op: 'is', value: 'early' } }] };
    expect(await namesIn(cohort, {}, { rows: { users } })).toEqual(['dot']);
  });

  it('is whom a step of a funnel counts, or who dropped off before it', async () => {
    const question = { kind: 'funnel', range, steps: [{ event: 'a' }, { event: 'b' }] };
    expect(await namesIn({ question, cell: { step: 0 } })).toEqual(['ann', 'bea']);
    expect(await namesIn({ question, cell: { step: 1 } })).toEqual(['ann']);
    expect(await namesIn({ question, cell: { step: 1, dropped: true } })).toEqual(['bea']);
  });

  it('is whom a cell of a retention, a lifecycle or a stickiness counts', async () => {
    const retention = { kind: 'retention', range, anchor: { event: 'a' }, return: { event: null } };
    const cell = { cohort: '2026-03-02T00:00:00Z', period: 1 };
    expect(await namesIn({ question: retention, cell })).toEqual(['ann', 'bea']);
    const lifecycle = { kind: 'lifecycle', range, event: 'a' };
    const bucket = '2026-03-03T00:00:00.000Z';
    expect(await namesIn({ question: lifecycle, cell: { bucket, status: 'dormant' } })).toEqual([
      'ann',
      'bea',
    ]);
    const stickiness = { kind: 'stickiness', range };
    expect(await namesIn({ question: stickiness, cell: { count: 2 } })).toEqual(['ann', 'bea']);
    expect(await namesIn({ question: stickiness, cell: { count: 1 } })).toEqual(['cyd', 'dot']);
  });

  it('holds for every event of its users, whatever the question’s filters; its own question knows none of them', async () => {
    const cohort = {
      question: { kind: 'funnel', range, steps: [{ event: 'a' }] },
      cell: { step: 0 },
    };
    const filters = [{ property: 'bit', op: 'gte', value: 2 } as const];
    expect(await namesIn(cohort, { filters })).toEqual(['bea']);
    const { steps } = await askSteps(EVENTS, { steps: [{ event: 'a' }, { event: 'c' }], cohort });
    expect(steps.map(({ count }) => count)).toEqual([2, 1]);
  });

  it('of new users goes by the time of each event, 7 days after they were first seen', async () => {
    const rows = {
      users: [
        { user_id: 'ann', first_seen_at: '2026-02-23T10:00:00Z' }, // exactly 7 days before
        { user_id: 'bea', first_seen_at: '2026-02-23T10:00:00.001Z' },
      ],
    };
    // cyd was first seen on 21 February, by her first event in the store; dot now
    expect(await namesIn({ new: true }, {}, { rows })).toEqual(['bea', 'dot']);
    expect(await namesIn({ new: false }, {}, { rows })).toEqual(['ann', 'cyd']);
  });

  it('is asked in every kind of question', async () => {
    const cohort: Cohort = { users: ['ann', 'cyd'] };
    const common = { range, cohort };
    const funnel = await askEvents(EVENTS, { kind: 'funnel', ...common, steps: [{ event: 'a' }] });
    expect(funnel.result).toMatchObject({ steps: [{ count: 1 }] });
    const returned = { anchor: { event: 'mark' }, return: { event: 'b' } };
    const retention = await askEvents(EVENTS, { kind: 'retention', ...common, ...returned });
    expect(retention.result.cohorts[0]).toMatchObject({
      size: 2,
      cells: [{ count: 2 }, { count: 1 }, {}, {}],
    });
    const lifecycle = await askEvents(EVENTS, { kind: 'lifecycle', ...common, event: 'mark' });
    expect(lifecycle.result.new).toEqual([2, 0, 0, 0]);
    const stickiness = await askEvents(EVENTS, { kind: 'stickiness', ...common, event: 'mark' });
    expect(stickiness.result.users).toBe(2);
    const distribution = await askEvents(EVENTS, {
      kind: 'distribution',
      ...common,
      event: 'mark',
      property: 'bit',
    });
    expect(distribution.result).toMatchObject({ n: 2, sum: 5 });
    const paths = await askEvents(EVENTS, { kind: 'paths', ...common });
    expect(paths.result.links.map(({ source, target }) => [source, target])).toEqual([
      ['a', 'mark'],
      ['mark', 'a'],
    ]);
    const sessions = await askEvents(EVENTS, { kind: 'sessions', ...common });
    expect(sessions.result).toMatchObject({ users: 2 });
  });

  it.each<[string, unknown, string]>([
    ['an id that no cohort has', 'regulars', 'cohort'],
    [
      'a step that is not there',
      { question: { kind: 'funnel', steps: [{ event: 'a' }] }, cell: { step: 3 } },
      'cohort.cell.step',
    ],
    [
      'a drop before the first step',
      { question: { kind: 'funnel', steps: [{ event: 'a' }] }, cell: { step: 0, dropped: true } },
      'cohort.cell.dropped',
    ],
    ['a cell of another kind', { question: { kind: 'stickiness' }, cell: { step: 0 } }, 'cohort.cell'],
    [
      'a bucket that is not there',
      { question: { kind: 'lifecycle' }, cell: { bucket: '1999-01-01T00:00:00Z', status: 'new' } },
      'cohort.cell.bucket',
    ],
    [
      'a question without members',
      { question: { kind: 'paths' }, cell: { count: 1 } },
      'cohort.question.kind',
    ],
    [
      'a question of another environment',
      { question: { kind: 'stickiness', environment: 'other' }, cell: { count: 1 } },
      'cohort.question.environment',
    ],
    [
      'sessions instead of users',
      { question: { kind: 'funnel', unit: 'session', steps: [{ event: 'a' }] }, cell: { step: 0 } },
      'cohort.question',
    ],
    [
      'a faulty question',
      { question: { kind: 'funnel', steps: [] }, cell: { step: 0 } },
      'cohort.question.steps',
    ],
    ['no rules', { all: [] }, 'cohort.all'],
  ])('refuses %s', async (_what, cohort, path) => {
    await expect(namesIn(cohort as Cohort)).rejects.toMatchObject({ code: 'bad-input', path });
  });
});
