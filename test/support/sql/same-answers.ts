import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QueryEngine } from '../../../main/query/query-engine.ts';
import { fillStore } from '../scene-store.ts';
import { answerBySql } from './answer-by-sql.ts';
import { answerDifferences } from './compare-answers.ts';
import type { SqlDatabase } from './database.ts';
import { type SqlScene, ENVIRONMENT, scenes } from './generate-events.ts';
import { type CalendarLimits, questionDrafts, toQuestion } from './generate-questions.ts';
import { createTables, fillTables, toWire, toWireUser } from './generated-tables.ts';
import type { Question } from './question.ts';

const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const MOST_QUESTIONS = 15; // filling the stores costs more than asking
const USUAL_QUESTIONS = (1 + MOST_QUESTIONS) / 2;
const QUESTIONS = IS_DEEP ? 2_000 : 60;
const seed = Number(process.env['TIDEMARK_SEED'] ?? (IS_DEEP ? Date.now() % 1_000_000 : 1));
const TIMEOUT_MS = IS_DEEP ? 3_600_000 : 300_000;
const SHRINKS_UNTIL_MS = 0.8 * TIMEOUT_MS; // a case that is not the smallest is better than none

/** Asks a database and the product the same generated questions about the same generated events. */
export function compareWith(
  name: string,
  open: () => SqlDatabase | Promise<SqlDatabase>,
  limits: CalendarLimits,
): void {
  describe(`answers equal those of ${name}`, () => {
    it(
      `about ${QUESTIONS} generated questions, seed ${seed}`,
      async () => {
        const database = await open();
        try {
          await createTables(database);
          const drafts = fc.noBias(
            fc.array(questionDrafts, { minLength: 1, maxLength: MOST_QUESTIONS, size: 'max' }),
          );
          await fc.assert(
            fc.asyncProperty(scenes, drafts, async (scene, drawn) => {
              const questions = drawn.map((draft) => toQuestion(draft, scene, limits));
              expect(await disagreements(scene, questions, database)).toEqual([]);
            }),
            {
              seed,
              numRuns: Math.ceil(QUESTIONS / USUAL_QUESTIONS),
              interruptAfterTimeLimit: SHRINKS_UNTIL_MS,
              markInterruptAsFailure: true,
            },
          );
        } finally {
          await database.close();
        }
      },
      TIMEOUT_MS,
    );
  });
}

/** One line per question whose two answers differ. */
async function disagreements(
  scene: SqlScene,
  questions: readonly Question[],
  database: SqlDatabase,
): Promise<string[]> {
  await fillTables(scene, database);
  const store = await fillStore({
    zone: scene.zone,
    weekStart: scene.weekStart,
    asOfMs: scene.nowMs,
    environment: ENVIRONMENT,
    rows: { users: scene.users.map(toWireUser), events: scene.events.map(toWire) },
  });
  const engine = store.engine();
  try {
    const found: string[] = [];
    for (const question of questions)
      found.push(...(await disagreementAbout(question, { scene, database, engine })));
    return found;
  } finally {
    engine.close();
    store.remove();
  }
}

interface Asked {
  scene: SqlScene;
  database: SqlDatabase;
  engine: QueryEngine;
}

async function disagreementAbout(question: Question, { scene, database, engine }: Asked): Promise<string[]> {
  const bySql = await answerBySql(question, database, scene.nowMs);
  const { result } = await engine.run(question);
  const [first, ...others] = answerDifferences(question, bySql, result);
  if (first === undefined) return [];
  const values = `SQL says ${JSON.stringify(first.bySql)}, the product ${JSON.stringify(first.actual)}`;
  return [`${first.path}: ${values} (and ${others.length} more) for ${JSON.stringify(question)}`];
}
