import type { WatchMeasure } from '../../../shared/alerts/rule.ts';
import { formatDeepLink } from '../../../shared/deeplink.ts';
import type { AlertChannel, AlertSettings } from '../../../shared/rpc/contract/alerts.ts';
import { createZone } from '../../../shared/time/zone.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { evidenceOf, FIRING_COLUMNS, type FiringRow } from './alert-rows.ts';
import { rulesOf, settingsOf } from './alert-store.ts';
import { readItemState } from './item-states.ts';
import type { WatchState } from './judge-watch.ts';
import { workspaceNowMs } from './known-to.ts';
import { enqueueMessage } from './outbox.ts';
import { environmentsOf } from './plan.ts';
import { bornOutMs, quietDay } from './quiet-day.ts';
import { leavesAtMs } from './quiet-hours.ts';
import { messageBody } from './word-message.ts';

/** Measures that fall when what they count stops. */
const VOLUMES: ReadonlySet<string> = new Set<WatchMeasure>([
  'events',
  'completed_sessions',
  'captured_reactions',
  'active_users',
]);

export interface Finished {
  opened: number;
  notified: number;
}

/** What is older was found while catching up: it stands in the list, and nobody is woken for it. A capture rate is open
 *  for a day after its own. */
const TOLD_AGE_MS = 72 * 3_600_000;
/** Firings of one family and side with no more than so long between the end of one and the beginning of the other are
 *  the same incident: when a slow change began is a guess. */
const INCIDENT_MS = 48 * 3_600_000;

/** Groups what was found since the last check and tells each group once, all in one transaction. */
export function finishCheck(
  store: EngineStore,
  { linkBase, tookMs }: { linkBase: string | null; tookMs: number },
): Finished {
  return store.db.transaction(() => {
    const finished: Finished = { opened: 0, notified: 0 };
    for (const environment of environmentsOf(store)) {
      const { opened, notified } = finishEnvironment(store, environment, linkBase);
      finished.opened += opened;
      finished.notified += notified;
      noteCheck(store, environment, tookMs);
    }
    return finished;
  })();
}

function finishEnvironment(store: EngineStore, environment: string, linkBase: string | null): Finished {
  const days = { zone: createZone(store.workspace.zone), nowMs: workspaceNowMs(store) };
  const quietOf = (firing: FiringRow) =>
    isVolumeFall(firing) ? quietDay(firing, { ...days, isRising: isRising(store, firing) }) : null;
  const fresh = ungrouped(store, environment).filter((firing) => quietOf(firing) !== 'wait');
  const settings = settingsOf(store, environment);
  let notified = 0;
  const leaders = fresh.filter((firing) => joinGroup(store, firing) === firing.firingId);
  for (const leader of leaders) {
    const channels = channelsFor(store, leader, settings);
    if (quietOf(leader) === 'over' || !isWorthTelling(store, leader, settings)) continue;
    markTold(store, leader.firingId);
    notified += 1;
    const members = fresh.filter(({ firingId }) => firingId !== leader.firingId);
    const others = members.filter(({ firingId }) => groupOf(store, firingId) === leader.firingId);
    for (const channel of channels) tell(store, leader, { channel, others, settings, linkBase });
  }
  return { opened: fresh.length, notified };
}

function ungrouped({ db }: EngineStore, environment: string): FiringRow[] {
  // the whole before its slices: with the larger n first, the incident carries the name that says most
  return db
    .prepare<[string], FiringRow>(
      `SELECT ${FIRING_COLUMNS} FROM alert_firings WHERE environment = ? AND group_id IS NULL
       ORDER BY voice = 'detector', key <> '', condition_met_ms, firing_id`,
    )
    .all(environment);
}

/**
 * The firing that leads the incident; itself where it is the first. A slice that had fired before the whole began to
 * change does not lead it: what was told of the slice is no news of the whole.
 */
