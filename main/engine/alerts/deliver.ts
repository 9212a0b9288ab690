import type { Runtime } from '../../../shared/rpc/runtime.ts';
import { retryDelayMs } from '../annotations/retry.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { dueMessages, markMessage, nextDueMs, recoverOutbox, type WaitingMessage } from './outbox.ts';
import { SendFault } from './send/message.ts';
import { send, type SendSurroundings } from './send/send.ts';

export interface Delivery {
  /** Something was put into the outbox, or the machine is back online. */
  wake(): void;
  /** Resolves when what is due now was tried once. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export interface DeliveryOptions extends Omit<SendSurroundings, 'nowMs'> {
  store: EngineStore;
  runtime: Pick<Runtime, 'startTimer'>;
  random: () => number;
  onChange: (environment: string) => void;
  onDefect?: (error: unknown) => void;
}

const MOST_ATTEMPTS = 200; // with the longest wait of a quarter of an hour: two days
const LONGEST_SLEEP_MS = 60_000;

/**
 * Empties the outbox, one message after the other, and tries again with growing waits. Once and only once: a message has
 * one id for ever, is marked before it leaves, when it has left, and when it was taken, each durably.
 */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { store, runtime, onDefect = () => undefined } = options;
  let running: Promise<void> | null = null;
  const stopping = { aborted: false };
  let isWanted = false;
  let cancelTimer: () => void = () => undefined;
  recoverOutbox(store);

  async function deliverDue(): Promise<void> {
    isWanted = false;
    for (const waiting of dueMessages(store, store.now())) {
      if (stopping.aborted) return;
      await deliver(waiting, options);
      options.onChange(waiting.environment);
    }
  }

  function start(): void {
    if (stopping.aborted) return;
    if (running !== null) {
      isWanted = true;
      return;
    }
    cancelTimer();
    running = deliverDue()
      .catch(onDefect)
      .finally(() => {
        running = null;
        if (isWanted) start();
        else plan();
      });
  }

  function plan(): void {
    const dueMs = stopping.aborted ? null : nextDueMs(store);
    if (dueMs === null) return;
    const waitMs = Math.min(LONGEST_SLEEP_MS, Math.max(0, dueMs - store.now()));
    cancelTimer = runtime.startTimer(start, waitMs);
  }

  plan();
  return {
    wake: start,
    async idle() {
      start();
      while (running !== null) await running;
    },
    async stop() {
      stopping.aborted = true;
      cancelTimer();
      await running;
    },
  };
}

async function deliver(
  { messageId, attempts, channel, message }: WaitingMessage,
  options: DeliveryOptions,
): Promise<void> {
  const { store, random, secrets, notify } = options;
  const tries = attempts + 1;
  markMessage(store, messageId, { state: 'sending', attempts: tries });
  const onLeft = (): void => markMessage(store, messageId, { state: 'unknown', error: NO_ANSWER });
  try {
    await send(channel, message, { secrets, notify, nowMs: store.now }, onLeft);
    markMessage(store, messageId, { state: 'sent', sentAtMs: store.now() });
  } catch (error) {
    if (!(error instanceof SendFault)) throw error;
    const { message: reason, kind, retryAfterMs } = error;
    const isRepeatable = kind === 'again' || (kind === 'unknown' && channel.kind === 'webhook');
    if (isRepeatable && tries < MOST_ATTEMPTS) {
      const waitMs = Math.max(retryAfterMs ?? 0, retryDelayMs(tries, random));
      markMessage(store, messageId, {
        state: 'waiting',
        nextAttemptAtMs: store.now() + waitMs,
        error: reason,
      });
    } else markMessage(store, messageId, { state: kind === 'unknown' ? 'unknown' : 'failed', error: reason });
  }
}

const NO_ANSWER = 'it left, and no answer has come; it is not sent again';
