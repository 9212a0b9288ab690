import fc from 'fast-check';
import type { EventRef, FunnelExclusion, FunnelStep } from '../support/oracle/types.ts';
import { journeyRef } from './generate-filters.ts';
import { type KindDraft, interval, maybe, seldom } from './generate-values.ts';

/** Questions about steps. Numbers of steps are drawn freely and folded into what the funnel has. */

const step = fc.record({
  ref: journeyRef,
  name: maybe(fc.constantFrom('One', 'Two')),
  isOptional: seldom(fc.constant(true), 4),
  first: seldom(fc.constantFrom('ever', 'matching'), 8),
});

const window = fc.constantFrom(
  { value: 1800, unit: 'second' },
  { value: 30, unit: 'minute' },
  { value: 1, unit: 'hour' },
  { value: 1, unit: 'day' },
  { value: 1, unit: 'day' },
  { value: 7, unit: 'day' },
  { value: 7, unit: 'day' },
  { value: 2, unit: 'week' },
  { value: 1, unit: 'month' },
);

interface ExclusionDraft {
  ref: EventRef;
  place: number;
  length: number;
}
const exclusion: fc.Arbitrary<ExclusionDraft> = fc.record({
  ref: journeyRef,
  place: fc.nat({ max: 9 }),
  length: fc.nat({ max: 3 }),
});

const attribution = fc.oneof(
  fc.constantFrom('first', 'last', 'each'),
  fc.nat({ max: 3 }).map((number) => ({ step: number })),
);

export const funnels: fc.Arbitrary<KindDraft> = fc
  .record({
    steps: fc.noBias(fc.array(step, { minLength: 1, maxLength: 4, size: 'max' })),
    unit: fc.oneof(
      { weight: 5, arbitrary: fc.constant('user') },
      { weight: 1, arbitrary: fc.constant('session') },
      {
        weight: 2,
        arbitrary: fc.constantFrom('account', 'platform', 'mixed').map((property) => ({ property })),
      },
    ),
    order: fc.constantFrom('ordered', 'ordered', 'strict', 'unordered'),
    window: maybe(window),
    exclusions: fc.oneof(
      { weight: 2, arbitrary: fc.constant<ExclusionDraft[]>([]) },
      { weight: 2, arbitrary: fc.array(exclusion, { minLength: 1, maxLength: 2 }) },
    ),
    holdConstant: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.subarray(['account', 'platform'], { minLength: 1 }) },
    ),
    attribution,
    show: fc.constantFrom('steps', 'steps', 'trend', 'time'),
    interval,
    fromStep: fc.nat({ max: 3 }),
    toStep: fc.nat({ max: 3 }),
    bins: maybe(fc.constantFrom(1, 2, 7)),
    members: fc.boolean(),
    /** Seldom a question is left as drawn, whether or not it makes sense. */
    isRaw: seldom(fc.constant(true), 30),
  })
  .map(({ steps, exclusions, isRaw, fromStep, toStep, attribution: drawn, members, ...rest }) => {
    const last = steps.length - 1;
    const isUnordered = rest.order === 'unordered';
    const named = steps.map(({ ref, name, isOptional, first }, index): FunnelStep => {
      const mayBeOptional = isRaw === true || (index > 0 && !isUnordered);
      return JSON.parse(
        JSON.stringify({ ...ref, name, first, ...(isOptional && mayBeOptional ? { optional: true } : {}) }),
      ) as FunnelStep; // what is undefined is not asked
    });
    const [from, to] = ends(fromStep, toStep, last);
    return {
      kind: 'funnel' as const,
      ...rest,
      steps: named,
      exclusions: exclusions
        .map(({ ref, place, length }): FunnelExclusion => {
          if (isRaw) return { ...ref, after: place % 4, before: (place + length) % 4 };
          const after = isUnordered ? 0 : place % Math.max(1, last);
          return { ...ref, after, before: isUnordered ? last : Math.min(last, after + 1 + length) };
        })
        .filter(() => isRaw === true || last > 0),
      attribution:
        isRaw === true || typeof drawn === 'string'
          ? drawn
          : { step: isUnordered ? 0 : drawn.step % steps.length },
      // a single step has nothing to convert to
      ...(last === 0 && !isRaw
        ? { show: 'steps' }
        : isRaw
          ? { fromStep, toStep }
          : { fromStep: from, toStep: to }),
      members: members && rest.unit !== 'session',
    };
  });

function ends(a: number, b: number, last: number): [number, number] {
  const from = Math.min(a, b) % Math.max(1, last);
  return [from, Math.min(last, Math.max(a, b, from + 1))];
}
