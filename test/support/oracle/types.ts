/** What the oracle is asked: the question format of QUERY.md written down a second time, as loosely as it needs. */

export type Scalar = string | number | boolean;

export interface PropertyFilter {
  property: string;
  op: string;
  value?: Scalar | readonly Scalar[];
}
export type Filter = PropertyFilter | { any: readonly Filter[] };

export interface EventRef {
  event?: string | null | undefined;
  filters?: readonly Filter[] | undefined;
  anyOf?: readonly EventRef[] | undefined;
}

/** Where a question has one `event`: the name of its type, null for any, or a whole reference. */
export type EventChoice = string | null | EventRef;

export interface Series extends EventRef {
  name?: string;
  measure?: string;
  property?: string;
  q?: number;
  of?: EventRef;
}

export type Interval = 'hour' | 'day' | 'week' | 'month';
export type WeekStart = 'monday' | 'sunday';
export interface Range {
  from?: string | null;
  to?: string | null;
}
export type Breakdown =
  { property: string | readonly string[]; limit?: number } | { userProperty: string; limit?: number };
export type Compare = 'previous' | { shiftDays: number } | { from: string | null; to: string | null };

export interface CommonSpec {
  environment: string;
  range?: Range;
  zone?: string;
  weekStart?: WeekStart;
  filters?: readonly Filter[];
  userFilters?: readonly Filter[];
  cohort?: string | Cohort | null;
  breakdown?: Breakdown | null;
  compare?: Compare | null;
  members?: boolean;
}
export interface TrendSpec extends CommonSpec {
  kind: 'trend';
  interval?: Interval;
  series: readonly Series[];
  formulas?: readonly string[];
  display?: 'series' | 'total' | 'cumulative';
}
export interface StatesSpec extends CommonSpec {
  kind: 'states';
  interval?: Interval;
  groupBy?: string;
}
export interface SessionsSpec extends CommonSpec {
  kind: 'sessions';
  interval?: Interval;
  gapMinutes?: number;
  entryFilters?: readonly Filter[];
  passive?: readonly string[];
  measures?: readonly string[];
}
export interface FunnelStep extends EventRef {
  name?: string;
  optional?: boolean;
  first?: 'ever' | 'matching';
}
export interface FunnelExclusion extends EventRef {
  after?: number;
  before?: number;
}
export type FunnelOrder = 'ordered' | 'strict' | 'unordered';
export interface FunnelSpec extends CommonSpec {
  kind: 'funnel';
  interval?: Interval;
  unit?: 'user' | 'session' | { property: string };
  order?: FunnelOrder;
  steps: readonly FunnelStep[];
  window?: { value: number; unit: string };
  exclusions?: readonly FunnelExclusion[];
  holdConstant?: readonly string[];
  attribution?: 'first' | 'last' | 'each' | { step: number };
  show?: 'steps' | 'trend' | 'time';
  fromStep?: number;
  toStep?: number;
  bins?: number | null;
}
export type RetentionAggregate =
  { measure: 'sum' | 'mean'; property: string } | { measure: 'sum' | 'mean'; userProperty: string };
export interface RetentionSpec extends CommonSpec {
  kind: 'retention';
  interval?: Interval;
  anchor: EventRef;
  return: EventRef;
  type?: 'recurring' | 'first_time' | 'first_ever';
  cohorts?: number | null;
  periods?: number | null;
  brackets?: readonly number[] | null;
  mode?: 'calendar' | 'rolling' | '24h';
  minimumReturns?: number;
  aggregate?: RetentionAggregate | null;
}
export interface LifecycleSpec extends CommonSpec {
  kind: 'lifecycle';
  interval?: Interval;
  event?: EventChoice;
}
export interface Occurrences {
  op: 'gte' | 'lte' | 'is';
  value: number;
}
export interface StickinessSpec extends CommonSpec {
  kind: 'stickiness';
  interval?: Interval;
  event?: EventChoice;
  buckets?: { count: number };
  occurrences?: Occurrences;
  cumulative?: boolean;
}
export interface PathItem extends EventRef {
  by?: string;
}
export interface PathsSpec extends CommonSpec {
  kind: 'paths';
  interval?: Interval;
  items?: readonly PathItem[];
  start?: string | null;
  end?: string | null;
  steps?: number;
  exclude?: readonly string[];
  group?: readonly string[];
  gapMinutes?: number;
}
export interface DistributionSpec extends CommonSpec {
  kind: 'distribution';
  interval?: Interval;
  event?: EventChoice;
  property: string;
  quantiles?: readonly number[];
  bins?: number | null;
}
export interface ExperimentSample {
  name: string;
  n: number;
  sum?: number;
  sumSquares?: number;
}
export type Plan = { mean: number; variance?: number; users: number; variants?: number } & (
  { effect: number } | { power: number }
);
export interface TestOptions {
  weights?: readonly number[] | null;
  difference?: 'relative' | 'absolute';
  alternative?: 'two-sided' | 'greater' | 'less';
  alpha?: number;
  /** Null: no always-valid interval. */
  sequential?: { tuning: number } | null;
  prior?: { mean: number; variance: number } | null;
}
export interface ExperimentSpec extends CommonSpec, TestOptions {
  kind: 'experiment';
  interval?: Interval;
  experiment_id?: string;
  metric?: Series;
  /** The variant that is compared with. */
  control?: string;
  cuped?: boolean;
  samples?: readonly ExperimentSample[];
  plan?: Plan;
}
export type Spec =
  | TrendSpec
  | StatesSpec
  | SessionsSpec
  | FunnelSpec
  | RetentionSpec
  | LifecycleSpec
  | StickinessSpec
  | PathsSpec
  | DistributionSpec
  | ExperimentSpec;

/** A set of users; `new` alone looks at each event. */
export type Cohort =
  | { new: boolean }
  | { users: readonly string[] }
  | { all: readonly CohortRule[] }
  | { question: CohortQuestion; cell: CohortCell };
export type CohortRule =
  | { did: EventRef; times?: Occurrences; range?: Range; not?: boolean }
  | { user: Filter }
  | { any: readonly CohortRule[] };
export type CohortQuestion = FunnelSpec | RetentionSpec | LifecycleSpec | StickinessSpec;
export type LifecycleStatus = 'new' | 'returning' | 'resurrected' | 'dormant';
export type CohortCell =
  | { step: number; dropped?: boolean }
  | { cohort: string; period: number }
  | { bucket: string; status: LifecycleStatus }
  | { count: number };

/** One JSON object of DATA §1: the columns at top level, everything else under `properties` or beside them. */
export type WireEvent = Record<string, unknown> & {
  event_id: string;
  event_type: string;
  ts: string | number;
  properties?: Record<string, unknown>;
};

export interface OracleContext {
  /** Defaults of the workspace. */
  zone: string;
  weekStart: WeekStart;
  nowMs: number;
  /** Rows of the users dimension of the asked environment: `user_id`, `first_seen_at`, further columns. */
  users: readonly Record<string, unknown>[];
  /** States of the newest valid taxonomy in their order; empty without one. */
  taxonomy: readonly string[];
  /** Saved cohorts by id. */
  cohorts?: Readonly<Record<string, Cohort>>;
  /** Rows of `acquisition_costs` of the environment. */
  costs?: readonly Record<string, unknown>[];
}
