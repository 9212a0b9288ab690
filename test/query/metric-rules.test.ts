import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrendLine } from '../../shared/query/answer.ts';
import { METRIC_IDS, type MetricId } from '../../shared/domain/metrics.ts';
import { event } from '../support/ask-events.ts';
import { fillStore, type FilledStore } from '../support/scene-store.ts';

const at = (time: string, day = 2): string => `2026-03-0${day}T${time}Z`;
const of = (properties: object, user = 'u') => ({ user_id: user, properties });

const EVENTS = [
  // signals: a pair, an abandoned one, a post alone
  event('signal_pre', at('10:00:00'), of({ signal_id: 's1', confidence: 4 })),
  event('signal_post', at('10:30:00'), of({ signal_id: 's1', confidence: 9, goal_completed: 'yes' })),
  event('signal_pre', at('11:00:00'), of({ signal_id: 's2', confidence: 6 })),
  event('signal_pre', at('12:00:00'), of({ signal_id: 's3', confidence: 5 })),
  event('signal_post', at('09:00:00', 3), of({ signal_id: 's3', confidence: 4, goal_completed: 'partly' })),
  event('signal_post', at('12:00:00'), of({ signal_id: 's4', confidence: 10, goal_completed: 'yes' })),
  // performance
  ...[100, 200, 300, 400].map((duration_ms, index) =>
    event(
      'performance_metric',
      at(`13:00:0${index}`),
      of({ metric_type: 'api_call', duration_ms, success: index > 0 }),
    ),
  ),
  // feedback
  ...[10, 9, 8, 3].map((score, index) =>
    event('feedback_submission', at(`14:00:0${index}`), of({ feedback_type: 'nps', score })),
  ),
  ...[5, 4, 3].map((score, index) =>
    event('feedback_submission', at(`14:10:0${index}`), of({ feedback_type: 'csat', score })),
  ),
  // chat and prompts
  event('chat_interaction', at('15:00:00'), of({ message_type: 'user_prompt', is_follow_up: true })),
  event('chat_interaction', at('15:00:01'), of({ message_type: 'user_prompt', is_follow_up: false })),
  event('chat_interaction', at('15:00:02'), of({ message_type: 'ai_response', is_follow_up: true })),
  event('prompt_analysed', at('15:01:00'), of({ repeat: true, cost: 0.1 })),
  event('prompt_analysed', at('15:01:01'), of({ repeat: false, cost: 0.2 })),
  event('cost_savings_identified', at('15:02:00'), of({})),
  // features, money, another user
  event('feature_usage', at('16:00:00'), of({ feature_name: 'export', success: true }, 'v')),
  event('payment', at('17:00:00'), of({ amount: 9.99, currency: 'EUR' }, 'v')),
  event('payment', at('17:00:00'), of({ amount: 5, currency: 'EUR' }, 'w')),
  event('reaction_captured', at('18:00:00'), of({ practice_session_id: 'r1', state: 'calm' })),
  event('reaction_captured', at('18:00:01'), of({ practice_session_id: 'r1', state: 'calm' })),
  event('reaction_captured', at('18:00:02'), of({ practice_session_id: 'r2', state: 'heavy' })),
  event('click', at('10:00:00', 1), of({}, 'gone')),
];

describe('a metric (DATA §4)', () => {
  let store: FilledStore;
  beforeAll(async () => {
    store = await fillStore({ rows: { events: EVENTS } });
  });
  afterAll(() => store.remove());

  async function lineOf(measure: MetricId, more: object = {}): Promise<TrendLine> {
    const engine = store.engine();
    const answer = await engine.run({
      kind: 'trend',
      environment: 'test',
      range: { from: '2026-03-02', to: '2026-03-02' },
      series: [{ measure, ...more }],
    });
    engine.close();
    const line = answer.kind === 'trend' ? answer.result.series[0] : undefined;
    if (line === undefined) throw new Error('no line was answered');
    return line;
  }

  it.each<[MetricId, object, number, number?, number?]>([
    ['confidence_lift', {}, (5 - 1 - 1) / 3, 3, 3],
    ['goal_completion', {}, 1.5 / 3, 1.5, 3],
    ['abandonment', {}, 1 / 3, 1, 3],
    ['latency_p50', {}, 250],
    ['latency_p95', {}, 385],
    ['latency_p99', {}, 397],
    ['error_rate', {}, 0.25, 1, 4],
    ['error_rate', { event: 'feature_usage' }, 0, 0, 1],
    ['throughput', { event: 'performance_metric' }, 4 / 86_400, 4, 86_400],
    ['nps', {}, 25, 1, 4],
    ['csat', {}, 2 / 3, 2, 3],
    ['follow_up_rate', {}, 0.5, 1, 2],
    ['repeat_rate', {}, 0.5, 1, 2],
    ['cost_per_outcome', {}, 0.1 + 0.2, 0.1 + 0.2, 1],
    ['feature_adoption', {}, 1 / 3, 1, 3],
    ['feature_adoption', { filters: [{ property: 'feature_name', op: 'is', value: 'import' }] }, 0, 0, 3],
    ['revenue_per_user', {}, 14.99 / 3, 14.99, 3],
    ['active_users', {}, 3],
    ['dau', {}, 3],
    ['wau', {}, 4],
    ['mau', {}, 4],
    ['stickiness', {}, 0.75, 3, 4],
    ['churn', {}, 1, 1, 1],
    ['captured_reactions', {}, 3],
    ['state_share', { filters: [{ property: 'state', op: 'is', value: 'calm' }] }, 2 / 3, 2, 3],
    ['views_per_session', {}, 0, 0, 11],
  ])('%s %j is %f', async (measure, more, value, numerator, denominator) => {
    const line = await lineOf(measure, more);
    expect(line.total).toBeCloseTo(value, 12);
    expect(line.data[0]).toBeCloseTo(value, 12);
    if (numerator !== undefined) expect(line.totalNumerator).toBeCloseTo(numerator, 12);
    if (denominator !== undefined) expect(line.totalDenominator).toBe(denominator);
  });

  it.each(METRIC_IDS)('is answered: %s', async (measure) => {
    expect((await lineOf(measure)).data).toHaveLength(1);
  });

  it('of its own events refuses others', async () => {
    await expect(lineOf('capture_rate', { event: 'page_view' })).rejects.toMatchObject({
      code: 'bad-input',
      path: 'series[0].event',
      message:
        'series[0].event: the metric "capture_rate" reads session_completed and reaction_captured; leave event out',
    });
  });

  it('never adds currencies', async () => {
    const extra = event('payment', at('17:00:01'), of({ amount: 1, currency: 'USD' }));
    const two = await fillStore({ rows: { events: [...EVENTS, extra] } });
    const engine = two.engine();
    const question = {
      kind: 'trend',
      environment: 'test',
      series: [{ measure: 'revenue_per_user' }],
    } as const;
    await expect(engine.run(question)).rejects.toMatchObject({
      code: 'bad-input',
      message:
        'revenue_per_user: payments are in EUR, USD, which are never added; break down by currency or filter on one',
    });
    const split = await engine.run({ ...question, display: 'total', breakdown: { property: 'currency' } });
    const lines =
      split.kind === 'trend'
        ? split.result.series.map(({ breakdown, totalNumerator }) => [breakdown, totalNumerator])
        : [];
    expect(lines).toEqual([
      ['EUR', 14.99],
      ['USD', 1],
    ]);
    engine.close();
    two.remove();
  });
});
