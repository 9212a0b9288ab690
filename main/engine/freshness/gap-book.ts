import { createZone } from '../../../shared/time/zone.ts';
import { changeCatalogue } from '../store/change-catalogue.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { TimeSpan } from '../sync/time-span.ts';
import type { ArrivalIndex, Arrivals } from './arrivals.ts';
import { readFact, writeFact } from './engine-facts.ts';
import { HISTORY_MS } from './find-gaps.ts';
import { changesOf, type KnownGap } from './gap-changes.ts';
import { eventsBetween, sumOfSeries } from './minute-series.ts';
import { findSourceGaps, type SourceGap } from './source-gaps.ts';

const CHECKED = 'gaps.checked';

/** A source of events in one environment, with what is known of how far it is. */
interface WatchedSource {
  sourceId: number;
  watermarkMs: number;
}

/**
 * Looks for gaps where events came or went since it last looked, and in what was missing then; writes down what it
 * found. Nothing may be pending. Returns whether anything changed.
 */
export async function updateGaps(store: EngineStore, index: ArrivalIndex): Promise<boolean> {
  let isChanged = false;
  const checked = (readFact(store.db, CHECKED) ?? {}) as Record<string, number>;
  const { revision } = store;
  for (const { environment, firstDay } of touchedEnvironments(store, checked)) {
    const searchFromMs = Date.parse(firstDay);
    const sources = watchedSources(store, environment);
    const endMs = Math.max(...sources.map(({ watermarkMs }) => watermarkMs));
    if (sources.length > 0 && endMs > searchFromMs) {
      const arrivals = await index.arrivals(environment, searchFromMs - HISTORY_MS, endMs);
      const bySource = Map.groupBy(arrivals, ({ sourceId }) => sourceId);
      for (const { sourceId, watermarkMs } of sources) {
        const search = { fromMs: searchFromMs, toMs: watermarkMs };
        if (search.toMs <= search.fromMs) continue;
        const ofSource = { sourceId, environment, search, arrivals: bySource.get(sourceId) ?? [] };
        if (updateSource(store, ofSource)) isChanged = true;
      }
    }
    checked[environment] = revision;
  }
  writeFact(store.db, CHECKED, checked);
  return isChanged;
}

function touchedEnvironments(
  store: EngineStore,
  checked: Readonly<Record<string, number>>,
): { environment: string; firstDay: string }[] {
  const environments = store.db
    .prepare<[], { environment: string }>(
      'SELECT DISTINCT environment FROM source_state ORDER BY environment',
    )
    .all();
  const touched = store.db.prepare<[{ environment: string; revision: number }], { day: string | null }>(
    `SELECT min(day) AS day FROM segments WHERE environment = @environment AND dataset = 'events'
       AND (created_revision > @revision OR dead_revision > @revision)`,
  );
  return environments.flatMap(({ environment }) => {
    const day = touched.get({ environment, revision: checked[environment] ?? 0 })?.day ?? null;
    return day === null ? [] : [{ environment, firstDay: day }];
  });
}

function watchedSources(store: EngineStore, environment: string): WatchedSource[] {
  return store.db
    .prepare<[string], WatchedSource>(
      `SELECT source_id AS sourceId, watermark_ms AS watermarkMs FROM source_state JOIN sources USING (source_id)
       WHERE source_state.environment = ? AND watermark_ms IS NOT NULL AND kind <> 'import' AND removed_at_ms IS NULL
       ORDER BY source_id`,
    )
    .all(environment);
}

interface SourceUpdate {
  sourceId: number;
  environment: string;
  search: TimeSpan;
  arrivals: readonly Arrivals[];
}

function updateSource(store: EngineStore, update: SourceUpdate): boolean {
  const { sourceId, environment, search, arrivals } = update;
  const stored = activeGaps(store, sourceId, environment);
  const found = findSourceGaps({
    arrivals,
    search,
    zone: createZone(store.workspace.zone),
    known: stored.filter(({ toMs }) => toMs <= search.fromMs),
  });
  const changes = changesOf(
    stored.filter(({ fromMs, toMs }) => toMs > search.fromMs && fromMs < search.toMs),
    found,
  );
  const moved = changes.kept.filter(({ gapId, gap }) => {
    const old = stored.find((one) => one.gapId === gapId);
    return old?.fromMs !== gap.fromMs || old.toMs !== gap.toMs || !isSameList(old.eventTypes, gap.eventTypes);
  });
  if (changes.found.length + changes.replayed.length + moved.length === 0) return false;
  changeCatalogue(store, () => {
    for (const gap of changes.found) insertGap(store, sourceId, environment, gap);
    for (const { gapId, gap } of moved) moveGap(store, gapId, gap);
    for (const gap of changes.replayed) endGap(store, gap, recovered(arrivals, gap));
  });
  return true;
}

const isSameList = (a: readonly string[] | null, b: readonly string[] | null): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

function activeGaps(store: EngineStore, sourceId: number, environment: string): KnownGap[] {
  return store.db
    .prepare<[number, string], Omit<KnownGap, 'eventTypes'> & { eventTypes: string | null }>(
      `SELECT gap_id AS gapId, event_types AS eventTypes, from_ms AS fromMs, to_ms AS toMs FROM gaps
       WHERE source_id = ? AND environment = ? AND state <> 'replayed' ORDER BY from_ms, gap_id`,
    )
    .all(sourceId, environment)
    .map(({ eventTypes, ...gap }) => ({
      ...gap,
      eventTypes: eventTypes === null ? null : (JSON.parse(eventTypes) as string[]),
    }));
}

/** Events that are there now. */
function recovered(arrivals: readonly Arrivals[], { eventTypes, fromMs, toMs }: KnownGap): number {
  const series = sumOfSeries(
    arrivals.filter(({ eventType }) => eventTypes === null || eventTypes.includes(eventType)),
  );
  return eventsBetween(series, fromMs, toMs);
}

const typesJson = (eventTypes: readonly string[] | null): string | null =>
  eventTypes === null ? null : JSON.stringify(eventTypes);

function insertGap(store: EngineStore, sourceId: number, environment: string, gap: SourceGap): void {
  store.db
    .prepare<[Record<string, unknown>]>(
      `INSERT INTO gaps (source_id, environment, event_types, from_ms, to_ms, expected, state, found_at_ms, ask_at_ms)
       VALUES (@sourceId, @environment, @eventTypes, @fromMs, @toMs, @expected, 'open', @nowMs, @nowMs)`,
    )
    .run({
      sourceId,
      environment,
      eventTypes: typesJson(gap.eventTypes),
      fromMs: gap.fromMs,
      toMs: gap.toMs,
      expected: gap.expected,
      nowMs: store.now(),
    });
}

function moveGap(store: EngineStore, gapId: number, { eventTypes, fromMs, toMs, expected }: SourceGap): void {
  store.db
    .prepare<[Record<string, unknown>]>(
      `UPDATE gaps SET event_types = @eventTypes, from_ms = @fromMs, to_ms = @toMs, expected = @expected
       WHERE gap_id = @gapId`,
    )
    .run({ gapId, eventTypes: typesJson(eventTypes), fromMs, toMs, expected });
}

function endGap(store: EngineStore, { gapId }: KnownGap, events: number): void {
  store.db
    .prepare<[Record<string, unknown>]>(
      `UPDATE gaps SET state = 'replayed', ask_at_ms = NULL, replayed_at_ms = @nowMs, recovered = @events,
         outcome = 'its events have come'
       WHERE gap_id = @gapId`,
    )
    .run({ gapId, nowMs: store.now(), events });
}
