import { parseQuerySpec } from '../../../shared/query/parse-spec.ts';
import { questionOf } from '../../../shared/alerts/question.ts';
import type { AlertRule, Subject } from '../../../shared/alerts/rule.ts';
import { AppError } from '../../../shared/errors.ts';
import {
  type AlertFiring,
  AlertSettings,
  type AlertMessageState,
  type AlertsState,
  type SavedRule,
} from '../../../shared/rpc/contract/alerts.ts';
import type { CheckedParamsOf } from '../../../shared/rpc/methods.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { workspaceNowMs } from './known-to.ts';
import {
  FIRING_COLUMNS,
  type FiringRow,
  firingOf,
  instant,
  instantOf,
  type RuleRow,
  savedRuleOf,
} from './alert-rows.ts';

/** Rules, settings and what people say about firings. */

const MOST_FIRINGS = 500; // newest first
const MAX_ID_LENGTH = 56;

export function alertsOf(store: EngineStore, environment: string): AlertsState {
  const { db } = store;
  const checked = db
    .prepare<[string], { checkedAtMs: number | null; tookMs: number | null }>(
      'SELECT checked_at_ms AS checkedAtMs, took_ms AS tookMs FROM alert_settings WHERE environment = ?',
    )
    .get(environment);
  return {
    rules: rulesOf(store, environment),
    firings: db
      .prepare<[string, number], FiringRow>(
        `SELECT ${FIRING_COLUMNS} FROM alert_firings WHERE environment = ?
         ORDER BY condition_met_ms DESC, firing_id DESC LIMIT ?`,
      )
      .all(environment, MOST_FIRINGS)
      .map(firingOf),
    settings: settingsOf(store, environment),
    messages: messagesOf(store, environment),
    watch: watchedOf(store, environment),
    checkedAt: instantOf(checked?.checkedAtMs ?? null),
    tookMs: checked?.tookMs ?? null,
  };
}

export function rulesOf({ db }: EngineStore, environment: string): SavedRule[] {
  return db
    .prepare<[string], RuleRow>(
      `${RULE_SELECT} WHERE r.environment = ? AND definition IS NOT NULL ORDER BY r.rule_id`,
    )
    .all(environment)
    .map(savedRuleOf);
}

const RULE_SELECT = `SELECT r.rule_id AS ruleId, definition, created_at_ms AS createdAtMs, changed_at_ms AS changedAtMs,
    judged_to_ms AS judgedToMs, held
  FROM alert_rules r LEFT JOIN alert_states s
    ON s.environment = r.environment AND s.item_id = r.rule_id AND s.key = ''`;

export function ruleOf({ db }: EngineStore, environment: string, ruleId: string): SavedRule {
  const row = db
    .prepare<[string, string], RuleRow>(
      `${RULE_SELECT} WHERE r.environment = ? AND r.rule_id = ? AND definition IS NOT NULL`,
    )
    .get(environment, ruleId);
  if (row === undefined)
    throw new AppError('not-found', `there is no rule "${ruleId}" in environment "${environment}"`);
  return savedRuleOf(row);
}

interface RuleInput {
  environment: string;
  /** Null: a new one. */
  ruleId: string | null;
  rule: AlertRule;
}

/** A rule that says something else than before begins anew; what fired stays. */
export function saveRule(store: EngineStore, { environment, ruleId, rule }: RuleInput): SavedRule {
  refuseSenseless(rule.subject, environment);
  const { db, now } = store;
  return db.transaction(() => {
    const id = ruleId ?? freeRuleId(store, environment, rule.name);
    const before = ruleId === null ? null : findRule(store, environment, id);
    db.prepare<[Record<string, unknown>]>(
      `INSERT INTO alert_rules (environment, rule_id, definition, created_at_ms, changed_at_ms)
       VALUES (@environment, @id, @definition, @nowMs, @nowMs)
       ON CONFLICT (environment, rule_id) DO UPDATE
         SET definition = excluded.definition, changed_at_ms = excluded.changed_at_ms`,
    ).run({ environment, id, definition: JSON.stringify(rule), nowMs: now() });
    if (before !== null && judgesOtherwise(before.rule, rule)) forgetState(store, environment, id);
    return ruleOf(store, environment, id);
  })();
}

function findRule(store: EngineStore, environment: string, ruleId: string): SavedRule | null {
  return rulesOf(store, environment).find((each) => each.ruleId === ruleId) ?? null;
}

function judgesOtherwise(a: AlertRule, b: AlertRule): boolean {
  const judged = ({ subject, condition, forBuckets, leastN, coolDownMs, whenLate }: AlertRule): string =>
    JSON.stringify({ subject, condition, forBuckets, leastN, coolDownMs, whenLate });
  return judged(a) !== judged(b);
}

/** Throws `bad-input` with the path where a saved question makes no sense. */
function refuseSenseless(subject: Subject, environment: string): void {
  parseQuerySpec(questionOf(subject, { environment, range: { from: '2026-01-01', to: '2026-01-02' } }));
}

export function removeRule(store: EngineStore, environment: string, ruleId: string): SavedRule {
  return store.db.transaction(() => {
    const removed = ruleOf(store, environment, ruleId);
    store.db
      .prepare<[Record<string, unknown>]>(
        `UPDATE alert_rules SET definition = NULL, changed_at_ms = @nowMs
         WHERE environment = @environment AND rule_id = @ruleId`,
      )
      .run({ environment, ruleId, nowMs: store.now() });
    store.db
      .prepare<[number, string, string]>(
        `UPDATE alert_firings SET resolved_at_ms = ? WHERE environment = ? AND item_id = ? AND resolved_at_ms IS NULL`,
      )
      .run(store.now(), environment, ruleId);
    forgetState(store, environment, ruleId);
    return removed;
  })();
}

