import { describe, expect, it } from 'vitest';
import type { PathsContent } from '../../shared/query/kind-answers.ts';
import type { Expanded } from '../../shared/query/answer.ts';
import { askEvents, event, type QuestionOf } from '../support/ask-events.ts';
import { instant, permutations, person } from '../support/timelines.ts';

type PathsQuestion = Omit<QuestionOf<'paths'>, 'kind'>;

const ask = async (
  events: readonly object[],
  question: PathsQuestion = {},
): Promise<Expanded<PathsContent>> =>
  (
    await askEvents(events, {
      kind: 'paths',
      range: { from: '2026-03-02', to: '2026-03-05' },
      items: [{ event: 'page_view', by: 'page_path' }],
      ...question,
    })
  ).result;

/** What a user visited: `/a@0 /b@10`, or event types without a slash. */
const visitor = (user: string, moments: string): object[] =>
  moments.split(' ').flatMap((moment) => {
    const at = moment.lastIndexOf('@');
    const item = moment.slice(0, at);
    return item.startsWith('/')
      ? person(user, [`page_view${moment.slice(at)}`, { page_path: item }])
      : person(user, moment);
  });

/** Links in their order along the path: `0 /a > /b`, times how many took them. */
async function linksOf(
  events: readonly object[],
  question: PathsQuestion = {},
): Promise<Record<string, number>> {
  const { links } = await ask(events, question);
  const along = [...links].sort((a, b) => a.step - b.step);
  return Object.fromEntries(
    along.map(({ step, source, target, count }) => [`${step} ${source} > ${target}`, count]),
  );
}

