import type { Answer, AnswerOf, TrendLine } from '../query/answer.ts';
import type { AlertQuestion, ExplainAnswer, ExplainQuestion } from '../rpc/contract/alerts.ts';
import type { SliceTotals } from './decompose.ts';
import { type Observation, observationsOf } from './watch.ts';

/**
 * The seam between writer and reader: the engine says what to ask and judges the answers, the query process answers, and
 * whoever runs a check (host or command line) stands between them.
 */
export interface AlertJudge {
  plan: () => Promise<AlertQuestion[]>;
  take: (taken: {
    environment: string;
    itemId: string;
    observations: Observation[];
  }) => Promise<ExplainQuestion[]>;
  explain: (firingId: number, answers: ExplainAnswer[]) => Promise<void>;
  finish: (tookMs: number) => Promise<{ opened: number; notified: number }>;
}

export interface CheckOptions {
  judge: AlertJudge;
  ask: (spec: unknown) => Promise<Answer>;
  nowMs: () => number;
  signal?: { readonly aborted: boolean };
  /** A question that failed; the others go on. */
  onFault: (itemId: string, error: unknown) => void;
}

export interface CheckResult {
  items: number;
  faults: number;
  opened: number;
  notified: number;
  tookMs: number;
}

export async function runAlertCheck({
  judge,
  ask,
  nowMs,
  signal,
  onFault,
}: CheckOptions): Promise<CheckResult> {
  const startedMs = nowMs();
  const questions = await judge.plan();
  let faults = 0;
  const toExplain: ExplainQuestion[] = [];
  for (const { environment, item, spec } of questions) {
    if (signal?.aborted === true) break;
    try {
      const observations = observationsOf(item, await ask(spec));
      toExplain.push(...(await judge.take({ environment, itemId: item.itemId, observations })));
    } catch (error) {
      faults += 1;
      onFault(item.itemId, error);
    }
  }
  await explainAll(toExplain, { judge, ask, nowMs, onFault });
  const tookMs = nowMs() - startedMs;
  return { items: questions.length, faults, tookMs, ...(await judge.finish(tookMs)) };
}

/** Before anybody is told: a message carries its explanation. */
async function explainAll(
  questions: readonly ExplainQuestion[],
  { judge, ask, onFault }: CheckOptions,
): Promise<void> {
  for (const firingId of new Set(questions.map((question) => question.firingId))) {
    try {
      const answers: ExplainAnswer[] = [];
      for (const { property, before, after, ...question } of questions) {
        if (question.firingId === firingId)
          answers.push({ property, slices: mergeSlices(await ask(before), await ask(after)) });
      }
      await judge.explain(firingId, answers);
    } catch (error) {
      onFault(`firing ${firingId}`, error); // an alert without explanation is still an alert
    }
  }
}

const MOST_SLICES = 200;

/** Totals by value on both sides; a value that only one side lists was empty on the other, or is in its rest. */
export function mergeSlices(before: Answer, after: Answer): SliceTotals[] {
  const sides = [totalsOf(before), totalsOf(after)] as const;
  const values = [...new Set([...sides[0].keys(), ...sides[1].keys()])].slice(0, MOST_SLICES);
  const none = { k: 0, n: 0 };
  return values.map((value) => ({
    value: value === NO_VALUE ? null : value,
    before: sides[0].get(value) ?? none,
    after: sides[1].get(value) ?? none,
  }));
}

const NO_VALUE = '\u0000'; // missing, and the rest: neither has a name to show

function totalsOf(answer: Answer): Map<string, { k: number; n: number }> {
  const totals = new Map<string, { k: number; n: number }>();
  if (answer.kind !== 'trend') return totals;
  const { series, rest } = (answer satisfies AnswerOf<'trend'>).result;
  const add = (value: string, line: TrendLine): void => {
    const known = totals.get(value) ?? { k: 0, n: 0 };
    const k = line.totalNumerator ?? line.total ?? 0;
    totals.set(value, { k: known.k + k, n: known.n + (line.totalDenominator ?? k) });
  };
  for (const line of series) {
    const value = Array.isArray(line.breakdown) ? line.breakdown[0] : line.breakdown;
    add(value ?? NO_VALUE, line);
  }
  for (const line of rest?.series ?? []) add(NO_VALUE, line);
  return totals;
}
