import type { Taxonomy } from '../../shared/domain/taxonomy.ts';
import type { SyncCounts } from '../../shared/rpc/methods.ts';
import type { SegmentRow } from '../format/types.ts';

export interface WorkspaceRow {
  workspaceId: string;
  name: string;
  zone: string;
  weekStart: 'monday' | 'sunday';
  /** The instant that counts as now, ms; null: the clock. */
  asOfMs: number | null;
  shards: number;
}

export interface DictionaryRow {
  environment: string;
  column: string;
  count: number;
  /**
   * Values lie in two append-only files (paths relative to the data folder): their UTF-8 bytes one after the other,
   * and where each one ends in there, as little-endian float64. Only the first `count` values are committed; bytes
   * beyond them are the writer's unfinished business. A set of texts is the value `\u0000[` followed by its JSON array
   * (sorted, each text once); a plain text that begins with \u0000 is stored with `\u0000s` in front.
   */
  valuesFile: string;
  endsFile: string;
  /** The revision in which values were last overwritten where they lie (DATA §7); 0: never. */
  erasedRevision: number;
}

/** A source with what freshness knows of it. */
export interface SourceRow {
  sourceId: number;
  name: string;
  kind: string;
  environment: string;
  dataset: string;
  freshnessTargetMs: number | null;
  newestTsMs: number | null;
  /** Newest ts minus the lateness that 99 %* of recent rows stayed under. */
  watermarkMs: number | null;
  lastSyncAtMs: number | null;
  /** Event types that rows of this source carry. */
  eventTypes: string[];
  counts: SyncCounts;
}

/** A span of which a source still owes events. */
export interface GapRow {
  sourceId: number;
  source: string;
  /** null: all that the source carries. */
  eventTypes: string[] | null;
  fromMs: number;
  toMs: number;
  state: 'open' | 'requested' | 'missing';
}

/** A UTC day on which source and store differ by more than 1 %*. */
export interface MismatchRow {
  sourceId: number;
  source: string;
  day: string;
  /** What differs, of what the source holds; 0..1. */
  ratio: number;
}

export interface PropertyRow {
  eventType: string;
  property: string;
  rows: number;
}

export interface CohortRow {
  cohortId: string;
  name: string;
  /** JSON of a CohortDefinition. */
  definition: string;
  createdAtMs: number;
  changedAtMs: number;
  version: number;
}

/**
 * Contract: one read snapshot of the catalogue. `revision` and every list belong together: the methods of one
 * snapshot never see a later commit. Cheap to open (≤ 1 ms) after the first. Callers close it.
 */
export interface CatalogueSnapshot {
  readonly revision: number;
  workspace(): WorkspaceRow;
  environments(): string[];
  /** Live segments of an environment whose time span meets [fromMs, toMs); null is unbounded. Ordered by day, id. */
  segments(filter: {
    environment: string;
    dataset: string;
    fromMs: number | null;
    toMs: number | null;
  }): SegmentRow[];
  dictionary(environment: string, column: string): DictionaryRow | undefined;
  sources(environment?: string): SourceRow[];
  /** Ordered by source and time; those that were replayed since are not among them. */
  gaps(environment: string): GapRow[];
  /** Ordered by source and day. */
  mismatches(environment: string): MismatchRow[];
  /** Which properties each event type has ever carried. */
  properties(environment: string): PropertyRow[];
  /** Rows of a dimension as plain objects, ordered by key. */
  dimension(environment: string, dataset: string): Record<string, unknown>[];
  /** Oldest first by valid_from. */
  taxonomies(environment: string): Taxonomy[];
  /** UTC days of which a source keeps aggregates instead of rows: nobody can be told apart in them. By day. */
  reducedDays(environment: string): { source: string; day: string }[];
  /** States that no taxonomy version names, and as what a source reads them; of removed sources too. */
  stateReadings(environment: string): { source: string; state: string; readAs: string }[];
  /** By name. */
  cohorts(environment: string): CohortRow[];
  cohort(environment: string, cohortId: string): CohortRow | undefined;
  /** Grows with every save and removal of a cohort; 0 before the first. */
  cohortsVersion(): number;
  close(): void;
}

/** Contract: read-only access for the query process and the command line; never blocks the writer. */
export interface CatalogueReader {
  snapshot(): CatalogueSnapshot;
  close(): void;
}
