import { cautionsWithin } from '../../../shared/alerts/budget.ts';
import { FRESH_STATE, judgeRule, type RuleState } from '../../../shared/alerts/judge-rule.ts';
import type { AlertRule, Side } from '../../../shared/alerts/rule.ts';
import type { WatchedSeries } from '../../../shared/alerts/series.ts';
import { isAllStates, type Observation, type WatchItem } from '../../../shared/alerts/watch.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { instant } from './alert-rows.ts';
import { rulesOf, settingsOf } from './alert-store.ts';
import { falsePerWeek } from './false-alarms.ts';
import { insertFiring, resolveFirings } from './firing-store.ts';
import { type Place, readItemState, watchedItemIds, writeItemState } from './item-states.ts';
import {
  detectorOf,
  judgeStates,
  judgeHourlyStop,
  judgeWatch,
  WATCH_COSTS,
  type WatchOutcome,
  type WatchState,
} from './judge-watch.ts';
import { knownToMs } from './known-to.ts';
import { makeEvidence } from './make-evidence.ts';
import { watchListOf } from './plan.ts';
import { familyOf, fireAlarm, type Found, settle } from './raise.ts';
import { type Arriving, arrivingFor, takeMinutes } from './take-stop.ts';
import type { ArrivalIndex } from '../freshness/arrivals.ts';

interface Taken {
  environment: string;
  itemId: string;
  observations: readonly Observation[];
}

/** Judges what one item showed: its new buckets, its firings and its state in one transaction. */
export async function takeObservations(
  store: EngineStore,
  index: ArrivalIndex,
  taken: Taken,
): Promise<Found[]> {
  const { environment, itemId } = taken;
  const itemNow = (): WatchItem | undefined =>
    watchListOf(store, environment).find((each) => each.itemId === itemId);
  const watched = itemNow();
  const arriving =
    watched === undefined ? null : await arrivingFor(store, index, { environment, item: watched });
  return store.db.transaction(() => {
    const rule = rulesOf(store, environment).find(({ ruleId }) => ruleId === itemId);
    if (rule !== undefined) return takeRule(store, taken, rule.rule);
    const item = itemNow();
    return item === undefined ? [] : takeItem(store, { ...taken, arriving }, item); // removed meanwhile: nothing to judge
  })();
}

function takeRule(
  store: EngineStore,
  { environment, itemId, observations }: Taken,
  rule: AlertRule,
): Found[] {
  const [observation] = observations;
  if (observation === undefined) return [];
  const isMissing = rule.condition.kind === 'missing';
  const series = isMissing ? asKnown(observation.series, knownToMs(store, environment)) : observation.series;
  const place = { environment, itemId, key: '' };
  const outcome = judgeRule(rule, series, ruleStateOf(store, place));
  const found = outcome.firings.flatMap(({ sinceMs, conditionMetMs, index }) => {
    const from = rule.subject.interval === 'hour' ? series.startMs.indexOf(sinceMs) : index;
    const firing = {
      environment,
      itemId,
      key: null,
      voice: 'rule' as const,
      family: familyOf(rule.subject),
      title: rule.name,
      side: sideOf(rule),
      sinceMs,
      conditionMetMs,
    };
    const evidence = makeEvidence(store, { environment, subject: rule.subject, series, from, to: index });
    const firingId = insertFiring(store, { ...firing, evidence: { ...evidence, startMs: sinceMs } });
    return firingId === null
      ? []
      : [{ firingId, subject: rule.subject, startMs: sinceMs, endMs: conditionMetMs }];
  });
  for (const { endedMs } of outcome.ended)
    resolveFirings(
      store,
      { environment, itemId, key: null },
      { resolvedAtMs: endedMs, exceptSinceMs: outcome.state.openSinceMs },
    );
  const { heldFromMs, state } = outcome;
  const held = heldFromMs === null ? null : { sources: series.lateSources, fromAt: instant(heldFromMs) };
  writeItemState(store, place, { state, judgedToMs: state.judgedToMs, held, skipped: null, caution: null });
  return found;
}

/** What is missing shows as late first and as a gap later: a bucket counts as soon as its events had every chance to come. */
function asKnown(series: WatchedSeries, untilMs: number | null): WatchedSeries {
  const states = series.states.map((state, index) => {
    if (state === 'complete') return state;
    return untilMs !== null && (series.endMs[index] as number) <= untilMs ? 'complete' : 'partial';
  });
  return { ...series, states };
}

