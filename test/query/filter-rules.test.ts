import { describe, expect, it } from 'vitest';
import type { Filter } from '../../shared/query/filter.ts';
import { fillStore, type FilledStore } from '../support/scene-store.ts';
import { event } from '../support/ask-events.ts';
import { afterAll, beforeAll } from 'vitest';

/** Events are told apart by their own sum: each has another power of two as `bit`. */
const VALUES: Record<string, unknown> = {
  one: 1,
  ten: 10,
  two: 2,
  text: '1',
  words: 'Hello World',
  yes: true,
  empty: '',
  set: ['b', 'a'],
  missing: undefined,
};

describe('a filter (QUERY.md)', () => {
  let store: FilledStore;
  beforeAll(async () => {
    const events = Object.values(VALUES).map((value, index) =>
      event('a', `2026-03-02T10:00:0${index}Z`, {
        properties: { bit: 2 ** index, value },
        locale: index === 0 ? 'en' : undefined,
      }),
    );
    store = await fillStore({ rows: { events } });
  });
  afterAll(() => store.remove());

  async function passing(...filters: Filter[]): Promise<string[]> {
    const engine = store.engine();
    const answer = await engine.run({
      kind: 'trend',
      environment: 'test',
      series: [{ event: 'a', measure: 'sum', property: 'bit', filters }],
    });
    engine.close();
    const sum = answer.kind === 'trend' ? (answer.result.series[0]?.total ?? 0) : 0;
    return Object.keys(VALUES).filter((_name, index) => (sum & (2 ** index)) !== 0);
  }
  const value = (op: string, ...wanted: unknown[]): Filter =>
    ({ property: 'value', op, ...(wanted.length === 0 ? {} : { value: wanted[0] }) }) as Filter;

  it.each<[string, Filter[], string[]]>([
    ['compares different types by their text', [value('is', '1')], ['one', 'text']],
    ['finds a number by a number and by its text', [value('is', 1)], ['one', 'text']],
    ['finds a truth by its text', [value('is', 'true')], ['yes']],
    ['takes a list as any of them', [value('is', [2, 'Hello World'])], ['two', 'words']],
    [
      'takes a list of is_not as none of them',
      [value('is_not', [1, 10, 2, true])],
      ['words', 'empty', 'set', 'missing'],
    ],
    ['compares numbers as numbers', [value('gt', 1)], ['ten', 'two', 'words', 'yes', 'set']],
    ['compares texts as texts', [value('gte', 'A')], ['words', 'yes', 'set']],
    ['includes both bounds', [value('between', [1, 2])], ['one', 'two', 'text']],
    ['ignores case in contains', [value('contains', 'WORLD')], ['words']],
    [
      'lets missing pass not_contains',
      [value('not_contains', ['o', '1'])],
      ['two', 'yes', 'empty', 'set', 'missing'],
    ],
    ['minds case in regex, which may match anywhere', [value('regex', 'W')], ['words']],
    [
      'knows an empty text as set',
      [value('is_set')],
      ['one', 'ten', 'two', 'text', 'words', 'yes', 'empty', 'set'],
    ],
    ['knows what is missing', [value('is_not_set')], ['missing']],
    [
      'lets missing fail the positive ones',
      [value('lt', 'zzz')],
      ['one', 'ten', 'two', 'text', 'words', 'yes', 'empty', 'set'],
    ],
    ['finds a set by one of its texts', [value('is', 'a')], ['set']],
    ['joins a list by and', [value('gt', 1), value('lt', 10)], ['two']],
    ['joins any by or', [{ any: [value('is', 10), value('is_not_set')] }], ['ten', 'missing']],
    [
      'knows event columns and properties by one name space',
      [{ property: 'locale', op: 'is', value: 'en' }],
      ['one'],
    ],
    [
      'compares ts as an instant',
      [{ property: 'ts', op: 'lt', value: '2026-03-02T10:00:02Z' }],
      ['one', 'ten'],
    ],
    ['asks no property that nobody has', [{ property: 'nothing', op: 'is', value: 'x' }], []],
  ])('%s', async (_what, filters, names) => {
    expect(await passing(...filters)).toEqual(names);
  });
});
