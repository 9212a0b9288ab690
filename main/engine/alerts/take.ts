import { cautionsWithin } from '../../../shared/alerts/budget.ts';
import { FRESH_STATE, judgeRule, type RuleState } from '../../../shared/alerts/judge-rule.ts';
import type { AlertRule, Side, Subject } from '../../../shared/alerts/rule.ts';
import { subjectWords } from '../../../shared/alerts/sentence.ts';
import type { WatchedSeries } from '../../../shared/alerts/series.ts';
import { isAllStates, type Observation, type WatchItem } from '../../../shared/alerts/watch.ts';
import type { Filter } from '../../../shared/query/filter.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { instant } from './alert-rows.ts';
import { rulesOf, settingsOf } from './alert-store.ts';
import { falsePerWeek } from './false-alarms.ts';
import { insertFiring, resolveFirings } from './firing-store.ts';
import { type Place, readItemState, watchedItemIds, writeItemState } from './item-states.ts';
import {
  detectorOf,
  judgeStates,
  judgeStop,
  judgeWatch,
  WATCH_COSTS,
  type WatchAlarm,
  type WatchOutcome,
  type WatchState,
} from './judge-watch.ts';
import { knownToMs } from './known-to.ts';
import { makeEvidence } from './make-evidence.ts';
import { namesIn } from './names.ts';
import { watchListOf } from './plan.ts';

/** A firing that was just made, with what an explanation needs. */
export interface Found {
  firingId: number;
  subject: Subject;
  startMs: number;
  endMs: number;
}

interface Taken {
  environment: string;
  itemId: string;
  observations: readonly Observation[];
}

/** Judges what one item showed: its new buckets, its firings and its state in one transaction. */
export function takeObservations(store: EngineStore, taken: Taken): Found[] {
  return store.db.transaction(() => {
    const { environment, itemId } = taken;
    const rule = rulesOf(store, environment).find(({ ruleId }) => ruleId === itemId);
    if (rule !== undefined) return takeRule(store, taken, rule.rule);
    const item = watchListOf(store, environment).find((each) => each.itemId === itemId);
    return item === undefined ? [] : takeItem(store, taken, item); // removed meanwhile: nothing to judge
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
  { environment, itemId, observations }: Taken,
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
  const untilMs = watchesStop ? knownToMs(store, environment) : null;
  return observations.flatMap((observation) => {
    const { key, series } = observation;
    const outcome = judgeWatch(item, observation, { caution, saved: savedOf(key ?? '') });
    keep(key ?? '', outcome, series.lateSources);
    const found = settle(store, { environment, itemId, key: key ?? '' }, outcome, () =>
      fire(outcome, series),
    );
    if (untilMs === null) return found;
    return [...found, ...takeStop(store, { environment, item, observation, caution, untilMs })];
  });
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
  const outcome = judgeStop(observation, {
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

/** New firings first; then whatever is not raised any more is resolved. */
function settle(
  store: EngineStore,
  place: { environment: string; itemId: string; key: string | null },
  outcome: WatchOutcome,
  fire: () => Found[],
): Found[] {
  const found = fire();
  const newestMs = outcome.alarms.at(-1)?.sinceMs ?? null;
  const resolvedAtMs = outcome.state.judgedToMs ?? 0;
  if (!outcome.isRaised) resolveFirings(store, place, { resolvedAtMs });
  else if (newestMs !== null) resolveFirings(store, place, { resolvedAtMs, exceptSinceMs: newestMs });
  return found;
}

interface Alarm {
  environment: string;
  item: WatchItem;
  alarm: WatchAlarm;
  series: WatchedSeries;
  family: string;
}

function fireAlarm(store: EngineStore, { environment, item, alarm, series, family }: Alarm): Found[] {
  const { key, sinceMs, index, side } = alarm;
  const subject = sliceOf(item, key);
  const from = Math.max(
    0,
    Math.min(
      index,
      series.startMs.findIndex((startMs) => startMs >= sinceMs),
    ),
  );
  const conditionMetMs = series.endMs[index] as number;
  const name = subjectWords(subject, namesIn(store, environment));
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)} ${family === 'stop' ? 'stopped' : side === 'below' ? 'fell' : 'rose'}`;
  const firingId = insertFiring(store, {
    environment,
    itemId: item.itemId,
    key,
    voice: 'detector',
    family,
    title,
    side,
    sinceMs,
    conditionMetMs,
    evidence: makeEvidence(store, { environment, subject, series, from, to: index }),
  });
  return firingId === null ? [] : [{ firingId, subject, startMs: sinceMs, endMs: conditionMetMs }];
}

/** The subject of one series of an item. */
function sliceOf({ subject, splitBy, ...item }: WatchItem, key: string | null): Subject {
  if (!('measure' in subject) || key === null) return subject;
  if (isAllStates({ subject, splitBy, ...item })) return { ...subject, state: key };
  if (splitBy === null) return subject;
  const slice: Filter = { property: splitBy, op: 'is', value: key };
  return { ...subject, filters: [...subject.filters, slice] };
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

const familyOf = (subject: Subject): string =>
  'measure' in subject ? subject.measure : `question ${subject.name}`;

function sideOf({ condition }: AlertRule): Side | null {
  if (condition.kind === 'spike') return 'above';
  if (condition.kind === 'missing') return 'below';
  return condition.side === 'both' ? null : condition.side;
}