function forgetState({ db }: EngineStore, environment: string, itemId: string): void {
  db.prepare<[string, string]>('DELETE FROM alert_states WHERE environment = ? AND item_id = ?').run(
    environment,
    itemId,
  );
}

export function settingsOf({ db }: EngineStore, environment: string): AlertSettings {
  const row = db
    .prepare<[string], { settings: string | null }>(
      'SELECT settings FROM alert_settings WHERE environment = ?',
    )
    .get(environment);
  return AlertSettings.parse(row?.settings == null ? {} : JSON.parse(row.settings));
}

export function saveSettings(
  store: EngineStore,
  environment: string,
  settings: AlertSettings,
): AlertSettings {
  const names = settings.channels.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    throw new AppError('bad-input', `channels: "${repeated}" is there twice`, { path: 'channels' });
  for (const { subject } of settings.watch ?? []) refuseSenseless(subject, environment);
  store.db
    .prepare<[string, string]>(
      `INSERT INTO alert_settings (environment, settings) VALUES (?, ?)
       ON CONFLICT (environment) DO UPDATE SET settings = excluded.settings`,
    )
    .run(environment, JSON.stringify(settings));
  return settings;
}

/** What a person says about a firing; absent fields stay. */
export function updateFiring(
  store: EngineStore,
  change: CheckedParamsOf<'command.alert.update'>,
): AlertFiring {
  const { environment, firingId, acknowledged, resolved, label, labelNote, reportedAt } = change;
  const nowMs = workspaceNowMs(store);
  const sets: Record<string, unknown> = {
    ...(acknowledged === undefined ? {} : { acknowledged_at_ms: acknowledged ? nowMs : null }),
    ...(resolved === undefined ? {} : { resolved_at_ms: nowMs }),
    ...(label === undefined ? {} : { label }),
    ...(labelNote === undefined ? {} : { label_note: labelNote }),
    ...(reportedAt === undefined
      ? {}
      : { reported_at_ms: reportedAt === null ? null : Date.parse(reportedAt) }),
  };
  const columns = Object.keys(sets);
  if (columns.length > 0) {
    store.db
      .prepare<[Record<string, unknown>]>(
        `UPDATE alert_firings SET ${columns.map((column) => `${column} = @${column}`).join(', ')}
         WHERE firing_id = @firingId AND environment = @environment`,
      )
      .run({ ...sets, firingId, environment });
  }
  const row = store.db
    .prepare<[number, string], FiringRow>(
      `SELECT ${FIRING_COLUMNS} FROM alert_firings WHERE firing_id = ? AND environment = ?`,
    )
    .get(firingId, environment);
  if (row === undefined)
    throw new AppError('not-found', `there is no firing ${firingId} in environment "${environment}"`);
  return firingOf(row);
}

interface MessageRow {
  messageId: string;
  firingId: number;
  channel: string;
  state: AlertMessageState['state'];
  attempts: number;
  nextAttemptAtMs: number | null;
  sentAtMs: number | null;
  error: string | null;
}

function messagesOf({ db }: EngineStore, environment: string): AlertMessageState[] {
  return db
    .prepare<[string, number], MessageRow>(
      `SELECT message_id AS messageId, o.firing_id AS firingId, channel, state, attempts,
         next_attempt_at_ms AS nextAttemptAtMs, sent_at_ms AS sentAtMs, error
       FROM alert_outbox o JOIN alert_firings f ON f.firing_id = o.firing_id
       WHERE environment = ? ORDER BY o.created_at_ms DESC, message_id LIMIT ?`,
    )
    .all(environment, MOST_FIRINGS)
    .map(({ nextAttemptAtMs, sentAtMs, ...row }) => ({
      ...row,
      nextAttemptAt: instantOf(nextAttemptAtMs),
      sentAt: instantOf(sentAtMs),
    }));
}

interface WatchedRow {
  itemId: string;
  judgedToMs: number | null;
  skipped: string | null;
  caution: number;
}

function watchedOf({ db }: EngineStore, environment: string): AlertsState['watch'] {
  const rows = db
    .prepare<[string], WatchedRow>(
      `SELECT item_id AS itemId, judged_to_ms AS judgedToMs, skipped, caution FROM alert_states
       WHERE environment = ? AND caution IS NOT NULL ORDER BY item_id, key`,
    )
    .all(environment);
  const ids = [...new Set(rows.map(({ itemId }) => itemId))];
  return ids.map((itemId) => {
    const own = rows.filter((row) => row.itemId === itemId);
    const skipped: Record<string, number> = {};
    for (const row of own)
      for (const [why, count] of Object.entries(JSON.parse(row.skipped ?? '{}') as Record<string, number>))
        skipped[why] = (skipped[why] ?? 0) + count;
    const judgedToMs = own.reduce<number | null>((max, row) => Math.max(max ?? 0, row.judgedToMs ?? 0), null);
    const checkedToAt = judgedToMs === null || judgedToMs === 0 ? null : instant(judgedToMs);
    return { itemId, series: own.length, checkedToAt, skipped, caution: own[0]?.caution ?? 1 };
  });
}

/** The name in letters that an address may hold, numbered where it is taken; rules and watch items share one space. */
function freeRuleId({ db }: EngineStore, environment: string, name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, MAX_ID_LENGTH);
  const base = `rule-${plain === '' ? 'alert' : plain}`.slice(0, MAX_ID_LENGTH);
  const taken = db.prepare<[string, string]>(
    'SELECT 1 FROM alert_rules WHERE environment = ? AND rule_id = ?',
  );
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (taken.get(environment, id) === undefined) return id;
  }
}
