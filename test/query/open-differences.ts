import type { Spec, WireEvent } from '../support/oracle/types.ts';

/**
 * Where the engine does not answer as the reference yet, each with a case in `corpus/open` that must go on differing: a
 * difference that is gone leaves this list, and its case moves to `corpus`. Generated questions leave these out.
 */
interface Asked {
  spec: Spec;
  events: readonly WireEvent[];
}

const OPEN: Readonly<Record<string, (asked: Asked) => boolean>> = {
  'values-of-tries-that-do-not-count': ({ spec }) =>
    spec.kind === 'funnel' &&
    spec.breakdown != null &&
    typeof spec.attribution === 'object' &&
    ((spec.exclusions ?? []).length > 0 ||
      (spec.holdConstant ?? []).length > 0 ||
      spec.steps.some(({ optional }) => optional === true)),

  'held-values-that-begin-together': ({ spec, events }) =>
    spec.kind === 'funnel' &&
    (spec.holdConstant ?? []).length > 0 &&
    new Set(events.map(({ ts }) => new Date(ts).getTime())).size <
      new Set(events.map(({ event_id: id }) => id)).size,

  'trend-of-a-value-that-nobody-enters': ({ spec }) =>
    spec.kind === 'funnel' &&
    spec.breakdown != null &&
    spec.show === 'trend' &&
    (spec.exclusions ?? []).length > 0,

  'strict-order-over-what-is-filtered-out': ({ spec }) =>
    spec.kind === 'funnel' && spec.order === 'strict' && (spec.filters ?? []).length > 0,

  'returns-after-the-last-bracket': ({ spec }) =>
    spec.kind === 'retention' && spec.mode === 'rolling' && spec.brackets != null,

  'zone-of-the-question-of-a-cohort': ({ spec: { cohort, zone, weekStart } }) =>
    (zone !== undefined || weekStart !== undefined) &&
    typeof cohort === 'object' &&
    cohort !== null &&
    'question' in cohort,

  'share-of-a-state-that-the-question-filters': ({ spec }) =>
    spec.kind === 'experiment' &&
    spec.metric?.measure === 'state_share' &&
    JSON.stringify(spec.filters ?? []).includes('"state"'),

  'weights-of-variants-that-nobody-saw': ({ spec }) =>
    spec.kind === 'experiment' && spec.experiment_id !== undefined && spec.weights != null,
};

export const OPEN_DIFFERENCES = Object.keys(OPEN);

export const isOpen = (asked: Asked): boolean => Object.values(OPEN).some((differs) => differs(asked));
