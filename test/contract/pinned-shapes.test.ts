import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { QuerySpec } from '../../shared/query/spec.ts';
import { Frame, PROTOCOL_VERSION } from '../../shared/rpc/frames.ts';
import type { Method } from '../../shared/rpc/method.ts';
import { METHODS, TOPICS } from '../../shared/rpc/methods.ts';

/**
 * Both ends are of one build in either host, but a window outlives the host that it came from: after an update its page
 * still speaks the old shapes. Whoever changes a shape raises PROTOCOL_VERSION, once per release, and the hash here.
 *
 * 1: frames, questions (trend, states, sessions), sync, sample, shell.
 * 2: every kind of question, recounts, cohorts; jobs, freshness and quarantine; saved views; privacy, retention; notes;
 *    sources, secrets, settings of the workspace; alerts.
 */
const PINNED = { version: 2, hash: '9afdfaf2b5c78311' };

test('the shapes of the contract are those of its version', () => {
  const shapes = {
    frames: shapeOf(Frame),
    methods: Object.entries<Method>(METHODS).map(([name, { params, result, progress, part, ...rules }]) => ({
      name,
      rules,
      shapes: [params, result, progress, part].map((schema) =>
        schema === undefined ? null : shapeOf(schema),
      ),
    })),
    topics: Object.entries(TOPICS).map(([name, schema]) => [name, shapeOf(schema)]),
    questions: shapeOf(QuerySpec),
  };
  const hash = createHash('sha256').update(JSON.stringify(shapes)).digest('hex').slice(0, 16);
  expect({ version: PROTOCOL_VERSION, hash }).toEqual(PINNED);
});

/** Without descriptions: better words are no other shape. */
const shapeOf = (schema: z.ZodType): unknown =>
  JSON.parse(
    JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), (key, value: unknown) =>
      key === 'description' && typeof value === 'string' ? undefined : value,
    ),
  );
