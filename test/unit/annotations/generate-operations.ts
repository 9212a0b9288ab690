import fc from 'fast-check';
import type { Operation } from '../../../shared/annotations/operation.ts';

const FIELDS = ['title', 'body'] as const;
const ANNOTATIONS = ['ann_1', 'ann_2'];

const opId = fc.nat(14).map((n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
const seen = fc.array(opId, { maxLength: 3 });
const hlc = fc
  .record({
    ms: fc.oneof(
      fc.nat(20).map((n) => 1_790_000_000_000 + n),
      fc.constantFrom(0, 9e14),
    ),
    counter: fc.nat(2),
    device: fc.nat(2),
  })
  .map(({ ms, counter, device }) => `${String(ms).padStart(15, '0')}-000${counter}-dev_${device}`);

const content = fc
  .record({
    field: fc.constantFrom(...FIELDS),
    text: fc.string({ maxLength: 3 }),
    status: fc.constantFrom('note', 'action', undefined),
    tags: fc.option(fc.array(fc.string({ maxLength: 2 }), { maxLength: 2 }), { nil: undefined }),
    saw: fc.option(fc.record({ title: seen, body: seen, status: seen }), { nil: undefined }),
    reply: fc.option(opId, { nil: undefined, freq: 4 }),
  })
  .map(({ field, text, status, tags, saw, reply }) =>
    dense({ [field]: text, status, tags, saw, reply_id: reply }),
  );
const deletion = fc
  .record({
    saw: fc.option(fc.record({ deleted: seen, text: seen }), { nil: undefined }),
    reply: fc.option(opId, { nil: undefined, freq: 4 }),
  })
  .map(({ saw, reply }) => dense({ saw, reply_id: reply }));

const shapes = fc.oneof(
  fc.record({ kind: fc.constantFrom('create', 'edit', 'resolve'), fields: content }),
  fc.record({ kind: fc.constantFrom('delete', 'restore'), fields: deletion }),
  fc.record({ kind: fc.constant('reply'), fields: fc.record({ body: fc.string({ maxLength: 3 }) }) }),
  fc.record({ kind: fc.constant('redact'), fields: fc.record({ op_ids: seen }) }),
);

/** Any operations at all, honest or not: ids used twice, rings of `saw`, clocks that are absurd. */
export const operations: fc.Arbitrary<Operation[]> = fc.array(
  fc
    .record({
      op_id: opId,
      annotation_id: fc.constantFrom(...ANNOTATIONS),
      shape: shapes,
      hlc,
      device: fc.constantFrom('dev_0', 'dev_1'),
      author: fc.constantFrom('', 'Ada'),
    })
    .map(({ shape, ...members }) => ({ ...members, ...shape })),
  { maxLength: 14 },
);

function dense(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
