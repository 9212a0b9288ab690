import { networkInterfaces } from 'node:os';
import type { RpcClient } from '../../shared/rpc/client-core.ts';
import type { Runtime } from '../../shared/rpc/runtime.ts';

type Noticed = 'wake' | 'online' | 'offline';

export interface NoticeDeps {
  runtime: Pick<Runtime, 'startTimer'>;
  /** Goes on while the machine sleeps. */
  wallMs: () => number;
  /** Whether any way leads off this machine. */
  hasNetwork: () => boolean;
  tell: (noticed: Noticed) => void;
}

const LOOK_EVERY_MS = 10_000;
const SLEPT_MS = 30_000; // a timer this late was not just waiting for the processor

/** The same in both hosts: a timer that comes far too late tells of sleep, the list of addresses of the network. */
export function noticeSurroundings({ runtime, wallMs, hasNetwork, tell }: NoticeDeps): () => void {
  let lookedMs = wallMs();
  let hadNetwork = hasNetwork();
  let stopTimer = (): void => undefined;
  const look = (): void => {
    const nowMs = wallMs();
    const hasOne = hasNetwork();
    if (nowMs - lookedMs > LOOK_EVERY_MS + SLEPT_MS) tell('wake');
    if (hasOne !== hadNetwork) tell(hasOne ? 'online' : 'offline');
    lookedMs = nowMs;
    hadNetwork = hasOne;
    wait();
  };
  const wait = (): void => {
    stopTimer = runtime.startTimer(look, LOOK_EVERY_MS);
  };
  wait();
  return () => stopTimer();
}

export const hasOuterAddress = (): boolean =>
  Object.values(networkInterfaces()).some(
    (addresses) => addresses?.some(({ internal }) => !internal) === true,
  );

/** Only a hint: a folder without workspace, or an engine that is just starting, needs none. */
export const tellEngine =
  (client: Pick<RpcClient, 'call'>) =>
  (noticed: Noticed): void => {
    client.call('command.jobs.hint', { noticed }).catch(() => undefined);
  };
