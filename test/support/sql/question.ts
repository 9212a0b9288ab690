/** What SQL is asked: the part of the question format of QUERY.md that is written as SQL here, once more and loosely. */

export type Scalar = string | number | boolean;

export interface PropertyFilter {
  property: string;
  op: string;
  value?: Scalar | readonly Scalar[];
}
export type Filter = PropertyFilter | { any: readonly Filter[] };

export interface EventRef {
  event?: string | null;
  filters?: readonly Filter[];
  anyOf?: readonly EventRef[];
}

export type Interval = 'hour' | 'day' | 'week' | 'month';
export type WeekStart = 'monday' | 'sunday';
export type Breakdown = { property: string; limit: number } | { userProperty: string; limit: number };

interface Common {
  environment: string;
  /** Dates, both included, or instants, half-open; null is unbounded. */
  range: { from: string | null; to: string | null };
  zone: string;
  weekStart: WeekStart;
  filters: readonly Filter[];
  userFilters: readonly Filter[];
  cohort: { new: boolean } | null;
  breakdown: Breakdown | null;
}

export interface Series extends EventRef {
  name: string;
  measure: string;
  property?: string;
  q?: number;
  of?: EventRef;
}
export interface TrendQuestion extends Common {
  kind: 'trend';
  interval: Interval;
  series: readonly Series[];
  display: 'series' | 'total' | 'cumulative';
}

export interface StatesQuestion extends Common {
  kind: 'states';
  interval?: Interval;
  groupBy: string;
}

export interface FunnelStep extends EventRef {
  first?: 'ever' | 'matching';
}
export interface FunnelQuestion extends Common {
  kind: 'funnel';
  interval: Interval;
  unit: 'user' | 'session' | { property: string };
  order: 'ordered';
  steps: readonly FunnelStep[];
  window: { value: number; unit: string };
  holdConstant: readonly string[];
  attribution: 'first' | 'last' | 'each';
  show: 'steps' | 'trend' | 'time';
  fromStep: number;
  toStep: number;
  bins?: number;
}

export interface RetentionQuestion extends Common {
  kind: 'retention';
  interval: Interval;
  anchor: EventRef;
  return: EventRef;
  type: 'recurring' | 'first_time' | 'first_ever';
  mode: 'calendar' | 'rolling' | '24h';
  cohorts?: number;
  /** Default: as many as there are cohorts. */
  periods?: number;
  brackets?: readonly number[];
  minimumReturns: number;
}

export interface LifecycleQuestion extends Common {
  kind: 'lifecycle';
  interval: Interval;
  event: EventRef;
}

export interface StickinessQuestion extends Common {
  kind: 'stickiness';
  interval: Interval;
  event: EventRef;
  buckets: { count: number };
  occurrences: { op: 'gte' | 'lte' | 'is'; value: number };
  cumulative: boolean;
}

export interface SessionsQuestion extends Common {
  kind: 'sessions';
  interval?: Interval;
  gapMinutes: number;
  entryFilters: readonly Filter[];
}

export interface DistributionQuestion extends Common {
  kind: 'distribution';
  event: EventRef;
  property: string;
  quantiles: readonly number[];
  bins?: number;
}

export interface PathItem extends EventRef {
  by?: string;
}
export interface PathsQuestion extends Common {
  kind: 'paths';
  items: readonly PathItem[];
  steps: number;
  exclude: readonly string[];
  gapMinutes: number;
}

export type Question =
  | TrendQuestion
  | StatesQuestion
  | FunnelQuestion
  | RetentionQuestion
  | LifecycleQuestion
  | StickinessQuestion
  | SessionsQuestion
  | DistributionQuestion
  | PathsQuestion;
