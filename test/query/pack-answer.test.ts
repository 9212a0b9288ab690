import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packAnswer } from '../../main/query/results/pack-answer.ts';
import { unpackAnswer } from '../../renderer/link/unpack-answer.ts';
import type { Answer } from '../../shared/query/answer.ts';

const numberOrNull = fc.option(fc.double({ noNaN: true }), { nil: null });
const numbers = fc.array(numberOrNull, { maxLength: 20 });
const textOrNull = fc.option(fc.string(), { nil: null });
const state = fc.record({ state: fc.string(), count: fc.nat(), value: numberOrNull });
const row = fc.record(
  {
    value: textOrNull,
    n: fc.nat(),
    data: numbers,
    states: fc.array(state, { maxLength: 7 }),
    extra: numbers,
  },
  { requiredKeys: ['value', 'n', 'data', 'states'] },
);
const answer = fc.record({
  ok: fc.constant(true),
  partial: fc.array(fc.string()),
  result: fc.record({
    buckets: fc.array(fc.string()),
    rows: fc.array(row, { maxLength: 6 }),
    lists: fc.array(fc.array(textOrNull)),
    pair: fc.option(fc.tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true })), { nil: null }),
    total: row,
  }),
});

describe('an answer on the wire', () => {
  it('comes back as it was, whatever its shape', () => {
    fc.assert(
      fc.property(answer, (value) => {
        // The generator makes more shapes than answers have; packing knows none of them by name.
        const original = value as unknown as Answer;
        expect(unpackAnswer(packAnswer(original))).toEqual(original);
      }),
    );
  });

  it('sends numbers of rows as columns, not as row objects', () => {
    const rows = [
      { value: 'a', n: 1, states: [{ state: 'calm', count: 1 }] },
      { value: 'b', n: 2, states: [{ state: 'calm', count: 2 }] },
    ];
    const packed = packAnswer({ result: { rows } } as unknown as Answer);
    expect(packed.meta).toEqual({
      result: {
        rows: {
          $rows: 2,
          fields: {
            value: ['a', 'b'],
            n: { $column: [0, 0] },
            states: {
              $lists: 2,
              length: 1,
              items: { $rows: 2, fields: { state: ['calm', 'calm'], count: { $column: [0, 1] } } },
            },
          },
        },
      },
    });
    expect(packed.tables).toHaveLength(1);
  });
});
