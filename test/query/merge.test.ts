import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../main/engine/store/engine-store.ts';
import { mergeDeltas } from '../../main/engine/store/merge/merge-deltas.ts';
import type { QueryEngine } from '../../main/query/query-engine.ts';
import { fillStore } from '../support/scene-store.ts';
import { askable } from './askable.ts';
import { scenes } from './generate-cases.ts';
import { specDrafts, toSpec } from './generate-specs.ts';

const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const SCENES = IS_DEEP ? 400 : 12;
const questions = specDrafts(await askable());
const seed = Number(process.env['TIDEMARK_SEED'] ?? (IS_DEEP ? Date.now() % 1_000_000 : 1));

/** So that days of a handful of events are merged and earn files of their own. */
const LIMITS = { deltaShare: 0, deltaFiles: 0, ownFileRows: 3, filesAtOnce: 4096 };
const PARTS = 4;

/** Result and open buckets, or why a question was refused. */
async function replyOf(engine: QueryEngine, spec: object): Promise<unknown> {
  try {
    const { result, partial } = await engine.run(spec);
    return { result, partial };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

async function repliesOf(engine: QueryEngine, specs: readonly object[]): Promise<unknown[]> {
  const replies = [];
  for (const spec of specs) replies.push(await replyOf(engine, spec));
  return replies;
}

describe('an answer does not change', () => {
  it(
    `by a merge of deltas, not even for an engine that was open before, seed ${seed}`,
    async () => {
      let merges = 0;
      const drafts = fc.array(questions, { minLength: 6, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(scenes, drafts, async (scene, drawn) => {
          const { context, events } = scene;
          const parts = Array.from({ length: PARTS }, (_, part) =>
            events.filter((_event, index) => index % PARTS === part),
          ).filter((part) => part.length > 0);
          const store = await fillStore({
            zone: context.zone,
            weekStart: context.weekStart,
            asOfMs: context.nowMs,
            rows: { events: parts, users: context.users },
          });
          const specs = drawn.map((draft) => toSpec(draft, scene));
          const engine = store.engine({ cachedResults: 0 });
          const before = await repliesOf(engine, specs);
          const writer = openStore(store.dataDir);
          merges += (await mergeDeltas(writer, { limits: LIMITS })).commits;
          writer.close();
          expect(await repliesOf(engine, specs)).toEqual(before);
          engine.close();
          store.remove();
        }),
        { seed, numRuns: SCENES },
      );
      expect(merges).toBeGreaterThan(SCENES);
    },
    IS_DEEP ? 1_800_000 : 60_000,
  );
});
