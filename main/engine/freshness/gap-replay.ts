import type { ReadDb } from '../../catalogue/open-db.ts';
import type { JobOutcome } from '../jobs/run-batch.ts';
import { changeCatalogue } from '../store/change-catalogue.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { TimeSpan } from '../sync/time-span.ts';

/** A gap whose span is to be requested again. */
export interface DueReplay extends TimeSpan {
  gapId: number;
  sourceId: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** After a request in vain the next one waits so long; after the last there is none*. */
const ASKED_AGAIN_AFTER_MS = [HOUR_MS, 6 * HOUR_MS];

export const dueReplays = (db: Pick<ReadDb, 'prepare'>, nowMs: number): DueReplay[] =>
  db
    .prepare<[number], DueReplay>(
      `SELECT gap_id AS gapId, source_id AS sourceId, from_ms AS fromMs, to_ms AS toMs FROM gaps
       WHERE state IN ('open', 'requested') AND ask_at_ms <= ? ORDER BY gap_id`,
    )
    .all(nowMs);

/** Whole UTC days, for sources are laid out by them. */
export const replaySpans = (gaps: readonly DueReplay[], sourceId: number): TimeSpan[] =>
  gaps
    .filter((gap) => gap.sourceId === sourceId)
    .map(({ fromMs, toMs }) => ({
      fromMs: Math.floor(fromMs / DAY_MS) * DAY_MS,
      toMs: Math.ceil(toMs / DAY_MS) * DAY_MS,
    }));

/** What became of requests: gaps that are still there were asked for in vain. Nothing may be pending. */
export function noteReplays(store: EngineStore, outcomes: readonly JobOutcome[]): void {
  const nowMs = store.now();
  const due = dueReplays(store.db, nowMs);
  for (const { job, failure, run } of outcomes) {
    if (job.reason !== 'gap' || run.state === 'cancelled') continue;
    const asked = due.filter(
      ({ sourceId, fromMs, toMs }) =>
        sourceId === job.source.sourceId &&
        (job.spans ?? []).some((span) => span.fromMs <= fromMs && toMs <= span.toMs),
    );
    if (asked.length === 0) continue;
    changeCatalogue(store, () => {
      for (const { gapId } of asked) {
        if (failure === null) noteAsked(store, gapId, nowMs);
        else noteUnreached(store, gapId, { nowMs, message: failure.message });
      }
    });
  }
}

function noteAsked({ db }: EngineStore, gapId: number, nowMs: number): void {
  const { asked } = db
    .prepare<[number], { asked: number }>('SELECT asked FROM gaps WHERE gap_id = ?')
    .get(gapId) ?? {
    asked: 0,
  };
  const waitMs = ASKED_AGAIN_AFTER_MS[asked] ?? null;
  db.prepare<[Record<string, unknown>]>(
    'UPDATE gaps SET asked = asked + 1, state = @state, ask_at_ms = @askAtMs, outcome = @outcome WHERE gap_id = @gapId',
  ).run({
    gapId,
    state: waitMs === null ? 'missing' : 'requested',
    askAtMs: waitMs === null ? null : nowMs + waitMs,
    outcome: 'the source has no more of it',
  });
}

function noteUnreached(
  { db }: EngineStore,
  gapId: number,
  { nowMs, message }: { nowMs: number; message: string },
): void {
  db.prepare<[Record<string, unknown>]>(
    `UPDATE gaps SET state = 'requested', ask_at_ms = @askAtMs, outcome = @outcome WHERE gap_id = @gapId`,
  ).run({ gapId, askAtMs: nowMs + HOUR_MS, outcome: message });
}
