import { describe, expect, it } from 'vitest';
import type { GoodAnswer } from '../../../renderer/link/coordinator.ts';
import { fitTogether } from '../../../renderer/state/fit-together.ts';

const good = (part: object, revision = 4): GoodAnswer =>
  ({
    spec: { kind: 'retention', environment: 'sample', type: 'recurring', cohort: null, ...part },
    answer: { revision },
    atMs: 0,
  }) as unknown as GoodAnswer;

describe('two answers fit together', () => {
  it('where only the parts that are named differ', () => {
    expect(fitTogether(good({}), good({ type: 'first_time' }), ['type'])).toBe(true);
    expect(fitTogether(good({}), good({ type: 'first_time' }), [])).toBe(false);
  });

  it('but not while one of them still has the people, filters or dates of before', () => {
    expect(fitTogether(good({ cohort: 'abc' }), good({ type: 'first_time' }), ['type'])).toBe(false);
    expect(fitTogether(good({ range: { from: '2026-01-01' } }), good({}), ['type'])).toBe(false);
  });

  it('nor across a commit, nor without one of them', () => {
    expect(fitTogether(good({}, 4), good({}, 5), ['type'])).toBe(false);
    expect(fitTogether(good({}), null, ['type'])).toBe(false);
  });
});
