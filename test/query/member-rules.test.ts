import { describe, expect, it } from 'vitest';
import { askEvents, event } from '../support/ask-events.ts';
import { askFunnelTrend, askSteps } from '../support/ask-funnel.ts';
import { askRetention } from '../support/ask-retention.ts';
import { instant, person } from '../support/timelines.ts';

const steps = [{ event: 'a' }, { event: 'b' }];
const members = true;

describe('members (QUERY.md)', () => {
  it('are listed by id, in order, and only when asked', async () => {
    const events = [...person('zoe', 'a@0 b@1'), ...person('Ann', 'a@0'), ...person('bea', 'a@0 a@1 b@2')];
    const asked = await askSteps(events, { steps, members });
    expect(asked.steps.map((step) => step.members)).toEqual([
      ['Ann', 'bea', 'zoe'],
      ['bea', 'zoe'],
    ]);
    const plain = await askSteps(events, { steps });
    expect(plain.steps.every((step) => !('members' in step))).toBe(true);
  });

  it('are as many as are counted, also beside breakdowns, the rest and what is compared', async () => {
    const events = [
      ...person('u', ['a@0 b@1', { locale: 'en' }], ['a@-4d', { locale: 'en' }]),
      ...person('v', ['a@0', { locale: 'en' }]),
      ...person('w', ['a@0', { locale: 'de' }]),
      ...person('x', ['a@0 x@1', { locale: 'fr' }]),
    ];
    const result = await askSteps(events, {
      steps,
      members,
      exclusions: [{ event: 'x' }],
      breakdown: { property: 'locale', limit: 1 },
      compare: 'previous',
    });
    const listed = ({ steps: counted }: typeof result) => counted.map((step) => step.members);
    expect(listed(result)).toEqual([['u', 'v', 'w'], ['u']]);
    expect(result.breakdowns?.map(listed)).toEqual([[['u', 'v'], ['u']]]);
    expect(result.rest === undefined ? [] : listed(result.rest)).toEqual([['w'], []]);
    expect(result.previous === undefined ? [] : listed(result.previous)).toEqual([['u'], []]);
  });

  it('of a funnel’s trend are those who entered and converted', async () => {
    const events = [...person('u', 'a@0 b@1'), ...person('v', 'a@0 a@1d')];
    const trend = await askFunnelTrend(events, { steps, members });
    expect(trend.enteredMembers).toEqual([['u', 'v'], ['v'], [], []]);
    expect(trend.convertedMembers).toEqual([['u'], [], [], []]);
  });

  it('are the units: sessions by their ids, values of a property', async () => {
    const events = [
      ...person(
        'u',
        ['a@0 b@1', { session_id: 's2', account: 10 }],
        ['a@5', { session_id: 's1', account: true }],
      ),
      event('a', instant('0'), { account: '9' }),
    ];
    const sessions = await askSteps(events, { steps, members, unit: 'session' });
    expect(sessions.steps.map((step) => step.members)).toEqual([['s1', 's2'], ['s2']]);
    const accounts = await askSteps(events, { steps, members, unit: { property: 'account' } });
    expect(accounts.steps.map((step) => step.members)).toEqual([['10', '9', 'true'], ['10']]);
    const columns = await askSteps(events, { steps, members, unit: { property: 'user_id' } });
    expect(columns.steps.map((step) => step.members)).toEqual([['u'], ['u']]);
  });

  it('of retention are those of each cell', async () => {
    const events = [...person('u', 'a@0 r@1d'), ...person('v', 'a@0 a@1d r@2d')];
    const { cohorts } = await askRetention(events, { members });
    expect(cohorts.map(({ cells }) => cells.map((cell) => cell.members))).toEqual([
      [['u', 'v'], ['u'], ['v'], []],
      [['v'], ['v'], []],
      [[], []],
      [[]],
    ]);
  });

  it('of lifecycle and stickiness are those of each count', async () => {
    const range = { from: '2026-03-02', to: '2026-03-03' };
    const events = [...person('u', 'a@0 a@1d'), ...person('v', 'a@-1d'), ...person('w', 'a@-2d a@0')];
    const life = await askEvents(events, { kind: 'lifecycle', range, event: 'a', members });
    expect(life.result).toMatchObject({
      newMembers: [['u'], []],
      returningMembers: [[], ['u']],
      resurrectedMembers: [['w'], []],
      dormantMembers: [['v'], ['w']],
    });
    const sticky = await askEvents(events, { kind: 'stickiness', range, event: 'a', members });
    expect(sticky.result.members).toEqual([['w'], ['u']]);
  });

  it('are at most 10,000; the count is not cut', async () => {
    const events = Array.from({ length: 10_001 }, (_, index) =>
      event('a', instant('0'), { user_id: `u${String(index).padStart(5, '0')}` }),
    );
    const { steps: asked } = await askSteps(events, { steps: [{ event: 'a' }], members });
    expect(asked[0]?.count).toBe(10_001);
    expect(asked[0]?.members).toHaveLength(10_000);
    expect(asked[0]?.members?.at(-1)).toBe('u09999');
  });

  it('are refused by kinds that count no units', async () => {
    const question = { kind: 'trend', series: [{ event: 'a' }], members } as const;
    await expect(askEvents([], question as never)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('members') as string,
    });
  });
});
