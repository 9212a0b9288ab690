import type { Answer } from '../../../shared/query/answer.ts';
import type { QuerySpec } from '../../../shared/query/spec.ts';
import type { Computed, QuestionSetting } from './compute-answer.ts';
import { freshnessOf, partialBuckets } from './envelope.ts';

/** The answer around a computed result: what the clock and the sources' state add. */
export function toEnvelope(
  spec: QuerySpec,
  { view, calendar, nowMs, taxonomy }: QuestionSetting,
  computed: Computed,
  elapsedMs: number,
): Answer {
  const envelope = {
    ok: true as const,
    kind: spec.kind,
    revision: view.revision,
    ...freshnessOf(view.sources, computed.types, nowMs),
    partial: partialBuckets(spec, computed.period, nowMs),
    rowsRead: computed.rowsRead,
    segmentsRead: computed.segmentsRead,
    elapsedMs: Math.round(elapsedMs * 1000) / 1000,
    notes: computed.notes,
    zone: calendar.zone.name,
    taxonomyVersion: taxonomy?.version ?? null,
    result: computed.result,
  };
  return envelope as Answer; // kind and result were made from the same spec
}
