import { formatQuantity } from '../../../../shared/format/numbers.ts';
import { propertyLabel, uncapitalise, unitNames } from '../../../state/event-names.ts';
import { checkDefinition, type FunnelDefinition } from '../../../state/funnel-definition.ts';
import { stepConditions, stepName } from '../columns.ts';
import { exclusionName, joinWithAnd } from '../words.ts';

/** One rule in which a draft differs from its base, and the base with that rule alone. */
export interface RuleChange {
  rule: 'steps' | 'exclusions' | 'order' | 'window' | 'unit' | 'holdConstant';
  inWords: string;
  /** null: the rule alone makes no funnel of the base. */
  definition: FunnelDefinition | null;
}

const RULES: readonly RuleChange['rule'][] = [
  'steps',
  'exclusions',
  'order',
  'window',
  'unit',
  'holdConstant',
];

export function ruleChanges(base: FunnelDefinition, draft: FunnelDefinition): RuleChange[] {
  return RULES.filter((rule) => JSON.stringify(base[rule]) !== JSON.stringify(draft[rule])).map((rule) => ({
    rule,
    inWords: inWords(rule, base, draft),
    definition: checkDefinition({ ...base, [rule]: draft[rule] }).definition,
  }));
}

/** "Session completed, duration seconds ≥ 60". */
function changedSteps(base: FunnelDefinition, draft: FunnelDefinition): string {
  const changed = draft.steps.filter(
    (step, index) => JSON.stringify(step) !== JSON.stringify(base.steps[index]),
  );
  return changed.map((step) => [stepName(step), stepConditions(step)].filter(Boolean).join(', ')).join('; ');
}

function inWords(rule: RuleChange['rule'], base: FunnelDefinition, draft: FunnelDefinition): string {
  switch (rule) {
    case 'steps':
      return base.steps.length === draft.steps.length
        ? changedSteps(base, draft)
        : `${draft.steps.length} instead of ${formatQuantity(base.steps.length, 'step')}`;
    case 'exclusions':
      return draft.exclusions.length === 0
        ? 'Nothing left out'
        : `${joinWithAnd(draft.exclusions.map(exclusionName))} left out`;
    case 'order':
      return { ordered: 'In order', strict: 'In strict order', unordered: 'In any order' }[draft.order];
    case 'window':
      return `Within ${formatQuantity(draft.window.value, draft.window.unit)}`;
    case 'unit':
      return `Counting ${unitNames(draft.unit).many}`;
    case 'holdConstant':
      return draft.holdConstant.length === 0
        ? 'Nothing held'
        : `Same ${joinWithAnd(draft.holdConstant.map((property) => uncapitalise(propertyLabel(property))))}`;
  }
}
