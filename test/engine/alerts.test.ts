import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertsOf, saveRule, saveSettings, updateFiring } from '../../main/engine/alerts/alert-store.ts';
import type { EngineStore } from '../../main/engine/store/engine-store.ts';
import { AlertRule } from '../../shared/alerts/rule.ts';
import type { CheckResult } from '../../shared/alerts/run-check.ts';
import { AlertSettings, type AlertsState } from '../../shared/rpc/contract/alerts.ts';
import { checkStore } from '../support/alert-check.ts';
import { webhookReceiver } from '../support/alert-receivers.ts';
import { createDraws } from '../support/simulate-draws.ts';
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.parse('2026-11-19T13:30:00Z');
const START_MS = Date.UTC(2026, 9, 10); // 40 days before
const DROP_MS = NOW_MS - 3.5 * DAY_MS;
const SEED = 20261119;
const ENVIRONMENT = 'test';
const PRACTICES = ['breath', 'focus', 'walk'];
const SESSIONS_AN_HOUR = 24;

/** Traffic by the hour of the day; half of the practices' reactions of `focus` are lost from DROP_MS on. */
function traffic(fromMs: number, toMs: number): Record<string, unknown>[] {
  const draws = createDraws(SEED, `from ${fromMs}`);
  const rows: Record<string, unknown>[] = [];
  for (let hourMs = fromMs; hourMs < toMs; hourMs += HOUR_MS) {
    const hour = new Date(hourMs).getUTCHours();
    const mean = SESSIONS_AN_HOUR * (1 + 0.5 * Math.sin(((hour - 8) / 24) * 2 * Math.PI));
    const sessions = draws.negativeBinomial(mean, 20);
    for (let n = 0; n < sessions; n += 1) {
      const practice = PRACTICES[Math.floor(draws.between(0, 3)) % 3] ?? 'walk';
      const tsMs = hourMs + Math.floor(draws.between(0, HOUR_MS));
      if (tsMs >= toMs) continue;
      const id = `${hourMs / HOUR_MS}-${n}`;
      const run = { practice_id: practice, practice_session_id: `run-${id}` };
      rows.push(event(`done-${id}`, 'session_completed', tsMs, run));
      const rate = practice === 'focus' && tsMs >= DROP_MS ? 0.45 : 0.9;
      if (draws.chance(rate))
        rows.push(event(`felt-${id}`, 'reaction_captured', tsMs, { ...run, state: 'calm' }));
    }
  }
  return rows;
}

function event(id: string, type: string, tsMs: number, properties: object): Record<string, unknown> {
  const ts = new Date(tsMs).toISOString();
  return { event_id: id, event_type: type, ts, received_at: ts, user_id: `usr_${tsMs % 97}`, properties };
}

let workspace: TestWorkspace;
let hook: Awaited<ReturnType<typeof webhookReceiver>>;
beforeEach(async () => {
  workspace = testWorkspace('memory');
  hook = await webhookReceiver();
});
afterEach(async () => {
  await hook.close();
  workspace.remove();
});

const atMs = <T>(nowMs: number, work: (store: EngineStore) => Promise<T> | T): Promise<T> =>
  workspace.withStore(work, { now: () => nowMs });

const checkAt = (nowMs: number): Promise<CheckResult> => atMs(nowMs, (store) => checkStore(store, nowMs));

const stateAt = (nowMs: number): Promise<AlertsState> => atMs(nowMs, (store) => alertsOf(store, ENVIRONMENT));
const syncAt = (nowMs: number) => workspace.sync({}, { now: () => nowMs });
const titles = (): string[] => hook.taken.map(({ body }) => (JSON.parse(body) as { title: string }).title);

describe('the watch list over simulated traffic', () => {
  it('tells a planted drop once, holds while a source is late, and raises a silence', async () => {
    workspace.raw('before.ndjson', traffic(START_MS, DROP_MS));
    await workspace.addFolder({ freshnessTargetMs: 2 * HOUR_MS });
    await syncAt(DROP_MS);
    await atMs(DROP_MS, (store) => {
      saveSettings(
        store,
        ENVIRONMENT,
        AlertSettings.parse({
          channels: [{ kind: 'webhook', name: 'ops', url: hook.url }],
          detectorChannels: ['ops'],
        }),
      );
      saveRule(store, {
        environment: ENVIRONMENT,
        ruleId: null,
        rule: AlertRule.parse({
          name: 'Focus below 85%',
          subject: {
            measure: 'capture_rate',
            filters: [{ property: 'practice_id', op: 'is', value: 'focus' }],
          },
          condition: { kind: 'threshold', side: 'below', value: 0.85 },
          leastN: 100,
          channels: ['ops'],
        }),
      });
    });

    // 40 quiet days, caught up in one go: nobody is told
    await checkAt(DROP_MS);
    expect(titles()).toEqual([]);

    // the drop, checked every few hours as a host does
    workspace.raw('after.ndjson', traffic(DROP_MS, NOW_MS));
    await syncAt(NOW_MS);
    await checkAt(NOW_MS);
    await checkAt(NOW_MS + 60_000);
    expect(titles()).toEqual(['Focus below 85%']); // rule, detectors of the whole and of the slice: one incident
    const state = await stateAt(NOW_MS);
    const told = state.firings.filter(({ notifiedAt }) => notifiedAt !== null);
    expect(told).toHaveLength(1);
    const [firing] = told;
    expect(firing?.evidence).toMatchObject({
      measure: 'capture_rate',
      filters: [{ property: 'practice_id', value: 'focus' }],
    });
    expect(firing?.evidence.k).toBeLessThan(0.7 * (firing?.evidence.n ?? 0));
    expect(firing?.evidence.expectedLow).toBeGreaterThan(0.7);
    expect(firing?.evidence.address).toContain('practice=focus');
    const grouped = state.firings.filter(({ groupId }) => groupId === firing?.firingId);
    expect(grouped.map(({ itemId }) => itemId)).toContain('capture-rate-by-practice');
    const whole = state.firings.find(({ itemId }) => itemId === 'capture-rate');
    if (whole !== undefined) {
      const { explained } = whole.evidence;
      expect(explained).toMatchObject({ property: 'practice_id' });
      expect(explained?.parts[0]?.label).toBe('focus');
      const sum = explained?.parts.reduce((total, { points }) => total + points, 0) ?? 0;
      expect(sum).toBeCloseTo((explained?.after ?? 0) - (explained?.before ?? 0), 9);
    }

    // the source is late, the sync has not asked since: held, and said so
    const lateMs = NOW_MS + 40 * HOUR_MS;
    await checkAt(lateMs);
    expect(titles()).toHaveLength(1);
    expect((await stateAt(lateMs)).rules[0]?.held).toMatchObject({ sources: ['events'] });

    // it was asked, and nothing came: a stop is a fact now
    await syncAt(lateMs);
    await checkAt(lateMs);
    await checkAt(lateMs + HOUR_MS);
    const [, stop, ...more] = titles();
    expect(stop).toMatch(/stopped$/);
    expect(more).toEqual([]);

    // what people say about it
    const firingId = firing?.firingId ?? 0;
    const labelled = await atMs(lateMs, (store) =>
      updateFiring(store, {
        environment: ENVIRONMENT,
        firingId,
        acknowledged: true,
        label: 'true',
        labelNote: 'prompt lost',
      }),
    );
    expect(labelled).toMatchObject({
      label: 'true',
      labelNote: 'prompt lost',
      acknowledgedAt: expect.any(String) as string,
    });
  }, 120_000);
});
