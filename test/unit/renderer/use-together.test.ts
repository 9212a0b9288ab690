import { describe, expect, it } from 'vitest';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import type { GoodAnswer } from '../../../renderer/link/coordinator.ts';
import { togetherOf, type TogetherPart } from '../../../renderer/state/use-together.ts';

const specOf = (name: string): QuerySpecInput => ({ kind: 'states', environment: name });
const good = (name: string, revision = 4): GoodAnswer =>
  ({ spec: specOf(name), answer: { revision }, atMs: 0 }) as unknown as GoodAnswer;
const part = (asked: string | null, known: GoodAnswer | null, status = 'ready'): TogetherPart =>
  ({
    question: { state: { status, good: known } },
    spec: asked === null ? null : specOf(asked),
  }) as TogetherPart;
const names = ({ answers }: ReturnType<typeof togetherOf>) =>
  answers.map(({ state }) => state.good && (state.good.spec as { environment: string }).environment);

const BEFORE = togetherOf([part('a', good('a')), part('b', good('b'))], null);

describe('answers that make one drawing', () => {
  it('stay those of before until every question of now is answered', () => {
    const between = togetherOf([part('c', good('c')), part('d', good('b'), 'stale')], BEFORE);
    expect(names(between)).toEqual(['a', 'b']);
    const after = togetherOf([part('c', good('c')), part('d', good('d'))], between);
    expect(names(after)).toEqual(['c', 'd']);
  });

  it('are of one state of the store', () => {
    const between = togetherOf([part('a', good('a', 5)), part('b', good('b'))], BEFORE);
    expect(between).toBe(BEFORE);
    expect(names(togetherOf([part('a', good('a', 5)), part('b', good('b'))], null))).toEqual(['a', null]);
  });

  it('stay where a question of now failed, and do not wait for what is not asked', () => {
    expect(togetherOf([part('c', good('c')), part('d', good('b'), 'failed')], BEFORE)).toBe(BEFORE);
    expect(names(togetherOf([part('c', good('c')), part(null, null, 'idle')], BEFORE))).toEqual(['c', null]);
  });

  it('come one by one where nothing was drawn before, or other questions were', () => {
    expect(names(togetherOf([part('a', good('a')), part('b', null, 'loading')], null))).toEqual(['a', null]);
    const none = togetherOf([], null);
    expect(names(togetherOf([part('a', good('a')), part('b', null, 'loading')], none))).toEqual(['a', null]);
  });
});
