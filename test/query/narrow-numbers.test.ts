import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { event } from '../support/ask-events.ts';
import { type FilledStore, fillStore } from '../support/scene-store.ts';

/** Numbers are stored as narrow as they are exact; answers are those of the numbers that came in. */

const PROPERTIES: Readonly<Record<string, (n: number) => number | null>> = {
  byte: (n) => (n % 3 === 0 ? null : n % 250),
  word: (n) => (n % 60_000) + 1,
  whole: (n) => n * 70_001 - 1_000_000_000,
  single: (n) => (n % 7 === 0 ? null : n / 8),
  double: (n) => n + 0.1,
};

const eventsOf = (eventType: string, count: number): object[] =>
  Array.from({ length: count }, (_, n) =>
    event(eventType, `2026-11-0${1 + (n % 2)}T${String(n % 24).padStart(2, '0')}:00:00Z`, {
      user_id: `u${n % 50}`,
      properties: Object.fromEntries(
        Object.entries(PROPERTIES).flatMap(([name, of]) => (of(n) === null ? [] : [[name, of(n)]])),
      ),
    }),
  );

/** One file that is read whole, and one that is read column by column. */
const COUNTS: Readonly<Record<string, number>> = { few: 500, many: 24_000 };

let store: FilledStore;
beforeAll(async () => {
  store = await fillStore({
    rows: { events: Object.entries(COUNTS).flatMap(([name, count]) => eventsOf(name, count)) },
  });
});
afterAll(() => store.remove());

describe.each(Object.keys(COUNTS))('of %s events', (eventType) => {
  it.each(Object.keys(PROPERTIES))('the numbers of "%s" are exact', async (property) => {
    const numbers = Array.from({ length: COUNTS[eventType]! }, (_, n) => PROPERTIES[property]!(n)).filter(
      (value) => value !== null,
    );
    const engine = store.engine();
    const answer = await engine.run({
      kind: 'trend',
      environment: 'test',
      display: 'total',
      range: { from: '2026-11-01', to: '2026-11-02' },
      series: (['sum', 'min', 'max'] as const).map((measure) => ({ event: eventType, measure, property })),
    });
    engine.close();
    const totals = (answer.result as { series: { total: number }[] }).series.map(({ total }) => total);
    expect(totals).toEqual([
      expect.closeTo(
        numbers.reduce((sum, value) => sum + value, 0),
        property === 'double' ? 3 : 9,
      ),
      numbers.reduce((a, b) => Math.min(a, b)),
      numbers.reduce((a, b) => Math.max(a, b)),
    ]);
  });
});
