import { storageError } from '../../catalogue/open-db.ts';
import { keepRefusedOut } from '../privacy/keep-refused-out.ts';
import type { SegmentRow } from '../../format/types.ts';
import { batchFacts } from './batch-facts.ts';
import { buildSegments } from './build-segments.ts';
import {
  type CommitResult,
  type CommitTimes,
  type PreparedEnvironment,
  type Rewrite,
  runTransaction,
} from './commit-transaction.ts';
import { dedupe } from './dedupe.ts';
import type { EngineStore } from './engine-store.ts';
import type { EnvironmentState } from './environment-state.ts';
import { appendGrownDictionaries, settleGrownDictionaries } from './grown-dictionaries.ts';
import type { IdTable } from './id-table.ts';
import { type ReplacedRows, findReplacedRows } from './replaced-rows.ts';
import { rewriteSegment } from './rewrite-segment.ts';
import { renameSegments, writeSegments } from './segment-files.ts';

/**
 * Makes everything pending durable and visible at once (ENGINE §2): segment files, then dictionaries, then one
 * transaction. A kill anywhere before the transaction leaves the old state and files that the next start deletes. On
 * failure nothing pending remains and the error says what the disk refused.
 */
export async function commitPending(store: EngineStore): Promise<CommitResult> {
  try {
    const revision = store.revision + 1;
    const took: CommitTimes = { dedupeMs: 0, segmentsMs: 0, transactionMs: 0 };
    const startedMs = performance.now();
    const prepared: PreparedEnvironment[] = [];
    const leaving = findReplacedRows(store);
    for (const name of leaving.keys()) store.environment(name);
    for (const environment of store.openEnvironments()) {
      const replaced = leaving.get(environment.name);
      if (environment.batch.rows > 0 || replaced !== undefined)
        prepared.push(await prepare(store, environment, { revision, replaced, took }));
    }
    await renameSegments(
      store,
      prepared.flatMap(({ segments, rewrites }) => [...rewrites.flatMap(newSegment), ...segments]),
    );
    keepRefusedOut(store);
    await appendGrownDictionaries(store);
    store.step('before-transaction');
    const transactedMs = performance.now();
    const transacted = runTransaction(store, prepared);
    took.transactionMs = performance.now() - transactedMs;
    took.segmentsMs = transactedMs - startedMs - took.dedupeMs;
    const newValues = countNewValues(store);
    store.step('after-transaction');
    finish(store, transacted.revision);
    store.onRevision(store.revision);
    const segments = prepared.reduce((sum, one) => sum + one.segments.length, 0);
    return { ...transacted, segments, newValues, took };
  } catch (error) {
    store.abandonQuietly();
    throw storageError(store.dataDir, error);
  }
}

interface Preparing {
  revision: number;
  replaced: ReplacedRows | undefined;
  took: CommitTimes;
}

async function prepare(
  store: EngineStore,
  environment: EnvironmentState,
  { revision, replaced, took }: Preparing,
): Promise<PreparedEnvironment> {
  const startedMs = performance.now();
  const { kept, refused, ids } = dedupe(environment, store.dataDir, store.db, replaced?.rowsByFile);
  took.dedupeMs += performance.now() - startedMs;
  const segments = await writeSegments(
    store,
    buildSegments(environment, kept, store.workspace.shards),
    revision,
  );
  const sourceOf = (objectId: number): number => store.facts.objects.get(objectId)?.sourceId ?? 0;
  return {
    environment,
    kept,
    facts: batchFacts(environment, kept, sourceOf),
    segments,
    refused,
    rewrites: replaced === undefined ? [] : await rewriteWithout(store, environment, replaced, revision),
    bereft: replaced === undefined ? new Set() : lostHolders(replaced, ids),
  };
}

/** The segments of replaced objects without their rows. */
async function rewriteWithout(
  store: EngineStore,
  environment: EnvironmentState,
  { segments }: ReplacedRows,
  revision: number,
): Promise<Rewrite[]> {
  const rewrites: Rewrite[] = [];
  for (const { segment, arrivalRevision, rows } of segments) {
    const { built, removed } = rewriteSegment(
      store.dataDir,
      segment,
      rows,
      environment,
      store.workspace.shards,
    );
    const [written = null] = built === null ? [] : await writeSegments(store, [built], revision);
    rewrites.push({ old: segment, arrivalRevision, written, removed });
  }
  return rewrites;
}

const newSegment = ({ written }: Rewrite): SegmentRow[] => (written === null ? [] : [written]);

/** The replaced objects of whose ids some do not come again: other objects may hold them, too. */
function lostHolders({ ids, holders }: ReplacedRows, batch: IdTable): Set<number> {
  const lost = new Set<number>();
  for (let entry = 0; entry < ids.size; entry++) {
    const holder = holders[entry] ?? 0;
    if (!lost.has(holder) && batch.find(ids.ids, entry * 4) === -1) lost.add(holder);
  }
  return lost;
}

const countNewValues = (store: EngineStore): number =>
  store
    .openEnvironments()
    .flatMap((environment) => environment.grownDictionaries())
    .reduce((sum, { dictionary }) => sum + dictionary.count - dictionary.committedCount, 0);

/** What was pending is now committed: counting starts anew for objects that are still being read. */
function finish(store: EngineStore, revision: number): void {
  store.revision = revision;
  settleGrownDictionaries(store);
  for (const environment of store.openEnvironments()) environment.batch.clear();
  store.facts = store.facts.afterCommit();
}
