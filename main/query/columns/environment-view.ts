import { propertyRulesOf, isEventColumn } from '../../../shared/domain/events.ts';
import type {
  CatalogueSnapshot,
  DictionaryRow,
  GapRow,
  MismatchRow,
  SourceRow,
} from '../../catalogue/types.ts';
import type { SegmentRow } from '../../format/types.ts';
import type { ColumnCache } from './column-cache.ts';
import { openBatch, type Batch } from './batch.ts';
import type { Dictionary, DictionaryCache } from './dictionary.ts';
import { spanOf } from './span-of.ts';

/** What one environment holds as of one revision. Contract: immutable; answers computed over it never change. */
export interface EnvironmentView {
  readonly revision: number;
  readonly environment: string;
  /** Ordered by day. */
  readonly segments: readonly SegmentRow[];
  readonly eventTypes: ReadonlySet<string>;
  readonly sources: readonly SourceRow[];
  readonly gaps: readonly GapRow[];
  readonly mismatches: readonly MismatchRow[];
  /** UTC days that rest on aggregates. */
  readonly reducedDays: readonly { source: string; day: string }[];
  /** States that sources read as others. */
  readonly stateReadings: readonly { source: string; state: string; readAs: string }[];
  /** Span of all events; null without any. `lastMs` is an event's own time. */
  readonly span: { firstMs: number; lastMs: number } | null;
  batch(segment: SegmentRow): Batch;
  /** Of a column as segments name it; empty where no row ever had a value. */
  dictionary(name: string): Dictionary;
  /** Whether an event type can carry a property: an event column, a declared property, or one it has carried. */
  canHave(eventType: string, property: string): boolean;
  /** Rows of the `users` dimension by user id; `load` comes first. */
  users(): ReadonlyMap<string, Record<string, unknown>>;
  /** Rows of `acquisition_costs`; `load` comes first. */
  costs(): readonly Record<string, unknown>[];
  /** Reads a dimension while a snapshot of the same revision is open. */
  load(snapshot: CatalogueSnapshot, dimension: 'users' | 'acquisition_costs'): void;
  /** Computed once per view, for what costs a pass over the store. */
  memo<T>(key: string, compute: () => T): T;
}

const EMPTY: Dictionary = {
  count: 0,
  value: (code) => {
    throw new RangeError(`code ${code} of an empty dictionary`);
  },
  codeOf: () => 0,
  emptyCode: () => 0,
};

/** Reads everything that the view may need while the snapshot is open, but for the users dimension. */
export function openEnvironmentView(
  snapshot: CatalogueSnapshot,
  environment: string,
  caches: { columns: ColumnCache; dictionaries: DictionaryCache },
): EnvironmentView {
  const segments = snapshot.segments({ environment, dataset: 'events', fromMs: null, toMs: null });
  const dictionaryRows = readDictionaryRows(snapshot, environment, segments);
  const carried = new Set(
    snapshot.properties(environment).map(({ eventType, property }) => `${eventType}\u001f${property}`),
  );
  let users: ReadonlyMap<string, Record<string, unknown>> | undefined;
  let costs: readonly Record<string, unknown>[] | undefined;
  const memos = new Map<string, unknown>();
  const memo = <T>(key: string, compute: () => T): T => {
    if (!memos.has(key)) memos.set(key, compute());
    return memos.get(key) as T;
  };
  const dictionary = (name: string): Dictionary => {
    const row = dictionaryRows.get(name);
    return row === undefined ? EMPTY : caches.dictionaries.get(row);
  };
  return {
    revision: snapshot.revision,
    environment,
    segments,
    eventTypes: new Set(segments.flatMap((segment) => Object.keys(segment.eventRows))),
    sources: snapshot.sources(environment).filter(({ dataset }) => dataset === 'events'),
    gaps: snapshot.gaps(environment),
    mismatches: snapshot.mismatches(environment),
    reducedDays: snapshot.reducedDays(environment),
    stateReadings: snapshot.stateReadings(environment),
    span: spanOf(segments),
    batch: (segment) => openBatch(segment, caches.columns, dictionary),
    dictionary,
    canHave: (eventType, property) =>
      isEventColumn(property) ||
      Object.hasOwn(propertyRulesOf(eventType) ?? {}, property) ||
      carried.has(`${eventType}\u001f${property}`),
    users: () => users ?? new Map(),
    costs: () => costs ?? [],
    load(open, dimension) {
      if (dimension === 'acquisition_costs') costs ??= open.dimension(environment, dimension);
      else
        users ??= new Map(open.dimension(environment, 'users').map((row) => [String(row['user_id']), row]));
    },
    memo,
  };
}

function readDictionaryRows(
  snapshot: CatalogueSnapshot,
  environment: string,
  segments: readonly SegmentRow[],
): Map<string, DictionaryRow> {
  const names = new Set(['user_id', 'session_id', 'event_type']);
  for (const { columns } of segments) {
    for (const { dictionary } of columns) if (dictionary !== undefined) names.add(dictionary);
  }
  const rows = new Map<string, DictionaryRow>();
  for (const name of names) {
    const row = snapshot.dictionary(environment, name);
    if (row !== undefined) rows.set(name, row);
  }
  return rows;
}
