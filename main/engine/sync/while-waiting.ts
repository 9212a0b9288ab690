/**
 * Contract: other work that may be done while a sync waits for its source: between objects, and between the parts of
 * one. Nothing is being written then; `run` commits what is pending before anything else.
 */
export interface OtherWork {
  /** Whether anything may become due at all. */
  isExpected: () => boolean;
  isDue: () => boolean;
  /** Calls back once something is due; the returned function takes the call back. */
  onDue: (callback: () => void) => () => void;
  /** Does what is due. Throws only what ends the sync itself. */
  run: () => Promise<void>;
}

/** The same value or fault as `promise`, and other work done until it comes. */
export async function whileWaiting<T>(other: OtherWork | undefined, promise: Promise<T>): Promise<T> {
  if (other?.isExpected() !== true) return promise;
  const settled = promise.then(
    () => true,
    () => true,
  );
  for (;;) {
    if (other.isDue()) await other.run();
    if (await settledBeforeDue(other, settled)) return promise;
  }
}

async function settledBeforeDue(other: OtherWork, settled: Promise<boolean>): Promise<boolean> {
  let stop: () => void = () => undefined;
  const due = new Promise<boolean>((resolve) => {
    stop = other.onDue(() => resolve(false));
  });
  try {
    return await Promise.race([settled, due]);
  } finally {
    stop();
  }
}

/** The same items, and other work done while they are waited for. `onWait` is told how long each one took to come. */
export async function* eachWhileWaiting<T>(
  other: OtherWork | undefined,
  items: AsyncIterable<T>,
  onWait: (ms: number) => void = () => undefined,
): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const startedMs = performance.now();
      const next: IteratorResult<T, unknown> = await whileWaiting(other, iterator.next());
      onWait(performance.now() - startedMs);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
