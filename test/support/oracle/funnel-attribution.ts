import { type BreakdownValue, type Naming, keyOf } from './breakdown.ts';
import type { FunnelRules } from './funnel-rules.ts';
import { startsOf, waysFrom } from './funnel-tries.ts';
import type { Unit } from './funnel-units.ts';
import { inOrder, type Row } from './rows.ts';
import type { FunnelSpec } from './types.ts';

/** Who is in which value of a broken down funnel. */
export type AttributionRule = NonNullable<FunnelSpec['attribution']>;

/** The funnel of some values: fewer units or, where each value is a funnel of its own, fewer events for the steps. */
export type Attributed = (
  units: readonly Unit[],
  rules: FunnelRules,
) => { units: readonly Unit[]; rules: FunnelRules };

export const EVERYONE: Attributed = (units, rules) => ({ units, rules });

export function attributedTo(
  rule: AttributionRule,
  naming: Naming,
  values: readonly BreakdownValue[],
): Attributed {
  const isAsked = (value: BreakdownValue) => values.some((asked) => keyOf(asked) === keyOf(value));
  if (rule === 'each') {
    return (units, rules) => ({
      units,
      rules: {
        ...rules,
        steps: rules.steps.map((step) => ({
          ...step,
          fits: (row) => step.fits(row) && isAsked(naming.of(row)),
        })),
      },
    });
  }
  return (units, rules) => ({
    units: units.filter((unit) => unitValues(rule, naming, unit, rules).some(isAsked)),
    rules,
  });
}

/** Values that a unit has or, where each value is a funnel of its own, that its step events have. */
export function unitValues(
  rule: AttributionRule,
  naming: Naming,
  { rows }: Unit,
  rules: FunnelRules,
): BreakdownValue[] {
  const stepEvents = inOrder(rows.filter((row) => rules.steps.some((step) => step.fits(row))));
  if (typeof rule === 'object') return servingAt(rule.step, rows, rules).map(naming.of);
  if (rule === 'each') return stepEvents.map(naming.of);
  const values = stepEvents.map(naming.of);
  const touched = rule === 'first' ? values.find(isPresent) : values.findLast(isPresent);
  return touched !== undefined ? [touched] : values.slice(0, 1);
}

const isPresent = (value: BreakdownValue): boolean => [value].flat().some((part) => part !== null);

/** Events that can serve a step, in some way through the funnel that gets there. */
function servingAt(step: number, rows: readonly Row[], rules: FunnelRules): Row[] {
  const starts = startsOf(rows, rules);
  if (step === 0) return starts;
  return starts.flatMap((start) =>
    [...waysFrom(start, rows, rules)].flatMap((way) => {
      const last = way.at(-1);
      return last?.step === step ? [last.row] : [];
    }),
  );
}
