import { checkDefinition, type FunnelDefinition } from './funnel-definition.ts';

/** The funnels of DATA §4 that stand ready; each can be changed in the builder. `*` marks a choice of ours. */

export interface StandardFunnel {
  id: StandardFunnelId;
  label: string;
  /** "… of {entries} {outcome}", the sentence that the page opens with. */
  entries: string;
  outcome: string;
  definition: FunnelDefinition;
  /** After the last step: active on so many of the days that follow it. */
  regularUse?: { days: number; within: number };
}

export const STANDARD_FUNNEL_IDS = [
  'practice-to-reaction',
  'onboarding',
  'value',
  'deployment',
  'service-creation',
] as const;
export type StandardFunnelId = (typeof STANDARD_FUNNEL_IDS)[number];

const COMPLEX_FROM = 0.7; // * DATA §4
const REGULAR_USE = { days: 4, within: 14 }; // * DATA §4
const ONE_HOUR = { value: 1, unit: 'hour' };
const TWO_WEEKS = { value: 14, unit: 'day' };

const STANDARD_FUNNELS: readonly StandardFunnel[] = [
  {
    id: 'practice-to-reaction',
    label: 'Practice to reaction',
    entries: 'openings',
    outcome: 'end in a captured reaction',
    definition: defined({
      unit: { property: 'practice_session_id' },
      window: ONE_HOUR,
      steps: [
        { event: 'practice_opened', name: 'Practice opened' },
        { event: 'session_started', name: 'Session started' },
        { event: 'session_completed', name: 'Session completed' },
        { event: 'reaction_prompt_shown', name: 'Prompt shown' },
        { event: 'reaction_captured', name: 'Reaction captured' },
      ],
    }),
  },
  {
    id: 'onboarding',
    label: 'Onboarding',
    entries: 'people who sign up',
    outcome: 'come to use a feature',
    regularUse: REGULAR_USE,
    definition: defined({
      window: TWO_WEEKS,
      steps: [
        { event: 'sign_up', name: 'Signed up' },
        { event: 'chat_interaction', name: 'First chat', first: 'matching' },
        { event: 'feature_usage', name: 'First feature', first: 'matching' },
      ],
    }),
  },
  {
    id: 'value',
    label: 'Value',
    entries: 'new people',
    outcome: 'come to a cost saving',
    definition: defined({
      window: TWO_WEEKS,
      steps: [
        { event: null, name: 'First event', first: 'ever' },
        {
          event: 'prompt_analysed',
          name: 'Complex prompt',
          filters: [{ property: 'complexity', op: 'gte', value: COMPLEX_FROM }],
        },
        { event: 'cost_savings_identified', name: 'Cost savings identified' },
      ],
    }),
  },
  {
    id: 'deployment',
    label: 'Deployment*',
    entries: 'people who start a deployment',
    outcome: 'finish one',
    definition: featureTemplate('deployment', [
      ['start', 'Deployment started'],
      ['confirm', 'Deployment confirmed'],
      ['finish', 'Deployment finished'],
    ]),
  },
  {
    id: 'service-creation',
    label: 'Service creation*',
    entries: 'people who start a service',
    outcome: 'finish one',
    definition: featureTemplate('service_creation', [
      ['start', 'Service started'],
      ['configure', 'Service configured'],
      ['finish', 'Service finished'],
    ]),
  },
];

export const standardFunnel = (id: StandardFunnelId): StandardFunnel => {
  const found = STANDARD_FUNNELS.find((funnel) => funnel.id === id);
  if (found === undefined) throw new Error(`no standard funnel ${id}`);
  return found;
};

/** Uses of one feature, told apart by their action; which actions there are is the product's own. */
function featureTemplate(
  feature: string,
  actions: readonly [action: string, name: string][],
): FunnelDefinition {
  return defined({
    window: TWO_WEEKS,
    steps: actions.map(([action, name]) => ({
      event: 'feature_usage',
      name,
      filters: [
        { property: 'feature_name', op: 'is', value: feature },
        { property: 'action', op: 'is', value: action },
      ],
    })),
  });
}

function defined(input: Record<string, unknown>): FunnelDefinition {
  const { definition, why } = checkDefinition(input);
  if (definition === null) throw new Error(`a standard funnel makes no sense: ${why}`);
  return definition;
}
