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

interface CommonSpec {
  environment: string;
  range?: Range;
  zone?: string;
  weekStart?: WeekStart;
  filters?: readonly Filter[];
  userFilters?: readonly Filter[];
  cohort?: { new: boolean } | null;
  breakdown?: Breakdown | null;
  compare?: Compare | null;
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
export type Spec = TrendSpec | StatesSpec | SessionsSpec;

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
}
