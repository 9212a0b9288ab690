/** Steps of questions that are worked out part by part (`results/part-steps.ts` names who does). */
export type PartStepName = 'funnel' | 'retention' | 'lifecycle' | 'stickiness' | 'paths' | 'experiment';
