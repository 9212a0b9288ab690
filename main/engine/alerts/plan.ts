import { itemQuestion, DEFAULT_WATCH, type WatchItem } from '../../../shared/alerts/watch.ts';
import { lookBackMs } from '../../../shared/alerts/question.ts';
import type { AlertQuestion } from '../../../shared/rpc/contract/alerts.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { rulesOf, settingsOf } from './alert-store.ts';
import { workspaceNowMs } from './known-to.ts';

/** What to ask for a check: the watch list and every rule of every environment that holds events. */
export function planCheck(store: EngineStore): AlertQuestion[] {
  const nowMs = workspaceNowMs(store);
  return environmentsOf(store).flatMap((environment) =>
    itemsOf(store, environment).map((item) => {
      const { interval } = item.subject;
      const range = { from: dateOf(nowMs - lookBackMs(interval)), to: dateOf(nowMs + AHEAD_MS) };
      return { environment, item, spec: itemQuestion(item, { environment, range }) };
    }),
  );
}

const AHEAD_MS = 14 * 3_600_000; // the date of the zone that is furthest ahead; buckets to come are open

/** Whole days: a range that began within a bucket would cut it. */
const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export const watchListOf = (store: EngineStore, environment: string): readonly WatchItem[] =>
  settingsOf(store, environment).watch ?? DEFAULT_WATCH;

function itemsOf(store: EngineStore, environment: string): WatchItem[] {
  const rules = rulesOf(store, environment).map(({ ruleId, rule }): WatchItem => ({
    itemId: ruleId,
    subject: rule.subject,
    splitBy: null,
  }));
  return [...rules, ...watchListOf(store, environment)];
}

export function environmentsOf({ db }: EngineStore): string[] {
  return db
    .prepare<[], { environment: string }>(
      `SELECT DISTINCT environment FROM segments WHERE dataset = 'events' ORDER BY environment`,
    )
    .all()
    .map(({ environment }) => environment);
}
