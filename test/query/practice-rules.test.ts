import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '../../shared/stats/wilson.ts';
import { askEvents, event } from '../support/ask-events.ts';

const range = { from: '2026-03-02', to: '2026-03-02' };
const run = (id: string, fields: object = {}) => ({
  user_id: 'u',
  properties: { practice_session_id: id, practice_id: 'p', master_id: 'm', ...fields },
});
const completed = (id: string, ts: string, fields?: object) =>
  event('session_completed', ts, run(id, fields));
const reaction = (id: string, ts: string, state = 'calm', fields: object = {}) =>
  event('reaction_captured', ts, run(id, { state, ...fields }));

const rateOf = async (events: object[], filters: { property: string; op: 'is'; value: string }[] = []) => {
  const answer = await askEvents(events, {
    kind: 'trend',
    range,
    filters,
    series: [{ measure: 'capture_rate' }],
  });
  const [line] = answer.result.series;
  return { numerator: line?.totalNumerator, denominator: line?.totalDenominator, notes: answer.notes };
};

describe('the capture rate (DATA §4)', () => {
  it('counts a run once however often it completes, and captures it by a reaction up to 24 hours after', async () => {
    const events = [
      completed('r1', '2026-03-02T10:00:00Z'),
      completed('r1', '2026-03-02T11:00:00Z'),
      completed('r2', '2026-03-02T12:00:00Z'),
      completed('r3', '2026-03-02T12:00:00Z'),
      completed('r4', '2026-03-02T12:00:00Z'),
      reaction('r1', '2026-03-02T10:00:01Z'),
      reaction('r2', '2026-03-03T12:00:00Z'), // exactly 24 h after, beyond the range
      reaction('r3', '2026-03-03T12:00:00.001Z'), // too late
      reaction('r5', '2026-03-02T12:00:00Z'),
    ];
    expect(await rateOf(events)).toMatchObject({ numerator: 2, denominator: 4 });
  });

  it('captures by a reaction that came before the completion, also before the range', async () => {
    const events = [
      completed('r1', '2026-03-02T00:00:30Z'),
      reaction('r1', '2026-03-01T23:59:50Z'),
      completed('r2', '2026-03-02T10:00:00Z'),
      reaction('r2', '2026-02-20T10:00:00Z'),
    ];
    expect(await rateOf(events)).toMatchObject({ numerator: 2, denominator: 2 });
  });

  it('counts a run in each bucket of its completions and once in the total', async () => {
    const events = [completed('r1', '2026-03-02T10:00:00Z'), completed('r1', '2026-03-02T11:00:00Z')];
    const { result } = await askEvents(events, {
      kind: 'trend',
      interval: 'hour',
      range: { from: '2026-03-02T10:00:00Z', to: '2026-03-02T12:00:00Z' },
      series: [{ measure: 'completed_sessions' }, { measure: 'capture_rate' }],
    });
    expect(result.series[0]).toMatchObject({ data: [1, 1], total: 1 });
    expect(result.series[1]).toMatchObject({ denominator: [1, 1], totalDenominator: 1, data: [0, 0] });
  });

  it('leaves completions untouched by a filter on the state, and says so', async () => {
    const events = [
      completed('r1', '2026-03-02T10:00:00Z'),
      completed('r2', '2026-03-02T10:00:00Z'),
      reaction('r1', '2026-03-02T10:00:01Z', 'calm'),
      reaction('r2', '2026-03-02T10:00:01Z', 'heavy'),
    ];
    const answer = await rateOf(events, [{ property: 'state', op: 'is', value: 'calm' }]);
    expect(answer).toMatchObject({ numerator: 1, denominator: 2 });
    expect(answer.notes).toEqual(['state does not touch session_completed: that event type cannot have it.']);
    const byState = await askEvents(events, {
      kind: 'trend',
      range,
      series: [{ measure: 'capture_rate' }],
      breakdown: { property: 'state' },
    });
    expect(
      byState.result.series.map(({ breakdown, totalNumerator, totalDenominator }) => [
        breakdown,
        totalNumerator,
        totalDenominator,
      ]),
    ).toEqual([
      ['calm', 1, 2],
      ['heavy', 1, 2],
    ]);
  });

  it('carries its Wilson interval, and is null without completions', async () => {
    const events = [
      completed('r1', '2026-03-02T10:00:00Z'),
      completed('r2', '2026-03-02T10:00:00Z'),
      reaction('r1', '2026-03-02T10:00:01Z'),
    ];
    const { result } = await askEvents(events, {
      kind: 'trend',
      range: { from: '2026-03-01', to: '2026-03-02' },
      series: [{ measure: 'capture_rate' }],
    });
    const [low, high] = wilsonInterval(1, 2);
    expect(result.series[0]).toMatchObject({
      data: [null, 0.5],
      low: [null, low],
      high: [null, high],
      numerator: [0, 1],
      denominator: [0, 2],
    });
  });
});

