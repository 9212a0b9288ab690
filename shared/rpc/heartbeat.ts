import { MISSED_PINGS_ALLOWED, PING_INTERVAL_MS } from '../limits.ts';
import type { Link } from './frames.ts';
import type { Runtime } from './runtime.ts';

export interface Heartbeat {
  /** Call for every frame that arrives: whoever speaks is alive. */
  heard(): void;
  stop(): void;
}

/** Pings the other end and closes the link when it stays silent for two intervals. */
export function startHeartbeat(link: Link, runtime: Runtime): Heartbeat {
  let missed = 0;
  let cancel = runtime.startTimer(beat, PING_INTERVAL_MS);
  function beat(): void {
    if (missed >= MISSED_PINGS_ALLOWED) {
      link.close('the other end does not answer');
      return;
    }
    missed++;
    link.send({ t: 'ping' });
    cancel = runtime.startTimer(beat, PING_INTERVAL_MS);
  }
  return {
    heard: () => {
      missed = 0;
    },
    stop: () => cancel(),
  };
}
