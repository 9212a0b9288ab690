import type {
  FunnelDefinition,
  FunnelExclusion,
  FunnelStepDefinition,
} from '../../../state/funnel-definition.ts';

/** Changes of a definition that leave it a funnel: what a change makes senseless is put right with it. */

export const MOST_STEPS = 20; // what a question takes
export const MOST_EXCLUSIONS = 10;

export function addStep(definition: FunnelDefinition, event: string | null): FunnelDefinition {
  const step: FunnelStepDefinition = { event, optional: false };
  return settled({ ...definition, steps: [...definition.steps, step] });
}

export const setStep = (
  definition: FunnelDefinition,
  index: number,
  change: Partial<FunnelStepDefinition>,
): FunnelDefinition =>
  settled({
    ...definition,
    steps: definition.steps.map((step, at) => (at === index ? withoutUnset({ ...step, ...change }) : step)),
  });

/** Another event: its old name and its filters spoke of the old one. */
export const setStepEvent = (
  definition: FunnelDefinition,
  index: number,
  event: string | null,
): FunnelDefinition =>
  settled({
    ...definition,
    steps: definition.steps.map((step, at) =>
      at === index ? withoutUnset({ event, optional: step.optional, first: step.first }) : step,
    ),
  });

/** Exclusions keep the steps that they stand between, as far as those are there. */
export function removeStep(definition: FunnelDefinition, index: number): FunnelDefinition {
  const last = definition.steps.length - 1;
  const shift = (at: number): number => (at > index ? at - 1 : at);
  return settled({
    ...definition,
    steps: definition.steps.filter((_, at) => at !== index),
    exclusions: definition.exclusions.map(({ after, before = last, ...exclusion }) => ({
      ...exclusion,
      after: after === index && after > 0 ? after - 1 : shift(after),
      before: before === last ? last - 1 : shift(before),
    })),
    attribution:
      typeof definition.attribution === 'object'
        ? { step: shift(definition.attribution.step) }
        : definition.attribution,
  });
}

export function moveStep(definition: FunnelDefinition, from: number, to: number): FunnelDefinition {
  const moved = definition.steps[from];
  if (moved === undefined || to < 0 || to >= definition.steps.length || from === to) return definition;
  const others = definition.steps.filter((_, at) => at !== from);
  return settled({ ...definition, steps: [...others.slice(0, to), moved, ...others.slice(to)] });
}

export const addExclusion = (definition: FunnelDefinition, event: string | null): FunnelDefinition =>
  settled({
    ...definition,
    exclusions: [
      ...definition.exclusions,
      { event, after: Math.max(0, definition.steps.length - 2), before: definition.steps.length - 1 },
    ],
  });

export const setExclusion = (
  definition: FunnelDefinition,
  index: number,
  change: Partial<FunnelExclusion>,
): FunnelDefinition =>
  settled({
    ...definition,
    exclusions: definition.exclusions.map((exclusion, at) =>
      at === index ? { ...exclusion, ...change } : exclusion,
    ),
  });

export const removeExclusion = (definition: FunnelDefinition, index: number): FunnelDefinition => ({
  ...definition,
  exclusions: definition.exclusions.filter((_, at) => at !== index),
});

export const setRules = (
  definition: FunnelDefinition,
  change: Partial<Pick<FunnelDefinition, 'order' | 'window' | 'unit' | 'holdConstant' | 'attribution'>>,
): FunnelDefinition => settled({ ...definition, ...change });

/** The first step cannot be optional; in any order nothing can, exclusions span the whole, and only step 1 has a place. */
function settled(definition: FunnelDefinition): FunnelDefinition {
  const { order, steps, attribution } = definition;
  const last = steps.length - 1;
  const isFree = order === 'unordered';
  const place = typeof attribution === 'object' ? attribution.step : 0;
  return {
    ...definition,
    steps: steps.map((step, index) => (index === 0 || isFree ? { ...step, optional: false } : step)),
    exclusions: definition.exclusions.flatMap((exclusion) => {
      const before = isFree ? last : Math.min(exclusion.before ?? last, last);
      const after = isFree ? 0 : Math.min(exclusion.after, before - 1);
      return after < 0 || after >= before ? [] : [{ ...exclusion, after, before }];
    }),
    attribution: place > (isFree ? 0 : last) ? 'first' : attribution,
  };
}

/** An address keeps no fields that say nothing. */
function withoutUnset(step: FunnelStepDefinition): FunnelStepDefinition {
  const { name, filters, first, ...rest } = step;
  return {
    ...rest,
    ...(name === undefined || name === '' ? {} : { name }),
    ...(filters === undefined || filters.length === 0 ? {} : { filters }),
    ...(first === undefined ? {} : { first }),
  };
}
