import { AppError } from '../../../shared/errors.ts';
import type { RetentionDraft, RetentionSource } from '../../../shared/rpc/contract/privacy.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { planPurge } from './plan-purge.ts';

export const HOT_DAYS = 90; // DATA §7, S4-23*
export const AGGREGATE_DAYS = 730; // two years*

export interface RetentionSettings {
  sourceName: string;
  hotDays: number;
  aggregateDays: number;
  purges: boolean;
  /** What the preview said would go: nobody switches on what they have not seen. */
  seenRows?: number | undefined;
}

interface StoredRetention {
  sourceId: number;
  sourceName: string;
  kind: string;
  environment: string | null;
  hotDays: number;
  aggregateDays: number;
  purges: number;
}

const stored = ({ db }: EngineStore): StoredRetention[] =>
  db
    .prepare<[], StoredRetention>(
      `SELECT source_id AS sourceId, name AS sourceName, kind, environment,
         coalesce(hot_days, ${HOT_DAYS}) AS hotDays, coalesce(aggregate_days, ${AGGREGATE_DAYS}) AS aggregateDays,
         coalesce(purges, 0) AS purges
       FROM sources LEFT JOIN retention USING (source_id) WHERE dataset = 'events' ORDER BY name`,
    )
    .all();

/** Every source of events with what a purge would take away now. `drafts` stand in the place of what is saved. */
export function retentionPreview(
  store: EngineStore,
  drafts: readonly RetentionDraft[] = [],
): RetentionSource[] {
  const sources = stored(store).map((source) => ({
    ...source,
    ...drafts.find(({ sourceName }) => sourceName === source.sourceName),
  }));
  const plan = planPurge(store, sources);
  return sources.map(({ sourceId, purges, ...source }) => ({
    ...source,
    purges: purges === 1,
    next: plan.amountOf(sourceId),
    purged: purgedOf(store, sourceId),
  }));
}

function purgedOf({ db }: EngineStore, sourceId: number): RetentionSource['purged'] {
  const purged = db
    .prepare<[number], RetentionSource['purged']>(
      `SELECT count(DISTINCT day) AS days, min(day) AS firstDay, max(day) AS lastDay,
         coalesce(sum(reduced), 0) AS rowsToAggregates, coalesce(sum(removed), 0) AS rowsRemoved
       FROM reduced_days WHERE source_id = ?`,
    )
    .get(sourceId);
  if (purged === undefined) throw new AppError('internal', 'the days that were purged cannot be counted');
  return purged;
}

/** The sources of which rows go in a purge. */
export const purgingSources = (store: EngineStore): StoredRetention[] =>
  stored(store).filter(({ purges }) => purges === 1);

/** Off until the owner has seen what goes (DATA §3). */
export function setRetention(store: EngineStore, settings: RetentionSettings): RetentionSource {
  const { sourceName, hotDays, aggregateDays, purges, seenRows } = settings;
  const source = stored(store).find((one) => one.sourceName === sourceName);
  if (source === undefined)
    throw new AppError('not-found', `there is no source of events named "${sourceName}"`);
  if (aggregateDays < hotDays)
    throw new AppError('bad-input', 'aggregates are kept at least as long as rows', {
      path: 'aggregateDays',
    });
  const { rows } = planPurge(store, [{ ...source, hotDays, aggregateDays }]).amountOf(source.sourceId);
  if (purges && seenRows !== rows)
    throw new AppError(
      'conflict',
      `a purge would take ${rows} rows now; look at the preview and confirm that number`,
      {
        detail: { rows },
      },
    );
  store.db
    .prepare<[Record<string, unknown>]>(
      `INSERT INTO retention (source_id, hot_days, aggregate_days, purges)
       VALUES (@sourceId, @hotDays, @aggregateDays, @purges)
       ON CONFLICT DO UPDATE SET hot_days = excluded.hot_days, aggregate_days = excluded.aggregate_days,
         purges = excluded.purges`,
    )
    .run({ sourceId: source.sourceId, hotDays, aggregateDays, purges: purges ? 1 : 0 });
  const saved = retentionPreview(store).find((one) => one.sourceName === sourceName);
  if (saved === undefined) throw new AppError('internal', 'the settings were not saved');
  return saved;
}
