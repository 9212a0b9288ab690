import { type BreakdownValue, type Naming, keyOf } from './breakdown.ts';
import type { FunnelRules } from './funnel-rules.ts';
import { triesOf } from './funnel-tries.ts';
import { type Unit, didStep } from './funnel-units.ts';
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
  if (rule === 'each')
    return (units, rules) => ({
      units,
      rules: heldAt(
        rules,
        () => true,
        (row) => isAsked(naming.of(row)),
      ),
    });
  return (units, rules) => ({
    units: units.filter((unit) => unitValues(rule, naming, unit, rules).some(isAsked)),
    rules,
  });
}

/** Values that a unit has or, where each value is a funnel of its own, that its step events have. */
export function unitValues(
  rule: AttributionRule,
  naming: Naming,
  unit: Unit,
  rules: FunnelRules,
): BreakdownValue[] {
  const stepEvents = inOrder(unit.rows.filter((row) => rules.steps.some((step) => step.fits(row))));
  if (typeof rule === 'object') {
    const values = stepEvents.map(naming.of);
    return values.filter((value) => canServe(rule.step, value, naming, unit, rules));
  }
  if (rule === 'each') return stepEvents.map(naming.of);
  const values = stepEvents.map(naming.of);
  const touched = rule === 'first' ? values.find(isPresent) : values.findLast(isPresent);
  return touched !== undefined ? [touched] : values.slice(0, 1);
}

const isPresent = (value: BreakdownValue): boolean => [value].flat().some((part) => part !== null);

/** Whether a clean try gets to the step with an event there that has the value. */
function canServe(
  step: number,
  value: BreakdownValue,
  naming: Naming,
  { rows }: Unit,
  rules: FunnelRules,
): boolean {
  const hasValue = (row: Row) => keyOf(naming.of(row)) === keyOf(value);
  const tries =
    rules.order === 'unordered'
      ? triesOf(rows, rules, hasValue) // step 0 is the event that begins the try
      : triesOf(
          rows,
          heldAt(rules, (index) => index === step, hasValue),
        );
  return tries.some((one) => !one.isVoid && didStep(one, step));
}

/** The same steps, some of them only for some events. */
const heldAt = (
  rules: FunnelRules,
  isHeld: (step: number) => boolean,
  takes: (row: Row) => boolean,
): FunnelRules => ({
  ...rules,
  steps: rules.steps.map((step, index) =>
    isHeld(index) ? { ...step, fits: (row) => step.fits(row) && takes(row) } : step,
  ),
});
