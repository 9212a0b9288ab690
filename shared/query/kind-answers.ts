/** Contents of the answers about people: funnels, retention, lifecycle, stickiness, paths, distributions, experiments. */

/** Ids of those whom a count counts, in text order, at most 10,000; only where the question asks for members. */
export type Members = string[];

export interface FunnelStepResult {
  name: string;
  count: number;
  /** Of the last required step before it; null for the first step and where nobody got there. */
  fromPrevious: number | null;
  fromFirst: number | null;
  /** From the last step done before it; null for the first step. */
  meanSeconds: number | null;
  medianSeconds: number | null;
  p90Seconds: number | null;
  members?: Members;
}
export interface FunnelStepsContent {
  steps: FunnelStepResult[];
}
export interface FunnelTrendContent {
  buckets: string[];
  /** Units whose best try begun in the bucket reached `fromStep`; of these `converted` reached `toStep`. */
  entered: number[];
  converted: number[];
  rate: (number | null)[];
  enteredMembers?: Members[];
  convertedMembers?: Members[];
}
export interface TimeBin {
  fromSeconds: number;
  toSeconds: number;
  count: number;
}
export interface FunnelTimeContent {
  bins: TimeBin[];
  meanSeconds: number | null;
  medianSeconds: number | null;
}
export type FunnelContent = FunnelStepsContent | FunnelTrendContent | FunnelTimeContent;

export interface RetentionCell {
  count: number;
  /** Its period is not over. */
  partial: boolean;
  /** Only with an aggregate. */
  value?: number | null;
  members?: Members;
}
export interface RetentionCohort {
  start: string;
  size: number;
  /** From interval 0, the cohort itself, on; cells that begin after the range end are left out. */
  cells: RetentionCell[];
}
export interface RetentionContent {
  cohorts: RetentionCohort[];
}

/** Users per bucket. */
export interface LifecycleContent {
  buckets: string[];
  new: number[];
  returning: number[];
  resurrected: number[];
  dormant: number[];
  newMembers?: Members[];
  returningMembers?: Members[];
  resurrectedMembers?: Members[];
  dormantMembers?: Members[];
}

export interface StickinessContent {
  /** `counts[k]`: users active in exactly k + 1 buckets; cumulative: in at least k + 1. */
  counts: number[];
  users: number;
  members?: Members[];
}

export interface PathLink {
  source: string;
  target: string;
  /** 0 is the link from the first item to the second. */
  step: number;
  count: number;
  meanSeconds: number;
}
export interface PathsContent {
  /** Largest first. */
  links: PathLink[];
  /** Transitions that the limit of items leaves out. */
  remainder: { links: number; count: number };
}

export interface DistributionContent {
  /** Events with a number, and fitting events without one. */
  n: number;
  missing: number;
  sum: number;
  mean: number | null;
  /** 95 %, Student's t. */
  mean_interval: [number, number] | null;
  min: number | null;
  max: number | null;
  quantiles: { q: number; value: number | null }[];
  /** Lower edges are inclusive, the last bin holds the maximum too. */
  bins: { from: number; to: number; count: number }[];
}

export interface SequentialResult {
  low: number | null;
  high: number | null;
  pValue: number;
}
export interface BayesianResult {
  effect: number | null;
  standardError: number | null;
  low: number | null;
  high: number | null;
  chanceToWin: number;
  /** Expected loss of keeping the control, or of switching to the variant. */
  risk: { keep: number | null; switch: number | null };
}
/** Everything from `effect` on is null for the control; the open end of a one-sided interval is null. */
export interface VariantResult {
  name: string;
  n: number;
  mean: number | null;
  effect: number | null;
  standardError: number | null;
  low: number | null;
  high: number | null;
  pValue: number | null;
  sequential: SequentialResult | null;
  bayesian: BayesianResult | null;
  /** Why nothing could be said. */
  reason: string | null;
}
export interface ExperimentComparison {
  sampleRatio: { pValue: number };
  variants: VariantResult[];
}
/** One of the two answers the question, the other repeats what was given. */
export interface ExperimentPlanResult {
  power: number | null;
  minimumEffect: number | null;
  reason: string | null;
}
export type ExperimentContent = ExperimentComparison | ExperimentPlanResult;
