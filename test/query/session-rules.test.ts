import { describe, expect, it } from 'vitest';
import { askEvents, event } from '../support/ask-events.ts';

const range = { from: '2026-03-02', to: '2026-03-03' };
const in1 = (fields: object = {}) => ({ user_id: 'u', session_id: 's1', ...fields });
const page = (path: string) => ({ properties: { page_path: path } });

describe('sessions (DATA §5)', () => {
  it('count bounces as 0 s and take bounce rate, mean duration and views per session of whole sessions', async () => {
    const events = [
      event('page_view', '2026-03-02T10:00:00Z', in1()),
      event('click', '2026-03-02T10:01:30Z', in1()),
      event('page_view', '2026-03-02T10:02:00Z', in1()),
      event('page_view', '2026-03-02T11:00:00Z', { user_id: 'v', session_id: 's2' }),
    ];
    const { result } = await askEvents(events, { kind: 'sessions', range });
    expect(result).toMatchObject({
      sessions: 2,
      users: 2,
      views: 3,
      bounce_rate: 0.5,
      mean_duration: 60,
      views_per_session: 1.5,
    });
  });

  it('belong to every day that they touch, their page views to their own day', async () => {
    const events = [
      event('page_view', '2026-03-02T23:50:00Z', in1()),
      event('page_view', '2026-03-03T00:10:00Z', in1()),
      event('page_view', '2026-03-03T00:20:00Z', in1()),
    ];
    const { result } = await askEvents(events, { kind: 'sessions', interval: 'day', range });
    expect(result).toMatchObject({
      buckets: ['2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z'],
      sessions: [1, 1],
      views: [1, 2],
      mean_duration: [1800, 1800],
      views_per_session: [3, 3],
    });
  });

  it('are seen whole where the range cuts them', async () => {
    const events = [
      event('page_view', '2026-03-01T23:50:00Z', in1()),
      event('page_view', '2026-03-02T00:10:00Z', in1()),
    ];
    const { result } = await askEvents(events, { kind: 'sessions', range });
    expect(result).toMatchObject({
      sessions: 1,
      views: 1,
      mean_duration: 1200,
      views_per_session: 2,
      bounce_rate: 0,
    });
  });

  it('take source and device from their first event', async () => {
    const events = [
      event('page_view', '2026-03-02T10:00:00Z', in1({ platform: 'web' })),
      event('page_view', '2026-03-02T10:05:00Z', in1({ platform: 'ios' })),
    ];
    const { result } = await askEvents(events, {
      kind: 'sessions',
      range,
      breakdown: { property: 'platform' },
    });
    expect(result.breakdowns).toMatchObject([{ value: 'web', sessions: 1, views: 2 }]);
  });

  it('bounce with one page view and nothing else, whatever is passive', async () => {
    const events = [
      event('page_view', '2026-03-02T10:00:00Z', in1()),
      event('performance_metric', '2026-03-02T10:00:05Z', in1()),
      event('click', '2026-03-02T12:00:00Z', { user_id: 'v', session_id: 's2' }),
    ];
    const plain = await askEvents(events, { kind: 'sessions', range });
    expect(plain.result).toMatchObject({ sessions: 2, bounce_rate: 0, mean_duration: 2.5 });
    const passive = await askEvents(events, { kind: 'sessions', range, passive: ['performance_metric'] });
    expect(passive.result).toMatchObject({ sessions: 2, bounce_rate: 0.5, mean_duration: 0 });
    const alone = await askEvents(events, {
      kind: 'sessions',
      range,
      passive: ['performance_metric', 'click'],
    });
    expect(alone.result).toMatchObject({ sessions: 1, bounce_rate: 1 });
  });

  it('end after 30 minutes without an event where none is named, or after the gap that is asked', async () => {
    const times = ['10:00:00.000', '10:29:59.999', '10:59:59.999', '11:00:00.000'];
    const events = times.map((time) => event('page_view', `2026-03-02T${time}Z`, { user_id: 'u' }));
    const usual = await askEvents(events, { kind: 'sessions', range });
    expect(usual.result).toMatchObject({ sessions: 2, views: 4 });
    const longer = await askEvents(events, { kind: 'sessions', range, gapMinutes: 31 });
    expect(longer.result).toMatchObject({ sessions: 1, mean_duration: 3600 });
  });

  it('under an event filter are those that hold such an event, with users and views of such events', async () => {
    const events = [
      event('page_view', '2026-03-02T10:00:00Z', in1(page('/a'))),
      event('page_view', '2026-03-02T10:10:00Z', in1(page('/b'))),
      event('page_view', '2026-03-02T11:00:00Z', { user_id: 'v', session_id: 's2', ...page('/b') }),
      event('page_view', '2026-03-02T12:00:00Z', { user_id: 'w', session_id: 's3', ...page('/a') }),
    ];
    const on = (path: string) => [{ property: 'page_path', op: 'is', value: path } as const];
    const { result } = await askEvents(events, { kind: 'sessions', range, filters: on('/b') });
    expect(result).toMatchObject({
      sessions: 2,
      users: 2,
      views: 2,
      bounce_rate: 1, // of the one session that entered with /b
      mean_duration: 300,
      views_per_session: 1.5,
    });
    const none = await askEvents(events, { kind: 'sessions', range, filters: on('/c') });
    expect(none.result).toMatchObject({
      sessions: 0,
      users: 0,
      views: 0,
      bounce_rate: null,
      bounce_rate_interval: null,
      mean_duration: null,
    });
    const entered = await askEvents(events, { kind: 'sessions', range, entryFilters: on('/a') });
    expect(entered.result).toMatchObject({ sessions: 2, views: 3, bounce_rate: 0.5 });
  });

  it('take the event with the smallest id first where several come at one instant, in whatever file', async () => {
    const first = { ...event('page_view', '2026-03-02T10:00:00Z', in1({ platform: 'web' })), event_id: 'a' };
    const second = { ...event('page_view', '2026-03-02T10:00:00Z', in1({ platform: 'ios' })), event_id: 'b' };
    for (const events of [
      [[first], [second]],
      [[second], [first]],
    ]) {
      const { result } = await askEvents(
        [],
        { kind: 'sessions', range, breakdown: { property: 'platform' } },
        { rows: { events } },
      );
      expect(result.breakdowns).toMatchObject([{ value: 'web', sessions: 1 }]);
    }
  });

  it('answer only the measures that were asked, with what was compared beside them', async () => {
    const events = [event('page_view', '2026-03-01T10:00:00Z', in1())];
    const { result } = await askEvents(events, {
      kind: 'sessions',
      range: { from: '2026-03-02', to: '2026-03-02' },
      compare: 'previous',
      measures: ['sessions', 'views'],
    });
    expect(result).toEqual({ sessions: 0, views: 0, previous: { sessions: 1, views: 1 } });
  });
});