function joinGroup({ db }: EngineStore, firing: FiringRow): number {
  const { firingId, environment, family, side, key, sinceMs, conditionMetMs, detectedAtMs } = firing;
  const isVolume = VOLUMES.has(family) ? 1 : 0; // what stopped has also fallen; what fell may yet stop
  const leader = db
    .prepare<[Record<string, unknown>], { firingId: number }>(
      `SELECT firing_id AS firingId FROM alert_firings
       WHERE environment = @environment AND group_id = firing_id
         AND (family = @family OR (family = 'stop' AND @side = 'below' AND @isVolume = 1))
         AND (side IS NULL OR @side IS NULL OR side = @side) AND max(0, since_ms - @conditionMetMs, @sinceMs - condition_met_ms) <= @incidentMs
         AND (is_told = 1 OR detected_at_ms = @detectedAtMs)
         AND (@key <> '' OR key = '' OR condition_met_ms >= @sinceMs)
       ORDER BY is_told DESC, abs(since_ms - @sinceMs), firing_id LIMIT 1`,
    )
    .get({
      environment,
      family,
      side,
      key,
      sinceMs,
      conditionMetMs,
      detectedAtMs,
      isVolume,
      incidentMs: INCIDENT_MS,
    });
  const groupId = leader?.firingId ?? firingId;
  db.prepare<[number, number]>('UPDATE alert_firings SET group_id = ? WHERE firing_id = ?').run(
    groupId,
    firingId,
  );
  return groupId;
}

const RISING_NATS = 1.5; // of a volume that stays low, evidence for "as before" rarely grows so far

function isRising(store: EngineStore, { environment, itemId, key }: FiringRow): boolean {
  const saved = readItemState(store, { environment, itemId, key }) as WatchState | null;
  const detector = saved?.detector;
  return detector?.kind === 'counts' && detector.state.watch.recovery.evidence >= RISING_NATS;
}

const isVolumeFall = ({ voice, family, side }: FiringRow): boolean =>
  voice === 'detector' && side === 'below' && VOLUMES.has(family);

function groupOf({ db }: EngineStore, firingId: number): number | undefined {
  return db
    .prepare<[number], { groupId: number }>(
      'SELECT group_id AS groupId FROM alert_firings WHERE firing_id = ?',
    )
    .get(firingId)?.groupId;
}

function isWorthTelling(store: EngineStore, firing: FiringRow, settings: AlertSettings): boolean {
  const nowMs = workspaceNowMs(store);
  const rule = rulesOf(store, firing.environment).find(({ ruleId }) => ruleId === firing.itemId);
  const mutes = [settings.mutedUntil, rule?.rule.mutedUntil ?? null];
  if (mutes.some((until) => until !== null && Date.parse(until) > nowMs)) return false;
  const bornOut = isVolumeFall(firing) ? bornOutMs(firing.sinceMs, createZone(store.workspace.zone)) : null;
  return Math.max(firing.conditionMetMs, bornOut ?? 0) >= nowMs - TOLD_AGE_MS;
}

function channelsFor(store: EngineStore, firing: FiringRow, settings: AlertSettings): AlertChannel[] {
  const rule = rulesOf(store, firing.environment).find(({ ruleId }) => ruleId === firing.itemId);
  const names = new Set(rule?.rule.channels ?? settings.detectorChannels);
  return settings.channels.filter(({ name }) => names.has(name));
}

function markTold({ db }: EngineStore, firingId: number): void {
  db.prepare<[number]>('UPDATE alert_firings SET is_told = 1 WHERE firing_id = ?').run(firingId);
}

interface Telling {
  channel: AlertChannel;
  others: readonly FiringRow[];
  settings: AlertSettings;
  linkBase: string | null;
}

function tell(store: EngineStore, leader: FiringRow, { channel, others, settings, linkBase }: Telling): void {
  const evidence = evidenceOf(leader);
  const { zone } = store.workspace;
  const { firingId, environment, side, title } = leader;
  enqueueMessage(store, firingId, channel, {
    title,
    body: messageBody(
      { side },
      evidence,
      others.map((other) => other.title),
      zone,
    ),
    link:
      linkBase === null ? formatDeepLink({ kind: 'view', id: 'alerts' }) : `${linkBase}/${evidence.address}`,
    address: evidence.address,
    detail: { firing: firingId, environment, side, evidence },
    leavesAtMs: leavesAtMs(settings.quietHours, store.now(), createZone(zone)),
  });
}

function noteCheck(store: EngineStore, environment: string, tookMs: number): void {
  store.db
    .prepare<[string, number, number]>(
      `INSERT INTO alert_settings (environment, checked_at_ms, took_ms) VALUES (?, ?, ?)
       ON CONFLICT (environment) DO UPDATE SET checked_at_ms = excluded.checked_at_ms, took_ms = excluded.took_ms`,
    )
    .run(environment, workspaceNowMs(store), tookMs);
}
