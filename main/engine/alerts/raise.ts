import { subjectWords } from '../../../shared/alerts/sentence.ts';
import type { Subject } from '../../../shared/alerts/rule.ts';
import type { WatchedSeries } from '../../../shared/alerts/series.ts';
import { isAllStates, type WatchItem } from '../../../shared/alerts/watch.ts';
import type { Filter } from '../../../shared/query/filter.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { insertFiring, resolveFirings } from './firing-store.ts';
import type { WatchAlarm } from './judge-watch.ts';
import { makeEvidence } from './make-evidence.ts';
import { namesIn } from './names.ts';

/** A firing that was just made, with what an explanation needs. */
export interface Found {
  firingId: number;
  subject: Subject;
  startMs: number;
  endMs: number;
}

/** What a detector says of one series at a check. */
interface Settled {
  alarms: readonly { sinceMs: number }[];
  isRaised: boolean;
  state: { judgedToMs: number | null };
}

/** New firings first; then whatever is not raised any more is resolved. */
export function settle(
  store: EngineStore,
  place: { environment: string; itemId: string; key: string | null },
  outcome: Settled,
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

export function fireAlarm(store: EngineStore, { environment, item, alarm, series, family }: Alarm): Found[] {
  const { key, sinceMs, index } = alarm;
  const subject = sliceOf(item, key);
  const from = Math.max(
    0,
    Math.min(
      index,
      series.startMs.findIndex((startMs) => startMs >= sinceMs),
    ),
  );
  const conditionMetMs = series.endMs[index] as number;
  const evidence = makeEvidence(store, { environment, subject, series, from, to: index });
  // of the whole stretch: its last bucket alone may lie on the other side
  const side = evidence.size === null || family === STOP ? alarm.side : evidence.size < 0 ? 'below' : 'above';
  const verb = family === STOP ? 'stopped' : side === 'below' ? 'fell' : 'rose';
  const title = titleOf(store, environment, subject, verb);
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
    evidence,
  });
  return firingId === null ? [] : [{ firingId, subject, startMs: sinceMs, endMs: conditionMetMs }];
}

export function titleOf(store: EngineStore, environment: string, subject: Subject, verb: string): string {
  const name = subjectWords(subject, namesIn(store, environment));
  return `${name.charAt(0).toUpperCase()}${name.slice(1)} ${verb}`;
}

/** The subject of one series of an item. */
function sliceOf({ subject, splitBy, ...item }: WatchItem, key: string | null): Subject {
  if (!('measure' in subject) || key === null) return subject;
  if (isAllStates({ subject, splitBy, ...item })) return { ...subject, state: key };
  if (splitBy === null) return subject;
  const slice: Filter = { property: splitBy, op: 'is', value: key };
  return { ...subject, filters: [...subject.filters, slice] };
}

/** The family of stops: whatever stops at one time is one incident. */
export const STOP = 'stop';

export const familyOf = (subject: Subject): string =>
  'measure' in subject ? subject.measure : `question ${subject.name}`;
