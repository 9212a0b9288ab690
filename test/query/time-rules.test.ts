import { describe, expect, it } from 'vitest';
import { askEvents, event } from '../support/ask-events.ts';

const series = [{ event: 'a' }];

/** One event at each of the instants. */
const eventsAt = (...instants: string[]): object[] => instants.map((ts) => event('a', ts));

describe('time (DATA §5)', () => {
  it('gives the days of Europe/Oslo on which clocks change 23 and 25 hours', async () => {
    const spring = eventsAt('2026-03-28T23:00:00Z', '2026-03-29T21:59:59.999Z', '2026-03-29T22:00:00Z');
    const days = await askEvents(spring, {
      kind: 'trend',
      zone: 'Europe/Oslo',
      range: { from: '2026-03-29', to: '2026-03-30' },
      series,
    });
    expect(days.result.buckets).toEqual(['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z']);
    expect(days.result.series[0]?.data).toEqual([2, 1]);
    const autumn = eventsAt('2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T22:59:59.999Z');
    const hours = await askEvents(autumn, {
      kind: 'trend',
      zone: 'Europe/Oslo',
      interval: 'hour',
      range: { from: '2026-10-25', to: '2026-10-25' },
      series,
    });
    expect(hours.result.buckets).toHaveLength(25);
    expect(hours.result.series[0]?.data.slice(1, 5)).toEqual([0, 1, 1, 0]); // both hours from 2 to 3 o'clock
    expect(hours.result.series[0]?.total).toBe(3);
  });

  it('follows the history of America/Sao_Paulo, where clocks changed at midnight', async () => {
    const events = eventsAt(
      '2018-11-04T02:59:59.999Z', // 23:59 on the 3rd
      '2018-11-04T03:00:00Z', // 01:00 on the 4th: midnight never came
      '2018-02-18T01:30:00Z', // 23:30 on the 17th, daylight time
      '2018-02-18T02:30:00Z', // 23:30 on the 17th again
      '2018-02-18T03:00:00Z', // 00:00 on the 18th
    );
    const ask = (from: string, to: string) =>
      askEvents(events, { kind: 'trend', zone: 'America/Sao_Paulo', range: { from, to }, series });
    expect((await ask('2018-11-03', '2018-11-04')).result.series[0]?.data).toEqual([1, 1]);
    expect((await ask('2018-02-17', '2018-02-18')).result.series[0]?.data).toEqual([2, 1]);
  });

  it('begins the hours and days of Asia/Kolkata at half past, in UTC', async () => {
    const events = eventsAt('2026-03-01T18:29:59.999Z', '2026-03-01T18:30:00Z', '2026-03-01T19:29:59.999Z');
    const days = await askEvents(events, {
      kind: 'trend',
      zone: 'Asia/Kolkata',
      range: { from: '2026-03-01', to: '2026-03-02' },
      series,
    });
    expect(days.result.series[0]?.data).toEqual([1, 2]);
    const hours = await askEvents(events, {
      kind: 'trend',
      zone: 'Asia/Kolkata',
      interval: 'hour',
      range: { from: '2026-03-01T18:00:00Z', to: '2026-03-01T20:00:00Z' },
      series,
    });
    expect(hours.result.buckets).toEqual([
      '2026-03-01T17:30:00.000Z',
      '2026-03-01T18:30:00.000Z',
      '2026-03-01T19:30:00.000Z',
    ]);
    expect(hours.result.series[0]?.data).toEqual([1, 2, 0]);
  });

  it('lets an hour of Australia/Lord_Howe last 90 minutes when half an hour comes twice', async () => {
    const events = eventsAt('2026-04-04T14:59:00Z', '2026-04-04T15:29:59.999Z', '2026-04-04T15:30:00Z');
    const { result } = await askEvents(events, {
      kind: 'trend',
      zone: 'Australia/Lord_Howe',
      interval: 'hour',
      range: { from: '2026-04-04T14:00:00Z', to: '2026-04-04T16:30:00Z' },
      series,
    });
    expect(result.buckets).toEqual(['2026-04-04T14:00:00.000Z', '2026-04-04T15:30:00.000Z']);
    expect(result.series[0]?.data).toEqual([2, 1]);
  });

  it('begins weeks on the day of the setting, and takes zone and week start from the workspace', async () => {
    const events = eventsAt('2026-11-14T23:30:00Z', '2026-11-15T23:30:00Z');
    const question = {
      kind: 'trend',
      interval: 'week',
      range: { from: '2026-11-15', to: '2026-11-16' },
      series,
    } as const;
    const monday = await askEvents(events, question, { zone: 'Europe/Oslo' });
    expect(monday.zone).toBe('Europe/Oslo');
    expect(monday.result.buckets).toEqual(['2026-11-08T23:00:00.000Z', '2026-11-15T23:00:00.000Z']);
    expect(monday.result.series[0]?.data).toEqual([1, 1]);
    const sunday = await askEvents(events, question, { zone: 'Europe/Oslo', weekStart: 'sunday' });
    expect(sunday.result.buckets).toEqual(['2026-11-14T23:00:00.000Z']);
    expect(sunday.result.series[0]?.data).toEqual([2]);
  });

  it('includes both days of dates, is half-open between instants, and ends an open side at the events', async () => {
    const events = eventsAt('2026-03-01T12:00:00Z', '2026-03-02T00:00:00Z', '2026-03-04T00:00:00Z');
    const total = async (range: {
      from: string | null;
      to: string | null;
    }): Promise<number | null | undefined> =>
      (await askEvents(events, { kind: 'trend', range, series })).result.series[0]?.total;
    expect(await total({ from: '2026-03-01', to: '2026-03-02' })).toBe(2);
    expect(await total({ from: '2026-03-01T12:00:00Z', to: '2026-03-02T00:00:00Z' })).toBe(1);
    const open = await askEvents(events, { kind: 'trend', range: { from: null, to: null }, series });
    expect(open.result.buckets.map((bucket) => bucket.slice(0, 10))).toEqual([
      '2026-03-01',
      '2026-03-02',
      '2026-03-03',
      '2026-03-04',
    ]);
    expect(open.result.series[0]?.total).toBe(3);
  });

  it('compares dates with as many days before, and instants with as much time before', async () => {
    const events = eventsAt('2026-03-26T12:00:00Z', '2026-03-27T12:00:00Z', '2026-03-29T12:00:00Z');
    const dates = await askEvents(events, {
      kind: 'trend',
      zone: 'Europe/Oslo',
      range: { from: '2026-03-29', to: '2026-03-30' },
      compare: 'previous',
      series,
    });
    expect(dates.result.previousBuckets).toEqual(['2026-03-26T23:00:00.000Z', '2026-03-27T23:00:00.000Z']);
    expect(dates.result.series.map(({ compare, data }) => [compare, data])).toEqual([
      ['current', [1, 0]],
      ['previous', [1, 0]],
    ]);
    const instants = await askEvents(events, {
      kind: 'trend',
      range: { from: '2026-03-29T00:00:00Z', to: '2026-03-29T13:00:00Z' },
      compare: 'previous',
      series,
    });
    expect(instants.result.previousBuckets).toEqual(['2026-03-28T00:00:00.000Z']);
    const shifted = await askEvents(events, {
      kind: 'trend',
      range: { from: '2026-03-29', to: '2026-03-29' },
      compare: { shiftDays: 2 },
      series,
    });
    expect(shifted.result.series.map(({ total }) => total)).toEqual([1, 1]);
  });

  it('names the buckets that are still open by their date, hours by their instant', async () => {
    const events = eventsAt('2026-03-02T12:00:00Z');
    const now = { zone: 'Europe/Oslo', asOfMs: Date.parse('2026-03-03T08:30:00Z') };
    const days = await askEvents(
      events,
      { kind: 'trend', range: { from: '2026-03-01', to: '2026-03-04' }, series },
      now,
    );
    expect(days.partial).toEqual(['2026-03-03', '2026-03-04']);
    const hours = await askEvents(
      events,
      {
        kind: 'trend',
        interval: 'hour',
        range: { from: '2026-03-03T06:00:00Z', to: '2026-03-03T09:00:00Z' },
        series,
      },
      now,
    );
    expect(hours.partial).toEqual(['2026-03-03T08:00:00.000Z']);
    const captures = await askEvents(
      events,
      {
        kind: 'trend',
        range: { from: '2026-03-01', to: '2026-03-03' },
        series: [{ measure: 'capture_rate' }],
      },
      now,
    );
    expect(captures.partial).toEqual(['2026-03-02', '2026-03-03']); // the 2nd waits until the 3rd is over
  });

  it('refuses a range that ends before it begins once the zone is known, and more buckets than anyone reads', async () => {
    const ask = (range: { from: string; to: string }, interval: 'day' | 'hour' = 'day') =>
      askEvents([], { kind: 'trend', interval, range, series });
    await expect(ask({ from: '2026-03-02', to: '2026-03-01T12:00:00Z' })).rejects.toMatchObject({
      code: 'bad-input',
      path: 'range',
    });
    await expect(ask({ from: '1990-01-01', to: '2026-01-01' }, 'hour')).rejects.toMatchObject({
      path: 'interval',
    });
  });
});
