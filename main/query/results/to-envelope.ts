import type { Answer, ResultByKind } from '../../../shared/query/answer.ts';
import type { QuerySpec } from '../../../shared/query/spec.ts';

import { comparedPeriod, type Period, type PeriodOptions } from '../plan/period.ts';
import { freshnessOf, marksOf, partialBuckets } from './envelope.ts';
import { aggregateNotes } from './aggregate-notes.ts';
import { readingNotes } from './reading-notes.ts';
import { retentionAtTime } from './retention/retention.ts';
import type { Computed, QuestionSetting } from './setting.ts';

/** The answer around a computed result: what the clock and the sources' state add. */
export function toEnvelope(
  spec: QuerySpec,
  { view, calendar, nowMs, taxonomy }: QuestionSetting,
  computed: Computed,
  elapsedMs: number,
): Answer {
  const spans = [computed.period, ...comparedSpans(spec, computed.period, view.span)];
  const envelope = {
    ok: true as const,
    kind: spec.kind,
    revision: view.revision,
    ...freshnessOf(view.sources, computed.types, nowMs),
    ...marksOf(view, computed.types, spans),
    partial: partialBuckets(spec, computed.period, nowMs),
    rowsRead: computed.rowsRead,
    segmentsRead: computed.segmentsRead,
    elapsedMs: Math.round(elapsedMs * 1000) / 1000,
    notes: [
      ...computed.notes,
      ...aggregateNotes(view.reducedDays, computed.period),
      ...readingNotes(view.stateReadings, computed.types),
    ],
    zone: calendar.zone.name,
    taxonomyVersion: taxonomy?.version ?? null,
    result: resultAt(spec, computed, nowMs),
  };
  return envelope as Answer; // kind and result were made from the same spec
}

function comparedSpans(
  spec: QuerySpec,
  { calendar, interval }: Period,
  span: PeriodOptions['span'],
): Period[] {
  if (!('compare' in spec) || spec.compare === null) return [];
  return [comparedPeriod(spec.compare, spec.range, { calendar, interval, span })];
}

/** What of a result depends on the clock. */
function resultAt({ kind }: QuerySpec, { result }: Computed, nowMs: number): Computed['result'] {
  return kind === 'retention' ? retentionAtTime(result as ResultByKind['retention'], nowMs) : result;
}
