import type { Runtime } from '../../../shared/rpc/runtime.ts';
import type { AnnotationService } from './annotation-service.ts';
import type { Remote } from './remotes.ts';

const PULL_EVERY_MS = 5 * 60_000; // others' notes arrive while somebody reads; a listing costs little
const SOON_MS = 1_000; // several notes in a row travel together

export interface NotesSchedule {
  /** Something was written: send it soon. */
  wake(): void;
  /** The window has the focus again, or the machine is back online: try now, whatever the wait. */
  hint(): void;
  stop(): Promise<void>;
}

export interface NotesScheduleOptions {
  service: Pick<AnnotationService, 'remotes' | 'push'>;
  runtime: Pick<Runtime, 'startTimer'>;
  /** The clock that `nextAttemptAtMs` is measured by. */
  wallMs: () => number;
  /** A sync that failed is noted with its source; this is for what nobody expected. */
  onDefect?: (error: unknown) => void;
}

/** Syncs every source on time: soon after a note, every few minutes, and after a failure when its wait is over. */
export function createNotesSchedule(options: NotesScheduleOptions): NotesSchedule {
  const { service, runtime, wallMs, onDefect = () => undefined } = options;
  let cancelTimer: () => void = () => undefined;
  let running: Promise<void> | null = null;
  let isStopped = false;
  let isWanted = false;

  function plan(delayMs: number): void {
    cancelTimer();
    if (!isStopped) cancelTimer = runtime.startTimer(() => start(false), delayMs);
  }

  function start(isHint: boolean): void {
    if (isStopped) return;
    if (running !== null) {
      isWanted = true;
      return;
    }
    cancelTimer();
    running = syncAll(isHint)
      .catch(onDefect)
      .finally(() => {
        running = null;
        plan(isWanted ? SOON_MS : nextDelayMs(service.remotes(), wallMs()));
        isWanted = false;
      });
  }

  async function syncAll(isHint: boolean): Promise<void> {
    for (const { remoteId, nextAttemptAtMs } of service.remotes()) {
      if (isStopped) return;
      if (!isHint && nextAttemptAtMs !== null && nextAttemptAtMs > wallMs()) continue;
      await service.push(remoteId).catch(() => undefined); // noted with the source; the others have their turn
    }
  }

  plan(SOON_MS);
  return {
    wake: () => (running === null ? plan(SOON_MS) : void (isWanted = true)),
    hint: () => start(true),
    async stop() {
      isStopped = true;
      cancelTimer();
      await running;
    },
  };
}

function nextDelayMs(remotes: readonly Remote[], nowMs: number): number {
  const waits = remotes.map(({ nextAttemptAtMs }) =>
    nextAttemptAtMs === null ? PULL_EVERY_MS : Math.max(SOON_MS, nextAttemptAtMs - nowMs),
  );
  return Math.min(PULL_EVERY_MS, ...waits);
}
