import type { RequestGate } from './request-gate.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * What to do about a failed request: `fail` at once, ask `again`, or ask again later with fewer at once because the
 * source said that it is asked too much (`slow-down`).
 */
export type Verdict =
  { kind: 'fail' } | { kind: 'again' } | { kind: 'slow-down'; retryAfterMs: number | null };

export interface RetryRules {
  judge: (error: unknown) => Verdict;
  gate: RequestGate;
  surroundings: Surroundings;
  signal: AbortSignal;
}

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 20_000;
/** About 25 s* of a source that does not answer; then the sync of the source ends and says so. */
const TRIES = 8;
/** About three minutes* of a source that answers but asks for patience. */
const PATIENT_TRIES = 24;

/** Asks until it is answered, with capped back-off and full jitter. Throws the last error when it gives up. */
export async function withRetries<T>(
  request: () => Promise<T>,
  { judge, gate, surroundings, signal }: RetryRules,
): Promise<T> {
  for (let tries = 1, patient = 0; ; tries++) {
    const leave = await gate.enter(signal);
    try {
      const result = await request();
      leave('answered');
      return result;
    } catch (error) {
      const verdict = judge(error);
      if (verdict.kind === 'slow-down') patient++;
      leave(verdict.kind === 'slow-down' ? 'slow-down' : 'failed'); // whatever comes next: others wait for the place
      signal.throwIfAborted();
      if (verdict.kind === 'fail' || tries - patient >= TRIES || patient >= PATIENT_TRIES) throw error;
      await surroundings.sleep(delayMs(tries, verdict, surroundings.random()), signal);
    }
  }
}

/** Full jitter: anywhere between nothing and the cap, so that many that failed together do not come back together. */
function delayMs(tries: number, verdict: Verdict, random: number): number {
  const cap = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1));
  const asked = verdict.kind === 'slow-down' ? (verdict.retryAfterMs ?? 0) : 0;
  return Math.min(asked, LONGEST_DELAY_MS) + random * cap;
}