describe('paths (DATA §5)', () => {
  it('number the links of every user from the first item on', async () => {
    const events = [...visitor('u', '/a@0 /b@10 /c@30'), ...visitor('v', '/a@0 /b@20 /a@25')];
    expect(await ask(events)).toEqual({
      links: [
        { source: '/a', target: '/b', step: 0, count: 2, meanSeconds: 15 },
        { source: '/b', target: '/a', step: 1, count: 1, meanSeconds: 5 },
        { source: '/b', target: '/c', step: 1, count: 1, meanSeconds: 20 },
      ],
      remainder: { links: 0, count: 0 },
    });
  });

  it('name items by the property of the first entry that fits, else by the event type; other events are ignored', async () => {
    const events = visitor('u', 'click@-5 /a@0 click@5 sign_up@8 /b@10 other@11');
    const items = [
      { event: 'page_view', by: 'page_path' },
      { event: 'sign_up' },
      { anyOf: [{ event: 'page_view' }, { event: 'click' }] },
    ];
    expect(await linksOf(events, { items })).toEqual({
      '0 click > /a': 1,
      '1 /a > click': 1,
      '2 click > sign_up': 1,
      '3 sign_up > /b': 1,
    });
    expect(
      await linksOf(events, {
        items: [
          { event: null, filters: [{ property: 'page_path', op: 'is_set' }], by: 'page_path' },
          { event: 'sign_up' },
        ],
      }),
    ).toEqual({
      '0 /a > sign_up': 1,
      '1 sign_up > /b': 1,
    });
    const byType = await askEvents(events, { kind: 'paths' });
    expect(byType.result.links.map(({ source, target }) => [source, target])).toContainEqual([
      'click',
      'page_view',
    ]);
  });

  it('leave out events without the property that names them, and events without user', async () => {
    const events = [
      ...visitor('u', '/a@0 /b@10'),
      ...person('u', 'page_view@5', ['page_view@6', { page_path: '' }]),
      event('page_view', instant('0'), { page_path: '/a' }),
      event('page_view', instant('1'), { page_path: '/b' }),
    ];
    expect(await linksOf(events)).toEqual({ '0 /a > /b': 1 });
  });

  it('put filters, item choice and exclusions before numbering, so that times bridge the gap', async () => {
    const events = visitor('u', '/a@0 /login@60 /b@100');
    expect((await ask(events, { exclude: ['/login'] })).links).toEqual([
      { source: '/a', target: '/b', step: 0, count: 1, meanSeconds: 100 },
    ]);
    const filters = [{ property: 'page_path', op: 'is_not', value: '/login' } as const];
    expect((await ask(events, { filters })).links).toMatchObject([{ meanSeconds: 100 }]);
    expect(
      (await ask(events, { items: [{ event: 'page_view', by: 'page_path', filters }] })).links,
    ).toMatchObject([{ meanSeconds: 100 }]);
  });

  it('drop a "/" at the end, but not the one that is all', async () => {
    const events = visitor('u', '/@0 /a/@10 /b@20 /@30');
    expect(await linksOf(events)).toEqual({ '0 / > /a': 1, '1 /a > /b': 1, '2 /b > /': 1 });
    expect(await linksOf(events, { exclude: ['/b/'] })).toEqual({ '0 / > /a': 1, '1 /a > /': 1 });
    expect(await linksOf(events, { start: '/a/' })).toEqual({ '0 /a > /b': 1, '1 /b > /': 1 });
  });

  it('replace an item by the grouping pattern first, found anywhere in it', async () => {
    const events = visitor('u', '/user/7/edit@0 /b@10 /app/user/8@20');
    expect(await linksOf(events, { group: ['/user/*'] })).toEqual({
      '0 /user/* > /b': 1,
      '1 /b > /user/*': 1,
    });
    expect(await linksOf(events, { group: ['user'] })).toEqual({ '0 user > /b': 1, '1 /b > user': 1 });
    expect(await linksOf(events, { group: ['/user/*/edit', '/user/*'] })).toEqual({
      '0 /user/*/edit > /b': 1,
      '1 /b > /user/*': 1,
    });
  });

  it('take everything but * in a grouping pattern literally', async () => {
    const events = visitor('u', '/a.b@0 /axb@10 /a(b@20 /a+b@30 /aab@40');
    expect(await linksOf(events, { group: ['/a.b', '/a(*', '/a+b'] })).toEqual({
      '0 /a.b > /axb': 1,
      '1 /axb > /a(*': 1,
      '2 /a(* > /a+b': 1,
      '3 /a+b > /aab': 1,
    });
  });

  it('remove the group when its pattern is excluded; otherwise exclusions are literal', async () => {
    const events = visitor('u', '/a@0 /user/7@10 /b@20 /user/8@30 /c@40');
    expect(await linksOf(events, { group: ['/user/*'], exclude: ['/user/*'] })).toEqual({
      '0 /a > /b': 1,
      '1 /b > /c': 1,
    });
    expect(Object.keys(await linksOf(events, { exclude: ['/user/*'] }))).toHaveLength(4); // no item is named so
    expect(await linksOf(events, { exclude: ['/user/7'] })).toEqual({
      '0 /a > /b': 1,
      '1 /b > /user/8': 1,
      '2 /user/8 > /c': 1,
    });
    expect(Object.keys(await linksOf(events, { exclude: ['/user', 'b', '/USER/7'] }))).toHaveLength(4);
    expect(Object.keys(await linksOf(events, { group: ['/user/*'], exclude: ['/user/7'] }))).toHaveLength(4);
  });

  it('collapse immediate repeats onto the last one', async () => {
    const { links } = await ask(visitor('u', '/a@0 /a@10 /b@30 /b@40 /b@50 /c@53'));
    expect(links.map(({ source, target, step, meanSeconds }) => [step, source, target, meanSeconds])).toEqual(
      [
        [0, '/a', '/b', 40],
        [1, '/b', '/c', 3],
      ],
    );
    const joined = await ask(visitor('u', '/a@0 /x@5 /a@10 /user/1@20 /user/2@26 /c@30'), {
      exclude: ['/x'],
      group: ['/user/*'],
    });
    expect(joined.links.map(({ source, target, meanSeconds }) => [source, target, meanSeconds])).toEqual([
      ['/a', '/user/*', 16],
      ['/user/*', '/c', 4],
    ]);
  });

  it('start anew after 30 minutes without an item, so that one user gives several', async () => {
    expect(await linksOf(visitor('u', '/a@0 /b@29m+59.999 /c@60m+59'))).toEqual({ '0 /a > /b': 1 });
    expect(await linksOf(visitor('u', '/a@0 /b@30m'))).toEqual({});
    expect(await linksOf(visitor('u', '/a@0 /b@10m /a@2h /b@130m'))).toEqual({ '0 /a > /b': 2 });
    expect(await linksOf(visitor('u', '/a@0 /b@30m'), { gapMinutes: 31 })).toEqual({ '0 /a > /b': 1 });
    expect(await linksOf(visitor('u', '/a@0 /b@30m'), { gapMinutes: 0.5 })).toEqual({});
  });

  it('are not held together by what is no item', async () => {
    const events = visitor('u', '/a@0 /login@20m click@25m /b@40m');
    expect(await linksOf(events, { exclude: ['/login'] })).toEqual({});
    expect(await linksOf(events)).toEqual({ '0 /a > /login': 1, '1 /login > /b': 1 });
    expect(await linksOf(visitor('u', '/a@0 /a@20m /b@40m'))).toEqual({ '0 /a > /b': 1 }); // a repeat is one
  });

  it('with a start are cut before its first occurrence', async () => {
    const events = [...visitor('u', '/x@0 /s@10 /a@20 /s@30 /b@40'), ...visitor('v', '/a@0 /b@10')];
    expect(await linksOf(events, { start: '/s' })).toEqual({
      '0 /s > /a': 1,
      '1 /a > /s': 1,
      '2 /s > /b': 1,
    });
  });

  it('with an end keep the last n items up to its first occurrence', async () => {
    const events = [
      ...visitor('u', '/1@0 /2@10 /3@20 /4@30 /e@40 /z@50 /e@60'),
      ...visitor('v', '/a@0 /b@10'),
    ];
    expect(await linksOf(events, { end: '/e', steps: 3 })).toEqual({ '0 /3 > /4': 1, '1 /4 > /e': 1 });
    expect(await linksOf(events, { end: '/e' })).toEqual({
      '0 /1 > /2': 1,
      '1 /2 > /3': 1,
      '2 /3 > /4': 1,
      '3 /4 > /e': 1,
    });
  });

  it('with both keep the first ⌊n/2⌋ and the last n − ⌊n/2⌋ items of a longer path with one "..." between', async () => {
    const events = visitor('u', '/x@0 /s@10 /1@20 /2@30 /3@40 /4@50 /5@60 /e@70 /z@80');
    expect(await linksOf(events, { start: '/s', end: '/e', steps: 5 })).toEqual({
      '0 /s > /1': 1,
      '1 /1 > ...': 1,
      '2 ... > /4': 1,
      '3 /4 > /5': 1,
      '4 /5 > /e': 1,
    });
    expect(await linksOf(events, { start: '/s', end: '/e', steps: 4 })).toEqual({
      '0 /s > /1': 1,
      '1 /1 > ...': 1,
      '2 ... > /5': 1,
      '3 /5 > /e': 1,
    });
    expect(Object.keys(await linksOf(events, { start: '/s', end: '/e', steps: 7 }))).toEqual([
      '0 /s > /1',
      '1 /1 > /2',
      '2 /2 > /3',
      '3 /3 > /4',
      '4 /4 > /5',
      '5 /5 > /e',
    ]);
  });

  it('with both take the end behind the start, and only paths that have both', async () => {
    const events = [
      ...visitor('u', '/e@0 /s@10 /a@20 /e@30'),
      ...visitor('v', '/s@0 /a@10'),
      ...visitor('w', '/e@0 /s@10'),
    ];
    expect(await linksOf(events, { start: '/s', end: '/e' })).toEqual({ '0 /s > /a': 1, '1 /a > /e': 1 });
  });

  it('leave nothing out silently: the remainder holds what lies beyond the steps', async () => {
    const events = [
      ...visitor('u', '/1@0 /2@10 /3@20 /4@30 /5@40'),
      ...visitor('v', '/1@0 /2@10 /3@20 /4@30'),
    ];
    const short = await ask(events, { steps: 3 });
    expect(short.links.map(({ count }) => count)).toEqual([2, 2]);
    expect(short.remainder).toEqual({ links: 2, count: 3 }); // /3 to /4 twice, /4 to /5 once
    expect((await ask(events, { steps: 5 })).remainder).toEqual({ links: 0, count: 0 });
    expect((await ask(events, { steps: 3, end: '/4' })).remainder).toEqual({ links: 1, count: 2 });
    const both = await ask(events, { steps: 2, start: '/1', end: '/5' });
    expect(both.links.map(({ source, target, meanSeconds }) => [source, target, meanSeconds])).toEqual([
      ['/1', '...', 10],
      ['...', '/5', 10],
    ]);
    expect(both.remainder).toEqual({ links: 4, count: 4 }); // to and from what is hidden, too
  });

  it('order items of one instant alike, whatever file they came in', async () => {
    const visits = visitor('u', '/a@0 /b@0 /c@0');
    const all = await Promise.all(
      permutations(visits).map(async (files) => {
        const { result } = await askEvents(
          [],
          { kind: 'paths', items: [{ event: null, by: 'page_path' }] },
          { rows: { events: files.map((row) => [row]) } },
        );
        return result.links;
      }),
    );
    for (const links of all) expect(links).toEqual(all[0]);
    expect(all[0]).toHaveLength(2);
  });

  it('stay inside the range, half-open', async () => {
    const events = visitor('u', '/a@-0.001 /b@0 /c@10 /d@20');
    const range = { from: instant('0'), to: instant('20') };
    expect(await linksOf(events, { range })).toEqual({ '0 /b > /c': 1 });
  });

  it('break down by a property of their events, compare, and sum up the rest', async () => {
    const inLocale = (user: string, locale: string, moments: string): object[] =>
      visitor(user, moments).map((row) => ({ ...row, locale }));
    const events = [
      ...inLocale('u', 'en', '/a@0 /b@10 /c@20'),
      ...inLocale('v', 'de', '/a@0 /c@10'),
      ...inLocale('w', 'en', '/a@-4d /b@-4d+10'),
    ];
    const result = await ask(events, { breakdown: { property: 'locale', limit: 1 }, compare: 'previous' });
    expect(result.breakdowns?.map(({ value, links }) => [value, links.length])).toEqual([['en', 2]]);
    expect(result.rest).toMatchObject({
      values: 1,
      units: 1,
      links: [{ source: '/a', target: '/c', count: 1 }],
    });
    expect(result.previous?.links).toMatchObject([{ source: '/a', target: '/b', step: 0, count: 1 }]);
  });

  it('are none without events, with one event, or with all events in one place', async () => {
    const none = { links: [], remainder: { links: 0, count: 0 } };
    expect(await ask([])).toEqual(none);
    expect(await ask(visitor('u', '/a@0'))).toEqual(none);
    expect(await ask(visitor('u', '/a@0 /a/@0 /a@10'))).toEqual(none);
  });
});