function takeItem(
  store: EngineStore,
  { environment, itemId, observations, arriving }: Taken & { arriving: Arriving | null },
  item: WatchItem,
): Found[] {
  const caution = cautionFor(store, environment, item, observations.length);
  const fire = (outcome: WatchOutcome, series: WatchedSeries, family?: string): Found[] =>
    outcome.alarms.flatMap((alarm) =>
      fireAlarm(store, { environment, item, alarm, series, family: family ?? familyOf(item.subject) }),
    );
  const keep = (key: string, outcome: WatchOutcome, lateSources: readonly string[]): void => {
    const { state, skipped, heldFromMs } = outcome;
    const held = heldFromMs === null ? null : { sources: [...lateSources], fromAt: instant(heldFromMs) };
    writeItemState(
      store,
      { environment, itemId, key },
      {
        state,
        judgedToMs: state.judgedToMs,
        held,
        skipped,
        caution,
      },
    );
  };
  const savedOf = (key: string): WatchState => watchStateOf(store, { environment, itemId, key });
  if (isAllStates(item)) {
    const outcome = judgeStates(observations, { caution, saved: savedOf('') });
    keep('', outcome, observations[0]?.series.lateSources ?? []);
    return settle(store, { environment, itemId, key: null }, outcome, () =>
      outcome.alarms.flatMap((alarm) => {
        const series = observations.find(({ key }) => key === alarm.key)?.series;
        return series === undefined ? [] : fire({ ...outcome, alarms: [alarm] }, series);
      }),
    );
  }
  const watchesStop = detectorOf(item) === 'counts';
  const untilMs = watchesStop && arriving === null ? knownToMs(store, environment) : null;
  const stopped =
    arriving === null ? [] : takeMinutes(store, { environment, item, observations, caution, arriving });
  const found = observations.flatMap((observation) => {
    const { key, series } = observation;
    const outcome = judgeWatch(item, observation, { caution, saved: savedOf(key ?? '') });
    keep(key ?? '', outcome, series.lateSources);
    const changed = settle(store, { environment, itemId, key: key ?? '' }, outcome, () =>
      fire(outcome, series),
    );
    if (untilMs === null) return changed;
    return [...changed, ...takeStop(store, { environment, item, observation, caution, untilMs })];
  });
  return [...stopped, ...found];
}

/** The detector of stops was measured on minutes; whole hours say less about how lively the time before was. */
const HOURLY_STOP_CAUTION = 1.5;

interface StopTaken {
  environment: string;
  item: WatchItem;
  observation: Observation;
  caution: number;
  untilMs: number;
}

function takeStop(
  store: EngineStore,
  { environment, item, observation, caution, untilMs }: StopTaken,
): Found[] {
  const itemId = `${item.itemId}-stop`;
  const key = observation.key ?? '';
  const place = { environment, itemId, key };
  const saved = watchStateOf(store, place);
  const outcome = judgeHourlyStop(observation, {
    caution: caution * HOURLY_STOP_CAUTION,
    saved,
    knownToMs: untilMs,
  });
  const { state, skipped } = outcome;
  writeItemState(store, place, { state, judgedToMs: state.judgedToMs, held: null, skipped, caution });
  return settle(store, { environment, itemId, key }, outcome, () =>
    outcome.alarms.flatMap((alarm) =>
      fireAlarm(store, {
        environment,
        item: { ...item, itemId },
        alarm,
        series: observation.series,
        family: 'stop',
      }),
    ),
  );
}

function cautionFor(store: EngineStore, environment: string, item: WatchItem, observed: number): number {
  const own = detectorOf(item);
  const known = new Map(watchListOf(store, environment).map((each) => [each.itemId, detectorOf(each)]));
  const others = watchedItemIds(store, environment)
    .filter((itemId) => itemId !== item.itemId)
    .map((itemId) => WATCH_COSTS[known.get(itemId) ?? 'silence']);
  const mine = Array.from({ length: isAllStates(item) ? 1 : observed }, () => WATCH_COSTS[own]);
  const { falseAlarmsPerWeek } = settingsOf(store, environment);
  const cautions = cautionsWithin(falseAlarmsPerWeek, [...mine, ...others], falsePerWeek(store, environment));
  return cautions[0] ?? 1;
}

/** Both were written here, by the versions of this file. */
const ruleStateOf = (store: EngineStore, place: Place): RuleState =>
  (readItemState(store, place) as RuleState | null) ?? FRESH_STATE;
const watchStateOf = (store: EngineStore, place: Place): WatchState =>
  (readItemState(store, place) as WatchState | null) ?? { detector: null, judgedToMs: null };

function sideOf({ condition }: AlertRule): Side | null {
  if (condition.kind === 'spike') return 'above';
  if (condition.kind === 'missing') return 'below';
  return condition.side === 'both' ? null : condition.side;
}
