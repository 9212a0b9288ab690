import { fits } from './filter.ts';
import { isFirstTime } from './first-times.ts';
import type { Question } from './question.ts';
import { Refused } from './refused.ts';
import type { Row } from './rows.ts';
import type { FunnelExclusion, FunnelOrder, FunnelSpec, FunnelStep } from './types.ts';

/** A funnel with its defaults, as tests on single events. */
export interface FunnelRules {
  order: FunnelOrder;
  steps: StepRule[];
  windowMs: number;
  exclusions: ExclusionRule[];
  /** Properties that stay the same over all steps of a try. */
  held: readonly string[];
  fromStep: number;
  toStep: number;
}

export interface StepRule {
  name: string;
  optional: boolean;
  fits: (row: Row) => boolean;
}

export interface ExclusionRule {
  after: number;
  before: number;
  fits: (row: Row) => boolean;
}

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;
const UNITS_MS: Readonly<Record<string, number>> = {
  second: SECOND_MS,
  minute: 60 * SECOND_MS,
  hour: 3600 * SECOND_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
};

export const windowMsOf = ({ window = { value: 14, unit: 'day' } }: FunnelSpec): number =>
  window.value * (UNITS_MS[window.unit] ?? NaN);

export function funnelRules(spec: FunnelSpec, question: Question): FunnelRules {
  const { order = 'ordered', exclusions = [], holdConstant = [] } = spec;
  const last = spec.steps.length - 1;
  const rules: FunnelRules = {
    order,
    steps: spec.steps.map((step) => ({
      name: nameOf(step),
      optional: step.optional ?? false,
      fits: step.first ? isFirstTime(step, step.first, question) : (row) => fits(step, row),
    })),
    windowMs: windowMsOf(spec),
    exclusions: exclusions.map((exclusion) => toExclusion(exclusion, last)),
    held: holdConstant,
    fromStep: spec.fromStep ?? 0,
    toStep: spec.toStep ?? last,
  };
  refuseNonsense(spec, rules);
  return rules;
}

function nameOf(step: FunnelStep): string {
  const events = (step.anyOf ?? [step]).map(({ event }) => event);
  return step.name ?? (events.some((event) => event == null) ? 'any event' : [...new Set(events)].join(', '));
}

const toExclusion = (exclusion: FunnelExclusion, last: number): ExclusionRule => ({
  after: exclusion.after ?? 0,
  before: exclusion.before ?? last,
  fits: (row) => fits(exclusion, row),
});

function refuseNonsense({ attribution = 'first', show = 'steps' }: FunnelSpec, rules: FunnelRules): void {
  const last = rules.steps.length - 1;
  const { order, exclusions, steps, fromStep, toStep } = rules;
  const isUnordered = order === 'unordered';
  if (steps[0]?.optional) throw new Refused('the first step is optional');
  if (isUnordered && steps.some(({ optional }) => optional)) throw new Refused('optional without an order');
  for (const { after, before } of exclusions) {
    if (after >= before || before > last) throw new Refused('an exclusion between no two steps');
    if (isUnordered && (after !== 0 || before !== last)) {
      throw new Refused('an exclusion between two steps that have no order');
    }
  }
  if (typeof attribution === 'object') {
    if (attribution.step > last) throw new Refused('attribution to a step after the last');
    if (isUnordered && attribution.step > 0) throw new Refused('attribution to a step without a place');
  }
  if (fromStep > last || toStep > last) throw new Refused('from or to a step after the last');
  if (fromStep > toStep || (show !== 'steps' && fromStep === toStep)) {
    throw new Refused('from a step that is not before the other');
  }
}
