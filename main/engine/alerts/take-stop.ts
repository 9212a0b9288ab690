import type { Subject } from '../../../shared/alerts/rule.ts';
import type { WatchedSeries } from '../../../shared/alerts/series.ts';
import type { Observation, WatchItem } from '../../../shared/alerts/watch.ts';
import type { ArrivalIndex } from '../freshness/arrivals.ts';
import { MINUTE_MS, type MinuteSeries, sumOfSeries } from '../freshness/minute-series.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { instant } from './alert-rows.ts';
import { insertFiring } from './firing-store.ts';
import { readItemState, writeItemState } from './item-states.ts';
import { FRESH_STOP, judgeStop, type Stop, type StopState } from './judge-stop.ts';
import { workspaceNowMs } from './known-to.ts';
import { makeEvidence } from './make-evidence.ts';
import { type Found, settle, STOP, titleOf } from './raise.ts';
import { arrivalTypeOf, type StopClock, stopClock } from './stop-clock.ts';

/** What came of an item minute by minute, and up to when what is missing is a fact. */
export interface Arriving {
  series: MinuteSeries;
  clock: StopClock;
}

interface Place {
  environment: string;
  item: WatchItem;
}

const HISTORY_MS = 29 * 86_400_000; // 28 days, the last one left out

/** Null: the item is not one whose events can be followed by the minute, or no source brings them by itself. */
export async function arrivingFor(
  store: EngineStore,
  index: ArrivalIndex,
  { environment, item }: Place,
): Promise<Arriving | null> {
  const eventType = followedType(item);
  if (eventType === undefined) return null;
  const clock = stopClock(store, environment, eventType); // before the events: what came meanwhile does no harm
  if (clock === null) return null;
  const { judgedToMs } = stateOf(store, environment, item);
  const fromMs = Math.max(clock.askedMs - HISTORY_MS, (judgedToMs ?? 0) - MINUTE_MS);
  const arrivals = await index.arrivals(environment, fromMs, workspaceNowMs(store) + MINUTE_MS);
  const own = arrivals.filter(
    (one) => clock.sourceIds.has(one.sourceId) && (eventType === null || one.eventType === eventType),
  );
  return { series: sumOfSeries(own), clock };
}

/** A whole count by the hour; slices are followed by the hour, as arrivals know types only. */
function followedType({ subject, splitBy }: WatchItem): string | null | undefined {
  if (!('measure' in subject) || subject.interval !== 'hour') return undefined;
  return subject.filters.length > 0 || splitBy !== null ? undefined : arrivalTypeOf(subject.measure);
}

interface Taken extends Place {
  observations: readonly Observation[];
  caution: number;
  arriving: Arriving;
}

export function takeMinutes(store: EngineStore, taken: Taken): Found[] {
  const { environment, item, observations, caution, arriving } = taken;
  const { series, clock } = arriving;
  const watched = observations[0]?.series;
  if (watched === undefined) return [];
  const { askedMs, knownToMs, heldBy } = clock;
  const saved = stateOf(store, environment, item);
  const { zone } = watched;
  const outcome = judgeStop({ series, zone, askedMs, knownToMs, caution }, saved);
  const { state, stops } = outcome;
  const held = heldBy.length === 0 ? null : { sources: heldBy, fromAt: instant(knownToMs) };
  const place = { environment, itemId: stopIdOf(item), key: '' };
  writeItemState(store, place, { state, judgedToMs: state.judgedToMs, held, skipped: null, caution });
  return settle(store, place, { ...outcome, alarms: stops }, () =>
    stops.flatMap((stop) => fireStop(store, taken, { stop, watched })),
  );
}

const stopIdOf = ({ itemId }: WatchItem): string => `${itemId}-stop`;

function stateOf(store: EngineStore, environment: string, item: WatchItem): StopState {
  const saved = readItemState(store, { environment, itemId: stopIdOf(item), key: '' });
  const isStop = typeof saved === 'object' && saved !== null && 'kind' in saved && saved.kind === 'stop';
  return isStop ? (saved as StopState) : FRESH_STOP; // an earlier version followed stops by the hour
}

function fireStop(
  store: EngineStore,
  { environment, item }: Taken,
  { stop, watched }: { stop: Stop; watched: WatchedSeries },
): Found[] {
  const { sinceMs, untilMs } = stop;
  const { subject, itemId } = item;
  const firingId = insertFiring(store, {
    environment,
    itemId: stopIdOf({ ...item, itemId }),
    key: null,
    voice: 'detector',
    family: STOP,
    title: titleOf(store, environment, subject, 'stopped'),
    side: 'below',
    sinceMs,
    conditionMetMs: untilMs,
    evidence: { ...evidenceOf(store, { environment, subject, stop, watched }), ...expectedOf(stop) },
  });
  return firingId === null ? [] : [{ firingId, subject, startMs: sinceMs, endMs: untilMs }];
}

interface Silent {
  environment: string;
  subject: Subject;
  stop: Stop;
  watched: WatchedSeries;
}

/** Of the silence as one bucket without events. */
function evidenceOf(store: EngineStore, { environment, subject, stop, watched }: Silent) {
  const { zone, completeTo, lateSources } = watched;
  const series: WatchedSeries = {
    startMs: [stop.sinceMs],
    endMs: [stop.untilMs],
    values: [0],
    numerators: null,
    denominators: null,
    states: ['complete'],
    zone,
    completeTo,
    lateSources,
  };
  return makeEvidence(store, { environment, subject, series, from: 0, to: 0 });
}

const Z_99 = 2.576;
const HOUR_SHAPE = 30; // hours waver by 18 %, as the detector of silences takes them to

/** Variance of the negative binomial by which that detector judges: missing + missing² ÷ shape. */
function expectedOf({ missing }: Stop) {
  const spread = Z_99 * Math.sqrt(missing + (missing * missing) / HOUR_SHAPE);
  const [low, high] = [Math.max(1, missing - spread), missing + spread];
  return {
    value: 0,
    expectedLow: Math.round(low),
    expectedHigh: Math.round(high),
    usual: missing,
    size: -missing,
    sizeLow: -high,
    sizeHigh: -low,
  };
}
