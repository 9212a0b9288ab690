import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import type { QueryEngine } from '../../main/query/query-engine.ts';
import { answerSlowly } from '../support/oracle/answer-slowly.ts';
import { Refused } from '../support/oracle/refused.ts';
import type { OracleContext, Spec, WireEvent } from '../support/oracle/types.ts';
import { fillStore } from '../support/scene-store.ts';
import { differences } from './compare.ts';
import { askable } from './askable.ts';
import { cases } from './generate-cases.ts';
import { toSpec } from './generate-specs.ts';
import { OPEN_DIFFERENCES, isOpen } from './open-differences.ts';
import { isTelling } from './telling.ts';

/**
 * The engine against the slow reference of `test/support/oracle`: events go in through the import path, questions
 * through the query engine. Every case that ever differed lies in `corpus/` and is asked for ever; a new one is printed
 * as the JSON of such a file.
 */
interface Case {
  events: WireEvent[];
  /** Default: one. */
  files?: number;
  context: OracleContext;
  specs: Spec[];
}

const CORPUS = path.join(import.meta.dirname, 'corpus');
const OPEN_CASES = path.join(CORPUS, 'open');
const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const MOST_QUESTIONS = 15; // filling a store costs more than asking
const USUAL_QUESTIONS = 0.85 * ((1 + MOST_QUESTIONS) / 2); // some are open differences
const PAIRS = IS_DEEP ? 20_000 : 400;
const seed = Number(process.env['TIDEMARK_SEED'] ?? (IS_DEEP ? Date.now() % 1_000_000 : 1));

describe('answers equal those of the slow reference', () => {
  it.each(casesIn(CORPUS))('corpus: %s', async (name) => {
    expect(await disagreements(withAnswers(readCase(CORPUS, name)))).toEqual([]);
  });

  // a difference that is gone: take its name from `open-differences.ts` and move its case to `corpus`
  it.each(OPEN_DIFFERENCES)('still open: %s', async (name) => {
    const { specs, ...scene } = readCase(OPEN_CASES, `${name}.json`);
    for (const spec of specs) {
      expect(await disagreements(withAnswers({ ...scene, specs: [spec] }))).not.toEqual([]);
    }
  });

  it('has a case for each open difference, and no other', () => {
    expect(casesIn(OPEN_CASES)).toEqual(OPEN_DIFFERENCES.map((name) => `${name}.json`).sort());
  });

  it(
    `about ${PAIRS} generated questions about small hostile event sets, seed ${seed}`,
    async () => {
      const tally = createTally();
      await fc.assert(
        fc.asyncProperty(cases(await askable(), MOST_QUESTIONS), async ({ scene, drafts }) => {
          const asked = withAnswers({ ...scene, specs: drafts.map((draft) => toSpec(draft, scene)) });
          const settled = asked.answers.filter((answer) => !isOpen({ ...answer, events: scene.events }));
          settled.forEach(tally.add);
          const found = await disagreements({ ...asked, answers: settled });
          if (found.length > 0) throw new Error(describeCase(asked, found));
        }),
        { seed, numRuns: Math.ceil(PAIRS / USUAL_QUESTIONS) },
      );
      // what says nothing proves nothing; of few questions the share is a matter of luck
      for (const { kind, asked, share } of tally.shares()) {
        if (asked >= 25) expect({ kind, isTelling: share > 0.2 }).toEqual({ kind, isTelling: true });
      }
    },
    IS_DEEP ? 7_200_000 : 600_000, // against a hang, not against a busy machine
  );
});

/** No folder, no cases: git keeps none that is empty. */
const casesIn = (folder: string): string[] =>
  (existsSync(folder) ? readdirSync(folder) : []).filter((name) => name.endsWith('.json')).sort();

const readCase = (folder: string, name: string): Case =>
  JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Case;

/** A question with the answer of the reference. */
interface Answered {
  spec: Spec;
  expected: unknown;
}

const withAnswers = (asked: Case): Case & { answers: Answered[] } => ({
  ...asked,
  answers: asked.specs.map((spec) => ({ spec, expected: expectedAnswer(spec, asked.events, asked.context) })),
});

/** How many answers of each kind say something. */
function createTally() {
  const counts = new Map<Spec['kind'], { asked: number; telling: number }>();
  return {
    add({ spec, expected }: Answered): void {
      const count = counts.get(spec.kind) ?? { asked: 0, telling: 0 };
      counts.set(spec.kind, count);
      count.asked++;
      if (expected !== REFUSED && isTelling(spec, (expected as { result: unknown }).result)) count.telling++;
    },
    shares: () => [...counts].map(([kind, { asked, telling }]) => ({ kind, asked, share: telling / asked })),
  };
}

/** One line per question whose two answers differ. */
async function disagreements({
  events,
  files = 1,
  context,
  answers,
}: Case & { answers: readonly Answered[] }): Promise<string[]> {
  const { zone, weekStart, nowMs, users, taxonomy, costs = [] } = context;
  const store = await fillStore({
    zone,
    weekStart,
    asOfMs: nowMs,
    rows: {
      users: [...users],
      acquisition_costs: [...costs],
      events: inFiles(events, files),
      ...(taxonomy.length > 0 ? { taxonomy: [taxonomyOf(taxonomy)] } : {}),
    },
  });
  const engine = store.engine();
  try {
    const found: string[] = [];
    for (const { spec, expected } of answers) {
      const actual = await actualAnswer(engine, spec);
      const [first, ...others] = differences(expected, actual);
      if (first === undefined) continue;
      const values = `expected ${JSON.stringify(first.expected)}, got ${JSON.stringify(first.actual)}`;
      found.push(`${first.path}: ${values} (and ${others.length} more) for ${JSON.stringify(spec)}`);
    }
    return found;
  } finally {
    engine.close();
    store.remove();
  }
}

function inFiles(events: readonly WireEvent[], files: number): WireEvent[][] {
  const length = Math.ceil(events.length / files);
  const chunks = Array.from({ length: files }, (_, file) => events.slice(file * length, (file + 1) * length));
  return chunks.filter((chunk) => chunk.length > 0);
}

const REFUSED = 'refused';

function expectedAnswer(spec: Spec, events: readonly WireEvent[], context: OracleContext): unknown {
  try {
    return answerSlowly(spec, events, context);
  } catch (error) {
    if (error instanceof Refused) return REFUSED;
    throw error;
  }
}

async function actualAnswer(engine: QueryEngine, spec: Spec): Promise<unknown> {
  try {
    const { result, partial } = await engine.run(spec);
    return { result, partial };
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad-input') return REFUSED;
    throw error;
  }
}

const taxonomyOf = (states: readonly string[]) => ({
  version: '1',
  valid_from: '2000-01-01T00:00:00Z',
  states: states.map((id, index) => ({ id, label: id, order: index + 1 })),
});

const describeCase = ({ events, files, context, specs }: Case, found: readonly string[]): string =>
  `${found.join('\n')}\ncorpus file:\n${JSON.stringify({ specs, context, files, events })}`;
