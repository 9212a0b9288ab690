import { createHash } from 'node:crypto';
import { foldFiring, type SharedFiring } from '../../../shared/alerts/shared-firing.ts';
import { AlertEvidence, type AlertFiring } from '../../../shared/rpc/contract/alerts.ts';
import { appendLocal, operationOf } from '../annotations/append.ts';
import type { NotesStore } from '../annotations/notes-store.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { FIRING_COLUMNS, type FiringRow, firingOf } from './alert-rows.ts';

/** Alerts and what people say of them travel as operations beside the notes, so that a team labels each once. */

const PREFIX = 'firing-';
/** Two devices that caught up at other times may see the same incident begin some hours apart. */
const SAME_MS = 48 * 3_600_000;

/** The same on every device that finds the same beginning. */
function threadOf({ itemId, key, sinceAt }: Pick<AlertFiring, 'itemId' | 'key' | 'sinceAt'>): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([itemId, key, sinceAt]))
    .digest('hex');
  return `${PREFIX}${hash.slice(0, 32)}`;
}

/** What a person just said of a firing; other members keep what others said. */
export interface Said {
  label?: AlertFiring['label'] | undefined;
  labelNote?: string | null | undefined;
  acknowledged?: boolean | undefined;
  reportedAt?: string | null | undefined;
}

export function shareSaid(notes: NotesStore, firing: AlertFiring, said: Said): void {
  const { acknowledgedAt, label, labelNote, reportedAt } = firing;
  write(notes, firing, {
    ...(said.label === undefined ? {} : { label }),
    ...(said.labelNote === undefined ? {} : { label_note: labelNote }),
    ...(said.acknowledged === undefined ? {} : { acknowledged: acknowledgedAt }),
    ...(said.reportedAt === undefined ? {} : { reported: reportedAt }),
  });
}

/** The history of what was told: once per firing, whichever device comes first. */
export function shareTold(store: EngineStore, notes: NotesStore, environment: string): void {
  const told = store.db
    .prepare<[string], FiringRow>(
      `SELECT ${FIRING_COLUMNS} FROM alert_firings WHERE environment = ? AND is_told = 1 ORDER BY firing_id`,
    )
    .all(environment)
    .map(firingOf);
  const fold = notes.folded(environment);
  for (const firing of told) if (fold.operationsOf(threadOf(firing)).length === 0) write(notes, firing, {});
}

function write(notes: NotesStore, firing: AlertFiring, said: Record<string, unknown>): void {
  const { environment, itemId, key, sinceAt, conditionMetAt, title, side, voice, evidence } = firing;
  const fields = {
    item_id: itemId,
    ...(key === null ? {} : { key }),
    since: sinceAt,
    condition_met: conditionMetAt,
    title,
    side,
    voice,
    evidence,
    ...said,
  };
  const draft = { annotationId: threadOf(firing), kind: 'firing' as const, fields };
  appendLocal(notes, environment, [operationOf(notes, environment, draft)]);
}

/** Brings what others said to the firings that this device found. Returns whether anything changed. */
export function takeShared(
  store: EngineStore,
  notes: NotesStore,
  { environment, threads }: { environment: string; threads: readonly string[] },
): boolean {
  const log = notes.folded(environment);
  let isChanged = false;
  store.db.transaction(() => {
    for (const thread of threads) {
      if (!thread.startsWith(PREFIX)) continue;
      const shared = foldFiring(log.operationsOf(thread));
      if (shared !== null && takeOne(store, environment, shared)) isChanged = true;
    }
  })();
  return isChanged;
}

/** Threads of alerts among all of an environment. */
export const sharedThreads = (notes: NotesStore, environment: string): string[] =>
  notes
    .folded(environment)
    .all()
    .map(({ annotationId }) => annotationId)
    .filter((id) => id.startsWith(PREFIX));

function takeOne(store: EngineStore, environment: string, shared: SharedFiring): boolean {
  const { item_id: itemId, key = '', since, label, label_note: labelNote, acknowledged, reported } = shared;
  if (itemId === undefined || since === undefined) return false;
  const own = store.db
    .prepare<[Record<string, unknown>], { firingId: number }>(
      `SELECT firing_id AS firingId FROM alert_firings
       WHERE environment = @environment AND item_id = @itemId AND key = @key
         AND abs(since_ms - @sinceMs) <= @sameMs
       ORDER BY abs(since_ms - @sinceMs), firing_id LIMIT 1`,
    )
    .get({ environment, itemId, key, sinceMs: Date.parse(since), sameMs: SAME_MS });
  const firingId = own?.firingId ?? insertShared(store, environment, shared);
  if (firingId === null) return false;
  const sets: Record<string, unknown> = {
    ...(label === undefined ? {} : { label }),
    ...(labelNote === undefined ? {} : { label_note: labelNote }),
    ...(acknowledged === undefined ? {} : { acknowledged_at_ms: msOf(acknowledged) }),
    ...(reported === undefined ? {} : { reported_at_ms: msOf(reported) }),
  };
  const columns = Object.keys(sets);
  if (columns.length === 0) return own === undefined;
  const { changes } = store.db
    .prepare<[Record<string, unknown>]>(
      `UPDATE alert_firings SET ${columns.map((column) => `${column} = @${column}`).join(', ')}
       WHERE firing_id = @firingId AND (${columns.map((column) => `${column} IS NOT @${column}`).join(' OR ')})`,
    )
    .run({ ...sets, firingId });
  return changes > 0 || own === undefined;
}

/** One that this device did not find itself stands in the history, resolved; nobody is told of it here. */
function insertShared({ db }: EngineStore, environment: string, shared: SharedFiring): number | null {
  const evidence = AlertEvidence.safeParse(shared['evidence']);
  const { item_id: itemId, key = '', since, condition_met: met, title, side = null } = shared;
  if (!evidence.success || title === undefined || since === undefined || met === undefined) return null;
  const atMs = Date.parse(met);
  const { measure } = evidence.data;
  const row = db
    .prepare<[Record<string, unknown>], { firingId: number }>(
      `INSERT INTO alert_firings (environment, item_id, key, voice, family, title, side, since_ms, condition_met_ms,
         detected_at_ms, resolved_at_ms, evidence)
       VALUES (@environment, @itemId, @key, @voice, @measure, @title, @side, @sinceMs, @atMs, @atMs, @atMs, @evidence)
       ON CONFLICT DO NOTHING RETURNING firing_id AS firingId`,
    )
    .get({
      environment,
      itemId,
      key,
      voice: shared['voice'] === 'rule' ? 'rule' : 'detector',
      measure,
      title,
      side,
      sinceMs: Date.parse(since),
      atMs,
      evidence: JSON.stringify(evidence.data),
    });
  if (row === undefined) return null;
  db.prepare<[number]>('UPDATE alert_firings SET group_id = firing_id WHERE firing_id = ?').run(row.firingId);
  return row.firingId;
}

const msOf = (instant: string | null): number | null => (instant === null ? null : Date.parse(instant));
