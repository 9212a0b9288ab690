import { MARKED_RATIO } from '../../catalogue/mark-rows.ts';
import { jobSources, type JobSource, putReconciled } from '../jobs/job-settings.ts';
import { loadRefusals } from '../privacy/load-refusals.ts';
import { changeCatalogue } from '../store/change-catalogue.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { IS_READ_AGAIN, READ_AGAIN } from '../store/ledger.ts';
import { servicesOf } from '../sync/services.ts';
import { SourceFault } from '../sync/source-fault.ts';
import type { SourceServices } from '../sync/source-kinds.ts';
import { sourcesToSync } from '../sync/sources.ts';
import type { TimeSpan } from '../sync/time-span.ts';
import { compareDays } from './compare-days.ts';
import type { ComparedDay } from './compared-day.ts';

/** What of the jobs a comparison needs; they begin one by themselves, so it does not know them. */
interface ReconcileJobs {
  run: (request: {
    sourceName: string;
    reason: 'reconcile';
    isFull: boolean;
    spans: readonly TimeSpan[];
    signal: AbortSignal;
  }) => Promise<unknown>;
  exclusively: (work: () => Promise<void>) => Promise<void>;
}

export interface ReconcileRequest {
  store: EngineStore;
  jobs: ReconcileJobs;
  /** null: every source. */
  sourceName: string | null;
  services?: Partial<SourceServices> | undefined;
  signal: AbortSignal;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Compares sources with what was read of them, day by day; days that differ are read again and compared once more. A
 * source that cannot be reached is left as it is: its next run says why.
 */
export async function reconcile(request: ReconcileRequest): Promise<void> {
  const { store, jobs, sourceName, signal } = request;
  for (const source of jobSources(store.db, store.workspace.asOfMs !== null)) {
    if (sourceName !== null && source.name !== sourceName) continue;
    signal.throwIfAborted();
    const days = await compared(request, source);
    if (days === null) continue;
    await jobs.exclusively(async () => keepDays(store, source, days, []));
    const differing = days.filter(({ state }) => state === 'differs');
    if (differing.length === 0) continue;
    await jobs.exclusively(async () => markReadAgain(store, source, differing));
    await jobs.run({
      sourceName: source.name,
      reason: 'reconcile',
      isFull: true,
      spans: [...new Set(differing.map(({ day }) => day))].map(spanOf),
      signal,
    });
    const again = await compared(request, source);
    if (again === null) continue;
    const pulled = differing.map(({ day }) => day);
    await jobs.exclusively(async () => keepDays(store, source, again, pulled));
  }
}

function spanOf(day: string): { fromMs: number; toMs: number } {
  const fromMs = Date.parse(day);
  return Number.isNaN(fromMs)
    ? { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }
    : { fromMs, toMs: fromMs + DAY_MS };
}

async function compared(
  { store, services, signal }: ReconcileRequest,
  { name }: JobSource,
): Promise<ComparedDay[] | null> {
  const [source] = sourcesToSync(store.db, name);
  if (source === undefined) return null;
  const nowMs = (): number => store.workspace.asOfMs ?? store.now();
  await loadRefusals(store);
  try {
    const reader = await source.openReader(servicesOf(store.dataDir, nowMs, services));
    try {
      return await compareDays(store.db, source.sourceId, reader, {
        frozenBefore: frozenBefore(nowMs(), source.expiresAfterDays),
        signal,
        ledgerKey: store.refusals.ledgerKey,
      });
    } finally {
      reader.close();
    }
  } catch (error) {
    if (error instanceof SourceFault) return null;
    throw error;
  }
}

/** The source itself forgets older days. */
const frozenBefore = (nowMs: number, expiresAfterDays: number | null): string | null =>
  expiresAfterDays === null ? null : new Date(nowMs - expiresAfterDays * DAY_MS).toISOString().slice(0, 10);

/**
 * A day that is an object by itself, as those of databases are, is read again also where it is listed as it was before:
 * then fewer rows were read than it has. What the source has no rows of stays, for nothing would take its place.
 */
// eslint-disable-next-line @typescript-eslint/require-await -- runs between batches, which are awaited
async function markReadAgain(
  { db }: EngineStore,
  { sourceId }: JobSource,
  differing: readonly ComparedDay[],
): Promise<void> {
  const mark = db.prepare<[{ sourceId: number; day: string }]>(
    `UPDATE ledger SET version = '${READ_AGAIN}' || version
     WHERE object_id = (SELECT max(object_id) FROM ledger WHERE source_id = @sourceId AND key = @day)
       AND NOT (${IS_READ_AGAIN})`,
  );
  const days = new Set(differing.filter(({ atSource }) => atSource > 0).map(({ day }) => day));
  for (const day of days) mark.run({ sourceId, day });
}

/** Answers say what differs, so they are asked anew where a mark comes or goes. */
// eslint-disable-next-line @typescript-eslint/require-await -- runs between batches, which are awaited
async function keepDays(
  store: EngineStore,
  { sourceId }: JobSource,
  days: readonly ComparedDay[],
  pulled: readonly string[],
): Promise<void> {
  const before = markedDays(store, sourceId);
  const write = (): void => writeDays(store, sourceId, days, pulled);
  const after = days.filter(isMarked).map(({ day }) => day);
  if (JSON.stringify(before) === JSON.stringify([...new Set(after)].sort())) store.db.transaction(write)();
  else changeCatalogue(store, write);
}

const isMarked = ({ state, ratio }: ComparedDay): boolean => state === 'differs' && ratio > MARKED_RATIO;

const markedDays = ({ db }: EngineStore, sourceId: number): string[] =>
  db
    .prepare<[number, number], { day: string }>(
      `SELECT DISTINCT day FROM reconciled_days WHERE source_id = ? AND state = 'differs' AND ratio > ? ORDER BY day`,
    )
    .all(sourceId, MARKED_RATIO)
    .map(({ day }) => day);

function writeDays(
  store: EngineStore,
  sourceId: number,
  days: readonly ComparedDay[],
  pulled: readonly string[],
): void {
  const nowMs = store.now();
  const known = new Map(
    store.db
      .prepare<[number], { day: string; pulledAtMs: number | null }>(
        'SELECT day, max(pulled_at_ms) AS pulledAtMs FROM reconciled_days WHERE source_id = ? GROUP BY day',
      )
      .all(sourceId)
      .map(({ day, pulledAtMs }) => [day, pulledAtMs]),
  );
  store.db.prepare<[number]>('DELETE FROM reconciled_days WHERE source_id = ?').run(sourceId);
  const insert = store.db.prepare<[Record<string, unknown>]>(
    `INSERT INTO reconciled_days (source_id, day, event_type, at_source, at_home, ratio, state, checked_at_ms, pulled_at_ms)
     VALUES (@sourceId, @day, @eventType, @atSource, @atHome, @ratio, @state, @nowMs, @pulledAtMs)`,
  );
  for (const { day, eventType, ...counts } of days) {
    const pulledAtMs = pulled.includes(day) ? nowMs : (known.get(day) ?? null);
    insert.run({ sourceId, day, eventType: eventType ?? '', ...counts, nowMs, pulledAtMs });
  }
  putReconciled(store.db, sourceId, nowMs);
}
