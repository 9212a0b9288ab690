import type { SegmentRow } from '../../format/types.ts';
import type { EngineStore } from './engine-store.ts';
import {
  appendGrownDictionaries,
  recordGrownDictionaries,
  settleGrownDictionaries,
} from './grown-dictionaries.ts';
import { renameSegments } from './segment-files.ts';

/** A segment, and the newest revision at which one of its rows arrived: a rewrite leaves that as it was. */
export interface ArrivedSegment extends SegmentRow {
  arrivalRevision: number;
}

export interface Replacement {
  dead: readonly ArrivedSegment[];
  /** Written, but not renamed yet. May be empty. */
  fresh: readonly ArrivedSegment[];
  /** What else belongs into the transaction. */
  record: (revision: number) => void;
  /** Name of the step before the transaction. */
  step: string;
  /** False: the same rows lie elsewhere now, and nobody has to ask again. */
  changesAnswers: boolean;
}

/**
 * Puts segments in the place of others in one commit: names, dictionaries, then one transaction. A kill before it
 * leaves the old state and files that the next start deletes. Readers of older revisions keep the dead files for a
 * while. Nothing may be pending.
 */
export async function replaceSegments(
  store: EngineStore,
  { dead, fresh, record, step, changesAnswers }: Replacement,
): Promise<void> {
  await renameSegments(store, fresh);
  await appendGrownDictionaries(store);
  store.step(step);
  const { writer } = store;
  const nowMs = store.now();
  store.revision = store.db.transaction(() => {
    const revision = writer.nextRevision();
    writer.takeIds({ segmentId: store.nextSegmentId, objectId: store.nextObjectId });
    recordGrownDictionaries(store);
    for (const { segmentId } of dead) writer.killSegment(segmentId, revision, nowMs);
    for (const segment of fresh) writer.insertSegment(segment, segment.arrivalRevision);
    record(revision);
    return revision;
  })();
  settleGrownDictionaries(store);
  store.step('after-transaction');
  if (changesAnswers) store.onRevision(store.revision);
}
