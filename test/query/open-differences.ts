import type { Spec, WireEvent } from '../support/oracle/types.ts';

/**
 * Where the engine does not answer as the reference yet, each with a case in `corpus/open` that must go on differing: a
 * difference that is gone leaves this list, and its case moves to `corpus`. Generated questions leave these out.
 */
interface Asked {
  spec: Spec;
  events: readonly WireEvent[];
  /** The answer of the reference. */
  expected: unknown;
}

/** Where no day is open whatever the events are. */
export const LONG_OVER = '2000-01-02';

const OPEN: Readonly<Record<string, (asked: Asked) => boolean>> = {
  'the-whole-intervals-before': ({ spec: { kind, compare } }) =>
    compare === 'previous' && (kind === 'retention' || kind === 'lifecycle' || kind === 'stickiness'),

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

  'cohorts-counted-back-from-an-open-end': ({ spec }) =>
    spec.kind === 'retention' && spec.cohorts != null && spec.range?.to == null,

  'returns-after-the-last-bracket': ({ spec }) =>
    spec.kind === 'retention' && spec.mode === 'rolling' && spec.brackets != null,

  'zone-of-the-question-of-a-cohort': ({ spec: { cohort, zone, weekStart } }) =>
    (zone !== undefined || weekStart !== undefined) &&
    typeof cohort === 'object' &&
    cohort !== null &&
    'question' in cohort,

  'runs-of-the-users-of-an-experiment': ({ spec }) =>
    spec.kind === 'experiment' && ['capture_rate', 'completed_sessions'].includes(spec.metric?.measure ?? ''),

  'weights-of-variants-that-nobody-saw': ({ spec }) =>
    spec.kind === 'experiment' && spec.experiment_id !== undefined && spec.weights != null,

  'exposure-to-a-variant-without-name': ({ spec, events }) =>
    isOfExposures(spec) && events.some((event) => propertyOf(event, 'variant') === ''),

  'the-mean-of-one-user': ({ spec, expected }) =>
    isOfExposures(spec) && someNode(expected, (node) => node['n'] === 1 && 'pValue' in node),

  'filter-on-a-property-that-no-event-has': ({ spec, events }) =>
    isOfExposures(spec) &&
    propertiesIn(spec.filters ?? []).some((name) => !events.some((event) => hasProperty(event, name))),

  'adjusted-effect-of-the-unadjusted-mean': ({ spec }) =>
    spec.kind === 'experiment' &&
    spec.cuped === true &&
    (spec.difference !== 'absolute' || spec.prior !== null),

  'adjusted-share': ({ spec }) =>
    spec.kind === 'experiment' &&
    spec.cuped === true &&
    ['users', 'active_users'].includes(spec.metric?.measure ?? ''),

  'adjusted-among-three-variants': ({ spec, expected }) =>
    spec.kind === 'experiment' &&
    spec.cuped === true &&
    someNode(expected, ({ variants }) => Array.isArray(variants) && variants.length > 2),

  'posterior-over-a-control-mean-of-0': ({ spec, expected }) =>
    spec.kind === 'experiment' &&
    spec.difference === 'absolute' &&
    spec.prior !== null &&
    someNode(
      expected,
      ({ variants }) => Array.isArray(variants) && (variants[0] as Node | undefined)?.['mean'] === 0,
    ),

  'samples-have-no-open-days': ({ spec }) =>
    spec.kind === 'experiment' && spec.experiment_id === undefined && spec.range?.to !== LONG_OVER,

  'plan-of-a-negative-mean': ({ spec }) =>
    spec.kind === 'experiment' && (spec.plan?.mean ?? 0) < 0 && spec.difference !== 'absolute',
};

export const OPEN_DIFFERENCES = Object.keys(OPEN);

export const isOpen = (asked: Asked): boolean => Object.values(OPEN).some((differs) => differs(asked));

const isOfExposures = (spec: Spec): boolean => spec.kind === 'experiment' && spec.experiment_id !== undefined;

type Node = Record<string, unknown>;

function someNode(value: unknown, test: (node: Node) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return test(value as Node) || Object.values(value).some((inner) => someNode(inner, test));
}

function propertyOf(event: WireEvent, name: string): unknown {
  return event[name] ?? event.properties?.[name];
}

/** Of nested properties the first name is enough. */
const hasProperty = (event: WireEvent, name: string): boolean =>
  propertyOf(event, name.split('.')[0] ?? name) !== undefined;

const propertiesIn = (filters: readonly unknown[]): string[] =>
  filters.flatMap((filter) => {
    const { property, any } = filter as { property?: string; any?: unknown[] };
    return property === undefined ? propertiesIn(any ?? []) : [property];
  });
