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
  /** Every operation whose words the writer could read when they looked. */
  past: ReadonlySet<string>;
}

export interface DeletionWrite {
  opId: string;
  annotationId: string;
  /** null: the whole annotation. */
  replyId: string | null;
  isDeletion: boolean;
  /** Readable when the texts were looked at; of a restoration: known. */
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
  const groups = Map.groupBy(writes, placeOf);
  return new Map(
    [...groups].map(([place, group]) => {
      const left = group.filter(({ opId }) => !redacted.has(opId));
      const hasSeen = seenThrough(group.filter(({ opId }) => redacted.has(opId)));
      return [
        place,
        left
          .filter((write) => !left.some((other) => other !== write && hasSeen(other.past, write.opId)))
          .map(({ opId }) => opId)
          .sort(),
      ];
    }),
  );
}

export const placeOf = ({ annotationId, field }: TextWrite): string => `${annotationId} ${field}`;

/**
 * Whether somebody had seen a text, or one that was made from it and has been emptied since: a listing may bring the
 * later one first, and who read that is past the earlier one. Who met it only when it was empty has read neither.
 */
export function seenThrough(
  emptied: readonly TextWrite[],
): (past: ReadonlySet<string>, opId: string) => boolean {
  return (past, opId) => {
    const pasts = [past];
    const left = new Set(emptied);
    for (const one of pasts) {
      if (one.has(opId)) return true;
      for (const write of left) {
        if (!one.has(write.opId)) continue;
        pasts.push(write.past);
        left.delete(write);
      }
    }
    return false;
  };
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

/** A text that stands, and how to tell whether somebody had seen it. */
export interface StandingText {
  opId: string;
  hasSeen: (past: ReadonlySet<string>, opId: string) => boolean;
}

/** Deleted by the last word; texts that no deletion had seen must stay in sight. */
export function expectedDeletion(
  writes: readonly DeletionWrite[],
  standing: readonly StandingText[],
): { isDeleted: boolean; unseen: string[] } {
  const last = [...writes].sort((a, b) => (a.hlc < b.hlc ? -1 : 1)).at(-1);
  if (last?.isDeletion !== true) return { isDeleted: false, unseen: [] };
  const deletions = writes.filter((write) => write.isDeletion && !isOvertaken(write, writes));
  const unseen = standing.filter(({ opId, hasSeen }) => !deletions.some(({ past }) => hasSeen(past, opId)));
  return { isDeleted: true, unseen: [...new Set(unseen.map(({ opId }) => opId))].sort() };
}

/** Somebody who knew of it said otherwise, or said it again. */
const isOvertaken = (write: DeletionWrite, writes: readonly DeletionWrite[]): boolean =>
  writes.some((other) => other !== write && other.known.has(write.opId));
