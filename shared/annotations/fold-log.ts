import type { Annotation } from './annotation.ts';
import { foldThread } from './fold.ts';
import { type Operation, contentOf } from './operation.ts';

/**
 * The fold kept up to date as operations come: only the annotations they touch are folded again, and only when someone
 * looks. Equal to `foldOperations` of everything added, whatever the order.
 */
export interface FoldedLog {
  /** Adds what is not known yet; returns the ids of annotations that may have changed. */
  add(operations: Iterable<Operation>): Set<string>;
  /** Forgets what was known of an annotation, and takes these operations instead. */
  replace(annotationId: string, operations: readonly Operation[]): void;
  get(annotationId: string): Annotation | undefined;
  all(): Annotation[];
  operationsOf(annotationId: string): readonly Operation[];
}

interface Thread {
  operations: Operation[];
  /** By id the operation, or where an id came again, the contents that came under it. */
  byId: Map<string, Operation | Set<string>>;
  state: Annotation | null;
}

export function createFoldedLog(): FoldedLog {
  const threads = new Map<string, Thread>();

  return {
    add(operations) {
      const changed = new Set<string>();
      for (const operation of operations) {
        if (addTo(threadOf(threads, operation.annotation_id), operation))
          changed.add(operation.annotation_id);
      }
      return changed;
    },
    replace(annotationId, operations) {
      threads.delete(annotationId);
      for (const operation of operations) addTo(threadOf(threads, annotationId), operation);
    },
    get(annotationId) {
      const thread = threads.get(annotationId);
      return thread === undefined ? undefined : stateOf(annotationId, thread);
    },
    all: () => [...threads].map(([id, thread]) => stateOf(id, thread)),
    operationsOf: (annotationId) => threads.get(annotationId)?.operations ?? [],
  };
}

function threadOf(threads: Map<string, Thread>, annotationId: string): Thread {
  const known = threads.get(annotationId);
  if (known !== undefined) return known;
  const created: Thread = { operations: [], byId: new Map(), state: null };
  threads.set(annotationId, created);
  return created;
}

/** False where the thread holds this very operation already. */
function addTo(thread: Thread, operation: Operation): boolean {
  const known = thread.byId.get(operation.op_id);
  if (known === undefined) thread.byId.set(operation.op_id, operation);
  else {
    const contents = known instanceof Set ? known : new Set([contentOf(known)]);
    const content = contentOf(operation);
    if (contents.has(content)) return false;
    thread.byId.set(operation.op_id, contents.add(content));
  }
  thread.operations.push(operation);
  thread.state = null;
  return true;
}

function stateOf(annotationId: string, thread: Thread): Annotation {
  thread.state ??= foldThread(annotationId, thread.operations);
  return thread.state;
}
