import {
  concentration,
  decomposeCount,
  decomposeRate,
  type Decomposition,
  shownParts,
  type SliceTotals,
} from '../../../shared/alerts/decompose.ts';
import { kindOfSubject, sliceQuestionOf } from '../../../shared/alerts/question.ts';
import type { AlertEvidence, ExplainAnswer, ExplainQuestion } from '../../../shared/rpc/contract/alerts.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { evidenceOf } from './alert-rows.ts';
import { firingRow, saveEvidence } from './firing-store.ts';
import { workspaceNowMs } from './known-to.ts';
import { namesIn } from './names.ts';
import type { Found } from './raise.ts';

const PROPERTIES = ['practice_id', 'master_id', 'app_version', 'locale', 'platform'] as const;
const MOST_EXPLAINED = 4; // of one item in one check: each costs ten questions
const EXPLAINED_AGE_MS = 28 * 86_400_000;
const DAY_MS = 86_400_000;
const BASELINE_DAYS = 28;
const LEAST_PEOPLE = 10; // smaller slices are not named

/** The newest of what was found, each split by every property that it does not name already. */
export function explainQuestions(
  store: EngineStore,
  environment: string,
  found: readonly Found[],
): ExplainQuestion[] {
  const oldestMs = workspaceNowMs(store) - EXPLAINED_AGE_MS;
  const explained = found.filter(({ endMs }) => endMs >= oldestMs).slice(-MOST_EXPLAINED);
  return explained.flatMap(({ firingId, subject, startMs, endMs }) => {
    if (!('measure' in subject) || kindOfSubject(subject) === 'latency') return [];
    const named = new Set(
      subject.filters.flatMap((filter) => ('property' in filter ? [filter.property] : [])),
    );
    const frame = (fromMs: number, toMs: number) => ({
      environment,
      range: { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() },
    });
    const before = frame(startMs - (BASELINE_DAYS + 1) * DAY_MS, startMs - DAY_MS);
    return PROPERTIES.filter((property) => !named.has(property)).map((property) => ({
      firingId,
      property,
      before: sliceQuestionOf(subject, before, property),
      after: sliceQuestionOf(subject, frame(startMs, endMs), property),
    }));
  });
}

/** Keeps the property whose slices explain most beyond their weight. */
export function keepExplanation(
  store: EngineStore,
  firingId: number,
  answers: readonly ExplainAnswer[],
): void {
  const row = firingRow(store, firingId);
  if (row === undefined) return;
  const evidence = evidenceOf(row);
  const split = answers.flatMap((answer) => {
    const whole = decompositionOf(evidence, answer.slices);
    return whole === null ? [] : [{ ...answer, whole, weight: concentration(answer.slices, whole) }];
  });
  const [best] = split.sort((a, b) => b.weight - a.weight);
  if (best === undefined) return;
  const nameOf = namesIn(store, row.environment);
  const sizes = new Map(best.slices.map(({ value, after }) => [value, after.n]));
  const parts = shownParts(best.whole, (value) => (sizes.get(value) ?? 0) >= LEAST_PEOPLE);
  saveEvidence(store, firingId, {
    ...evidence,
    explained: {
      property: best.property,
      before: best.whole.before,
      after: best.whole.after,
      beforeStartMs: evidence.startMs - (BASELINE_DAYS + 1) * DAY_MS,
      parts: parts.map((part) => ({
        ...part,
        label: part.label === null ? null : nameOf(best.property, part.label),
      })),
    },
  });
}

function decompositionOf(evidence: AlertEvidence, slices: readonly SliceTotals[]): Decomposition | null {
  if (slices.length < 2) return null;
  if (evidence.k !== null) return decomposeRate(slices);
  const scale = (evidence.endMs - evidence.startMs) / (BASELINE_DAYS * DAY_MS);
  return decomposeCount(slices, scale);
}
