import type { PurgeAmount } from '../../../shared/rpc/contract/privacy.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { ArrivedSegment } from '../store/replace-segments.ts';
import { DAY_MS } from '../store/sort-rows.ts';
import { isPersonalColumn } from './aggregate-columns.ts';
import { liveSegments, loadColumns } from './live-segments.ts';
import { nowOf } from './now-of.ts';
import type { RowsToPurge } from './reduce-segment.ts';

export interface RetentionOfSource {
  sourceId: number;
  hotDays: number;
  aggregateDays: number;
}

export interface PlannedSegment {
  segment: ArrivedSegment;
  rows: RowsToPurge;
  /** By source: how many rows become aggregates, and how many go. */
  bySource: Map<number, { reduced: number; removed: number }>;
}

export interface PurgePlan {
  segments: PlannedSegment[];
  amountOf: (sourceId: number) => PurgeAmount;
}

/** What a purge takes away now: rows of whole UTC days that are older than their source keeps them. */
export function planPurge(store: EngineStore, sources: readonly RetentionOfSource[]): PurgePlan {
  const today = Math.floor(nowOf(store) / DAY_MS);
  const dayAfter = (days: number): string => new Date((today - days) * DAY_MS).toISOString().slice(0, 10);
  const limits = new Map(
    sources.map(({ sourceId, hotDays, aggregateDays }) => [
      sourceId,
      { hotFrom: dayAfter(hotDays), aggregateFrom: dayAfter(aggregateDays) },
    ]),
  );
  const newest = [...limits.values()].reduce(
    (latest, { hotFrom }) => (hotFrom > latest ? hotFrom : latest),
    '',
  );
  const sourceOf = sourceByObject(store);
  const segments = liveSegments(store)
    .filter(({ day }) => day < newest)
    .flatMap((segment) => planSegment(store, segment, { limits, sourceOf }) ?? []);
  return { segments, amountOf: (sourceId) => amountOf(segments, sourceId) };
}

interface Limits {
  limits: ReadonlyMap<number, { hotFrom: string; aggregateFrom: string }>;
  sourceOf: ReadonlyMap<number, number>;
}

function planSegment(
  { dataDir }: EngineStore,
  segment: ArrivedSegment,
  { limits, sourceOf }: Limits,
): PlannedSegment | null {
  const loaded = loadColumns(
    dataDir,
    segment,
    (column) => column.name === 'object' || isPersonalColumn(column),
  );
  const objects = loaded.find(({ column }) => column.name === 'object')?.values ?? [];
  const personal = loaded.filter(({ column }) => column.name !== 'object');
  const isWhole = (row: number): boolean =>
    personal.some(({ column, values, validity }) =>
      column.kind === 'number'
        ? validity === null || (((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 1
        : values[row] !== 0,
    );
  const reduced = new Set<number>();
  const removed = new Set<number>();
  const bySource: PlannedSegment['bySource'] = new Map();
  for (let row = 0; row < segment.rows; row++) {
    const sourceId = sourceOf.get(objects[row] ?? 0) ?? 0;
    const limit = limits.get(sourceId);
    if (limit === undefined || segment.day >= limit.hotFrom) continue;
    const goes = segment.day < limit.aggregateFrom;
    if (!goes && !isWhole(row)) continue;
    (goes ? removed : reduced).add(row);
    const counts = bySource.get(sourceId) ?? { reduced: 0, removed: 0 };
    counts[goes ? 'removed' : 'reduced']++;
    bySource.set(sourceId, counts);
  }
  return bySource.size === 0 ? null : { segment, rows: { reduced, removed }, bySource };
}

const sourceByObject = ({ db }: EngineStore): Map<number, number> =>
  new Map(
    db
      .prepare<[], { objectId: number; sourceId: number }>(
        'SELECT object_id AS objectId, source_id AS sourceId FROM ledger WHERE kept > 0',
      )
      .all()
      .map(({ objectId, sourceId }) => [objectId, sourceId]),
  );

/** Bytes: of the rows as they are stored now; aggregates of them take about a third* of it. */
function amountOf(segments: readonly PlannedSegment[], sourceId: number): PurgeAmount {
  const own = segments.filter(({ bySource }) => bySource.has(sourceId));
  const sum = (
    amount: (one: PlannedSegment, counts: { reduced: number; removed: number }) => number,
  ): number =>
    own.reduce(
      (total, one) => total + amount(one, one.bySource.get(sourceId) ?? { reduced: 0, removed: 0 }),
      0,
    );
  const days = [...new Set(own.map(({ segment }) => segment.day))].sort();
  return {
    days: days.length,
    firstDay: days[0] ?? null,
    lastDay: days.at(-1) ?? null,
    rows: sum((_, { reduced, removed }) => reduced + removed),
    rowsToAggregates: sum((_, { reduced }) => reduced),
    bytes: Math.round(
      sum(({ segment }, { reduced, removed }) => (segment.sizeBytes * (reduced + removed)) / segment.rows),
    ),
  };
}
