import type { AppErrorShape } from '../errors.ts';
import type { SessionMeasure } from './kinds/sessions.ts';
import type {
  DistributionContent,
  ExperimentContent,
  FunnelContent,
  LifecycleContent,
  PathsContent,
  RetentionContent,
  StickinessContent,
} from './kind-answers.ts';
import type { QueryKind } from './spec.ts';

/** Answers of QUERY.md. Instants are ISO 8601 in UTC; `null` is "not defined", never 0; rates are 0..1, unrounded. */

/** Text; `null` for missing or empty; a list of such when several properties were asked. */
export type BreakdownValue = string | null | (string | null)[];

/** A ratio with its Wilson 95 % interval; all `null` where the denominator is 0. */
export interface RateWithInterval {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface TrendLine {
  name: string;
  /** Absent without a breakdown. */
  breakdown?: BreakdownValue;
  compare: 'current' | 'previous';
  /** One number per bucket; empty where only the total was asked. */
  data: (number | null)[];
  /** Of the whole range, not of the buckets. */
  total: number | null;
  /** Only of ratios, means and rates: the two sides of each bucket, and of the whole range. */
  numerator?: (number | null)[];
  denominator?: (number | null)[];
  totalNumerator?: number | null;
  totalDenominator?: number | null;
  /** 95 % interval of each bucket and of the total, where the measure defines one. */
  low?: (number | null)[];
  high?: (number | null)[];
  totalLow?: number | null;
  totalHigh?: number | null;
  /** Master impact: the share of n in practices that more than one master teaches, 0..1. */
  comparable?: number | null;
}

export interface TrendResult {
  /** Starts of the calendar buckets, UTC; empty where only the total was asked. */
  buckets: string[];
  previousBuckets?: string[];
  series: TrendLine[];
  rest?: { values: number; units: number; series: TrendLine[] };
}

export interface StateCount extends RateWithInterval {
  state: string;
  count: number;
}

/** One row of practices × states. Without `interval` numbers; `value` of a state is its share of `n`. */
export interface StatesRow {
  /** Value of `groupBy`; null for missing or empty. */
  value: string | null;
  /** Reactions in the row: the denominator of its state shares. */
  n: number;
  /** Completed sessions with at least one reaction: the numerator of the capture rate. */
  captured: number;
  completed: number;
  captureRate: RateWithInterval;
  /** Every state of the taxonomy in its order, then states that only the data knows. */
  states: StateCount[];
}

/** The same row as lists, one number per bucket. */
export interface StatesSeriesRow {
  value: string | null;
  n: number[];
  captured: number[];
  completed: number[];
  captureRate: { value: (number | null)[]; low: (number | null)[]; high: (number | null)[] };
  states: { state: string; count: number[]; value: (number | null)[] }[];
}

export interface StatesTable {
  /** Largest `completed` first. */
  rows: StatesRow[];
  /** All rows together, each session and reaction once. */
  total: StatesRow;
}
export interface StatesSeriesTable {
  buckets: string[];
  rows: StatesSeriesRow[];
  total: StatesSeriesRow;
}
export type StatesContent = StatesTable | StatesSeriesTable;
export type StatesResult = Expanded<StatesContent>;

/** One number per measure under its name, or with `interval` one list per measure beside `buckets`. */
export type SessionsContent = { [M in SessionMeasure]?: number | null | (number | null)[] } & {
  buckets?: string[];
  /** Wilson 95 %. With `interval` a list of pairs. */
  bounce_rate_interval?: [number, number] | null | ([number, number] | null)[];
};
export type SessionsResult = Expanded<SessionsContent>;

/** `breakdown` and `compare` add the same content per value and for the compared range (not in a trend). */
export type Expanded<Content> = Content & {
  breakdowns?: ({ value: BreakdownValue } & Content)[];
  rest?: { values: number; units: number } & Content;
  previous?: Expanded<Content>;
};

export interface ResultByKind {
  trend: TrendResult;
  states: StatesResult;
  sessions: SessionsResult;
  funnel: Expanded<FunnelContent>;
  retention: Expanded<RetentionContent>;
  lifecycle: Expanded<LifecycleContent>;
  stickiness: Expanded<StickinessContent>;
  paths: Expanded<PathsContent>;
  distribution: Expanded<DistributionContent>;
  experiment: Expanded<ExperimentContent>;
}

/** A source past its freshness target that feeds the events which an answer read. */
export interface LateSource {
  name: string;
  completeTo: string | null;
  lagMs: number;
  targetMs: number;
}

/** A span of which a source that was read still owes events: not zero, but not known. */
export interface AnswerGap {
  source: string;
  from: string;
  /** Exclusive. */
  to: string;
  /** open: found; requested: asked for again; missing: asked for in vain, and no more. */
  state: 'open' | 'requested' | 'missing';
}

/** A UTC day on which a source that was read holds something else than the store, by more than 1 %*. */
export interface AnswerMismatch {
  source: string;
  day: string;
  /** What differs, of what the source holds; 0..1. */
  ratio: number;
}

export interface AnswerOf<Kind extends QueryKind> {
  ok: true;
  kind: Kind;
  /** Revision of the store that was read. */
  revision: number;
  /** Event time up to which every source that was read is complete; null without a source. */
  completeTo: string | null;
  /** Every source that was read is within its target. */
  fresh: boolean;
  /** Buckets still open: local date of a day, week or month; instant of an hour. */
  partial: string[];
  rowsRead: number;
  segmentsRead: number;
  elapsedMs: number;
  /** What the reader must know, e.g. a filter that leaves one event type untouched. */
  notes: string[];
  lateSources: LateSource[];
  /** Those that touch the range or the compared range. */
  gaps: AnswerGap[];
  mismatches: AnswerMismatch[];
  zone: string;
  taxonomyVersion: string | null;
  result: ResultByKind[Kind];
}
export type Answer = { [Kind in QueryKind]: AnswerOf<Kind> }[QueryKind];
export interface Refusal {
  ok: false;
  error: Pick<AppErrorShape, 'code' | 'message'> & { path?: string };
}