describe('master impact (DATA §4)', () => {
  /** `captured` of `n` runs of a practice and master get a reaction. */
  const runsOf = (practice: string, master: string, n: number, captured: number): object[] =>
    Array.from({ length: n }, (_, index) => {
      const id = `${practice}-${master}-${index}`;
      const fields = { practice_id: practice, master_id: master };
      const done = completed(id, '2026-03-02T10:00:00Z', fields);
      return index < captured ? [done, reaction(id, '2026-03-02T10:01:00Z', 'calm', fields)] : [done];
    }).flat();

  it('is the captured minus the expected of the practice mix, with its interval and comparable share', async () => {
    const events = [
      ...runsOf('p', 'm1', 10, 9),
      ...runsOf('p', 'm2', 10, 5),
      ...runsOf('q', 'm1', 5, 1), // one master: contributes nothing
    ];
    const ask = (filters: { property: string; op: 'is'; value: string }[] = []) =>
      askEvents(events, {
        kind: 'trend',
        range,
        display: 'total',
        filters,
        series: [{ measure: 'master_impact' }],
        breakdown: { property: 'master_id' },
      });
    const { result } = await ask();
    const half = (1.96 * Math.sqrt(10 * 0.7 * 0.3 + 5 * 0.2 * 0.8)) / 15;
    expect(result.series.map(({ breakdown }) => breakdown)).toEqual(['m1', 'm2']);
    expect(result.series[0]?.total).toBeCloseTo((10 - (10 * 0.7 + 5 * 0.2)) / 15, 12);
    expect(result.series[0]?.totalLow).toBeCloseTo(2 / 15 - half, 12);
    expect(result.series[0]?.comparable).toBeCloseTo(10 / 15, 12);
    expect(result.series[1]?.total).toBeCloseTo((5 - 7) / 10, 12);
    expect(result.series[1]?.comparable).toBe(1);
    const only = await ask([{ property: 'master_id', op: 'is', value: 'm1' }]);
    expect(only.result.series.map(({ breakdown }) => breakdown)).toEqual(['m1']);
    expect(only.result.series[0]?.total).toBeCloseTo(2 / 15, 12); // expected of all masters, whatever the filter
  });
});

describe('states (QUERY.md)', () => {
  const taxonomy = [
    {
      version: '2',
      valid_from: '2020-01-01',
      states: [
        { id: 'tense', label: 'Tense', order: 1 },
        { id: 'calm', label: 'Calm', order: 2 },
      ],
    },
  ];
  const events = [
    completed('r1', '2026-03-02T10:00:00Z'),
    completed('r2', '2026-03-02T10:00:00Z'),
    completed('r3', '2026-03-02T11:00:00Z', { practice_id: 'q', master_id: 'm2' }),
    reaction('r1', '2026-03-02T10:00:01Z', 'calm'),
    reaction('r1', '2026-03-02T10:00:02Z', 'calm'),
    reaction('r2', '2026-03-02T10:00:01Z', 'tense'),
  ];

  it('carry n, captured, completed and every state of the taxonomy in its order', async () => {
    const answer = await askEvents(events, { kind: 'states', range }, { rows: { taxonomy } });
    expect(answer.taxonomyVersion).toBe('2');
    expect(answer.result).toMatchObject({
      rows: [
        {
          value: 'p',
          n: 3,
          captured: 2,
          completed: 2,
          captureRate: { value: 1 },
          states: [
            { state: 'tense', count: 1, value: 1 / 3 },
            { state: 'calm', count: 2, value: 2 / 3 },
          ],
        },
        { value: 'q', n: 0, captured: 0, completed: 1, captureRate: { value: 0 } },
      ],
      total: { value: null, n: 3, captured: 2, completed: 3 },
    });
  });

  it('list states that only the data knows behind the taxonomy, and none without either', async () => {
    const { result } = await askEvents(events, { kind: 'states', range, groupBy: 'master_id' });
    expect('rows' in result && result.rows.map(({ value, completed: n }) => [value, n])).toEqual([
      ['m', 2],
      ['m2', 1],
    ]);
    expect('rows' in result && result.total.states.map(({ state }) => state)).toEqual(['calm', 'tense']);
  });

  it('become lists beside the buckets with an interval', async () => {
    const { result } = await askEvents(
      events,
      {
        kind: 'states',
        interval: 'hour',
        range: { from: '2026-03-02T10:00:00Z', to: '2026-03-02T12:00:00Z' },
      },
      { rows: { taxonomy } },
    );
    expect(result).toMatchObject({
      buckets: ['2026-03-02T10:00:00.000Z', '2026-03-02T11:00:00.000Z'],
      total: { n: [3, 0], completed: [2, 1], captureRate: { value: [1, 0] } },
      rows: [
        { value: 'p', states: [{ state: 'tense', count: [1, 0], value: [1 / 3, null] }, { state: 'calm' }] },
        {},
      ],
    });
  });
});
