import fc from 'fast-check';
import { journeyRef } from './generate-filters.ts';
import { type KindDraft, halfTheTime, seldom } from './generate-values.ts';

const aggregate = fc.oneof(
  fc.record({ measure: fc.constantFrom('sum', 'mean'), property: fc.constantFrom('amount', 'mixed') }),
  fc.record({ measure: fc.constantFrom('sum', 'mean'), userProperty: fc.constantFrom('seats', 'plan') }),
);

/** Questions about who comes back. Hours are asked of few cohorts only. */
export const retentions: fc.Arbitrary<KindDraft> = fc
  .record({
    refs: fc.oneof(
      journeyRef.map((ref) => ({ anchor: ref, return: ref })),
      fc.record({ anchor: journeyRef, return: journeyRef }),
      journeyRef.map((ref) => ({ anchor: ref, return: { event: null } })),
    ),
    interval: fc.constantFrom('hour', 'day', 'day', 'day', 'day', 'day', 'day', 'week', 'week', 'month'),
    type: fc.constantFrom('recurring', 'recurring', 'first_time', 'first_ever'),
    mode: fc.constantFrom('calendar', 'calendar', 'rolling', '24h'),
    minimumReturns: fc.constantFrom(1, 1, 1, 1, 2),
    cohorts: seldom(fc.integer({ min: 2, max: 12 }), 4),
    columns: fc.oneof(
      fc.constant({}),
      fc.integer({ min: 1, max: 9 }).map((periods) => ({ periods })),
      fc
        .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 })
        .map((brackets) => ({ brackets })),
    ),
    aggregate: halfTheTime(aggregate),
    members: fc.boolean(),
  })
  .map(({ columns, cohorts, refs, ...rest }) => ({
    kind: 'retention' as const,
    ...refs,
    ...rest,
    ...columns,
    ...(rest.interval === 'hour' ? { cohorts: cohorts ?? 6 } : cohorts === undefined ? {} : { cohorts }),
  }));
