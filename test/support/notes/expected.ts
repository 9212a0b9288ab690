import type { Operation } from '../../../shared/annotations/operation.ts';

/**
 * What a history must come to, told without the product's fold: from what every writer had in front of them when they
 * wrote, as the simulation saw it, and from clocks compared as text.
 */
export interface TextWrite {
  opId: string;
  annotationId: string;
  /** `title`, `body`, or `reply:<op_id>`. */
  field: string;
  text: string;
  /** Every operation that the writer knew when they looked. */
  past: ReadonlySet<string>;
}

export interface DeletionWrite {
  opId: string;
  annotationId: string;
  /** null: the whole annotation. */
  replyId: string | null;
  isDeletion: boolean;
  /** Known when the texts were looked at. */
  past: ReadonlySet<string>;
  /** Known when it was written. */
  known: ReadonlySet<string>;
  hlc: string;
}

/** The texts of a field that nobody replaced who had seen them, by annotation and field. */
export function expectedTexts(
  writes: readonly TextWrite[],
  redacted: ReadonlySet<string>,
): Map<string, string[]> {
  const left = writes.filter(({ opId }) => !redacted.has(opId));
  const groups = Map.groupBy(left, ({ annotationId, field }) => `${annotationId} ${field}`);
  return new Map(
    [...groups].map(([place, group]) => [
      place,
      group
        .filter((write) => !group.some((other) => other !== write && other.past.has(write.opId)))
        .map(({ opId }) => opId)
        .sort(),
    ]),
  );
}

/** The value of the last writer, by clock. */
export function lastValue(operations: readonly Operation[], field: 'tags' | 'status' | 'action_at'): unknown {
  const writers = operations
    .filter(
      ({ kind, fields }) =>
        ['create', 'edit'].includes(kind) && (fields as object)[field as never] !== undefined,
    )
    .sort((a, b) => (a.hlc < b.hlc ? -1 : 1));
  return writers.at(-1)?.fields?.[field];
}

/** Deleted by the last word; texts that no deletion had seen must stay in sight. */
export function expectedDeletion(
  writes: readonly DeletionWrite[],
  standing: readonly string[],
): { isDeleted: boolean; unseen: string[] } {
  const last = [...writes].sort((a, b) => (a.hlc < b.hlc ? -1 : 1)).at(-1);
  if (last?.isDeletion !== true) return { isDeleted: false, unseen: [] };
  const unseen = standing.filter(
    (opId) =>
      !writes.some((write) => write.isDeletion && !isOvertaken(write, writes) && write.past.has(opId)),
  );
  return { isDeleted: true, unseen: unseen.sort() };
}

/** Somebody who knew of it said otherwise, or said it again. */
const isOvertaken = (write: DeletionWrite, writes: readonly DeletionWrite[]): boolean =>
  writes.some((other) => other !== write && other.known.has(write.opId));
